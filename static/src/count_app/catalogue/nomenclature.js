import { BarcodeParser } from "@barcodes/js/barcode_parser";

/** What the company's barcode nomenclature makes of codes. */
export class Nomenclature {
    /** @param {Object} nomenclature as Odoo's BarcodeParser takes it, with `separator` and `uses` */
    constructor(nomenclature) {
        const isGs1 = nomenclature?.is_gs1_nomenclature;
        this.parser = isGs1 || !nomenclature ? null : new BarcodeParser({ nomenclature });
        this.separator = isGs1 ? toPattern(nomenclature.separator) : undefined;
        this.uses = nomenclature?.uses || {};
    }

    /**
     * The twin of `_read_embedded` in models/codes/nomenclature.py.
     *
     * @param {string} code
     * @returns {{ code: string, qty?: number } | undefined} what to look for instead of a code that
     *   is an alias, or has a weight or price in it
     */
    readEmbedded(code) {
        if (!this.parser || !code) {
            return undefined;
        }
        const { type, code: alias, base_code, value } = this.parser.parseBarcodeNomenclature(code);
        if (type === "error") {
            return undefined;
        }
        const found = alias === code ? base_code : alias;
        return found === code
            ? undefined
            : { code: found, qty: (type === "weight" && value) || undefined };
    }
}

function toPattern(separator) {
    try {
        return separator ? new RegExp(separator, "g") : undefined;
    } catch {
        return undefined; // Python knows patterns that JavaScript does not.
    }
}
