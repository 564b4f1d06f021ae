/** GS1 element strings, as scanned and as printed. The twin of domain/codes/element_string.py. */

import { isDigits } from "./gtin";
import { PREDEFINED, getIdentifier, identify } from "./identifiers";

export const GS = "\x1d";

/**
 * The elements of an element string; unknown identifiers are left out.
 *
 * @param {string} text without symbology identifier, values that need it end at `GS`
 * @param {boolean} isMarked whether the text says that it is an element string; else one that does
 *   not read as such to its end is none
 * @returns {[string, string][] | undefined} pairs of identifier and value
 */
export function splitElements(text, isMarked) {
    const elements = [];
    let at = 0;
    while (at < text.length) {
        const known = identify(text, at);
        if (text[at] === GS) {
            at++;
        } else if (known) {
            const { ai, shortest, longest } = known;
            const start = at + ai.length;
            at = findEnd(text, start, shortest === longest ? longest : undefined);
            elements.push([ai, text.slice(start, at)]);
        } else if (isMarked || isDigits(text.slice(at, at + 2))) {
            const length = PREDEFINED[text.slice(at, at + 2)];
            at = findEnd(text, at, length && length + 2);
        } else {
            return undefined;
        }
    }
    return elements;
}

/** Where a value ends: at a separator, after its length, or with the text. */
function findEnd(text, start, length) {
    const longest = length === undefined ? text.length : Math.min(start + length, text.length);
    const end = text.slice(start, longest).indexOf(GS);
    return end < 0 ? longest : start + end;
}

/**
 * @param {string} text in which each identifier stands in brackets
 * @returns {[string, string][] | undefined}
 */
export function splitPrinted(text) {
    const marks = [...text.matchAll(/[([]([0-9]{2,4})[)\]]/g)].filter(([, ai]) =>
        getIdentifier(ai)
    );
    if (!marks.length || marks[0].index) {
        return undefined;
    }
    return marks.map((mark, i) => {
        const value = text.slice(mark.index + mark[0].length, marks[i + 1]?.index);
        return [mark[1], strip(value)];
    });
}

function strip(value) {
    return value.replace(/^[ \x1d]+/, "").replace(/[ \x1d]+$/, ""); // eslint-disable-line no-control-regex
}
