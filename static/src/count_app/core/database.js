/** The device has no room left: the last write did not happen. */
export class StorageFull extends Error {}

const VERSION = 1;
const TABLES = {
    journal: { keyPath: "seq", autoIncrement: true },
    catalogues: undefined,
    // Lines that changed since their catalogue was loaded.
    lines: { keyPath: ["session_id", "id"] },
    settings: undefined,
};

/**
 * The app's IndexedDB on the device.
 *
 * A write to the journal is complete when it is on the disk. So neither a killed tab nor an empty
 * battery loses a scan.
 */
export class Database {
    /** @param {string} name a different one for each database and user of the server */
    constructor(name) {
        this.name = name;
        this.opened = null;
    }

    /**
     * @param {string} table
     * @param {IDBValidKey} key
     * @returns {Promise<any>} undefined if there is no such row
     */
    get(table, key) {
        return this.run(table, "readonly", (store) => store.get(key));
    }

    /** @returns {Promise<Object[]>} all rows in the order of their keys */
    getAll(table) {
        return this.run(table, "readonly", (store) => store.getAll());
    }

    /** Reads all rows whose key begins with a value, such as the lines of a session. */
    getAllOf(table, value) {
        const range = IDBKeyRange.bound([value], [value, []]);
        return this.run(table, "readonly", (store) => store.getAll(range));
    }

    /** @returns {Promise<IDBValidKey[]>} */
    getKeys(table) {
        return this.run(table, "readonly", (store) => store.getAllKeys());
    }

    /** Writes one row; `key` only for tables whose rows do not hold their key. */
    put(table, value, key) {
        return this.run(table, "readwrite", (store) => store.put(value, key));
    }

    /** @param {IDBValidKey|IDBKeyRange} key */
    delete(table, key) {
        return this.run(table, "readwrite", (store) => store.delete(key));
    }

    /**
     * Writes all rows or none.
     *
     * @param {string} table
     * @param {Object[]} values
     * @returns {Promise<IDBValidKey[]>} the rows' keys, in order
     */
    async putAll(table, values) {
        const keys = [];
        await this.run(table, "readwrite", (store) => {
            values.forEach((value, i) => {
                const request = store.put(value);
                request.onsuccess = () => (keys[i] = request.result);
            });
        });
        return keys;
    }

    close() {
        const opened = this.opened;
        this.opened = null;
        return opened?.then((db) => db.close());
    }

    /**
     * Works on a table in one transaction.
     *
     * @param {string} table
     * @param {"readonly"|"readwrite"} mode
     * @param {(store: IDBObjectStore) => IDBRequest|undefined} work
     * @throws {StorageFull} when the device has no room, or stores nothing at all
     */
    async run(table, mode, work) {
        let db;
        try {
            this.opened ??= openDatabase(this.name);
            db = await this.opened;
            return await transact(db, table, mode, work);
        } catch (error) {
            if (error.name === "InvalidStateError" && db) {
                // Browsers close databases at will, for example to clean up.
                this.opened = openDatabase(this.name);
                return transact(await this.opened, table, mode, work);
            }
            if (!db || isFull(error)) {
                this.opened = db ? this.opened : null;
                throw new StorageFull(error.message, { cause: error });
            }
            throw error;
        }
    }
}

function openDatabase(name) {
    return new Promise((resolve, reject) => {
        const request = window.indexedDB.open(name, VERSION);
        request.onupgradeneeded = () => {
            for (const [table, options] of Object.entries(TABLES)) {
                request.result.createObjectStore(table, options);
            }
        };
        request.onerror = () => reject(request.error);
        request.onsuccess = () => resolve(request.result);
    });
}

function transact(db, table, mode, work) {
    return new Promise((resolve, reject) => {
        // A draft can be typed again, a count cannot.
        const durability = table === "journal" ? "strict" : "relaxed";
        const transaction = db.transaction(table, mode, { durability });
        let request;
        try {
            request = work(transaction.objectStore(table));
        } catch (error) {
            // Rows that were put before the failing one must not stay.
            transaction.abort();
            reject(error);
        }
        transaction.oncomplete = () => resolve(request?.result);
        transaction.onerror = (ev) => reject(ev.target.error);
        transaction.onabort = () => reject(transaction.error);
    });
}

function isFull(error) {
    return error.name === "QuotaExceededError" || /quota|disk|full/i.test(error.message);
}
