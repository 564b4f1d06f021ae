import { markRaw } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { debounce } from "@web/core/utils/timing";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { describeError, isLoginLost, isUserError } from "./sheet_errors";

const FOUND = new Set(["found_qty", "is_counted"]);

/** How long nobody types before what was typed is saved. */
const TYPING_DELAY = 800;

/** A line of the sheet, which never loses what was typed because the server refused it. */
class CountLineRecord extends RelationalModel.Record {
    setup() {
        super.setup(...arguments);
        this.refusal = false;
        // What is typed as long as the server does not have it, see UnsentCounts.
        this.entry = null;
        this.saveSoon = debounce(() => this.saveTyped(), TYPING_DELAY);
    }

    /** The server records what was typed under the uuid that it was kept under. */
    get context() {
        return this.entry ? { ...super.context, count_typed: this.entry } : super.context;
    }

    get unsent() {
        return this.isNew ? null : this.model.unsent;
    }

    /** Whether the server has yet to say what the typed quantity means. */
    get isUnsent() {
        return this.dirty || this.isKept;
    }

    /** Moves the edition on at once and saves behind it, so that fast typing meets no wait. */
    leaveFor(next) {
        const saving = this.save();
        this.model._updateConfig(this.config, { mode: "readonly" }, { reload: false });
        this.model._updateConfig(next.config, { mode: "edit" }, { reload: false });
        return saving;
    }

    /** Keeps what is typed and saves it when the typing pauses. */
    keepTyped(changes) {
        if (!this.unsent) {
            return;
        }
        if (changes?.is_counted && !this._isRecorded(changes)) {
            this.unsent.keep(this.resId, changes.found_qty);
            this.saveSoon();
        } else {
            this.saveSoon.cancel();
            this.unsent.drop(this.resId);
        }
    }

    /** Unlike save(), leaves the text in the cell as it is: somebody may go on typing. */
    saveTyped() {
        return this.model.mutex.exec(() => this.dirty && this._save());
    }

    async _save(options = {}) {
        this.refusal = false;
        this.saveSoon.cancel();
        this._forgetUnchanged();
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

    _isRecorded(changes) {
        const { found_qty, is_counted } = this._values;
        const isSame = changes.is_counted && found_qty === changes.found_qty;
        return isSame && is_counted && !this.isKept;
    }

    /** With auto-save, the quantity that is there already makes no entry. */
    _forgetUnchanged() {
        if (this.unsent && this._isRecorded(this._changes)) {
            const others = Object.entries(this._changes).filter(([name]) => !FOUND.has(name));
            this._changes = markRaw(Object.fromEntries(others));
        }
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

    /** The browser keeps it and sends it later: counting goes on meanwhile. */
    _keepUnsent(error) {
        this._values = markRaw({ ...this._values, ...this._changes });
        this._changes = markRaw({});
        this.data = { ...this._values };
        this.dirty = false;
        this.isKept = true;
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

export class CountSheetModel extends RelationalModel {
    static Record = CountLineRecord;

    /** Reads lines that are shown again, but for those that somebody is typing in. */
    loadLines(lineIds) {
        const ids = new Set(lineIds);
        return this.mutex.exec(async () => {
            const shown = this.root.records.filter(({ resId }) => ids.has(resId));
            const resIds = shown.map(({ resId }) => resId);
            const rows = await this._loadRecords({ ...this.root.config, resIds });
            const values = new Map(rows.map((row) => [row.id, row]));
            shown
                .filter((record) => !record.isUnsent && !record.isInEdition)
                .forEach((record) => record._setData(values.get(record.resId)));
        });
    }

    /** Lets the web client show an error; a lost login once, however much is typed after it. */
    report(error) {
        const isLost = isLoginLost(error);
        if (!isLost || !this.isLoginLost) {
            Promise.reject(error);
        }
        this.isLoginLost ||= isLost;
    }
}
