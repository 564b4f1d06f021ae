import { onWillStart, useComponent, useEffect, useState } from "@odoo/owl";
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
 * @returns {{ open: Object[], answered: Object[], waiting: Object, answer: Function,
 *   withdraw: Function }} `waiting` has the keys of documents whose answer is on its way
 */
export function useDocuments(model, sheet, save) {
    const orm = useService("orm");
    const notification = useService("notification");
    const { env } = useComponent();
    const sessionId = getSessionId(env.searchModel.globalContext);
    const documents = useState({ open: [], answered: [], waiting: {}, answer, withdraw });
    const mutex = new Mutex();
    const queue = [];

    async function call(method, ...args) {
        const result = await orm.call(SESSION, method, [[sessionId], ...args]);
        Object.assign(documents, result);
    }

    /** The sheet works without the documents, so that an error must not keep it closed. */
    async function load() {
        try {
            await call("get_documents");
        } catch (error) {
            if (!isOutOfReach(error)) {
                model.report(error);
            }
        }
    }

    /** @param {Object[]} answers as action_answer_documents takes them */
    function answer(answers) {
        for (const { key } of answers) {
            documents.waiting[key] = true;
        }
        queue.push(...answers);
        return mutex.exec(sendQueued);
    }

    async function sendQueued() {
        const batch = queue.splice(0);
        const keys = batch.map(({ key }) => key);
        const lineIds = findLineIds(keys);
        try {
            if (batch.length && (await save())) {
                await send(batch);
                await refresh(lineIds);
            }
        } finally {
            keys.forEach((key) => delete documents.waiting[key]);
        }
    }

    async function send(batch) {
        try {
            await call("action_answer_documents", batch);
        } catch (error) {
            if (!isUserError(error) || batch.length === 1) {
                return tell(error, _t("%s was not answered", describe(batch)));
            }
            // One document that cannot be answered holds up no other one.
            for (const one of batch) {
                await send([one]);
            }
        }
    }

    function withdraw({ id, key, name, lines }) {
        return mutex.exec(async () => {
            if (!(await save())) {
                return;
            }
            try {
                await call("action_withdraw_answer", id);
            } catch (error) {
                tell(error, _t("The answer about %s was not taken back", name));
            }
            await refresh([...lines.map((line) => line.line_id), ...findLineIds([key])]);
        });
    }

    /** Shows what the lines say now, without touching what is being typed. */
    async function refresh(lineIds) {
        sheet.loadSoon();
        try {
            await model.loadLines(lineIds);
        } catch (error) {
            if (!isOutOfReach(error)) {
                model.report(error);
            }
        }
    }

    function tell(error, title) {
        notification.add(describeError(error), { title, type: "danger", sticky: true });
        if (!isUserError(error) && !(error instanceof ConnectionLostError)) {
            model.report(error);
        }
    }

    function describe(batch) {
        const names = new Map(documents.open.map(({ key, name }) => [key, name]));
        return batch.map(({ key }) => names.get(key)).join(", ");
    }

    function findLineIds(keys) {
        return documents.open
            .filter(({ key }) => keys.includes(key))
            .flatMap(({ lines }) => lines.map((line) => line.line_id));
    }

    if (sessionId) {
        onWillStart(load);
        let isFirst = true;
        useEffect(
            () => {
                if (!isFirst) {
                    mutex.exec(load);
                }
                isFirst = false;
            },
            () => [sheet.header]
        );
    }
    return documents;
}
