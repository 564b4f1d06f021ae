import { Component } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { Icon } from "../parts/icon";

/** About as many bins as a screen shows. */
const SHOWN = 20;

/** The bins that are left, in walking order after the one that was finished last. */
export class NextBins extends Component {
    static template = "stock_count.NextBins";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useCount());
    }

    /** Bins where somebody else counts come last. */
    get rows() {
        const { claims } = this.app;
        const rows = this.counting.version >= 0 ? this.count.progress.nextAfter(this.last) : [];
        const named = rows.map((row) => ({
            ...row,
            other: claims.othersAt(this.count, row.location.id)?.user_name,
        }));
        const mine = named.filter(({ other }) => !other);
        return [...mine, ...named.filter(({ other }) => other)].slice(0, SHOWN);
    }

    get last() {
        return this.counting.lastBin;
    }

    go(location) {
        this.app.do(() => this.count.steps.setLocation(location));
    }
}
