import { _t } from "@web/core/l10n/translation";
import { roundDecimals } from "@web/core/utils/numbers";
import { formatFloat } from "@web/views/fields/formatters";

/** More decimals than any unit has. */
const DIGITS = 6;

export function formatQty(qty) {
    return formatFloat(qty, { digits: [16, DIGITS], trailingZeros: false });
}

/** With a minus sign, which reads better beside a name than a hyphen. */
export function formatSigned(qty) {
    const sign = qty > 0 ? "+" : qty < 0 ? "−" : "";
    return sign + formatQty(Math.abs(qty));
}

export function describeRest(qty) {
    return qty ? _t("%s remains", formatSigned(qty)) : _t("nothing remains");
}

/** How much of a document had probably happened on a line: what would explain its variance. */
export function guessPart({ qty, expected, variance }) {
    const direction = Math.sign(qty);
    const part = Math.max(direction * (variance + expected), 0);
    // More may arrive than was ordered. Of what leaves, the rest is rather lost than delivered.
    return roundDecimals(qty < 0 ? Math.min(part, -qty) : part, DIGITS);
}

/** What remains of a line's variance if this part of the document had happened on it. */
export function restOfPart({ qty, expected, variance }, part) {
    return roundDecimals(variance + expected - Math.sign(qty) * part, DIGITS);
}

/** Whether the document would have to be corrected, because its goods are elsewhere. */
export function isElsewhere({ lines }) {
    return lines.some((line) => line.elsewhere && line.happened !== line.variance);
}
