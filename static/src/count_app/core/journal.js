import { reactive, toRaw } from "@odoo/owl";
import { JournalIndex } from "./journal_index";
import { isEssential, readAnswer, selectBatch } from "./journal_rows";

/**
 * A row of the journal.
 *
 * - `kind`: "entry", "event" and "evidence" go to the server; "miss" is a scan of an unknown code
 *   that waits for a decision.
 * - `state`: "waiting" for the server, "done", "refused" by the server with `code` and `message`,
 *   or "dropped" by the user.
 * - `body` is what the server gets, `view` is what the Review tab shows.
 *
 * @typedef {{ seq?: number, uuid: string, session_id: number, kind: string, state: string,
 *   body: Object, view: Object, code?: string, message?: string, line_id?: number }} Row
 */

/**
 * Everything that was scanned, tapped or typed, in order. A row is on the device before the screen
 * shows it as done.
 */
export class Journal {
    /** @param {import("./database").Database} database */
    constructor(database) {
        this.database = database;
        this.index = new JournalIndex();
        this.rows = this.index.rows;
        this.refused = this.index.refused;
        this.state = reactive({ unsent: 0, refused: 0, version: 0 });
    }

    /** Reads the rows that earlier runs of the app left on the device. */
    async load() {
        const rows = await this.database.getAll("journal");
        this.fileAll(rows);
    }

    /**
     * Adds all rows or none. When this is done, the device has them.
     *
     * @param {...Row} rows
     * @throws {StorageFull}
     */
    async add(...rows) {
        const seqs = await this.database.putAll("journal", rows);
        rows.forEach((row, i) => (row.seq = seqs[i]));
        this.fileAll(rows);
    }

    /**
     * The next rows to send, see {@link selectBatch}.
     *
     * @param {number} limit
     * @param {Map<number, any>} [held] sessions to leave out, by id
     * @returns {Row[]}
     */
    nextBatch(limit, held = new Map()) {
        return selectBatch(this.index.waiting.values(), limit, held);
    }

    /** How many essential rows of a session the server does not have yet. */
    countUnsent(sessionId) {
        const rows = [...this.index.waiting.values()];
        return rows.filter((row) => row.session_id === sessionId && isEssential(row)).length;
    }

    /**
     * Stores the server's answers with their rows. When this is done, the device has them.
     *
     * @param {Row[]} proxies
     * @param {Object[]} answers one for each row, in order
     */
    async settle(proxies, answers) {
        // Components hand over reactive proxies, which IndexedDB cannot store.
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
        await this.save(rows);
    }

    /** Takes rows off the lists after a person's decision. */
    drop(...rows) {
        return this.settle(
            rows,
            rows.map(() => ({ status: "dropped" }))
        );
    }

    /** Sends refused rows again. */
    async retry(...proxies) {
        const rows = proxies.map(toRaw);
        rows.forEach((row) => (row.state = "waiting"));
        await this.save(rows);
    }

    /** Deletes sent rows of all sessions but one, to make room. */
    async forgetSent(sessionId) {
        const old = this.all.filter(
            (row) => row.session_id !== sessionId && ["done", "dropped"].includes(row.state)
        );
        for (const row of old) {
            await this.database.delete("journal", row.seq);
            this.rows.delete(row.uuid);
        }
        this.publish();
    }

    /** @returns {Row[]} the rows of a session, oldest first */
    ofSession(sessionId) {
        return this.all.filter((row) => row.session_id === sessionId);
    }

    get all() {
        return [...this.rows.values()];
    }

    /** Whether a refusal needs no decision: of a claim, or of a withdrawal without its entry. */
    isMoot(row) {
        const { state, code, body } = row;
        const isGone =
            code === "withdrawn_already" || this.rows.get(body.withdraws)?.state === "refused";
        const isIdle = body.operation === "withdraw" ? isGone : !isEssential(row);
        return state === "refused" && isIdle;
    }

    async save(rows) {
        await this.database.putAll("journal", rows);
        this.fileAll(rows);
    }

    fileAll(rows) {
        rows.forEach((row) => this.index.file(row));
        this.publish();
    }

    /** Lets components see the new numbers. */
    publish() {
        this.state.unsent = this.index.unsent;
        this.state.refused = this.refused.size;
        this.state.version++;
    }
}
