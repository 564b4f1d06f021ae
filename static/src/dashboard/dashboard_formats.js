import { formatCurrency } from "@web/core/currency";
import { formatFloat } from "@web/core/utils/numbers";
import { nbsp } from "@web/core/utils/strings";

// From here on cents say nothing, from there on thousands do not either.
const NO_CENTS = 10_000;
const MILLIONS = 10_000_000;

/** A share of 1 in percent; without one a dash: nothing counted is not 0. */
export function formatShare(share, decimals = 1) {
    if (share === null) {
        return "–";
    }
    return formatFloat(100 * share, { digits: [16, decimals] }) + nbsp + "%";
}

/** A number of things. */
export function formatWhole(value, decimals = 0) {
    return formatFloat(value, { digits: [16, decimals] });
}

/** Money as short as it can be said at a glance. */
export function formatMoney(value, currencyId) {
    const size = Math.abs(value);
    if (size >= MILLIONS) {
        return formatCurrency(value, currencyId, { humanReadable: true });
    }
    return formatCurrency(value, currencyId, size >= NO_CENTS ? { digits: [16, 0] } : {});
}
