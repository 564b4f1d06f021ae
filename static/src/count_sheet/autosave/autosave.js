import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { session } from "@web/session";
import { UnsentCounts } from "./unsent_counts";

/** How often a sheet tries to send what the browser keeps, in milliseconds. */
const RETRY_DELAY = 5000;

/** Sends the quantities that the browser keeps for a sheet. */
export class Autosave {
    /**
     * @param {Object} parts
     * @param {import("../sheet_model").CountSheetModel} parts.model
     * @param {{ header: Object, loadSoon: Function }} parts.sheet
     * @param {{ unsent: Object | null }} parts.state what components show
     * @param {Object} parts.orm
     * @param {Object} parts.notification
     */
    constructor({ model, sheet, state, orm, notification }) {
        Object.assign(this, { model, sheet, state, orm, notification });
        this.timer = null;
    }

    /** Begins, if the company has Option 526. */
    start() {
        const { header } = this.sheet;
        if (header?.autosave) {
            const scope = [session.db, user.userId, header.id].join(".");
            this.model.unsent = new UnsentCounts(scope);
            this.state.unsent = this.model.unsent.state;
            this.timer = browser.setInterval(() => this.sendKept(), RETRY_DELAY);
            return this.sendKept();
        }
    }

    stop() {
        browser.clearInterval(this.timer);
    }

    /** Sends between the saves of rows, never during one. */
    sendKept() {
        if (this.state.unsent?.count) {
            return this.model.mutex.exec(() => this.trySend());
        }
    }

    async trySend() {
        try {
            await this.send();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                // The quantities stay in the browser, but more tries would not help.
                this.stop();
                this.model.report(error);
            }
        }
    }

    async send() {
        const { unsent } = this.model;
        const entries = unsent.getAll().filter((entry) => !this.isBeingTyped(entry));
        if (!entries.length) {
            return;
        }
        const answers = await this.orm.silent.call(
            "stock.count.session",
            "record_entries",
            [[this.sheet.header.id], entries.map((entry) => unsent.stamp(entry))],
            { source: "sheet" }
        );
        answers.forEach((answer, i) => this.settle(entries[i], answer));
        await this.reload(entries);
    }

    settle(entry, { status, message }) {
        this.model.unsent.drop(entry.line_id, entry.uuid);
        if (status === "refused") {
            this.notification.add(message, {
                title: _t("%s was not recorded", entry.qty),
                type: "danger",
                sticky: true,
            });
        }
    }

    async reload(entries) {
        const shown = entries.map((entry) => this.findRecord(entry)).filter(Boolean);
        await Promise.all(shown.map((record) => record._load()));
        this.sheet.loadSoon();
    }

    findRecord(entry) {
        return this.model.root.records.find((record) => record.resId === entry.line_id);
    }

    /** A row that a person types in saves itself. */
    isBeingTyped(entry) {
        return Boolean(this.findRecord(entry)?.dirty);
    }
}
