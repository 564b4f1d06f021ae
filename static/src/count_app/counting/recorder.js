import { RowMaker } from "./row_maker";

/** @typedef {import("./entry").Entry} Entry */

/**
 * Writes what a person does into the journal: counts, withdrawals, events and evidence. When a
 * method is done, the device has it.
 */
export class Recorder {
    /**
     * @param {Object} parts those of the {@link RowMaker}, and:
     * @param {import("../core/journal").Journal} parts.journal
     * @param {import("./entries").Entries} parts.entries
     * @param {() => void} parts.onChange
     */
    constructor({ journal, entries, onChange, ...parts }) {
        Object.assign(this, { journal, entries, onChange });
        this.make = new RowMaker(parts);
        /** The scan that is being handled: its rows carry the id, so it is not handled twice. */
        this.scanId = undefined;
    }

    /**
     * Counts a quantity of a key.
     *
     * @param {Object} key the natural key, and `line_id` if there is a line
     * @param {{ qty: number, uom_id: number, serial2?: string, rfid?: string, note?: string }} what
     * @param {string} [draftId] so that the draft is not counted again after a reload
     * @returns {Promise<Entry>}
     */
    async count(key, what, draftId) {
        const row = this.make.entry(key, what);
        row.view.draft = draftId;
        await this.write(row);
        return this.entries.get(row.uuid);
    }

    /**
     * Counts several keys, all or none.
     *
     * @param {{ key: Object, qty: number, uom_id: number }[]} list
     * @param {Entry[]} [before] entries that these replace
     */
    countAll(list, before = []) {
        const withdrawals = before.map((entry) => this.make.withdrawal(entry));
        const entries = list.map(({ key, ...what }) => this.make.entry(key, what));
        return this.write(...withdrawals, ...entries);
    }

    /** Takes an entry back. */
    withdraw(entry) {
        return this.withdrawAll([entry]);
    }

    /** Takes entries back, all or none. */
    async withdrawAll(entries) {
        const refused = entries.filter((entry) => entry.row?.state === "refused");
        const others = entries.filter((entry) => !refused.includes(entry));
        if (others.length) {
            await this.write(...others.map((entry) => this.make.withdrawal(entry)));
        }
        if (refused.length) {
            await this.journal.drop(...refused.map((entry) => entry.row));
            refused.forEach((entry) => this.entries.delete(entry.uuid));
        }
    }

    /** Replaces an entry by one of another quantity, both or none. */
    async correct(entry, qty) {
        const { serial2, rfid, note } = entry.row?.body || entry;
        const row = this.make.entry(entry, { qty, uom_id: entry.uom_id, serial2, rfid, note });
        if (entry.row?.state === "refused") {
            await this.write(row);
            return this.withdraw(entry);
        }
        await this.write(this.make.withdrawal(entry), row);
    }

    /**
     * @param {"skip"|"unskip"|"bin_claim"|"bin_release"|"bin_finished"} kind
     * @param {{ line_id?: number, location_id?: number }} ids
     */
    event(kind, ids) {
        return this.write(this.make.event(kind, ids));
    }

    /** @param {Object} what note, photo (base64) and target, as attach_evidence takes them */
    evidence(what) {
        return this.write(this.make.evidence(what));
    }

    /**
     * Keeps a scan of an unknown code until a person decides about it.
     *
     * @returns {Promise<import("../core/journal").Row>}
     */
    async miss(code, location_id) {
        const row = this.make.miss(code, location_id);
        await this.write(row);
        return row;
    }

    async write(...rows) {
        for (const row of rows) {
            if (this.scanId) {
                row.view.scan = this.scanId;
            }
        }
        await this.journal.add(...rows);
        rows.forEach((row) => this.entries.take(row));
        this.onChange();
    }
}
