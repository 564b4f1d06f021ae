import { ROWS } from "./application_identifiers";

/**
 * How long the value is, by the first two digits of an identifier that needs no separator (General
 * Specifications, figure 7.8.5-2). It holds for identifiers, too, that GS1 may still assign.
 */
export const PREDEFINED = { "00": 18, "01": 14, "02": 14, "03": 14, "04": 16, 20: 2, 41: 14 };
for (const [from, to, length] of [
    [11, 19, 6],
    // The third digit, and for measures the fourth, belong to the identifier.
    [31, 36, 8],
]) {
    for (let ai = from; ai <= to; ai++) {
        PREDEFINED[ai] = length;
    }
}

/**
 * An application identifier, with the shortest and longest value it may have; `decimals` of its
 * digits are behind the point.
 *
 * @typedef {{ ai: string, kind: string, unit?: string, shortest: number, longest: number,
 *   decimals: number }} Identifier
 */

/** @type {Map<string, Identifier>} */
const IDENTIFIERS = new Map();
for (const row of ROWS.join(" ")
    .split("; ")
    .map((text) => text.replace(";", ""))) {
    const [name, shortest, longest, kind = "other", unit] = row.split(" ");
    const [ai, last] = name.split("/");
    for (let i = 0; i <= Number(last || 0); i++) {
        const digits = last ? ai.slice(0, -1) + i : ai;
        IDENTIFIERS.set(digits, {
            ai: digits,
            kind,
            unit,
            shortest: Number(shortest),
            longest: Number(longest),
            decimals: unit ? i : 0,
        });
    }
}

/** @returns {Identifier | undefined} */
export function getIdentifier(ai) {
    return IDENTIFIERS.get(ai);
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {Identifier | undefined} the identifier that begins there; none begins like another
 */
export function identify(text, at) {
    return [2, 3, 4].map((length) => IDENTIFIERS.get(text.slice(at, at + length))).find(Boolean);
}

/** @returns {Identifier[]} all of them */
export function allIdentifiers() {
    return [...IDENTIFIERS.values()];
}
