import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";

/**
 * Why nothing can be posted.
 *
 * @param {Object} header the answer of get_sheet_header
 * @returns {string}
 */
export function describeNothingToPost({ counts }) {
    return counts.held
        ? _t("The checked lines are held: answer first whether a transfer explains them.")
        : _t("Check the counted lines that are to be posted first.");
}

/**
 * How many lines will be posted, and their value.
 *
 * @param {Object} header the answer of get_sheet_header
 * @returns {string}
 */
export function describePosting({ counts, currency_id }) {
    const posted = _t(
        "%(lines)s checked lines are posted; %(moves)s of them differ and make stock moves, net %(value)s.",
        {
            lines: counts.to_post,
            moves: counts.to_move,
            value: formatMonetary(counts.to_post_value, { currencyId: currency_id }),
        }
    );
    const held = _t("%s held lines wait for their answer.", counts.held);
    return counts.held ? `${posted} ${held}` : posted;
}
