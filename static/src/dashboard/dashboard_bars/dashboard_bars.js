import { Component } from "@odoo/owl";

/** A list of figures as bars. A click on a row opens its records. */
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
                    // The length of the bar, as a share of the longest one.
                    bar: Number,
                    isDisabled: { type: Boolean, optional: true },
                },
            },
        },
        onOpen: Function,
    };
}
