/** GS1 Digital Link. The twin of domain/codes/digital_link.py. */

import { LENGTHS, isDigits } from "./gtin";
import { getIdentifier } from "./identifiers";

/** Words that older addresses have for identifiers. */
const WORDS = { gtin: "01", sscc: "00", lot: "10", ser: "21", gln: "414", exp: "17" };
/** What may stand before and behind the key of a path. */
const QUALIFIERS = new Set(["10", "21", "22", "235", "254", "8019", "8020", "8011"]);
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** How a compressed address begins: an identifier in four bits a digit, or a common pair of them. */
const FIRST_BYTES = new Set([0x00, 0x01, 0x25, 0x41, 0x80, 10, 11, 12, 13, 14, 15]);

export function isAddress(text) {
    return /^https?:\/\//i.test(text);
}

/**
 * @param {string} text an address
 * @returns {[string, string][] | undefined} its elements, if it is a Digital Link
 */
export function splitAddress(text) {
    const [path, query] = cut(cut(text, "#")[0], "?");
    const steps = path.split("/").slice(3).filter(Boolean);
    const named = splitQuery(query);
    const start = steps.findIndex(
        (step, i) => i + 1 < steps.length && isKey(toIdentifier(step), unescape(steps[i + 1]))
    );
    if (start < 0) {
        return named.some(([ai, value]) => isKey(ai, value)) ? named : undefined;
    }
    return [...qualifiersBefore(steps, start), ...pairs(steps.slice(start)), ...named];
}

/** Whether an address without identifiers looks like a compressed Digital Link. */
export function isCompressed(text) {
    const path = text.split(/[?#]/, 1)[0];
    const last = path.replace(/\/+$/, "").split("/").at(-1);
    if (path.split("/").length < 4 || !/^[A-Za-z0-9_-]{10,}$/.test(last)) {
        return false;
    }
    return FIRST_BYTES.has((LETTERS.indexOf(last[0]) << 2) + (LETTERS.indexOf(last[1]) >> 4));
}

function cut(text, mark) {
    const at = text.indexOf(mark);
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether this is an item, place, package or asset; a wrong check digit is found later. */
function isKey(ai, value) {
    const { kind, longest } = getIdentifier(ai) || {};
    switch (kind) {
        case "gtin":
            return isDigits(value) && LENGTHS.includes(value.length);
        case "sscc":
        case "place":
        case "itip":
            return isDigits(value) && value.length === longest;
        case "grai":
        case "giai":
            return isDigits(value.slice(0, 1));
        default:
            return false;
    }
}

function toIdentifier(step) {
    const word = step.toLowerCase();
    return Object.hasOwn(WORDS, word) ? WORDS[word] : step;
}

/** Pairs of identifier and value, as far as there are such. */
function pairs(steps) {
    const found = [];
    for (let at = 0; at + 1 < steps.length; at += 2) {
        const ai = toIdentifier(steps[at]);
        if (!getIdentifier(ai)) {
            break;
        }
        found.push([ai, unescape(steps[at + 1])]);
    }
    return found;
}

/** Lot and serial number, where an address has them before its key. */
function qualifiersBefore(steps, start) {
    const found = [];
    for (let at = start - 2; at >= 0; at -= 2) {
        const ai = toIdentifier(steps[at]);
        if (!QUALIFIERS.has(ai)) {
            break;
        }
        found.push([ai, unescape(steps[at + 1])]);
    }
    return found;
}

function splitQuery(query) {
    return query
        .split(/[&;]/)
        .map((part) => cut(part, "="))
        .map(([name, value]) => [toIdentifier(name), unescape(value)])
        .filter(([ai, value]) => getIdentifier(ai) && value);
}

export function unescape(text) {
    return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (bytes) => {
        try {
            return decodeURIComponent(bytes);
        } catch {
            return bytes;
        }
    });
}
