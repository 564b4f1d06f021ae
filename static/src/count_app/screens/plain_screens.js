import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useApp } from "../app/use_app";
import { Icon } from "../parts/icon";

class PlainScreen extends Component {
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useApp());
    }
}

/** Submitted: the desktop has it. */
export class DoneScreen extends PlainScreen {
    static template = "stock_count.DoneScreen";

    leave() {
        this.app.do(() => this.app.sessions.leave());
    }
}

/** The count was posted or cancelled by somebody at a desk. */
export class ClosedScreen extends PlainScreen {
    static template = "stock_count.ClosedScreen";

    get name() {
        return this.app.count.catalogue.session.name;
    }

    leave() {
        this.app.do(() => this.app.sessions.leave());
    }
}

/** The app is used in another tab. */
export class ElsewhereScreen extends PlainScreen {
    static template = "stock_count.ElsewhereScreen";

    take() {
        this.app.takeOver();
    }
}

/** Nothing could be loaded: no network and nothing kept, or the server answers with an error. */
export class FailedScreen extends PlainScreen {
    static template = "stock_count.FailedScreen";

    logIn() {
        browser.location.assign("/web/login?redirect=/stock_count/app");
    }

    again() {
        this.app.begin();
    }
}

export class LoadingScreen extends PlainScreen {
    static template = "stock_count.LoadingScreen";
}
