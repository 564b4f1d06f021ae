import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Sender } from "./sender";
import { LoginNeeded, Offline, Refused } from "./server";

/** Pauses before a failed sending is tried again, in milliseconds; each failure takes the next. */
const PAUSES = [1000, 2000, 5000, 10_000, 30_000, 60_000];
/** How often an app with nothing to send asks for news, in milliseconds. */
const NEWS = 30_000;
/** How long a new row waits for others to be sent with it, in milliseconds. */
const SOON = 150;
const STATUSES = [
    [LoginNeeded, "login"],
    [Offline, "offline"],
    [Refused, "denied"],
];

/**
 * Decides when to send and when to try again; the {@link Sender} does the sending. Counting goes
 * on in every state.
 *
 * `state.status` is one of:
 * - "idle" and "sending";
 * - "offline": no answer arrived;
 * - "failed": the server answered with an error;
 * - "denied": the server refuses this count or this user, and `state.message` has the reason;
 * - "login": the user has to log in again.
 */
export class Sync {
    /**
     * @param {Object} parts those of the {@link Sender}, and:
     * @param {() => Promise<void>} parts.verify fails unless the same user is still logged in
     */
    constructor({ verify, ...parts }) {
        this.verify = verify;
        this.sender = new Sender(parts);
        this.state = reactive({ status: "idle", failures: 0, message: "" });
        this.timer = null;
        this.running = null;
        this.isVerified = false;
    }

    start() {
        this.stopped = false;
        this.wake();
    }

    stop() {
        this.stopped = true;
        this.due = undefined;
        browser.clearTimeout(this.timer);
    }

    /**
     * Sends after a pause, for new rows or when the network is back. New rows do not shorten the
     * pause after a failure: each would wake the radio of a device without a network.
     *
     * @param {number} [pause] in milliseconds
     */
    wake(pause) {
        if (pause === undefined && this.state.failures && this.due) {
            return;
        }
        this.wakeIn(pause ?? SOON);
    }

    wakeIn(pause) {
        const due = Date.now() + pause;
        // Scans that arrive faster than the pause must not postpone the sending forever.
        if (!this.stopped && !(this.due <= due)) {
            browser.clearTimeout(this.timer);
            this.due = due;
            this.timer = browser.setTimeout(() => this.run(), pause);
        }
    }

    /**
     * Sends all rows. A call during a run joins that run.
     *
     * @returns {Promise<void>} never fails: see `state`
     */
    run() {
        this.due = undefined;
        this.running ??= this.sendAll().finally(() => (this.running = null));
        return this.running;
    }

    async sendAll() {
        const { sender, state } = this;
        try {
            sender.held.clear();
            await this.verifyOnce();
            do {
                await sender.sendNext(() => (state.status = "sending"));
            } while (sender.hasMore && !this.stopped);
            const [problem] = sender.held.values();
            if (problem) {
                throw problem;
            }
            this.succeed();
        } catch (error) {
            this.fail(error);
        }
    }

    /** Another user may have logged in on this device, who must not get these counts. */
    async verifyOnce() {
        if (!this.isVerified) {
            await this.verify();
            this.isVerified = true;
        }
    }

    succeed() {
        Object.assign(this.state, { status: "idle", failures: 0, message: "" });
        this.wake(NEWS);
    }

    fail(error) {
        const [, status] = STATUSES.find(([Kind]) => error instanceof Kind) || [null, "failed"];
        this.isVerified = false;
        const pause = PAUSES[Math.min(this.state.failures, PAUSES.length - 1)];
        Object.assign(this.state, {
            status,
            failures: this.state.failures + 1,
            message: error.message,
        });
        this.wake(pause);
    }
}
