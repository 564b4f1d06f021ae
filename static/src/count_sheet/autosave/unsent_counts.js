import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { uuid } from "@web/core/utils/strings";

const { DateTime } = luxon;

/** The time as the server reads it. Fractions of a second keep the order of fast typing. */
function formatNow() {
    return DateTime.utc().toFormat("yyyy-MM-dd HH:mm:ss.SSS");
}

/**
 * The quantity of one line that was typed and that the server does not have yet. It has its uuid
 * from the moment of typing, so the server records it once, however often it is sent.
 *
 * @typedef {{ line_id: number, uuid: string, qty: number, counted_at: string }} UnsentCount
 */

/**
 * Keeps typed quantities in the browser's local storage, the last one of each line. They survive the
 * end of the tab, of the login and of the network.
 */
export class UnsentCounts {
    /** @param {string} scope different for each database, user and session */
    constructor(scope) {
        this.prefix = `stock_count.unsent.${scope}.`;
        this.state = reactive({ count: 0 });
        this.recount();
    }

    /**
     * Keeps a quantity of a line instead of the one before.
     *
     * @returns {UnsentCount | null} null if the browser cannot keep it
     */
    keep(lineId, qty) {
        const kept = this.get(lineId);
        if (kept?.qty !== qty) {
            this.write({ line_id: lineId, uuid: uuid(), qty, counted_at: formatNow() });
        }
        return this.get(lineId);
    }

    /** @returns {UnsentCount | null} */
    get(lineId) {
        return read(this.prefix + lineId);
    }

    /** @returns {UnsentCount[]} */
    getAll() {
        return this.keys.map(read).filter(Boolean);
    }

    /** Drops the quantity of a line; with a uuid only if it is that one and no newer one. */
    drop(lineId, entryUuid) {
        if (!entryUuid || this.get(lineId)?.uuid === entryUuid) {
            browser.localStorage.removeItem(this.prefix + lineId);
        }
        this.recount();
    }

    /** Completes a quantity for record_entries; by `sent_at` the server corrects a wrong clock. */
    stamp(entry) {
        return { ...entry, operation: "set", sent_at: formatNow() };
    }

    write(entry) {
        try {
            browser.localStorage.setItem(this.prefix + entry.line_id, JSON.stringify(entry));
        } catch {
            // Without storage the row is still saved when the person leaves it.
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
