import { Component, onMounted, useRef } from "@odoo/owl";
import { useApp } from "../app/use_app";
import { Icon } from "./icon";

/** A question on top of a screen, within reach of the thumb. */
export class Sheet extends Component {
    static template = "stock_count.Sheet";
    static components = { Icon };
    static props = {
        title: String,
        severity: { type: String, optional: true },
        onClose: { type: Function, optional: true },
        slots: Object,
    };

    setup() {
        Object.assign(this, useApp());
        const root = useRef("root");
        // Keys go where the question is; a field of it may take the focus afterwards.
        onMounted(() => root.el.querySelector("[data-focus]")?.focus());
    }

    close() {
        if (this.props.onClose) {
            return this.props.onClose();
        }
        this.app.do(() => this.app.close());
    }
}
