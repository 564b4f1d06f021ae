/** The spellings under which records may have a code. The twin of domain/codes/spellings.py. */

import { LENGTHS } from "./gtin";

/**
 * @param {string} code
 * @returns {string[]} it, and the same number as EAN, UPC or GTIN: they differ by leading zeros
 */
export function spellings(code) {
    if (!/^[0-9]{8,14}$/.test(code)) {
        return [code];
    }
    const number = code.replace(/^0+/, "");
    const lengths = LENGTHS.filter((length) => length >= number.length);
    return [...new Set([code, ...lengths.map((length) => number.padStart(length, "0"))])];
}

/**
 * @param {string} text
 * @returns {string[]} its spellings as scanned, and without what some scanners put around a code
 */
export function bareSpellings(text) {
    const chars = [...text];
    const isOne = (char) => /[\p{L}\p{N}]/u.test(char);
    const inner = chars.slice(chars.findIndex(isOne), chars.findLastIndex(isOne) + 1).join("");
    return [...new Set([text, inner].filter(Boolean).flatMap(spellings))];
}
