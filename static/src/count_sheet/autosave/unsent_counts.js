import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { uuid } from "@web/core/utils/strings";

const { DateTime } = luxon;

/** The time as entries tell it; parts of a second keep fast typing in its order. */
function tellNow() {
    return DateTime.utc().toFormat("yyyy-MM-dd HH:mm:ss.SSS");
}

/**
 * What was typed in the sheet of a session and the server has not acknowledged yet, kept in the
 * browser: one entry per line, the last one. It survives the tab, the login and the network.
 *
 * An entry has its uuid from the moment it is typed, so that sending it again records it once.
 */
export class UnsentCounts {
    /** @param {string} scope whose counts of which session */
    constructor(scope) {
        this.prefix = `stock_count.unsent.${scope}.`;
        this.state = reactive({ count: 0 });
        this.recount();
    }

    /** Keeps a quantity typed for a line instead of the one kept before. */
    keep(lineId, qty) {
        const kept = this.get(lineId);
        if (kept?.qty !== qty) {
            this.write({ line_id: lineId, uuid: uuid(), qty, counted_at: tellNow() });
        }
        return this.get(lineId);
    }

    get(lineId) {
        return read(this.prefix + lineId);
    }

    getAll() {
        return this.keys.map(read).filter(Boolean);
    }

    /** Forgets what is kept for a line; with an entry's uuid only if nothing newer is kept. */
    drop(lineId, entryUuid) {
        if (!entryUuid || this.get(lineId)?.uuid === entryUuid) {
            browser.localStorage.removeItem(this.prefix + lineId);
        }
        this.recount();
    }

    /** An entry as it is sent: the server sets a wrong clock right by it. */
    stamp(entry) {
        return { ...entry, operation: "set", sent_at: tellNow() };
    }

    write(entry) {
        try {
            browser.localStorage.setItem(this.prefix + entry.line_id, JSON.stringify(entry));
        } catch {
            // The browser keeps nothing (any more): the row is saved when it is left.
        }
        this.recount();
    }

    recount() {
        this.state.count = this.keys.length;
    }

    get keys() {
        const { localStorage } = browser;
        const keys = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i));
        return keys.filter((key) => key.startsWith(this.prefix));
    }
}

function read(key) {
    try {
        return JSON.parse(browser.localStorage.getItem(key));
    } catch {
        return null;
    }
}
