import { formatCurrency } from "@web/core/currency";
import { formatFloat } from "@web/core/utils/numbers";
import { nbsp } from "@web/core/utils/strings";

/** From this amount on cents are left out, and from MILLIONS on the amount is abbreviated. */
const NO_CENTS = 10_000;
const MILLIONS = 10_000_000;

/**
 * Formats a share in percent.
 *
 * @param {number | null} share of 1; null shows a dash, because nothing counted is not 0 %
 * @param {number} [decimals]
 * @returns {string}
 */
export function formatShare(share, decimals = 1) {
    if (share === null) {
        return "–";
    }
    return formatFloat(100 * share, { digits: [16, decimals] }) + nbsp + "%";
}

/**
 * Formats a number of things.
 *
 * @param {number} value
 * @param {number} [decimals]
 * @returns {string}
 */
export function formatWhole(value, decimals = 0) {
    return formatFloat(value, { digits: [16, decimals] });
}

/**
 * Formats an amount as short as a glance needs it.
 *
 * @param {number} value
 * @param {number} currencyId
 * @returns {string}
 */
export function formatMoney(value, currencyId) {
    const size = Math.abs(value);
    if (size >= MILLIONS) {
        return formatCurrency(value, currencyId, { humanReadable: true });
    }
    return formatCurrency(value, currencyId, size >= NO_CENTS ? { digits: [16, 0] } : {});
}
