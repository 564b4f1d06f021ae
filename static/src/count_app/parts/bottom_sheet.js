import { Component, onMounted, useRef } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useApp } from "../app/use_app";
import { Icon } from "./icon";

/** A dialog at the bottom of the screen, within reach of the thumb. */
export class BottomSheet extends Component {
    static template = "stock_count.BottomSheet";
    static components = { Icon };
    static props = {
        title: String,
        severity: { type: String, optional: true },
        // Without it, the button closes the question.
        onClose: { type: Function, optional: true },
        slots: Object,
    };

    setup() {
        Object.assign(this, useApp());
        const root = useRef("root");
        // On a touch screen the focus opens the on-screen keyboard, so only few fields get it.
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
