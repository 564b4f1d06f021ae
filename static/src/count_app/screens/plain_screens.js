import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useApp } from "../app/use_app";
import { Icon } from "../parts/icon";

/** A screen with a text and a way on. */
class PlainScreen extends Component {
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useApp());
    }
}

/** The count was submitted to the desktop. */
export class DoneScreen extends PlainScreen {
    static template = "stock_count.DoneScreen";

    leave() {
        this.app.do(() => this.app.sessions.leave());
    }
}

/** The count was posted or cancelled at a desk. */
export class ClosedScreen extends PlainScreen {
    static template = "stock_count.ClosedScreen";

    get name() {
        return this.app.count.catalogue.session.name;
    }

    leave() {
        this.app.do(() => this.app.sessions.leave());
    }
}

/** Another tab has the app. */
export class ElsewhereScreen extends PlainScreen {
    static template = "stock_count.ElsewhereScreen";

    take() {
        this.app.tab.takeOver();
    }
}

/** No screen could be opened, see app/problems.js. */
export class FailedScreen extends PlainScreen {
    static template = "stock_count.FailedScreen";

    logIn() {
        browser.location.assign("/web/login?redirect=/stock_count/app");
    }

    again() {
        this.app.begin();
    }
}

/** Something is being loaded. */
export class LoadingScreen extends PlainScreen {
    static template = "stock_count.LoadingScreen";
}
