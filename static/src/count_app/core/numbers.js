/** A quantity from here on needs a confirmation: a scanner may have typed a code into the field. */
export const DOUBTFUL = 100_000;
const DECIMALS = 6;

/**
 * Reads a typed quantity, with a point or a comma.
 *
 * @param {string} text
 * @returns {number | null} null if the text is no quantity
 */
export function readQuantity(text) {
    const plain = String(text ?? "")
        .trim()
        .replace(",", ".");
    return /^\d*\.?\d*$/.test(plain) && /\d/.test(plain) ? Number(plain) : null;
}

/**
 * Writes a quantity as a person types it, without the noise of binary fractions.
 *
 * @param {number} number
 * @returns {string}
 */
export function writeQuantity(number) {
    return String(Number(number.toFixed(DECIMALS)));
}

let format;

/**
 * Formats a quantity in the user's language.
 *
 * @param {number} number
 * @returns {string}
 */
export function showQuantity(number) {
    // Making a format takes longer than all other work for a scan.
    format ??= new Intl.NumberFormat(document.documentElement.lang || undefined, {
        maximumFractionDigits: DECIMALS,
    });
    return format.format(number);
}
