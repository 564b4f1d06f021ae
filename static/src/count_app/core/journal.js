import { reactive, toRaw } from "@odoo/owl";

/**
 * Everything that was scanned, tapped or typed, in its order, written to the device before it is
 * shown as done. A row:
 *
 * - `kind`: "entry" | "event" | "evidence" go to the server, "miss" is a scan nobody decided about;
 * - `state`: "waiting" for the server, "done", "refused" by it with `code` and `message`, "dropped"
 *   by the person;
 * - `body`: what the server gets; `view`: what people read in Review.
 *
 * @typedef {{ seq?: number, uuid: string, session_id: number, kind: string, state: string,
 *   body: Object, view: Object, code?: string, message?: string, line_id?: number }} Row
 */
export class Journal {
    /** @param {import("./database").Database} database */
    constructor(database) {
        this.database = database;
        /** @type {Map<string, Row>} */
        this.rows = new Map();
        // By state, in order of adding: a count of 20,000 rows is not looked through at every scan.
        this.waiting = new Map();
        this.refused = new Map();
        // Of the waiting those that are no counts.
        this.others = new Set();
        this.state = reactive({ unsent: 0, refused: 0, version: 0 });
    }

    async load() {
        const rows = await this.database.getAll("journal");
        rows.forEach((row) => this.file(row));
        this.tell();
    }

    /** Adds rows, all or none, and answers when the device has them. */
    async add(...rows) {
        const seqs = await this.database.putAll("journal", rows);
        rows.forEach((row, i) => {
            row.seq = seqs[i];
            this.file(row);
        });
        this.tell();
    }

    /**
     * The next rows to send: of one session, in order. A photo is large and goes by itself, when
     * all counts are there.
     *
     * @param {number} limit
     * @param {Map} [held] sessions that are left out, by id
     */
    nextBatch(limit, held = new Map()) {
        const batch = [];
        let photo;
        for (const row of this.waiting.values()) {
            if (batch.length === limit) {
                break;
            }
            if (held.has(row.session_id)) {
                continue;
            }
            if (row.kind === "evidence") {
                photo ??= row;
            } else if (!batch.length || row.session_id === batch[0].session_id) {
                batch.push(row);
            }
        }
        return batch.length || !photo ? batch : [photo];
    }

    /** How many counts of a session the server does not know yet. */
    countUnsent(sessionId) {
        const rows = [...this.waiting.values()];
        return rows.filter((row) => row.session_id === sessionId && isNews(row)).length;
    }

    /** Notes what became of rows; the device has it when this is done. */
    async settle(proxies, answers) {
        // What a component hands over is its proxy, and no proxy can be kept.
        const rows = proxies.map(toRaw);
        rows.forEach((row, i) => Object.assign(row, readAnswer(answers[i])));
        for (const row of rows.filter((row) => this.isMoot(row))) {
            row.state = "dropped";
            const target = this.rows.get(row.body.withdraws);
            if (target?.state === "refused") {
                target.state = "dropped";
                rows.push(target);
            }
        }
        await this.database.putAll("journal", rows);
        rows.forEach((row) => this.file(row));
        this.tell();
    }

    /** Takes rows off the list that a person decided about. */
    drop(...rows) {
        return this.settle(
            rows,
            rows.map(() => ({ status: "dropped" }))
        );
    }

    /** Sends rows again that the server refused. */
    async retry(...proxies) {
        const rows = proxies.map(toRaw);
        rows.forEach((row) => (row.state = "waiting"));
        await this.database.putAll("journal", rows);
        rows.forEach((row) => this.file(row));
        this.tell();
    }

    /** Forgets sent rows of other sessions, to make room. */
    async forgetSent(sessionId) {
        const old = this.all.filter(
            (row) => row.session_id !== sessionId && ["done", "dropped"].includes(row.state)
        );
        for (const row of old) {
            await this.database.delete("journal", row.seq);
            this.rows.delete(row.uuid);
        }
        this.tell();
    }

    /** Whether a refusal asks nothing of anybody: a claim, or what is taken back and was not there. */
    isMoot(row) {
        const { state, code, body } = row;
        const isGone =
            code === "withdrawn_already" || this.rows.get(body.withdraws)?.state === "refused";
        const isIdle = body.operation === "withdraw" ? isGone : !isNews(row);
        return state === "refused" && isIdle;
    }

    ofSession(sessionId) {
        return this.all.filter((row) => row.session_id === sessionId);
    }

    get all() {
        return [...this.rows.values()];
    }

    /** Puts a row where its state belongs. */
    file(row) {
        this.rows.set(row.uuid, row);
        this.others[row.state === "waiting" && !isNews(row) ? "add" : "delete"](row.uuid);
        for (const state of ["waiting", "refused"]) {
            if (row.state === state && row.kind !== "miss") {
                this[state].set(row.uuid, row);
            } else {
                this[state].delete(row.uuid);
            }
        }
    }

    tell() {
        this.state.unsent = this.waiting.size - this.others.size;
        this.state.refused = this.refused.size;
        this.state.version++;
    }
}

/** Where somebody is now matters to the others only; it is no count. */
function isNews({ kind, body }) {
    return kind !== "event" || !["bin_claim", "bin_release"].includes(body.kind);
}

function readAnswer({ status, code, message, line_id }) {
    const state = { refused: "refused", dropped: "dropped" }[status] || "done";
    return { state, code: code || "", message: message || "", ...(line_id && { line_id }) };
}
