import { uuid } from "@web/core/utils/strings";

/**
 * Writes what a person does into the journal: counts, what they take back, events of bins and
 * lines, and evidence. When a verb is done, the device has it.
 */
export class Recorder {
    constructor({ sessionId, journal, clock, entries, catalogue, onChange }) {
        Object.assign(this, { sessionId, journal, clock, entries, catalogue, onChange });
    }

    /**
     * Counts a quantity of a key.
     *
     * @param {Object} key product_id, location_id, lot_id or lot_name, package_id, owner_id, line_id
     * @param {{ qty: number, uom_id: number, serial2?: string, rfid?: string, note?: string }} what
     * @param {string} [draftId] of what was entered, so that a kept draft is not counted again
     */
    async count(key, what, draftId) {
        const row = this.makeEntry(key, what);
        row.view.draft = draftId;
        await this.write(row);
        return this.entries.entries.get(row.uuid);
    }

    /** Counts several things instead of what was counted, all or none: `[{ key, qty, uom_id }]`. */
    countAll(list, before = []) {
        const withdrawals = before.map((entry) => this.makeWithdrawal(entry));
        const entries = list.map(({ key, ...what }) => this.makeEntry(key, what));
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
            await this.write(...others.map((entry) => this.makeWithdrawal(entry)));
        }
        if (refused.length) {
            await this.journal.drop(...refused.map((entry) => entry.row));
            refused.forEach((entry) => this.entries.delete(entry.uuid));
        }
    }

    /** Corrects an entry: it is taken back and counted anew, both or none. */
    async correct(entry, qty) {
        const { serial2, rfid, note } = entry.row?.body || entry;
        const what = { qty, uom_id: entry.uom_id, serial2, rfid, note };
        const row = this.makeEntry(entry, what);
        if (entry.row?.state === "refused") {
            await this.write(row);
            return this.withdraw(entry);
        }
        await this.write(this.makeWithdrawal(entry), row);
    }

    /** @param {"skip"|"unskip"|"bin_claim"|"bin_release"|"bin_finished"} kind */
    event(kind, ids) {
        const id = uuid();
        const body = { uuid: id, kind, ...ids, at: this.clock.tell() };
        return this.write(this.makeRow("event", id, body, { kind, ...ids }));
    }

    /** Keeps a note or a photo (base64) of a line or an unknown item. */
    evidence(what) {
        const id = uuid();
        return this.write(
            this.makeRow("evidence", id, { uuid: id, ...what, at: this.clock.tell() })
        );
    }

    /** Remembers a scan that nobody decided about. */
    async miss(code, location_id) {
        const row = this.makeRow("miss", uuid(), {}, { code, location_id, at: this.clock.tell() });
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

    makeEntry(key, { qty, uom_id, ...more }) {
        const id = uuid();
        const { line_id, product_id, location_id, lot_id, lot_name, package_id, owner_id } = key;
        const names = { product_id, location_id, lot_id, lot_name, package_id, owner_id };
        const at = this.clock.tell();
        const body = withoutEmpty({
            ...(line_id ? { line_id } : names),
            ...more,
            uuid: id,
            operation: "add",
            uom_id,
            counted_at: at,
        });
        const product_qty = this.toProductUnit(product_id, qty, uom_id);
        const { lines, products } = this.catalogue;
        const round = lines.get(line_id)?.first_round || 1;
        const item = products.get(product_id)?.name;
        const view = { ...names, line_id, item, qty, uom_id, product_qty, round, at };
        return this.makeRow("entry", id, { ...body, qty }, view);
    }

    makeWithdrawal(entry) {
        const id = uuid();
        const at = this.clock.tell();
        const body = { uuid: id, operation: "withdraw", withdraws: entry.uuid, counted_at: at };
        return this.makeRow("entry", id, body, {});
    }

    makeRow(kind, id, body, view = {}) {
        return { uuid: id, session_id: this.sessionId, kind, state: "waiting", body, view };
    }

    toProductUnit(productId, qty, uomId) {
        const { uoms, products } = this.catalogue;
        const unit = uoms.get(products.get(productId)?.uom_id);
        const uom = uoms.get(uomId) || unit;
        return unit && uom ? (qty * uom.factor) / unit.factor : qty;
    }
}

function withoutEmpty(values) {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}
