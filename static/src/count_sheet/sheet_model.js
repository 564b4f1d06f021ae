import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { RelationalModel } from "@web/model/relational_model/relational_model";

/** A line of the sheet, which never loses what was typed because the server refused it. */
class CountLineRecord extends RelationalModel.Record {
    setup() {
        super.setup(...arguments);
        this.refusal = false;
    }

    /** Moves the edition on at once and saves behind it, so that fast typing meets no wait. */
    leaveFor(next) {
        const saving = this.save();
        this.model._updateConfig(this.config, { mode: "readonly" }, { reload: false });
        this.model._updateConfig(next.config, { mode: "edit" }, { reload: false });
        return saving;
    }

    async _save(options = {}) {
        this.refusal = false;
        return super._save({ onError: (error) => this._keepTyped(error), ...options });
    }

    _keepTyped(error) {
        this.refusal = describeError(error);
        this.model.notification.add(this.refusal, {
            title: _t("Not recorded"),
            type: "danger",
        });
        if (!(error instanceof ConnectionLostError) && !isUserError(error)) {
            Promise.reject(error);
        }
        return false;
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

function isUserError(error) {
    return error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.");
}

function describeError(error) {
    if (error instanceof ConnectionLostError) {
        return _t("There is no connection to the server. Save again when it is back.");
    }
    return isUserError(error) ? error.data.message : _t("The server could not record it.");
}

export class CountSheetModel extends RelationalModel {
    static Record = CountLineRecord;
}
