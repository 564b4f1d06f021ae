const LONGEST = 12;

/**
 * Applies a key of the keypad or the keyboard to a quantity.
 *
 * @param {string} text the quantity so far
 * @param {string} key as KeyboardEvent.key
 * @returns {string | null} the new text, null if the key is no part of a quantity
 */
export function typeKey(text, key) {
    if (key === "Backspace") {
        return text.slice(0, -1);
    }
    if (!/^[\d.,]$/.test(key)) {
        return null;
    }
    const digit = key === "," ? "." : key;
    const isSecondPoint = digit === "." && text.includes(".");
    return isSecondPoint || text.length >= LONGEST ? text : text + digit;
}
