import { localization } from "@web/core/l10n/localization";
import { escapeRegExp } from "@web/core/utils/strings";
import { InvalidNumberError, parseFloat } from "@web/views/fields/parsers";

/**
 * Reads what somebody typed as found, in the user's language.
 *
 * "1.5" typed where the point groups thousands would be 15 for Odoo's own parser. A count is no
 * place for that: a separator that cannot group thousands is read as the decimal point.
 *
 * @param {string} text
 * @returns {number | false} false when nothing is typed: not counted
 * @throws {InvalidNumberError} when it is no quantity
 */
export function parseQuantity(text) {
    const typed = text.trim();
    if (!typed) {
        return false;
    }
    const quantity = parseFloat(readSeparators(typed));
    if (!Number.isFinite(quantity) || quantity < 0 || typed.startsWith("-")) {
        throw new InvalidNumberError(`"${text}" is not a quantity`);
    }
    return quantity;
}

function readSeparators(typed) {
    const { decimalPoint, thousandsSep } = localization;
    if (!thousandsSep?.trim() || typed.startsWith("=") || !typed.includes(thousandsSep)) {
        return typed;
    }
    const separator = escapeRegExp(thousandsSep);
    const [whole] = typed.split(decimalPoint);
    if (new RegExp(`^\\d{1,3}(${separator}\\d{2,3})*${separator}\\d{3}$`).test(whole)) {
        return typed;
    }
    if (!typed.includes(decimalPoint) && typed.split(thousandsSep).length === 2) {
        return typed.replace(thousandsSep, decimalPoint);
    }
    throw new InvalidNumberError(`"${typed}" is not a quantity`);
}
