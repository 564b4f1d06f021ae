// Imports nothing, so that Odoo's login page can load it without the app's bundle.

const PREFIX = "stock_count.";
const PAGE_CACHE = "stock_count.app";
/** Rows of the journal that the server has, or that nobody wants. */
const SETTLED = ["done", "dropped"];
/** Settings that stay: which count was open, and what was entered and not recorded yet. */
const OWN = /^(session$|count\.)/;

/**
 * Deletes from this device what its users were shown: lists of counts with items, places and
 * quantities, and the page that opens without a login. What they counted and the server does not
 * have stays, without names, until the same user logs in again.
 */
export async function forgetUsers() {
    await window.caches?.delete(PAGE_CACHE);
    const databases = (await window.indexedDB.databases?.()) || [];
    for (const { name } of databases) {
        if (name.startsWith(PREFIX)) {
            await forgetIn(name);
        }
    }
}

async function forgetIn(name) {
    const db = await finish(window.indexedDB.open(name));
    try {
        if (db.objectStoreNames.contains("journal")) {
            await forgetTables(db);
        }
    } finally {
        db.close();
    }
}

function forgetTables(db) {
    const tables = ["catalogues", "lines", "settings", "journal"];
    const transaction = db.transaction(tables, "readwrite", { durability: "strict" });
    const [catalogues, lines, settings, journal] = tables.map((table) =>
        transaction.objectStore(table)
    );
    catalogues.clear();
    lines.clear();
    each(settings, (cursor) => !OWN.test(cursor.key) && cursor.delete());
    each(journal, (cursor) => {
        const row = cursor.value;
        return SETTLED.includes(row.state) ? cursor.delete() : cursor.update(withoutNames(row));
    });
    return new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
    });
}

/** The row as the server needs it: its names come back with the next list. */
function withoutNames(row) {
    const view = { ...row.view };
    delete view.item;
    return { ...row, view, message: "" };
}

function each(store, work) {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (cursor) {
            work(cursor);
            cursor.continue();
        }
    };
}

function finish(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
