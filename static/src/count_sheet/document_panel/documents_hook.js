import { markRaw, onWillStart, useComponent, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { describeError, isOutOfReach, isUserError } from "../sheet_errors";
import { getSessionId } from "../sheet_search_model";

const SESSION = "stock.count.session";

/**
 * The open documents that could explain variances of a sheet, and the answers about them.
 *
 * Answers are sent one call after the other. What is answered during a call goes into the next one,
 * so a person who answers fast never waits.
 *
 * @param {Object} model of the sheet's lines
 * @param {Object} sheet see useCountSheet; with each new header the documents are loaded again
 * @param {() => Promise<boolean>} save saves the row in edition; false when it cannot be saved
 * @returns {SheetDocuments}
 */
export function useDocuments(model, sheet, save) {
    const { env } = useComponent();
    const sessionId = getSessionId(env.searchModel.globalContext);
    const services = { orm: useService("orm"), notification: useService("notification") };
    const documents = useState(new SheetDocuments(sessionId, services, { model, sheet, save }));
    if (sessionId) {
        onWillStart(() => documents.load());
        let isFirst = true;
        useEffect(
            () => {
                if (!isFirst) {
                    documents.reload();
                }
                isFirst = false;
            },
            () => [sheet.header]
        );
    }
    return documents;
}

export class SheetDocuments {
    open = [];
    answered = [];
    /** @type {Object} the keys of documents whose answer is on its way */
    waiting = {};

    constructor(sessionId, { orm, notification }, { model, sheet, save }) {
        this._sessionId = sessionId;
        // What is not state must not become reactive by being read through it.
        this._used = markRaw({ orm, notification, model, sheet, save, mutex: new Mutex() });
        this._queue = markRaw([]);
    }

    /** The sheet works without the documents, so that an error must not keep it closed. */
    async load() {
        try {
            await this._call("get_documents");
        } catch (error) {
            if (!isOutOfReach(error)) {
                this._used.model.report(error);
            }
        }
    }

    reload() {
        return this._used.mutex.exec(() => this.load());
    }

    /** @param {Object[]} answers as action_answer_documents takes them */
    answer(answers) {
        for (const { key } of answers) {
            this.waiting[key] = true;
        }
        this._queue.push(...answers);
        return this._used.mutex.exec(() => this._sendQueued());
    }

    withdraw({ id, key, name, lines }) {
        return this._used.mutex.exec(async () => {
            if (!(await this._used.save())) {
                return;
            }
            try {
                await this._call("action_withdraw_answer", id);
            } catch (error) {
                this._tell(error, _t("The answer about %s was not taken back", name));
            }
            const lineIds = lines.map((line) => line.line_id);
            await this._refresh([...lineIds, ...this._findLineIds([key])]);
        });
    }

    async _call(method, ...args) {
        const result = await this._used.orm.call(SESSION, method, [[this._sessionId], ...args]);
        Object.assign(this, result);
    }

    async _sendQueued() {
        const batch = this._queue.splice(0);
        const keys = batch.map(({ key }) => key);
        const lineIds = this._findLineIds(keys);
        try {
            if (batch.length && (await this._used.save())) {
                await this._send(batch);
                await this._refresh(lineIds);
            }
        } finally {
            keys.forEach((key) => delete this.waiting[key]);
        }
    }

    async _send(batch) {
        try {
            await this._call("action_answer_documents", batch);
        } catch (error) {
            if (!isUserError(error) || batch.length === 1) {
                return this._tell(error, _t("%s was not answered", this._describe(batch)));
            }
            // One document that cannot be answered holds up no other one.
            for (const one of batch) {
                await this._send([one]);
            }
        }
    }

    /** Shows what the lines say now, without touching what is being typed. */
    async _refresh(lineIds) {
        this._used.sheet.loadSoon();
        try {
            await this._used.model.loadLines(lineIds);
        } catch (error) {
            if (!isOutOfReach(error)) {
                this._used.model.report(error);
            }
        }
    }

    _tell(error, title) {
        this._used.notification.add(describeError(error), { title, type: "danger", sticky: true });
        if (!isUserError(error) && !(error instanceof ConnectionLostError)) {
            this._used.model.report(error);
        }
    }

    _describe(batch) {
        const names = new Map(this.open.map(({ key, name }) => [key, name]));
        return batch.map(({ key }) => names.get(key)).join(", ");
    }

    _findLineIds(keys) {
        return this.open
            .filter(({ key }) => keys.includes(key))
            .flatMap(({ lines }) => lines.map((line) => line.line_id));
    }
}
