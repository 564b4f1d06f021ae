import { onMounted, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { UnsentCounts } from "./unsent_counts";

/** How often a sheet tries to send what it still keeps. */
const RETRY_DELAY = 5000;

/**
 * Auto-save, Option 526: gives the sheet's model the store of what is typed, and sends what the
 * store still keeps when the sheet is opened, when the network is back, and in between.
 *
 * @returns {{ unsent: Object | null }} how much is kept, null without auto-save
 */
export function useAutosave(model, sheet) {
    const orm = useService("orm");
    const notification = useService("notification");
    const autosave = useState({ unsent: null });
    let timer;

    function start() {
        if (sheet.header?.autosave) {
            const scope = [session.db, user.userId, sheet.header.id].join(".");
            model.unsent = new UnsentCounts(scope);
            autosave.unsent = model.unsent.state;
            timer = browser.setInterval(sendKept, RETRY_DELAY);
            return sendKept();
        }
    }

    function stop() {
        browser.clearInterval(timer);
    }

    /** Between the saves of rows, never at the same time. */
    function sendKept() {
        if (autosave.unsent?.count) {
            return model.mutex.exec(trySend);
        }
    }

    async function trySend() {
        try {
            await send();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                // It is kept, but asking again every few seconds would not help.
                stop();
                model.report(error);
            }
        }
    }

    async function send() {
        const entries = model.unsent.getAll().filter((entry) => !isBeingTyped(model, entry));
        if (!entries.length) {
            return;
        }
        const answers = await orm.silent.call(
            "stock.count.session",
            "record_entries",
            [[sheet.header.id], entries.map((entry) => model.unsent.stamp(entry))],
            { source: "sheet" }
        );
        answers.forEach((answer, i) => settle(entries[i], answer));
        await reload(entries);
    }

    function settle(entry, { status, message }) {
        model.unsent.drop(entry.line_id, entry.uuid);
        if (status === "refused") {
            notification.add(message, {
                title: _t("%s was not recorded", entry.qty),
                type: "danger",
                sticky: true,
            });
        }
    }

    async function reload(entries) {
        const shown = entries.map((entry) => findRecord(model, entry)).filter(Boolean);
        await Promise.all(shown.map((record) => record._load()));
        sheet.loadSoon();
    }

    useExternalListener(window, "online", sendKept);
    onMounted(start);
    onWillUnmount(stop);
    return autosave;
}

function findRecord({ root }, entry) {
    return root.records.find((record) => record.resId === entry.line_id);
}

/** A row that is still typed in saves itself. */
function isBeingTyped(model, entry) {
    return Boolean(findRecord(model, entry)?.dirty);
}
