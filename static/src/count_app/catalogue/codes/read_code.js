/** The one way from a scanned text to what it says. The twin of domain/codes/read_code.py. */

import { isAddress, isCompressed, splitAddress } from "./digital_link";
import { GS, splitElements, splitPrinted } from "./element_string";
import { interpret, isProven } from "./elements";
import { isUrn, splitTag, splitUrn } from "./epc";
import { LENGTHS, expandUpcE, isChecked, isDigits } from "./gtin";

/** Characters; the largest DataMatrix has 2,335. */
export const MAX_LENGTH = 2400;
/** What scanners add: controls that are no separator, and a byte order mark. */
const CONTROLS = /[\0-\x1c\x1e\x1f\x7f-\x9f\ufeff]/g; // eslint-disable-line no-control-regex
/** How scanners tell the symbology (ISO 15424), such as "]C1". */
const SYMBOLOGY = /^\]([A-Za-z][0-9A-Za-z])/;
/** Those whose text is an element string: the first place was FNC1. */
const GS1_SYMBOLOGIES = new Set(["C1", "e0", "e1", "e2", "d2", "Q3", "J1"]);
/** How a separator is shown or typed where it cannot be sent. */
const SHOWN_SEPARATORS = /\u241d|<GS>|\{GS\}|\[GS\]|<FNC1>|\[FNC1\]/g;

/**
 * What a code says; what it does not say is undefined. The attributes are those of
 * domain/codes/reading.py: `gtin`, `upc_e`, `lot`, `serial`, `sscc`, `gln`, `extension`, `grai`,
 * `giai`, days such as `expiry`, `count`, and `product`, `package` and `location` of the company's
 * nomenclature.
 *
 * @typedef {{ text: string, form: string, measures: [number, string][],
 *   problems: { code: string, ai: string, value: string }[] }} Reading
 */

/** A text without what scanners add; the separator of GS1 stays. */
export function clean(text) {
    return String(text)
        .slice(0, MAX_LENGTH)
        .replace(CONTROLS, "")
        .replace(/^[ \u00a0\u3000]+/, "")
        .replace(/[ \u00a0\u3000]+$/, "");
}

/**
 * @param {string} text as scanned, typed or printed
 * @param {Object} [options]
 * @param {number} [options.year] of today
 * @param {RegExp} [options.separator] what else separates values, of the company's nomenclature;
 *   with it, digits without any proof may be an element string, too
 * @param {Object} [options.uses] see `interpret`
 * @returns {Reading}
 */
export function readCode(text, { year = new Date().getFullYear(), separator, uses = {} } = {}) {
    const code = clean(text);
    const symbology = code.match(SYMBOLOGY)?.[1] || "";
    const bare = symbology ? code.slice(3) : code;
    const reading = { text: bare, form: "plain", measures: [], problems: [] };
    for (const [form, read] of FORMS) {
        const elements = read(reading, symbology, separator);
        if (elements) {
            reading.form = form;
            interpret(reading, elements, year, uses);
            break;
        }
    }
    return reading;
}

/** The problem for which the whole code must not be used: it might mean another thing. */
export function refusalOf({ problems }) {
    return problems.find(({ code }) => code !== "bad_date" && code !== "bad_quantity");
}

/** The one thing that an RFID tag names, "" for any other code. */
export function tagOf({ form, gtin, serial }) {
    return form === "epc" && gtin && serial ? `(01)${gtin}(21)${serial}` : "";
}

function readAddress(reading) {
    if (!isAddress(reading.text)) {
        return undefined;
    }
    const elements = splitAddress(reading.text);
    if (!elements && isCompressed(reading.text)) {
        reading.problems.push({ code: "compressed", ai: "", value: reading.text });
        return [];
    }
    return elements;
}

const readEpc = ({ text }) => (isUrn(text) ? splitUrn(text) : splitTag(text));

function readSscc({ text }, symbology) {
    const isOne = !GS1_SYMBOLOGIES.has(symbology) && text.length === 18;
    return isOne && isChecked(text) ? [["00", text]] : undefined;
}

/** A number that stands alone, as in EAN, UPC and ITF-14. */
function readGtin(reading, symbology) {
    const { text } = reading;
    if (!isDigits(text) || GS1_SYMBOLOGIES.has(symbology)) {
        return undefined;
    }
    const upcE = symbology === "E4" ? undefined : expandUpcE(text);
    if (upcE && (symbology === "E0" || !isChecked(text))) {
        return [["01", upcE]];
    }
    if (!LENGTHS.includes(text.length) || !isChecked(text)) {
        return undefined;
    }
    reading.upc_e = upcE;
    return [["01", text.padStart(14, "0")]];
}

function readElements(reading, symbology, separator) {
    let text = reading.text.replace(SHOWN_SEPARATORS, GS);
    if (/[\ud800-\udfff]/.test(text)) {
        return undefined;
    }
    const printed = splitPrinted(text);
    if (printed) {
        return printed;
    }
    if (separator) {
        text = text.replace(separator, GS);
    }
    const isMarked = GS1_SYMBOLOGIES.has(symbology) || text.includes(GS);
    const elements = splitElements(text, isMarked);
    const isSure = isMarked || separator || (elements && isProven(elements));
    return elements?.length && isSure ? elements : undefined;
}

/** In this order: what only one kind of code looks like comes first. */
const FORMS = [
    ["digital_link", readAddress],
    ["epc", readEpc],
    ["sscc", readSscc],
    ["gtin", readGtin],
    ["elements", readElements],
];
