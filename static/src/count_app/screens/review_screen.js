import { Component, useState } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { messages } from "../core/messages";
import { listReview, listUndecided } from "../counting/review";
import { Icon } from "../parts/icon";

/** As many rows as a person looks through; the search finds the rest. */
const SHOWN = 100;

/** The Review tab: lists the counts, to correct them or to take them back. */
export class ReviewScreen extends Component {
    static template = "stock_count.ReviewScreen";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useCount());
        this.view = useState({ filter: this.app.reviewFilter || "all", term: "" });
        this.app.reviewFilter = null;
    }

    get rows() {
        const { filter, term } = this.view;
        return this.counting.version + this.journal.version >= 0
            ? listReview(this.count, filter, term)
            : [];
    }

    get shown() {
        return this.rows.slice(0, SHOWN);
    }

    get undecided() {
        return this.journal.version >= 0 ? listUndecided(this.count).length : 0;
    }

    filterBy(filter) {
        this.view.filter = filter;
    }

    open(row) {
        this.app.do(() => {
            if (row.kind === "miss") {
                const ask = { code: row.title, row: row.row, isLooking: false };
                return this.app.ask("unknown_code", ask);
            }
            const { isClosed } = this.app;
            if (isClosed && row.state !== "refused") {
                return this.app.say(messages.closed());
            }
            return this.app.ask(row.entry && !isClosed ? "edit_entry" : "refused", { row });
        });
    }
}
