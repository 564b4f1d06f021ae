import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";

/**
 * Whether the server refused with a reason for the user.
 *
 * @param {Error} error
 * @returns {boolean}
 */
export function isUserError(error) {
    return error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.");
}

/**
 * Whether the login has ended.
 *
 * @param {Error} error
 * @returns {boolean}
 */
export function isLoginLost(error) {
    return error instanceof RPCError && error.exceptionName === "odoo.http.SessionExpiredException";
}

/**
 * Whether the server cannot be reached, which the rows and the mark of unsaved counts show already.
 *
 * @param {Error} error
 * @returns {boolean}
 */
export function isOutOfReach(error) {
    return error instanceof ConnectionLostError || isLoginLost(error);
}

/**
 * @param {Error} error of a save
 * @returns {string} for the user
 */
export function describeError(error) {
    if (error instanceof ConnectionLostError) {
        return _t("There is no connection to the server. Save again when it is back.");
    }
    return isUserError(error) ? error.data.message : _t("The server could not record it.");
}
