import { isEssential } from "./journal_rows";

/**
 * The rows of the journal by uuid, and by the states that each scan asks for. A count may have
 * 20,000 rows, too many to look through each time.
 */
export class JournalIndex {
    constructor() {
        /** @type {Map<string, import("./journal").Row>} */
        this.rows = new Map();
        this.waiting = new Map();
        this.refused = new Map();
        // The uuids of waiting rows that are not essential.
        this.others = new Set();
    }

    /** Files a row by its state, and takes it away from where it was before. */
    file(row) {
        this.rows.set(row.uuid, row);
        this.others[row.state === "waiting" && !isEssential(row) ? "add" : "delete"](row.uuid);
        for (const state of ["waiting", "refused"]) {
            if (row.state === state && row.kind !== "miss") {
                this[state].set(row.uuid, row);
            } else {
                this[state].delete(row.uuid);
            }
        }
    }

    /** How many essential rows the server does not have yet. */
    get unsent() {
        return this.waiting.size - this.others.size;
    }
}
