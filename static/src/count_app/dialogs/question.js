import { Component, useState } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { BottomSheet } from "../parts/bottom_sheet";
import { Icon } from "../parts/icon";

/** A question on top of a screen. Its prop `ask` has the props that were given to `app.ask`. */
export class Question extends Component {
    static components = { BottomSheet, Icon };
    static props = { ask: Object };

    setup() {
        Object.assign(this, useCount());
        this.ask = useState(this.props.ask);
        this.view = useState({ term: "", found: null, text: "" });
    }

    /** Does work in its turn, after the scans before it. */
    do(work) {
        this.app.do(work);
    }

    close() {
        this.do(() => this.app.close());
    }

    /** Says what is wrong with a field, and selects its text so that the next input replaces it. */
    retype(ev, message) {
        ev.target.querySelector("input")?.select();
        this.app.say(message);
    }
}
