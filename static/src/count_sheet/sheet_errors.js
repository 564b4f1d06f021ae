import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";

/** The server understood and said no, in words for the user. */
export function isUserError(error) {
    return error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.");
}

export function describeError(error) {
    if (error instanceof ConnectionLostError) {
        return _t("There is no connection to the server. Save again when it is back.");
    }
    return isUserError(error) ? error.data.message : _t("The server could not record it.");
}
