import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { LoginNeeded, Offline, Refused, ServerFailed } from "./server";

const BATCH = 100;
/** After how many milliseconds a failed sending is tried again: longer each time. */
const PAUSES = [1000, 2000, 5000, 10_000, 30_000, 60_000];
/** How often an app with nothing to send asks what the others did. */
const NEWS = 30_000;
const SOON = 150;
const STATUSES = [
    [LoginNeeded, "login"],
    [Offline, "offline"],
    [Refused, "denied"],
];

/**
 * Sends what the journal keeps, in order, once: the server knows an entry by its uuid, and its
 * "duplicate" is an acknowledgement as good as "recorded".
 *
 * `state.status`: "idle" | "sending" | "offline" | "failed" (the server answers with an error) |
 * "denied" (the server takes nothing of this count, or of this person; `message` says why) | "login"
 * (somebody has to log in again). Whatever it is, counting goes on.
 */
export class Sync {
    /**
     * @param {Object} parts
     * @param {import("./journal").Journal} parts.journal
     * @param {Function} parts.call as callServer
     * @param {import("./clock").Clock} parts.clock
     * @param {string} parts.device
     * @param {() => number | undefined} parts.getSession of which news are wanted
     * @param {(sessionId: number) => string | undefined} parts.getSince when news came last
     * @param {() => Promise<void>} parts.verify that it is still the same user who is logged in
     * @param {(answer: Object, sessionId: number) => void} parts.onAnswer
     */
    constructor(parts) {
        Object.assign(this, parts);
        this.state = reactive({ status: "idle", failures: 0, message: "" });
        this.timer = null;
        this.running = null;
        this.isVerified = false;
        // What keeps a session from being sent in this run, by its id.
        this.held = new Map();
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

    /** There is something to send, or the network is back. */
    wake(pause = SOON) {
        const due = Date.now() + pause;
        // Scans that come faster than the pause must not put it off for ever.
        if (!this.stopped && !(this.due <= due)) {
            browser.clearTimeout(this.timer);
            this.due = due;
            this.timer = browser.setTimeout(() => this.run(), pause);
        }
    }

    /** Sends all there is; one at a time, however often it is called. */
    run() {
        this.due = undefined;
        this.running ??= this.sendAll().finally(() => (this.running = null));
        return this.running;
    }

    async sendAll() {
        try {
            this.held.clear();
            await this.verifyOnce();
            do {
                await this.sendNext();
            } while (this.journal.nextBatch(1, this.held).length && !this.stopped);
            const [problem] = this.held.values();
            if (problem) {
                throw problem;
            }
            this.succeed();
        } catch (error) {
            this.fail(error);
        }
    }

    /** Somebody else may have logged in on this device: their name must not get these counts. */
    async verifyOnce() {
        if (!this.isVerified) {
            await this.verify();
            this.isVerified = true;
        }
    }

    /** Sends the next rows; a session that the server does not take holds up no other one. */
    async sendNext() {
        const batch = this.journal.nextBatch(BATCH, this.held);
        const sessionId = batch[0]?.session_id ?? this.getSession();
        if (!sessionId || this.held.has(sessionId)) {
            return;
        }
        this.state.status = batch.length ? "sending" : this.state.status;
        const isPhoto = batch[0]?.kind === "evidence";
        try {
            await (isPhoto ? this.sendEvidence(batch[0]) : this.sendBatch(sessionId, batch));
        } catch (error) {
            if (!(error instanceof Refused || error instanceof ServerFailed)) {
                throw error;
            }
            this.held.set(sessionId, error);
        }
    }

    async sendBatch(sessionId, batch) {
        const entries = batch.filter((row) => row.kind === "entry");
        const events = batch.filter((row) => row.kind === "event");
        const sent_at = this.clock.tell();
        const since = this.getSince(sessionId);
        const answer = await this.call("sync", [
            sessionId,
            {
                sent_at,
                ...(since && { since }),
                device: this.device,
                entries: entries.map((row) => ({ ...row.body, sent_at, device: this.device })),
                events: events.map((row) => row.body),
            },
        ]);
        if (answer.status === "refused") {
            throw new ServerFailed(answer.message);
        }
        this.clock.learn(answer.server_now);
        await this.onAnswer(answer, sessionId);
        await this.journal.settle([...entries, ...events], [...answer.results, ...answer.events]);
    }

    async sendEvidence(row) {
        const answer = await this.call("attach_evidence", [row.session_id, row.body]).catch(
            refusePhoto
        );
        await this.journal.settle([row], [answer]);
        if (row.state === "done") {
            // The picture is on the server: the device need not keep it.
            row.body = { ...row.body, photo: undefined };
            await this.journal.settle([row], [answer]);
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

/** Sent again it would be refused again: a person decides, and everything else goes on. */
function refusePhoto(error) {
    if (error instanceof Refused) {
        return { status: "refused", code: "not_taken", message: error.message };
    }
    throw error;
}
