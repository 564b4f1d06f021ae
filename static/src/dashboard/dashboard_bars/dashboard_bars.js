import { Component } from "@odoo/owl";

/** A list of figures as bars; a click on one opens its records. */
export class DashboardBars extends Component {
    static template = "stock_count.DashboardBars";
    static props = {
        rows: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    key: [String, Number, { value: null }],
                    name: String,
                    text: String,
                    more: { type: String, optional: true },
                    // Its length, as a share of the longest one.
                    bar: Number,
                    isDisabled: { type: Boolean, optional: true },
                },
            },
        },
        onOpen: Function,
    };
}
