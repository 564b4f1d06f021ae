import { Component, onMounted, useRef } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
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
        // A device with keys only types at once; on others the screen's keyboard would open.
        const focused = browser.navigator.maxTouchPoints ? "[data-focus=always]" : "[data-focus]";
        onMounted(() => root.el.querySelector(focused)?.focus());
    }

    close() {
        if (this.props.onClose) {
            return this.props.onClose();
        }
        this.app.do(() => this.app.close());
    }
}
