/** EPC: what RFID tags carry. The twin of domain/codes/epc.py. */

import { unescape } from "./digital_link";
import { FIELDS, PREFIX_BITS, ROWS } from "./epc_schemes";
import { checkDigit, isDigits } from "./gtin";

/** A reader sends whole words of 16 bits. */
const PADDING = 16;
const URN = /^urn:epc:(id|tag|class|idpat|raw):([^]+)$/i;

export function isUrn(text) {
    return /^urn:epc:/i.test(text);
}

/**
 * @param {string} text an EPC as an address
 * @returns {[string, string][] | undefined} its elements; undefined for one that is not known
 */
export function splitUrn(text) {
    const [, kind, rest] = text.match(URN) || [];
    const what = kind?.toLowerCase();
    if (!what || what === "raw") {
        const raw = what && rest.match(/^[0-9]+\.x([0-9A-Fa-f]+)$/);
        return raw ? splitTag(raw[1]) : undefined;
    }
    const at = rest.indexOf(":");
    const name = (at < 0 ? rest : rest.slice(0, at)).toLowerCase().split("-")[0];
    const fields = (at < 0 ? "" : rest.slice(at + 1)).split(".");
    // A tag's address has the number of its bits, and a filter.
    const first = what === "tag" ? 1 : 0;
    const most = first + 3;
    const whole = [...fields.slice(first, most), fields.slice(most).join(".")];
    return toElements(name, whole.filter((field, i) => i < fields.length - first).map(unescape));
}

/**
 * @param {string} text a tag's bits in hexadecimal
 * @returns {[string, string][] | undefined} its elements; undefined if it is no tag that is known
 */
export function splitTag(text) {
    const digits = text.replaceAll(" ", "");
    const row = ROWS[digits.slice(0, 2)];
    if (!row || !/^[0-9A-Fa-f]{24,56}$/.test(digits)) {
        return undefined;
    }
    const scheme = Object.fromEntries(FIELDS.map((name, i) => [name, row[i]]));
    const spare = digits.length * 4 - scheme.bits;
    const number = BigInt(`0x${digits}`);
    if (spare < 0 || spare > PADDING || number & ((1n << BigInt(spare)) - 1n)) {
        return undefined;
    }
    const fields = tagFields(scheme, number >> BigInt(spare));
    return fields && toElements(scheme.name, fields);
}

/** Company prefix, second field and serial number of a tag. */
function tagFields({ bits, second_bits, second_digits, serial_bits, letters }, number) {
    const take = (at, length) =>
        (number >> BigInt(bits - at - length)) & ((1n << BigInt(length)) - 1n);
    const partition = Number(take(11, 3));
    if (partition === 7) {
        return undefined;
    }
    const prefixBits = PREFIX_BITS[partition];
    const prefix = toDigits(take(14, prefixBits), 12 - partition);
    const at = 14 + prefixBits;
    const rest = second_bits - prefixBits;
    const secondNumber = take(at, rest);
    if (!second_digits) {
        const asset = letters ? toLetters(secondNumber, rest) : String(secondNumber);
        return prefix && asset ? [prefix, asset] : undefined;
    }
    const second = toDigits(secondNumber, second_digits - 12 + partition);
    const serial = take(at + rest, serial_bits);
    const last = letters ? toLetters(serial, serial_bits) : String(serial);
    if ([prefix, second, last].includes(undefined)) {
        return undefined;
    }
    return serial_bits ? [prefix, second, last] : [prefix, second];
}

/** A number with leading zeros, undefined if it has more digits. */
function toDigits(number, length) {
    const text = number || length ? String(number).padStart(length, "0") : "";
    return text.length === length ? text : undefined;
}

/** The text of characters of 7 bits, undefined if there is one behind its end. */
function toLetters(number, bits) {
    const count = Math.floor(bits / 7);
    const spare = bits - 7 * count;
    let text = "";
    for (let i = count - 1; i >= 0; i--) {
        text += String.fromCharCode(Number((number >> BigInt(spare + 7 * i)) & 127n));
    }
    text = text.replace(/\0+$/, "");
    return text.includes("\0") ? undefined : text;
}

function toElements(name, [prefix, second, ...more]) {
    if (!Object.hasOwn(READERS, name) || second === undefined) {
        return undefined;
    }
    return /^[0-9]{6,12}$/.test(prefix) ? READERS[name](prefix, second, more[0] || "") : undefined;
}

function checked(digits, length) {
    const isOne = digits.length === length && isDigits(digits);
    return isOne ? digits + checkDigit(digits) : undefined;
}

/** An element, unless the address is of all serial numbers. */
const more = (ai, value) => (value && value !== "*" ? [[ai, value]] : []);

/** The first digit of a reference is the indicator, in front of all. */
const turned = (prefix, text, length) => checked(text.slice(0, 1) + prefix + text.slice(1), length);

const gtinWith = (ai) => (prefix, item, last) => {
    const gtin = turned(prefix, item, 13);
    return gtin && [["01", gtin], ...more(ai, last)];
};

function toPlace(prefix, place, part) {
    const gln = checked(prefix + place, 12);
    // 0 is the place itself.
    return gln && [["414", gln], ...more("254", part === "0" ? "" : part)];
}

const READERS = {
    sgtin: gtinWith("21"),
    lgtin: gtinWith("10"),
    upui: gtinWith("21"),
    sscc(prefix, serial) {
        const sscc = turned(prefix, serial, 17);
        return sscc && [["00", sscc]];
    },
    sgln: toPlace,
    pgln: (prefix, party) => toPlace(prefix, party, ""),
    grai(prefix, kind, serial) {
        const number = checked(prefix + kind, 12);
        return number && [["8003", `0${number}${serial}`]];
    },
    giai: (prefix, asset, rest) => [["8004", prefix + asset + (rest && `.${rest}`)]],
};
