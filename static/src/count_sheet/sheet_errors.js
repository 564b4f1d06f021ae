import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";

/** The server understood and said no, in words for the user. */
export function isUserError(error) {
    return error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.");
}

/** Nobody is logged in any more: what is typed waits in the browser for the next login. */
export function isLoginLost(error) {
    return error instanceof RPCError && error.exceptionName === "odoo.http.SessionExpiredException";
}

/** What a row or the retry tells already, or the mark of what is not saved yet. */
export function isOutOfReach(error) {
    return error instanceof ConnectionLostError || isLoginLost(error);
}

export function describeError(error) {
    if (error instanceof ConnectionLostError) {
        return _t("There is no connection to the server. Save again when it is back.");
    }
    return isUserError(error) ? error.data.message : _t("The server could not record it.");
}
