/** Far above any bin; the server refuses more. */
export const MAX_QUANTITY = 1_000_000_000;
/** A quantity from here on is asked about: a scanner may have typed a code into it. */
export const DOUBTFUL = 100_000;
const DECIMALS = 6;

/** A typed quantity as a number, null when it is none. */
export function readQuantity(text) {
    const plain = String(text ?? "")
        .trim()
        .replace(",", ".");
    return /^\d*\.?\d*$/.test(plain) && /\d/.test(plain) ? Number(plain) : null;
}

/** A number as it is typed, without the noise of binary fractions. */
export function writeQuantity(number) {
    return String(Number(number.toFixed(DECIMALS)));
}

let format;

/** A number as people read it, in their language. */
export function showQuantity(number) {
    // Making a format takes longer than all the rest of a scan's answer.
    format ??= new Intl.NumberFormat(document.documentElement.lang || undefined, {
        maximumFractionDigits: DECIMALS,
    });
    return format.format(number);
}
