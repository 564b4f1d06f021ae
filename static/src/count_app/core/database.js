/** The device keeps nothing more: what was scanned is not recorded. */
export class StorageFull extends Error {}

const VERSION = 1;
const TABLES = {
    journal: { keyPath: "seq", autoIncrement: true },
    catalogues: undefined,
    // What changed since a catalogue was loaded.
    lines: { keyPath: ["session_id", "id"] },
    settings: undefined,
};

/**
 * What the app keeps on the device. A write of the journal is done when the browser has it on the disk, so that
 * neither a killed tab nor an empty battery takes a scan along.
 */
export class Database {
    /** @param {string} name one per database and user of the server */
    constructor(name) {
        this.name = name;
        this.opened = null;
    }

    get(table, key) {
        return this.run(table, "readonly", (store) => store.get(key));
    }

    getAll(table) {
        return this.run(table, "readonly", (store) => store.getAll());
    }

    /** All rows whose key begins with a value, as the lines of a session. */
    getAllOf(table, value) {
        const range = IDBKeyRange.bound([value], [value, []]);
        return this.run(table, "readonly", (store) => store.getAll(range));
    }

    getKeys(table) {
        return this.run(table, "readonly", (store) => store.getAllKeys());
    }

    put(table, value, key) {
        return this.run(table, "readwrite", (store) => store.put(value, key));
    }

    delete(table, key) {
        return this.run(table, "readwrite", (store) => store.delete(key));
    }

    /** Puts all values or none; the answer is their keys, in order. */
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
     * @throws {StorageFull} when the device has no room, or keeps nothing at all
     */
    async run(table, mode, work) {
        let db;
        try {
            this.opened ??= openDatabase(this.name);
            db = await this.opened;
            return await transact(db, table, mode, work);
        } catch (error) {
            if (error.name === "InvalidStateError" && db) {
                // The browser closed the database under us, e.g. to clean up: open it again.
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
        // What is entered may be typed again; what was counted may not.
        const durability = table === "journal" ? "strict" : "relaxed";
        const transaction = db.transaction(table, mode, { durability });
        let request;
        try {
            request = work(transaction.objectStore(table));
        } catch (error) {
            // What was put before must not stay without the rest.
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
