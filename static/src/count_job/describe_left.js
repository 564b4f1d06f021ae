import { _t } from "@web/core/l10n/translation";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * How long a job will still take, roughly.
 *
 * @param {number | null} seconds null if there is no estimate
 * @returns {string} empty without an estimate
 */
export function describeLeft(seconds) {
    if (seconds === null) {
        return "";
    }
    if (seconds < 10) {
        return _t("a few seconds left");
    }
    if (seconds < MINUTE) {
        return _t("%s seconds left", Math.ceil(seconds / 10) * 10);
    }
    if (seconds < HOUR) {
        const minutes = Math.ceil(seconds / MINUTE);
        return minutes === 1 ? _t("a minute left") : _t("%s minutes left", minutes);
    }
    return _t("%s hours left", (seconds / HOUR).toFixed(1));
}
