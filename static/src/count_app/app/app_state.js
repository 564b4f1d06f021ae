import { reactive } from "@odoo/owl";
import { Clock } from "../core/clock";
import { Feedback } from "../core/feedback";
import { Journal } from "../core/journal";
import { callServer } from "../core/server";
import { Sync } from "../core/sync";
import { Claims } from "../counting/claims";
import { CountActions } from "../counting/count_actions";
import { Scanner } from "../counting/scanner";
import { CountKeeper } from "./count_keeper";
import { makeDisplayState } from "./display_state";
import { showProblem } from "./problems";
import { ScanIntake } from "./scan_intake";
import { SCREENS } from "./screens";
import { SessionStore } from "./session_store";
import { takeNews } from "./session_news";
import { Sessions } from "./sessions";
import { showMessage } from "./show_message";
import { StartLoader } from "./start_loader";
import { TabGuard } from "./tab_guard";

let overlayId = 0;

/** The app: its parts, the current screen, the open question and the last message. */
export class AppState {
    /**
     * @param {Object} parts
     * @param {import("../core/database").Database} parts.database
     * @param {string} parts.device a name for people to read
     * @param {number} [parts.userId] the user whose page this is
     * @param {typeof callServer} [parts.call]
     */
    constructor({ database, device, userId, call = callServer }) {
        Object.assign(this, { database, userId, call });
        /** @type {import("../counting/count").Count | null} the open session */
        this.count = null;
        // The open session was posted or cancelled, so nothing can be counted any more.
        this.isClosed = false;
        // A session is being opened: scans belong to it.
        this.isOpening = false;
        this.state = makeDisplayState();
        this.tab = new TabGuard(this);
        this.clock = new Clock();
        this.feedback = new Feedback();
        this.journal = new Journal(database);
        this.store = new SessionStore(database);
        this.claims = new Claims(this);
        this.actions = new CountActions(this);
        this.scanner = new Scanner(this);
        this.intake = new ScanIntake(this);
        this.queue = this.intake.queue;
        this.keeper = new CountKeeper(this);
        this.startLoader = new StartLoader(this);
        this.sessions = new Sessions(this);
        this.sync = this.makeSync(device);
    }

    makeSync(device) {
        return new Sync({
            journal: this.journal,
            call: this.call,
            clock: this.clock,
            device,
            getSession: () => this.count?.id,
            getSince: (sessionId) => (this.count?.id === sessionId ? this.count.since : undefined),
            verify: () => this.startLoader.load(),
            onAnswer: (answer, sessionId) => takeNews(this, answer, sessionId),
        });
    }

    // ---- Screens, questions and messages ----

    /** @param {string} screen one of SCREENS */
    show(screen) {
        if (!SCREENS.includes(screen)) {
            throw new Error(`No screen ${screen}`);
        }
        if (screen === "count" && this.isClosed) {
            screen = "closed";
        }
        // Work that was on its way when another tab took the app must not show a screen.
        if (this.tab.isActive || screen === "elsewhere") {
            Object.assign(this.state, { screen, overlay: null });
            this.queue.drain();
        }
    }

    /**
     * Opens a question. Scans wait for its answer, unless the question takes scans.
     *
     * @param {string} name one of QUESTIONS
     * @param {Object} [props]
     * @param {import("../core/messages").Message} [message] for its sound and vibration only, because
     *   on a small screen the banner would hide the question
     */
    ask(name, props = {}, message = null) {
        this.state.overlay = { name, props: reactive(props), id: ++overlayId };
        if (message) {
            this.state.message = null;
            this.feedback.signal(message.severity);
        }
    }

    /** Closes the open question. */
    close() {
        this.state.overlay = null;
        this.queue.drain();
    }

    /**
     * Shows a message, with sound and vibration.
     *
     * @param {import("../core/messages").Message} message
     * @param {Function} [undo] adds a button to the message
     */
    say(message, undo = null) {
        showMessage(this, message, undo);
    }

    /** Shows by how much the device's clock is wrong, if it is. */
    showClock() {
        this.state.clockOffset = this.clock.isWrong ? this.clock.offset : 0;
    }

    /** Does the work of a tap, after the scans before it. */
    do(work) {
        return this.queue.do(() => this.guard(work));
    }

    /** Does work and shows its error, if any, to the user. */
    async guard(work) {
        try {
            return await work();
        } catch (error) {
            showProblem(this, error);
        }
    }

    // ---- Begin and end ----

    begin() {
        this.tab.open();
        return this.guard(() => this.sessions.begin());
    }

    end() {
        this.sync.stop();
        this.tab.close();
    }
}
