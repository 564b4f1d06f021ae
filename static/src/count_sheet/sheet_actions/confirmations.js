import { _t } from "@web/core/l10n/translation";

/**
 * The words of the dialogs that ask before something is done, as props of ConfirmationDialog.
 *
 * @typedef {{ title: string, body: string, confirmLabel: string, confirmClass?: string,
 *   cancelLabel?: string }} Confirmation
 */

/** @returns {Confirmation} */
export function askRestAsZero() {
    return {
        title: _t("Count the Rest as Zero"),
        body: _t(
            "Every line shown here that nobody has counted is recorded as counted, 0 found. Posting then takes its stock away."
        ),
        confirmLabel: _t("Count as Zero"),
        confirmClass: "btn-danger",
    };
}

/**
 * @param {number} lines over their tolerance
 * @returns {Confirmation}
 */
export function askRecount(lines) {
    return {
        title: _t("Request Recount"),
        body: _t(
            "All lines over their tolerance (%s) are counted again. The counts so far stay as evidence.",
            lines
        ),
        confirmLabel: _t("Request Recount"),
    };
}

/** @returns {Confirmation} */
export function askUndoPosting() {
    return {
        title: _t("Undo Posting"),
        body: _t(
            "What this count posted is reversed by moves the other way. Lines whose stock has moved since stay posted and say why."
        ),
        confirmLabel: _t("Undo Posting"),
        confirmClass: "btn-danger",
    };
}

/**
 * @param {string} body what posting will do
 * @returns {Confirmation}
 */
export function askPosting(body) {
    return { title: _t("Post Receipts and Issues"), body, confirmLabel: _t("Post") };
}

/**
 * @param {boolean} isPartial some lines are posted, so the rest is closed instead of cancelled
 * @returns {Confirmation}
 */
export function askCancel(isPartial) {
    return {
        title: isPartial ? _t("Close this count?") : _t("Cancel this count?"),
        body: isPartial
            ? _t("What is posted stays posted, the rest is dropped.")
            : _t("What was counted stays as evidence and is not posted."),
        confirmLabel: isPartial ? _t("Close Count") : _t("Cancel Count"),
        cancelLabel: _t("Keep Counting"),
    };
}
