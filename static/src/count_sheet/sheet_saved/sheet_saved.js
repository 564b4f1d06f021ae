import { Component, useState } from "@odoo/owl";

/** Auto-save tells whether the server has all that was typed. */
export class SheetSaved extends Component {
    static template = "stock_count.SheetSaved";
    static props = { unsent: Object };

    setup() {
        this.unsent = useState(this.props.unsent);
    }
}
