import { BarcodeParser } from "@barcodes/js/barcode_parser";
import { FNC1_CHAR } from "@barcodes_gs1_nomenclature/js/barcode_parser";

/** The prefix by which a scanner may tell the symbology, such as "]C1" (ISO 15424). */
const SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/;
const CONTROLS = /[\0-\x1c\x1e\x1f\x7f]/g; // eslint-disable-line no-control-regex

/**
 * Cleans codes, and parses those that hold several values by the company's barcode nomenclature.
 */
export class BarcodeReader {
    /** @param {Object} nomenclature as Odoo's BarcodeParser takes it */
    constructor(nomenclature) {
        this.parser = new BarcodeParser({ nomenclature });
        this.isGs1 = Boolean(nomenclature?.is_gs1_nomenclature);
    }

    /**
     * The spellings under which the catalogue may have a code, best first: as scanned, without the
     * scanner's prefix and suffix, as alias, and as EAN, UPC or GTIN with the same number.
     *
     * @param {string} raw
     * @returns {string[]}
     */
    spellings(raw) {
        const code = clean(raw);
        const bare = code.replace(SYMBOLOGY, "");
        const trimmed = bare.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
        const all = [code, bare, this.alias(bare), trimmed];
        return [...new Set([...all, ...all.flatMap(sameNumber)])].filter(Boolean);
    }

    /**
     * Parses a GS1 code or an EPC address.
     *
     * @param {string} raw
     * @returns {{ product?: string, lot?: string, package?: string, location?: string,
     *   qty?: number, expiry?: string } | null} null for any other code
     */
    parse(raw) {
        const code = clean(raw).replace(SYMBOLOGY, "");
        if (!this.isGs1 && !/^urn:/.test(code)) {
            return null;
        }
        let parts;
        try {
            parts = this.parser.parse_barcode(code);
        } catch {
            return null; // The parser throws on codes that are not GS1.
        }
        return Array.isArray(parts) && parts.length ? collect(parts) : null;
    }

    alias(code) {
        if (this.isGs1) {
            return null;
        }
        const { type, code: alias } = this.parser.parseBarcodeNomenclature(code);
        return type === "alias" || type === "product" ? alias : null;
    }
}

function clean(raw) {
    return String(raw).replace(CONTROLS, "").trim();
}

function collect(parts) {
    const found = {};
    for (const { type, value, string_value: text } of parts) {
        if (["product", "lot", "package", "location"].includes(type)) {
            found[type] ??= text;
        } else if (type === "quantity") {
            found.qty = Number(value);
        } else if (["expiration_date", "use_date"].includes(type) && value instanceof Date) {
            found.expiry ??= toDay(value);
        }
    }
    return found;
}

function toDay(date) {
    const pad = (number) => String(number).padStart(2, "0");
    return [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-");
}

/** A GTIN-14, an EAN-13 and a UPC-A of one item differ only by leading zeros. */
function sameNumber(code) {
    if (!code || !/^\d{8,14}$/.test(code)) {
        return [];
    }
    const number = code.replace(/^0+/, "");
    return [8, 12, 13, 14]
        .filter((length) => length >= number.length)
        .map((length) => number.padStart(length, "0"));
}

export { FNC1_CHAR };
