import { Refused, ServerFailed } from "./server";

/** Rows in one call; the server takes no more than 1,000. */
const BATCH = 100;

/**
 * Sends rows of the journal, a batch at a time. The server knows each row by its uuid, so its
 * "duplicate" confirms a row as well as "recorded" does.
 */
export class Sender {
    /**
     * @param {Object} parts
     * @param {import("./journal").Journal} parts.journal
     * @param {typeof import("./server").callServer} parts.call
     * @param {import("./clock").Clock} parts.clock
     * @param {string} parts.device a name for people to read
     * @param {() => number | undefined} parts.getSession the session to ask news of
     * @param {(sessionId: number) => string | undefined} parts.getSince time of its last news
     * @param {(answer: Object, sessionId: number) => Promise<void>} parts.onAnswer
     */
    constructor({ journal, call, clock, device, getSession, getSince, onAnswer }) {
        Object.assign(this, { journal, call, clock, device, getSession, getSince, onAnswer });
        /** @type {Map<number, Error>} sessions whose sending failed in this run, by id */
        this.held = new Map();
    }

    get hasMore() {
        return this.journal.nextBatch(1, this.held).length > 0;
    }

    /**
     * Sends the next rows, or asks for news if there are none. A session that the server refuses is
     * held and does not stop the others.
     *
     * @param {() => void} onSend called before rows are sent
     * @throws {Offline | LoginNeeded}
     */
    async sendNext(onSend) {
        const batch = this.journal.nextBatch(BATCH, this.held);
        const sessionId = batch[0]?.session_id ?? this.getSession();
        if (!sessionId || this.held.has(sessionId)) {
            return;
        }
        if (batch.length) {
            onSend();
        }
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
        const answer = await this.call("sync", [
            sessionId,
            this.prepareBatch(sessionId, entries, events),
        ]);
        if (answer.status === "refused") {
            throw new ServerFailed(answer.message);
        }
        this.clock.learn(answer.server_now);
        await this.onAnswer(answer, sessionId);
        await this.journal.settle([...entries, ...events], [...answer.results, ...answer.events]);
    }

    prepareBatch(sessionId, entries, events) {
        const sent_at = this.clock.format();
        const since = this.getSince(sessionId);
        return {
            sent_at,
            ...(since && { since }),
            device: this.device,
            entries: entries.map((row) => ({ ...row.body, sent_at, device: this.device })),
            events: events.map((row) => row.body),
        };
    }

    async sendEvidence(row) {
        const answer = await this.call("attach_evidence", [row.session_id, row.body]).catch(
            readRefusal
        );
        await this.journal.settle([row], [answer]);
        if (row.state === "done") {
            // The server has the photo now, so the device needs no copy.
            row.body = { ...row.body, photo: undefined };
            await this.journal.settle([row], [answer]);
        }
    }
}

/** A refused photo would be refused again: a person decides about it, and the rest is sent. */
function readRefusal(error) {
    if (error instanceof Refused) {
        return { status: "refused", code: "not_taken", message: error.message };
    }
    throw error;
}
