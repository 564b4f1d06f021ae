import { Component } from "@odoo/owl";
import { useApp } from "../app/use_app";
import { Icon } from "./icon";

const ICONS = { hit: "check", miss: "close", wait: "warning", info: "note" };

/** The message that answers the last scan or tap. */
export class Banner extends Component {
    static template = "stock_count.Banner";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useApp());
    }

    get icon() {
        return ICONS[this.state.message.severity];
    }

    undo() {
        const { undo } = this.state.message;
        this.state.message = null;
        this.app.do(undo);
    }
}
