import { browser } from "@web/core/browser/browser";
import { OPEN_STATES } from "../../const";
import { Catalogue } from "../catalogue/catalogue";
import { forgetUsers } from "../core/forget";
import { endLogin, LoginNeeded, Offline, Refused } from "../core/server";
import { Count } from "../counting/count";
import { describeProblem } from "./problems";

/** How long a person with a list on the device waits for a newer one, in milliseconds. */
const PATIENCE = 8000;

/** Opens and leaves sessions on this device. */
export class Sessions {
    /** @param {import("./app_state").AppState} app */
    constructor(app) {
        this.app = app;
        this.store = app.store;
    }

    /** Opens the session that was open last, else the start screen. */
    async begin() {
        const { app, store } = this;
        app.show("loading");
        await app.journal.load();
        if (app.tab.isActive) {
            app.sync.start();
        }
        const sessionId = await store.getOpenId();
        await this.tryTo(() => (sessionId ? this.reopen(sessionId) : app.startLoader.choose()));
    }

    /** Opens the session that was open last; one that is not this user's any more is left. */
    async reopen(sessionId) {
        try {
            await this.enter(sessionId);
        } catch (error) {
            if (!(error instanceof Refused)) {
                throw error;
            }
            await this.store.deleteOpenId();
            await this.app.startLoader.choose();
        }
    }

    /** Logs out: what can be sent is sent, and the device keeps nothing else. */
    async logOut() {
        const { app } = this;
        await app.sync.run();
        await endLogin();
        app.end();
        await app.database.close();
        await forgetUsers();
        browser.location.assign("/web/login?redirect=/stock_count/app");
    }

    /** Opens a session as it is on the server, or from the device if no answer arrives. */
    async take(sessionId) {
        const kept = await this.store.getCatalogue(sessionId);
        const fresh = this.app.call("load_catalogue", [sessionId]);
        let payload;
        try {
            payload = await (kept ? Promise.race([fresh, giveUp()]) : fresh);
        } catch (error) {
            if (!kept || error instanceof Refused || error instanceof LoginNeeded) {
                throw error;
            }
            return this.enter(sessionId);
        }
        await this.keepCatalogue(sessionId, payload);
        await this.open(sessionId, payload);
    }

    /**
     * Opens a session from the device, or from the server if the device does not have it.
     *
     * @param {number} sessionId
     * @param {{ fresh?: boolean }} [options] `fresh`: always from the server
     */
    async enter(sessionId, { fresh = false } = {}) {
        const text = fresh ? undefined : await this.store.getCatalogue(sessionId);
        const payload = text
            ? JSON.parse(text)
            : await this.app.call("load_catalogue", [sessionId]);
        if (!text) {
            await this.keepCatalogue(sessionId, payload);
        }
        await this.open(sessionId, payload);
    }

    async keepCatalogue(sessionId, payload) {
        this.app.clock.learn(payload.server_now);
        await this.store.putCatalogue(sessionId, payload);
    }

    async open(sessionId, payload) {
        const { app, store } = this;
        const kept = await store.getCount(sessionId);
        const news = await store.getNews(sessionId);
        const catalogue = new Catalogue(payload);
        catalogue.mergeLines(await store.getLines(sessionId));
        const bins = { claims: payload.claims, finished: payload.finished, ...news };
        app.count = new Count(app, catalogue, { ...kept, ...bins });
        app.count.since = news.since;
        app.claims.current = kept.claimed || null;
        await store.putOpenId(sessionId);
        const state = news.session_state || payload.session.state;
        app.isClosed = !OPEN_STATES.includes(state);
        app.show("count");
        app.keeper.resumeScans(kept.scans || []);
        app.sync.wake();
    }

    /** Closes the session on this device. Rows that are not sent yet are sent all the same. */
    async leave() {
        const { app } = this;
        await app.claims.leave(app.count);
        // Waiting scans belong to this session: they are kept with it and dropped here.
        await app.keeper.keepNow();
        app.queue.forget();
        await this.store.deleteOpenId();
        app.show("loading");
        app.count = null;
        app.state.message = null;
        await this.tryTo(() => this.app.startLoader.choose());
    }

    /** Deletes what the server has: sent rows, and the catalogues of other sessions. */
    async makeRoom() {
        const own = this.app.count?.id;
        await this.app.journal.forgetSent(own);
        await this.store.deleteOthers(own);
    }

    /** Does work that ends in a screen. Its error becomes the "failed" screen. */
    async tryTo(work) {
        const { app } = this;
        try {
            await work();
        } catch (error) {
            app.state.problem = describeProblem(error);
            app.show("failed");
        }
    }
}

function giveUp() {
    return new Promise((_resolve, reject) =>
        browser.setTimeout(() => reject(new Offline("The list is late.")), PATIENCE)
    );
}
