import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { debounce } from "@web/core/utils/timing";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { forgetRecorded, keepTyped, markKept } from "./autosave/kept_quantity";
import { describeError, isUserError } from "./sheet_errors";

/** How long a person has to pause before the typed text is saved, in milliseconds. */
const TYPING_DELAY = 800;

/**
 * A line of the sheet. The typed quantity stays in its cell when the server refuses it.
 *
 * With Option 526 the quantity is also kept in the browser until the server has it, see
 * `autosave/unsent_counts.js`.
 */
export class CountLineRecord extends RelationalModel.Record {
    setup() {
        super.setup(...arguments);
        // Why the server refused the last save, if it did.
        this.refusal = false;
        // The kept quantity while it is being saved.
        this.entry = null;
        this.saveSoon = debounce(() => this.saveTyped(), TYPING_DELAY);
    }

    /** Gives the server the uuid under which the browser keeps the quantity. */
    get context() {
        return this.entry ? { ...super.context, count_typed: this.entry } : super.context;
    }

    /** @returns {import("./autosave/unsent_counts").UnsentCounts | null} null without Option 526 */
    get unsent() {
        return this.isNew ? null : this.model.unsent;
    }

    /** Whether the server does not have the quantity yet, so its variance is not known either. */
    get isUnsent() {
        return this.dirty || this.isKept;
    }

    /**
     * Moves the edition to another line at once and saves in the background, so that fast typing
     * never waits.
     *
     * @param {CountLineRecord} next
     * @returns {Promise<boolean>} whether this line was saved
     */
    leaveFor(next) {
        const saving = this.save();
        this.model._updateConfig(this.config, { mode: "readonly" }, { reload: false });
        this.model._updateConfig(next.config, { mode: "edit" }, { reload: false });
        return saving;
    }

    /** See {@link keepTyped}. Without Option 526 nothing is kept. */
    keepTyped(changes) {
        if (this.unsent) {
            keepTyped(this, changes);
        }
    }

    /** Saves without replacing the text in the cell, because the person may go on typing. */
    saveTyped() {
        return this.model.mutex.exec(() => this.dirty && this._save());
    }

    async _save(options = {}) {
        this.refusal = false;
        this.saveSoon.cancel();
        if (this.unsent) {
            forgetRecorded(this);
        }
        const kept = "found_qty" in this._changes && this.unsent?.get(this.resId);
        this.entry = kept ? this.unsent.stamp(kept) : null;
        try {
            const isSaved = await super._save({
                onError: (error) => this._onRefused(error),
                ...options,
            });
            if (isSaved && kept && !this.isKept && !this.model._urgentSave) {
                this.unsent.drop(this.resId, kept.uuid);
            }
            return isSaved;
        } finally {
            this.entry = null;
        }
    }

    _setData() {
        this.isKept = false;
        super._setData(...arguments);
    }

    _discard() {
        this.saveSoon.cancel();
        if (this.dirty) {
            this.unsent?.drop(this.resId);
        }
        super._discard();
    }

    _onRefused(error) {
        if (this.entry && !isUserError(error)) {
            return this._keepUnsent(error);
        }
        if (this.entry) {
            this.unsent.drop(this.resId, this.entry.uuid);
        }
        this.refusal = describeError(error);
        this.model.notification.add(this.refusal, {
            title: _t("Not recorded"),
            type: "danger",
        });
        if (!(error instanceof ConnectionLostError) && !isUserError(error)) {
            this.model.report(error);
        }
        return false;
    }

    /** The browser keeps the quantity and sends it later, so the person goes on counting. */
    _keepUnsent(error) {
        markKept(this);
        if (!(error instanceof ConnectionLostError)) {
            this.model.report(error);
        }
        return true;
    }

    _displayInvalidFieldNotification() {
        if (!this.isFieldInvalid("found_qty")) {
            return super._displayInvalidFieldNotification();
        }
        return this.model.notification.add(
            _t("Type a number that is not negative, or empty the cell if it was not counted."),
            { title: _t("This is not a quantity"), type: "danger" }
        );
    }
}
