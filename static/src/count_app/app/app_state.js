import { reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { Clock } from "../core/clock";
import { StorageFull } from "../core/database";
import { Feedback } from "../core/feedback";
import { Journal } from "../core/journal";
import { messages } from "../core/messages";
import { callServer, LoginNeeded, Offline, Refused } from "../core/server";
import { Sync } from "../core/sync";
import { Tabs } from "../core/tabs";
import { answerByScan } from "../counting/answers";
import { Claims } from "../counting/claims";
import { ScanQueue } from "../counting/scan_queue";
import { Scanner } from "../counting/scanner";
import { Verbs } from "../counting/verbs";
import { REFUSING, SCANNING, SCREENS, TAKES_SCANS } from "./screens";
import { Sessions } from "./sessions";

/**
 * The app: which screen is shown, what question is open, and the parts that do the work.
 *
 * @property {{ screen: string, overlay: ?Object, message: ?Object, scansWaiting: number }} state
 */
export class AppState {
    constructor({ database, device, call = callServer }) {
        this.database = database;
        this.call = call;
        this.clock = new Clock();
        this.feedback = new Feedback();
        this.journal = new Journal(database);
        this.count = null;
        // The count was posted or cancelled: nothing can be counted in it any more.
        this.isClosed = false;
        this.isOpening = false;
        this.state = reactive({
            screen: "loading",
            overlay: null,
            message: null,
            scansWaiting: 0,
            hasKeys: false,
            clockOffset: 0,
            start: null,
            problem: null,
            submitted: null,
        });
        this.claims = new Claims(this);
        this.verbs = new Verbs(this);
        this.scanner = new Scanner(this);
        this.queue = new ScanQueue({
            handle: (scan) => this.guard(() => this.takeScan(scan)),
            isBlocked: () => !this.takesScans,
            onWait: (scans) => this.holdScans(scans),
            onLag: () => this.sessions.keepAtOnce(),
        });
        this.sync = new Sync({
            journal: this.journal,
            call,
            clock: this.clock,
            device,
            getSession: () => this.count?.id,
            getSince: (sessionId) => (this.count?.id === sessionId ? this.count.since : undefined),
            verify: () => this.sessions.verify(),
            onAnswer: (answer, sessionId) => this.sessions.takeNews(answer, sessionId),
        });
        this.sessions = new Sessions(this);
    }

    // ---- Screens and questions ----

    show(screen) {
        if (!SCREENS.includes(screen)) {
            throw new Error(`No screen ${screen}`);
        }
        if (screen === "count" && this.isClosed) {
            screen = "closed";
        }
        // What was still being loaded when another tab took over shows nothing any more.
        if (this.isActive || screen === "elsewhere") {
            Object.assign(this.state, { screen, overlay: null });
            this.queue.drain();
        }
    }

    /**
     * Opens a question; scans wait until it is answered, unless it takes them. It says in words what
     * the message would, which is heard and felt only: over a small screen it would hide the question.
     */
    ask(name, props = {}, message = null) {
        this.state.overlay = { name, props: reactive(props), id: ++overlayId };
        if (message) {
            this.state.message = null;
            this.feedback.signal(message.severity);
        }
    }

    close() {
        this.state.overlay = null;
        this.queue.drain();
    }

    /** Tells hit or miss, by eye, ear and hand. */
    say(message, undo = null) {
        const id = ++messageId;
        this.state.message = { ...message, undo, id };
        browser.clearTimeout(this.messageTimer);
        this.messageTimer = browser.setTimeout(
            () => (this.state.message = null),
            SHOWN[message.severity]
        );
        this.feedback.signal(message.severity);
    }

    /** Does what a tap means, after the scans before it. */
    do(work) {
        return this.queue.do(() => this.guard(work));
    }

    /** Does something that may fail as everything may: no room, no network, no right. */
    async guard(work) {
        try {
            return await work();
        } catch (error) {
            this.explain(error);
        }
    }

    explain(error) {
        if (error instanceof StorageFull) {
            this.ask("storage", {}, messages.storageFull());
        } else if (error instanceof LoginNeeded) {
            this.sync.state.status = "login";
        } else if (error instanceof Offline) {
            this.say(messages.needsNetwork());
        } else if (error instanceof Refused) {
            this.say(messages.serverFailed({ text: error.message }));
        } else {
            this.say(messages.serverFailed({ text: error.message }));
            console.error(error);
        }
    }

    /** A screen that cannot be drawn must not leave a blank page: what was counted is kept. */
    stumble(error) {
        console.error(error);
        this.state.problem = {
            title: _t("The app stumbled"),
            text: _t("Nothing that was counted is lost. Try again, or load the page anew."),
            icon: "warning",
        };
        this.show("failed");
    }

    // ---- Scans ----

    onScan(code) {
        return REFUSING.has(this.state.screen) && !this.isOpening
            ? this.say(messages.noCount())
            : this.queue.push(code);
    }

    get takesScans() {
        const { overlay, screen } = this.state;
        return overlay ? TAKES_SCANS.has(overlay.name) : SCANNING.has(screen);
    }

    async takeScan({ id, code }) {
        const { overlay } = this.state;
        // Rows of this scan carry its name, so that a scan that was kept is not counted again.
        this.count.recorder.scanId = id;
        try {
            if (overlay) {
                await answerByScan(this, overlay, code);
            } else if (this.isClosed) {
                // Not counted, but not forgotten either: Review lists it.
                await this.count.recorder.miss(code, this.count.draft.state.location_id);
                this.say(messages.closed());
            } else {
                this.state.screen = "count";
                await this.scanner.handle(code);
            }
        } finally {
            this.count.recorder.scanId = undefined;
        }
    }

    holdScans(scans) {
        const isMore = scans.length > this.state.scansWaiting;
        this.state.scansWaiting = scans.length;
        if (this.count && scans.length) {
            this.sessions.keep();
        }
        if (isMore) {
            this.say(
                messages.scanWaits({ count: scans.length, isAsked: Boolean(this.state.overlay) })
            );
        }
    }

    /** A key that a person pressed outside of a field. */
    onKey(key) {
        const { overlay, screen } = this.state;
        this.state.hasKeys ||= /^\d$/.test(key);
        if (key === "Escape" && overlay) {
            this.do(() => this.close());
        } else if (overlay) {
            overlay.props.onKey?.(key);
        } else if (screen === "count") {
            this.do(() => this.press(key));
        }
    }

    press(key) {
        const { draft } = this.count;
        if (key === "Enter") {
            return this.count.add();
        }
        if (key === "+" || key === "-") {
            draft.step(key === "+" ? 1 : -1);
        } else if (!draft.press(key)) {
            return;
        }
        this.count.touch();
    }

    // ---- One tab at a time ----

    begin() {
        this.tabs ??= new Tabs(this.database.name, () => this.giveWay());
        return this.guard(() => this.sessions.begin());
    }

    get isActive() {
        return !this.tabs || this.tabs.active;
    }

    end() {
        this.sync.stop();
        this.tabs?.close();
    }

    giveWay() {
        this.sync.stop();
        // The device keeps what waited, and the other tab counts it.
        this.queue.forget();
        this.show("elsewhere");
        this.count = null;
    }

    takeOver() {
        this.tabs.take();
        return this.guard(() => this.sessions.begin());
    }
}

/** How long an answer is shown, milliseconds; as long as its animation. */
const SHOWN = { hit: 3500, info: 3500, miss: 8000, wait: 8000 };
let messageId = 0;
let overlayId = 0;
