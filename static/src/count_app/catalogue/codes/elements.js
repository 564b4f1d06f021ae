/** What elements mean. The twin of domain/codes/elements.py. */

import { readDay } from "./dates";
import { LENGTHS, isChecked, isDigits } from "./gtin";
import { getIdentifier } from "./identifiers";

/** What is asked for where a code says it twice, differently. */
const CONTRADICTIONS = {
    expiry: "bad_date",
    best_before: "bad_date",
    sell_by: "bad_date",
    production: "bad_date",
    packed: "bad_date",
    count: "bad_quantity",
};
/** What proves, by its check digit, that digits are an element string. */
const PROOFS = new Set(["sscc", "gtin", "content", "place", "grai", "itip"]);

/**
 * Writes into a reading what its elements say.
 *
 * @param {import("./read_code").Reading} reading
 * @param {[string, string][]} elements pairs of application identifier and value
 * @param {number} year of today, for years of two digits
 * @param {Object} uses by identifier that the company's nomenclature uses in its own way, which
 *   attribute of the reading it is
 */
export function interpret(reading, elements, year, uses) {
    const contents = [];
    for (const [ai, value] of elements) {
        const known = getIdentifier(ai);
        if (Object.hasOwn(uses, ai)) {
            take(reading, uses[ai], value, ai);
        } else if (CONTRADICTIONS[known.kind] === "bad_date") {
            takeDay(reading, known, value, year);
        } else if (known.kind === "content") {
            contents.push([known, value]);
        } else if (known.kind in READERS) {
            READERS[known.kind](reading, known, value);
        }
    }
    // With an item of its own, a code does not count what is in it.
    for (const [known, value] of contents) {
        if (!reading.gtin) {
            takeGtin(reading, known, value);
        }
    }
    forgetDoubtful(reading);
}

/** Of two days or counts that differ, none is taken. */
function forgetDoubtful(reading) {
    for (const { code, ai } of reading.problems) {
        const { kind, unit: doubtful } = getIdentifier(ai) || {};
        if (code === CONTRADICTIONS[kind]) {
            delete reading[kind];
        } else if (kind === "measure") {
            reading.measures = reading.measures.filter(([, unit]) => unit !== doubtful);
        }
    }
}

/** Whether a check digit proves that digits are an element string. */
export function isProven(elements) {
    return elements.some(([ai, value]) => {
        const { kind, shortest } = getIdentifier(ai);
        const isLong = PROOFS.has(kind) && value.length >= shortest;
        const number = kind === "grai" || kind === "itip" ? value.slice(0, 14) : value;
        return isLong && isChecked(number);
    });
}

/** Sets an attribute, unless the code contradicts itself. */
function take(reading, name, value, ai) {
    if (reading[name] === undefined) {
        reading[name] = value;
    } else if (reading[name] !== value) {
        complain(reading, CONTRADICTIONS[name] || "contradiction", ai, value);
    }
}

function complain(reading, code, ai, value) {
    reading.problems.push({ code, ai, value: String(value) });
}

function takeDay(reading, { ai, kind, longest }, value, year) {
    // Of a time, the day; it may not be 00.
    const isTime = longest > 6;
    const isDay =
        value.length === longest && isDigits(value) && !(isTime && value.slice(4, 6) === "00");
    const day = isDay ? readDay(value.slice(0, 6), year) : undefined;
    if (day) {
        take(reading, kind, day, ai);
    } else {
        complain(reading, "bad_date", ai, value);
    }
}

/** Reads a number with a check digit and a fixed length. */
function takeNumber(name) {
    return (reading, { ai, longest }, value) =>
        value.length === longest && isChecked(value)
            ? take(reading, name, value, ai)
            : complain(reading, "check_digit", ai, value);
}

function takeGtin(reading, { ai }, value) {
    // A Digital Link may write it without leading zeros.
    if (LENGTHS.includes(value.length) && isChecked(value)) {
        take(reading, "gtin", value.padStart(14, "0"), ai);
    } else {
        complain(reading, "check_digit", ai, value);
    }
}

function takeText(reading, { ai, kind, shortest, longest }, value) {
    if (value.length >= shortest && value.length <= longest) {
        take(reading, kind, value, ai);
    } else {
        complain(reading, value ? "too_long" : "empty", ai, value);
    }
}

function takeCount(reading, { ai, longest }, value) {
    if (!isDigits(value) || value.length > longest) {
        complain(reading, "bad_quantity", ai, value);
    } else if (Number(value)) {
        take(reading, "count", Number(value), ai);
    }
}

function takeMeasure(reading, { ai, longest, decimals, unit }, value) {
    if (value.length !== longest || !isDigits(value)) {
        complain(reading, "bad_quantity", ai, value);
    } else if (Number(value)) {
        const number = Number(value) / 10 ** decimals;
        const before = reading.measures.find((measure) => measure[1] === unit);
        if (!before) {
            reading.measures.push([number, unit]);
        } else if (before[0] !== number) {
            complain(reading, "bad_quantity", ai, value);
        }
    }
}

const READERS = {
    sscc: takeNumber("sscc"),
    place: takeNumber("gln"),
    gtin: takeGtin,
    // A piece of an item: its item, which piece of how many.
    itip: (reading, known, value) => takeGtin(reading, known, value.slice(0, 14)),
    lot: takeText,
    serial: takeText,
    extension: takeText,
    grai: takeText,
    giai: takeText,
    count: takeCount,
    measure: takeMeasure,
};
