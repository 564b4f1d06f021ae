import { localization } from "@web/core/l10n/localization";
import { escapeRegExp } from "@web/core/utils/strings";
import { InvalidNumberError, parseFloat } from "@web/views/fields/parsers";

/**
 * Reads a typed quantity in the format of the user's language.
 *
 * Where the point groups thousands, Odoo's own parser reads "1.5" as 15. That would be a wrong
 * count, so a separator that cannot group thousands is read as the decimal point.
 *
 * @param {string} text
 * @returns {number | false} false for an empty text: not counted
 * @throws {InvalidNumberError} when the text is no quantity
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

/** Replaces the separator of thousands where it can only be a decimal point. */
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
