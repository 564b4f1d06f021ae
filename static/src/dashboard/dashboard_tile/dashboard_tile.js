import { Component } from "@odoo/owl";

/** One figure at a glance; a click opens the records that it was made from. */
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
        // A share of 1, shown as a bar.
        bar: { type: [Number, { value: null }], optional: true },
        // Against the days before: its sign, whether that is good, and in words.
        change: { type: [Object, { value: null }], optional: true },
        isAlarm: { type: Boolean, optional: true },
        // Where there is no record behind the figure.
        isDisabled: { type: Boolean, optional: true },
    };

    get changeIcon() {
        const { way } = this.props.change;
        return way > 0 ? "fa-arrow-up" : way < 0 ? "fa-arrow-down" : "fa-arrow-right";
    }
}
