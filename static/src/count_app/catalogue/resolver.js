import { BarcodeReader } from "./barcode";

/**
 * The one place that knows what a scan means. Its answer has a `kind`:
 *
 * - "item": `product`, and as far as the code said `lot`, `lot_name`, `qty`, `uom_id`, `expiry`
 * - "location": `location`; "package": `package`
 * - "several": `matches`, answers of the kinds above
 * - "none": `code`
 *
 * @param {import("./catalogue").Catalogue} catalogue
 */
export class Resolver {
    constructor(catalogue) {
        this.catalogue = catalogue;
        this.reader = new BarcodeReader(catalogue.nomenclature);
    }

    /**
     * @param {string} code as scanned
     * @param {{ product?: Object }} [context] the item that is being counted: where a code means
     *  several things, its own come first
     */
    resolve(code, { product } = {}) {
        const plain = this.lookUp(code);
        if (plain.length) {
            return decide(plain, code, product);
        }
        const parts = this.reader.takeApart(code);
        return parts ? this.combine(parts, code) : { kind: "none", code };
    }

    lookUp(code) {
        for (const spelling of this.reader.spellings(code)) {
            const matches = this.catalogue.find(spelling);
            if (matches.length) {
                return matches.map((match) => handlers[match.kind](match, this.catalogue));
            }
        }
        return [];
    }

    /** A code that held several things: its item with its lot, quantity and expiry date. */
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
            // A box's code with a quantity of 5 means five boxes.
            ...(qty && { qty: qty * (item.qty || 1), isExplicit: true }),
            ...(expiry && { expiry }),
        };
    }

    /** The lot of a product that has this name or code, if there is one. */
    findLot(product, code) {
        return this.reader
            .spellings(code)
            .flatMap((spelling) => this.catalogue.find(spelling))
            .find((match) => match.kind === "lot" && match.lot.product_id === product.id)?.lot;
    }

    /** What a code says about the lot of a product: `{ lot }`, `{ lot_name }` or the `other` item. */
    resolveLot(product, code) {
        const parts = this.reader.takeApart(code);
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

/** From what the catalogue has under a code to what it means for counting. */
const handlers = {
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

function decide(matches, code, product) {
    const known = matches.filter((match) => match.kind !== "item" || match.product);
    const own = product && known.filter((match) => match.product === product);
    const best = own?.length ? own : known;
    if (best.length === 1) {
        return best[0];
    }
    return best.length ? { kind: "several", matches: best, code } : { kind: "none", code };
}
