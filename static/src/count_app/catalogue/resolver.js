import { clean, readCode, refusalOf, tagOf } from "./codes/read_code";
import { bareSpellings } from "./codes/spellings";
import { Combiner, toMeaning } from "./combine";
import { Nomenclature } from "./nomenclature";

/**
 * The meaning of a scan. The other fields depend on the kind:
 *
 * - "item": `product`, and `lot`, `lot_name`, `package`, `qty`, `uom_id`, `expiry` if the code has
 *   them. `doubts` has what has to be asked: pairs of "measure_off", "bad_quantity" or "bad_date"
 *   and the value as the code has it. `tag` is that of an RFID tag, which is one piece
 * - "location": `location`
 * - "package": `package`
 * - "several": `matches`, a list of meanings of the kinds above
 * - "refused": `problem`, why this code must not be used
 * - "none": `code`, and `tag` if it is an RFID tag
 *
 * @typedef {{ kind: "item"|"location"|"package"|"several"|"refused"|"none", product?: Object,
 *   lot?: Object, lot_name?: string, tag?: string, qty?: number, uom_id?: number, expiry?: string,
 *   isExplicit?: boolean, doubts?: [string, string][], location?: Object, package?: Object,
 *   matches?: Meaning[], problem?: Object, code?: string }} Meaning
 */

/** Finds out what a scan means, for the whole app. The twin of domain/codes/resolve.py. */
export class Resolver {
    /** @param {import("./catalogue").Catalogue} catalogue */
    constructor(catalogue) {
        this.catalogue = catalogue;
        this.nomenclature = new Nomenclature(catalogue.nomenclature);
        this.combiner = new Combiner(catalogue);
    }

    /**
     * @param {string} code as scanned
     * @param {{ product?: Object }} [context] the item that is being counted; of several meanings
     *   those of this item win
     * @returns {Meaning}
     */
    resolve(code, { product } = {}) {
        const reading = this.read(code);
        const problem = refusalOf(reading);
        const plain = this.lookUp(code, reading);
        const read = problem ? [] : this.combiner.combine(reading);
        const meanings = join(plain, read).filter((one) => one.kind !== "item" || one.product);
        const own = product ? meanings.filter((one) => one.product === product) : [];
        const best = own.length ? own : meanings;
        if (best.length > 1) {
            return { kind: "several", matches: best, code };
        }
        const tag = tagOf(reading);
        const none = { kind: "none", code, ...(tag && { tag }) };
        return best[0] || (problem ? { kind: "refused", problem, code } : none);
    }

    read(code) {
        const { separator, uses } = this.nomenclature;
        return readCode(code, { separator, uses });
    }

    /** The records that have the text itself as their code. */
    lookUp(code, { text }) {
        const found = this.findFirst([clean(code), ...bareSpellings(text)]);
        const embedded = found.length ? undefined : this.nomenclature.readEmbedded(text);
        if (!embedded) {
            return found;
        }
        const others = this.findFirst([embedded.code]);
        const items = others.filter(({ kind }) => kind === "item");
        const { qty } = embedded;
        return (items.length ? items : others).map(({ uom_id, ...one }) =>
            qty ? { ...one, qty, isExplicit: true } : { ...one, ...(uom_id && { uom_id }) }
        );
    }

    findFirst(codes) {
        for (const code of codes) {
            const found = code ? this.catalogue.find(code) : [];
            if (found.length) {
                return found.map((match) => toMeaning(match, this.catalogue));
            }
        }
        return [];
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
        const reading = this.read(code);
        const named = product.tracking === "serial" ? reading.serial : reading.lot;
        const name = named || reading.text;
        const lot = this.combiner.findLot(product, name);
        if (lot) {
            return { lot };
        }
        const other = this.resolve(code, { product });
        const hasItem = reading.gtin || reading.product;
        const isOwn = named && (hasItem ? other.product === product : other.kind === "none");
        const isNew = other.kind === "none" && NUMBERS.has(reading.form);
        return isOwn || isNew ? { lot_name: name } : { other };
    }
}

/** What may be the number of a lot, if nothing else has it. */
const NUMBERS = new Set(["plain", "gtin", "sscc"]);

/** Both, unless they are about the same things: then what says more. */
function join(plain, read) {
    if (!plain.length || !read.length) {
        return plain.length ? plain : read;
    }
    const isIn = (one, others) => others.some((other) => isSame(one, other));
    if (plain.every((one) => isIn(one, read)) && read.every((one) => isIn(one, plain))) {
        return plain.some(({ lot }) => lot) ? plain : read;
    }
    return [...plain, ...read];
}

function isSame(one, other) {
    return one.kind === "item" || other.kind === "item"
        ? one.product === other.product
        : one.location === other.location && one.package === other.package;
}
