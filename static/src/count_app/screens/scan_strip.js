import { Component } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { showQuantity } from "../core/numbers";
import { describeLine } from "../counting/describe_line";
import { Icon } from "../parts/icon";

/** As many counted items as a person looks back at. */
const SHOWN = 6;

/** The last scans: those without a quantity first, then what was counted, each with one more and undo. */
export class ScanStrip extends Component {
    static template = "stock_count.ScanStrip";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useCount());
    }

    get waiting() {
        return this.aside.scans.map((scan) => ({ scan, name: this.describe(scan) }));
    }

    /** The last counted keys of this person, each with its newest entry. */
    get counted() {
        const { entries } = this.count;
        const newest = new Map();
        for (const entry of this.counting.version >= 0 ? entries.list : []) {
            if (newest.size === SHOWN) {
                break;
            }
            if (entries.stands(entry) && !newest.has(entry.key)) {
                newest.set(entry.key, entry);
            }
        }
        return [...newest.values()].map((entry) => this.prepare(entry));
    }

    prepare(entry) {
        const { catalogue, entries } = this.count;
        const product = catalogue.products.get(entry.product_id);
        const isOne = product?.tracking === "serial";
        const unit = catalogue.uoms.get(product?.uom_id)?.name || "";
        const qty = `${showQuantity(entries.total(entry))} ${unit}`.trim();
        return { entry, qty, isOne, name: this.describe(entry) };
    }

    describe(thing) {
        return describeLine(this.count.catalogue, thing);
    }

    resume(scan) {
        this.app.do(() => this.count.steps.resume(scan));
    }

    putAway(scan) {
        this.app.do(() => this.app.actions.putAway(scan));
    }

    /** Counts one more of the unit that was counted last. */
    addOne(entry) {
        this.app.do(() => this.count.recorder.count(entry, { qty: 1, uom_id: entry.uom_id }));
    }

    undo(entry) {
        this.app.do(() => this.app.actions.remove(entry));
    }
}
