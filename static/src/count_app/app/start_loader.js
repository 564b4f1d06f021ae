import { browser } from "@web/core/browser/browser";
import { LoginNeeded, Offline } from "../core/server";

/** Loads the data of the start screen, and so finds out who is logged in. */
export class StartLoader {
    /** @param {import("./app_state").AppState} app */
    constructor(app) {
        this.app = app;
        this.store = app.store;
    }

    /** Shows the sessions to choose from; without a network those of the last time. */
    async choose() {
        const { app, store } = this;
        try {
            app.state.start = await this.load();
        } catch (error) {
            app.state.start = error instanceof Offline && (await store.getStart());
            if (!app.state.start) {
                throw error;
            }
        }
        app.showClock();
        app.show("start");
    }

    /**
     * Asks the server.
     *
     * @returns {Promise<Object>} the answer of load_start
     * @throws {LoginNeeded} if another user than the page's is logged in
     */
    async load() {
        const { app, store } = this;
        const start = await app.call("load_start");
        if (app.userId && start.user.id !== app.userId) {
            await this.makeWay();
        }
        app.clock.learn(start.server_now);
        await store.putStart(start);
        return start;
    }

    /** Loads the page of the user who is logged in now. These counts stay on the device. */
    async makeWay() {
        await window.caches?.delete("stock_count.app");
        browser.location.reload();
        throw new LoginNeeded();
    }
}
