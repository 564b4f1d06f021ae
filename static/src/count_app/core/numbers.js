/** A quantity from here on needs a confirmation: a scanner may have typed a code into the field. */
export const DOUBTFUL = 100_000;
const DECIMALS = 6;

/**
 * Reads a typed quantity: a number with a point or a comma, or boxes and loose pieces such as
 * "3×24+5".
 *
 * @param {string} text
 * @returns {number | null} null if the text is no quantity
 */
export function readQuantity(text) {
    const terms = String(text ?? "")
        .trim()
        .split("+")
        .map((term) => term.split("×").map(readNumber));
    if (terms.flat().includes(null)) {
        return null;
    }
    const sum = terms.reduce((total, factors) => total + factors.reduce((a, b) => a * b), 0);
    return Number(sum.toFixed(DECIMALS));
}

function readNumber(text) {
    const plain = text.replace(",", ".");
    return /^\d*\.?\d*$/.test(plain) && /\d/.test(plain) ? Number(plain) : null;
}

/** Whether a quantity is written as a sum or product. */
export function isCalculated(text) {
    return /[+×]/.test(text);
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
