import { Component } from "@odoo/owl";

/** One figure. A click opens the records behind it. */
export class DashboardTile extends Component {
    static template = "stock_count.DashboardTile";
    static props = {
        name: String,
        label: String,
        value: String,
        text: String,
        more: String,
        help: String,
        onOpen: Function,
        // A share of 1 to show as a bar.
        bar: { type: [Number, { value: null }], optional: true },
        // The change against the days before: sign, whether it is good, and words.
        change: { type: [Object, { value: null }], optional: true },
        isAlarm: { type: Boolean, optional: true },
        // There is no record behind the figure.
        isDisabled: { type: Boolean, optional: true },
    };

    get changeIcon() {
        const { way } = this.props.change;
        return way > 0 ? "fa-arrow-up" : way < 0 ? "fa-arrow-down" : "fa-arrow-right";
    }
}
