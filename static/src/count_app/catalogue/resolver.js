import { BarcodeReader } from "./barcode";

/**
 * The meaning of a scan. The other fields depend on the kind:
 *
 * - "item": `product`, and `lot`, `lot_name`, `qty`, `uom_id`, `expiry` if the code has them
 * - "location": `location`
 * - "package": `package`
 * - "several": `matches`, a list of meanings of the kinds above
 * - "none": `code`
 *
 * @typedef {{ kind: "item"|"location"|"package"|"several"|"none", product?: Object, lot?: Object,
 *   lot_name?: string, qty?: number, uom_id?: number, expiry?: string, isExplicit?: boolean,
 *   location?: Object, package?: Object, matches?: Meaning[], code?: string }} Meaning
 */

/** Finds out what a scan means, for the whole app. */
export class Resolver {
    /** @param {import("./catalogue").Catalogue} catalogue */
    constructor(catalogue) {
        this.catalogue = catalogue;
        this.reader = new BarcodeReader(catalogue.nomenclature);
    }

    /**
     * @param {string} code as scanned
     * @param {{ product?: Object }} [context] the item that is being counted; of several meanings
     *   those of this item win
     * @returns {Meaning}
     */
    resolve(code, { product } = {}) {
        const plain = this.lookUp(code);
        if (plain.length) {
            return decide(plain, code, product);
        }
        const parts = this.reader.parse(code);
        return parts ? this.combine(parts, code) : { kind: "none", code };
    }

    lookUp(code) {
        for (const spelling of this.reader.spellings(code)) {
            const matches = this.catalogue.find(spelling);
            if (matches.length) {
                return matches.map((match) => toMeaning[match.kind](match, this.catalogue));
            }
        }
        return [];
    }

    /** The meaning of a code with several values: an item with lot, quantity and expiry date. */
    combine(parts, code) {
        if (!parts.product) {
            const single = parts.package || parts.location || parts.lot;
            const matches = single ? this.lookUp(single) : [];
            return matches.length ? decide(matches, code) : { kind: "none", code };
        }
        const items = this.lookUp(parts.product).filter((match) => match.kind === "item");
        if (!items.length) {
            return { kind: "none", code };
        }
        return decide(
            items.map((item) => this.complete(item, parts)),
            code
        );
    }

    complete(item, { lot: name, qty, expiry }) {
        const tracked = item.product.tracking !== "none" && name;
        const lot = tracked && this.findLot(item.product, name);
        return {
            ...item,
            ...(lot && { lot }),
            ...(tracked && !lot && { lot_name: name }),
            // The code of a box with the quantity 5 means five boxes.
            ...(qty && { qty: qty * (item.qty || 1), isExplicit: true }),
            ...(expiry && { expiry }),
        };
    }

    /** @returns {Object | undefined} the lot of a product with this name or code */
    findLot(product, code) {
        return this.reader
            .spellings(code)
            .flatMap((spelling) => this.catalogue.find(spelling))
            .find((match) => match.kind === "lot" && match.lot.product_id === product.id)?.lot;
    }

    /**
     * Reads a code as the lot or serial number of a product.
     *
     * @param {Object} product
     * @param {string} code
     * @returns {{ lot: Object } | { lot_name: string } | { other: Meaning }} a known lot, a new
     *   one, or what else the code means
     */
    resolveLot(product, code) {
        const parts = this.reader.parse(code);
        const name = parts?.lot || code.trim();
        const lot = this.findLot(product, name);
        if (lot) {
            return { lot };
        }
        const other = this.resolve(code);
        return other.kind === "none" || (parts?.lot && other.product === product)
            ? { lot_name: name }
            : { other };
    }
}

/** Turns a match of the catalogue into a meaning. */
const toMeaning = {
    product: ({ product }) => ({ kind: "item", product }),
    packaging: ({ product, uom_id, qty }) => ({ kind: "item", product, uom_id, qty }),
    lot: ({ lot }, catalogue) => ({
        kind: "item",
        product: catalogue.products.get(lot.product_id),
        lot,
    }),
    location: ({ location }) => ({ kind: "location", location }),
    package: (match) => ({ kind: "package", package: match.package }),
};

/** Chooses one meaning, or offers several. */
function decide(matches, code, product) {
    const known = matches.filter((match) => match.kind !== "item" || match.product);
    const own = product && known.filter((match) => match.product === product);
    const best = own?.length ? own : known;
    if (best.length === 1) {
        return best[0];
    }
    return best.length ? { kind: "several", matches: best, code } : { kind: "none", code };
}
