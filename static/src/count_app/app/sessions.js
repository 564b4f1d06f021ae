import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { Catalogue } from "../catalogue/catalogue";
import { messages } from "../core/messages";
import { LoginNeeded, Offline, Refused } from "../core/server";
import { Count } from "../counting/count";

/** What is entered changes with every key: it is kept when it rests for so long, milliseconds. */
const REST = 50;
/** Whoever has a list on the device waits no longer than this for a newer one, milliseconds. */
const WAIT = 8000;
const OPEN = ["open", "partial", "pending_approval"];

/** Which count is open on this device, and what the device keeps of it. */
export class Sessions {
    constructor(app) {
        this.app = app;
        this.database = app.database;
    }

    /** Goes on with what was open, else shows what can be counted. */
    async begin() {
        const { app, database } = this;
        app.show("loading");
        await app.journal.load();
        if (app.isActive) {
            app.sync.start();
        }
        const sessionId = await database.get("settings", "session");
        const isKept = sessionId && (await database.get("catalogues", sessionId));
        await this.tryTo(() => (isKept ? this.enter(sessionId) : this.choose()));
    }

    /** Shows what can be counted, as the server knows it now or else as it was. */
    async choose() {
        const { app, database } = this;
        try {
            app.state.start = await this.loadStart();
        } catch (error) {
            app.state.start = error instanceof Offline && (await database.get("settings", "start"));
            if (!app.state.start) {
                throw error;
            }
        }
        app.state.clockOffset = app.clock.isWrong ? app.clock.offset : 0;
        app.show("start");
    }

    async loadStart() {
        const { app, database } = this;
        const start = await app.call("load_start");
        if (app.userId && start.user.id !== app.userId) {
            await this.makeWay();
        }
        app.clock.learn(start.server_now);
        await database.put("settings", start, "start");
        return start;
    }

    /** Asks the server who is logged in, before anything is sent in that name. */
    async verify() {
        await this.loadStart();
    }

    /** Somebody else is logged in now: the page becomes theirs, these counts wait for their owner. */
    async makeWay() {
        await window.caches?.delete("stock_count.app");
        browser.location.reload();
        throw new LoginNeeded();
    }

    /** Opens a session that somebody chose: as it is now, without a network as the device has it. */
    async take(sessionId) {
        const kept = await this.database.get("catalogues", sessionId);
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
        await this.store(sessionId, payload);
        await this.open(sessionId, payload);
    }

    /** Opens a session from what the device has, or from the server. */
    async enter(sessionId, { fresh = false } = {}) {
        const text = fresh ? undefined : await this.database.get("catalogues", sessionId);
        const payload = text
            ? JSON.parse(text)
            : await this.app.call("load_catalogue", [sessionId]);
        if (!text) {
            await this.store(sessionId, payload);
        }
        await this.open(sessionId, payload);
    }

    async store(sessionId, payload) {
        const { app, database } = this;
        app.clock.learn(payload.server_now);
        await this.forgetLines(sessionId);
        await database.put("catalogues", JSON.stringify(payload), sessionId);
        await database.put("settings", { since: payload.server_now }, `news.${sessionId}`);
    }

    async open(sessionId, payload) {
        const { app, database } = this;
        const kept = (await database.get("settings", `count.${sessionId}`)) || {};
        const news = (await database.get("settings", `news.${sessionId}`)) || {};
        const catalogue = new Catalogue(payload);
        catalogue.mergeLines(await database.getAllOf("lines", sessionId));
        const bins = { claims: payload.claims, finished: payload.finished, ...news };
        app.count = new Count(app, catalogue, { ...kept, ...bins });
        app.count.since = news.since;
        app.claims.current = kept.claimed || null;
        await database.put("settings", sessionId, "session");
        const state = news.session_state || payload.session.state;
        app.isClosed = !OPEN.includes(state);
        app.show("count");
        this.resumeScans(kept.scans || []);
        app.sync.wake();
    }

    /** Scans that waited when the page went; those whose rows are there were dealt with. */
    resumeScans(scans) {
        const { app } = this;
        const rows = app.journal.ofSession(app.count.id);
        const known = new Set([...rows.map((row) => row.view.scan), ...idsOf(app.queue.scans)]);
        scans.filter((scan) => !known.has(scan.id)).forEach((scan) => app.queue.add(scan));
    }

    /** Closes the count on this device and shows the others. What is unsent is sent all the same. */
    async leave() {
        const { app, database } = this;
        await app.claims.leave(app.count);
        // Scans that wait belong to this count: they are kept with it, and wait for no other.
        await this.keepNow();
        app.queue.forget();
        await database.delete("settings", "session");
        app.show("loading");
        app.count = null;
        app.state.message = null;
        await this.tryTo(() => this.choose());
    }

    /** Keeps what is being entered, so that a reload shows it again. */
    keep() {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.app.guard(() => this.keepNow()), REST);
    }

    /** Keeps without a rest, one after another: scans that a slow device has not dealt with yet. */
    async keepAtOnce() {
        this.isLate = true;
        if (this.isKeeping) {
            return;
        }
        this.isKeeping = true;
        try {
            while (this.isLate) {
                this.isLate = false;
                await this.keepNow();
            }
        } catch (error) {
            this.app.explain(error);
        } finally {
            this.isKeeping = false;
        }
    }

    async keepNow() {
        const { count, queue, claims } = this.app;
        if (count) {
            const kept = {
                draft: { ...count.draft.state },
                scanMode: count.state.scanMode,
                scans: queue.scans.map(({ id, code }) => ({ id, code })),
                claimed: claims.current,
            };
            await this.database.put("settings", kept, `count.${count.id}`);
        }
    }

    /** Takes over what the server answered to a sending, before the rows count as sent. */
    async takeNews(answer, sessionId) {
        const { app, database } = this;
        const { lines, claims, finished, session_state, server_now } = answer;
        const rows = lines.map((line) => ({ ...line, session_id: sessionId }));
        await database.putAll("lines", rows);
        const news = { claims, finished, session_state, since: server_now };
        await database.put("settings", news, `news.${sessionId}`);
        app.state.clockOffset = app.clock.isWrong ? app.clock.offset : 0;
        tellRefusals(app, answer.results);
        if (app.count?.id === sessionId) {
            app.count.takeNews(answer);
            app.isClosed = !OPEN.includes(session_state);
            if (app.isClosed && app.state.screen !== "review") {
                app.show("closed");
            }
        }
    }

    /** Frees what the server has: old rows, and lists of other counts. */
    async makeRoom() {
        const { app, database } = this;
        const own = app.count?.id;
        await app.journal.forgetSent(own);
        for (const id of await database.getKeys("catalogues")) {
            if (id !== own) {
                await database.delete("catalogues", id);
                await this.forgetLines(id);
            }
        }
    }

    forgetLines(sessionId) {
        const range = IDBKeyRange.bound([sessionId], [sessionId, []]);
        return this.database.delete("lines", range);
    }

    /** Does what leads to a screen; what goes wrong leads to a screen, too. */
    async tryTo(work) {
        const { app } = this;
        try {
            await work();
        } catch (error) {
            app.state.problem = describe(error);
            app.show("failed");
        }
    }
}

function describe(error) {
    if (error instanceof LoginNeeded) {
        return {
            title: _t("Please log in"),
            text: _t("Your login has ended."),
            icon: "warning",
            login: true,
        };
    }
    if (error instanceof Offline) {
        return {
            title: _t("No network"),
            text: _t("Nothing was loaded on this device yet. Go where there is a signal."),
        };
    }
    const title = error instanceof Refused ? _t("Not possible") : _t("The server has a problem");
    return { title, text: error.message, icon: "warning" };
}

function giveUp() {
    return new Promise((_resolve, reject) =>
        browser.setTimeout(() => reject(new Offline("The list is late.")), WAIT)
    );
}

/** A count that the server does not take must not go unheard. */
function tellRefusals(app, results) {
    const refused = results.filter(({ status }) => status === "refused");
    if (refused.length) {
        app.say(messages.refused({ count: refused.length, text: refused[0].message }));
    }
}

const idsOf = (scans) => scans.map((scan) => scan.id);
