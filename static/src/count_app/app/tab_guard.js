import { Tabs } from "../core/tabs";

/** Stops the app while another tab has it, and starts it again when the user comes back. */
export class TabGuard {
    /** @param {import("./app_state").AppState} app */
    constructor(app) {
        this.app = app;
        /** @type {Tabs | null} null until the app begins */
        this.tabs = null;
    }

    /** Asks other tabs for the app. A second call changes nothing. */
    open() {
        this.tabs ??= new Tabs(this.app.database.name, () => this.giveWay());
    }

    close() {
        this.tabs?.close();
    }

    get isActive() {
        return !this.tabs || this.tabs.active;
    }

    giveWay() {
        const { app } = this;
        app.sync.stop();
        // The device keeps the waiting scans, and the other tab counts them.
        app.queue.forget();
        app.show("elsewhere");
        app.count = null;
    }

    /** Takes the app from the other tab. */
    takeOver() {
        this.tabs.take();
        return this.app.begin();
    }
}
