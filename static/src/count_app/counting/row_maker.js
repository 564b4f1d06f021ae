import { uuid } from "@web/core/utils/strings";
import { pickKey } from "./entry";

/** @typedef {import("../core/journal").Row} Row */

/** Makes the rows of the journal for one session, with the time of the device. */
export class RowMaker {
    /**
     * @param {Object} parts
     * @param {number} parts.sessionId
     * @param {import("../core/clock").Clock} parts.clock
     * @param {import("../catalogue/catalogue").Catalogue} parts.catalogue
     */
    constructor({ sessionId, clock, catalogue }) {
        Object.assign(this, { sessionId, clock, catalogue });
    }

    /**
     * @param {Object} key the natural key, and `line_id` if there is a line
     * @param {{ qty: number, uom_id: number, serial2?: string, rfid?: string, note?: string }} what
     * @returns {Row} an entry
     */
    entry(key, { qty, uom_id, ...more }) {
        const id = uuid();
        const at = this.clock.format();
        const { line_id } = key;
        const names = pickKey(key);
        const body = withoutEmpty({
            ...(line_id ? { line_id } : names),
            ...more,
            uuid: id,
            operation: "add",
            uom_id,
            counted_at: at,
        });
        const view = { ...names, line_id, qty, uom_id, at, ...this.describe(key, qty, uom_id) };
        return this.row("entry", id, { ...body, qty }, view);
    }

    /** @returns {Row} an entry that takes another one back */
    withdrawal({ uuid: withdraws }) {
        const id = uuid();
        const counted_at = this.clock.format();
        const body = { uuid: id, operation: "withdraw", withdraws, counted_at };
        return this.row("entry", id, body);
    }

    /** @returns {Row} an event of a line or a bin */
    event(kind, ids) {
        const id = uuid();
        const body = { uuid: id, kind, ...ids, at: this.clock.format() };
        return this.row("event", id, body, { kind, ...ids });
    }

    /** @returns {Row} a note or photo */
    evidence(what) {
        const id = uuid();
        return this.row("evidence", id, { uuid: id, ...what, at: this.clock.format() });
    }

    /** @returns {Row} a scan of an unknown code */
    miss(code, location_id) {
        return this.row("miss", uuid(), {}, { code, location_id, at: this.clock.format() });
    }

    row(kind, id, body, view = {}) {
        return { uuid: id, session_id: this.sessionId, kind, state: "waiting", body, view };
    }

    /** What the Review tab shows besides the key and the quantity. */
    describe({ product_id, line_id }, qty, uom_id) {
        const { lines, products } = this.catalogue;
        return {
            item: products.get(product_id)?.name,
            product_qty: this.toProductUnit(product_id, qty, uom_id),
            round: lines.get(line_id)?.first_round || 1,
        };
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
