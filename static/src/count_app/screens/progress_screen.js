import { Component, useState } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { Icon } from "../parts/icon";

/** As many rows as a person looks through. */
const SHOWN = 200;

/** Shows how far the count is, by location in walking order, and the skip list. */
export class ProgressScreen extends Component {
    static template = "stock_count.ProgressScreen";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useCount());
        this.view = useState({ list: "locations" });
    }

    get total() {
        return this.counting.version >= 0 ? this.count.progress.total : null;
    }

    /** The locations, those with lines left first. */
    get locations() {
        const rows = this.counting.version >= 0 ? this.count.progress.byLocation : [];
        const open = rows.filter((row) => row.left || row.skipped);
        const done = rows.filter((row) => !row.left && !row.skipped);
        return [...open, ...done].slice(0, SHOWN);
    }

    get skipped() {
        const lines = this.counting.version >= 0 ? this.count.progress.skipped : [];
        return lines.slice(0, SHOWN);
    }

    othersAt(location) {
        return this.app.claims.othersAt(this.count, location.id)?.user_name;
    }

    name(line) {
        return this.count.catalogue.products.get(line.product_id)?.name;
    }

    place(line) {
        return this.count.catalogue.locations.get(line.location_id)?.name;
    }

    go(location) {
        this.app.do(() => {
            this.app.show("count");
            return this.count.steps.setLocation(location);
        });
    }

    take(line) {
        this.app.do(() => this.app.actions.takeLine(line));
    }
}
