import { Component, useState } from "@odoo/owl";

/** Shows whether the server has every typed quantity (Option 526). */
export class SheetSaved extends Component {
    static template = "stock_count.SheetSaved";
    static props = { unsent: Object };

    setup() {
        this.unsent = useState(this.props.unsent);
    }
}
