const LONGEST = 12;
const LONGEST_SUM = 40;
/** Keys that mean times. */
const TIMES = /^[*×xX]$/;

/**
 * Applies a key of the keypad or the keyboard to a quantity, which may be a sum of boxes and loose
 * pieces such as "3×24+5".
 *
 * @param {string} text the quantity so far
 * @param {string} key as KeyboardEvent.key
 * @returns {string | null} the new text, null if the key is no part of a quantity
 */
export function typeKey(text, key) {
    if (key === "Backspace") {
        return text.slice(0, -1);
    }
    const sign = TIMES.test(key) ? "×" : key === "," ? "." : key;
    if (!/^[\d.+×]$/.test(sign)) {
        return null;
    }
    return fits(text, sign) ? text + sign : text;
}

function fits(text, sign) {
    const number = text.split(/[+×]/).at(-1);
    if (/[+×]/.test(sign)) {
        return /\d/.test(number) && text.length < LONGEST_SUM;
    }
    return number.length < LONGEST && !(sign === "." && number.includes("."));
}
