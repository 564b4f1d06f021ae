import { readRow } from "./table";

/**
 * What a code can be, in the order in which matches are offered. From "item ID" on these are names,
 * which count only if nothing else has that code.
 */
const SOURCES = ["barcode", "location", "lot", "package", "item ID", "name", "path"];
const NAMES = SOURCES.indexOf("item ID");
const STEP = SOURCES.length;

/**
 * What one code means; the other fields depend on the kind.
 *
 * @typedef {{ kind: "product"|"packaging"|"lot"|"location"|"package", isName?: boolean,
 *   product?: Object, uom_id?: number, qty?: number, lot?: Object, location?: Object,
 *   package?: Object }} Match
 */

/**
 * The meaning of each code of a catalogue. There are many codes and few scans, so the index holds
 * numbers instead of objects: `row * STEP + source`, or a list of these.
 */
export class CodeIndex {
    /**
     * @param {import("./catalogue").Catalogue} catalogue
     * @param {{ columns: string[], rows: any[][] }} barcodes of products and packagings
     */
    constructor(catalogue, barcodes) {
        this.catalogue = catalogue;
        this.barcodes = { columns: [], rows: [], ...barcodes };
        this.index = new Map();
        this.learned = new Map();
        const { products, locations, lots, packages } = catalogue;
        // The table and the column of each source.
        this.columns = {
            barcode: [this.barcodes, "barcode"],
            location: [locations, "barcode"],
            lot: [lots, "name"],
            package: [packages, "name"],
            "item ID": [products, "code"],
            name: [locations, "name"],
            path: [locations, "full"],
        };
        SOURCES.forEach((source) => this.addAll(source));
    }

    /**
     * @param {string} code
     * @returns {Match[]} all that has this code, without duplicates; upper and lower case do not
     *   matter if nothing has it exactly
     */
    find(code) {
        const key = normalize(code);
        const refs = [this.index.get(key) ?? []].flat();
        const known = refs.map((ref) => ({ code: this.codeOf(ref), match: this.read(ref) }));
        const found = [...known, ...(this.learned.get(key) || [])].filter(({ match }) => match);
        const exact = found.filter((one) => one.code === code);
        return pick((exact.length ? exact : found).map(({ match }) => match));
    }

    /** Adds what the server answered about a code. */
    learn(code, match) {
        const key = normalize(code);
        this.learned.set(key, [...(this.learned.get(key) || []), { code, match }]);
    }

    addAll(source) {
        const { index } = this;
        const offset = SOURCES.indexOf(source);
        const [{ columns, rows }, name] = this.columns[source];
        const at = columns.indexOf(name);
        for (let i = 0; i < rows.length; i++) {
            const code = rows[i][at];
            if (code) {
                const key = normalize(code);
                const known = index.get(key);
                const ref = i * STEP + offset;
                index.set(key, known === undefined ? ref : [known, ref].flat());
            }
        }
    }

    codeOf(ref) {
        const [{ columns, rows }, name] = this.columns[SOURCES[ref % STEP]];
        return rows[Math.floor(ref / STEP)][columns.indexOf(name)];
    }

    read(ref) {
        const source = ref % STEP;
        const row = (ref - source) / STEP;
        const { products, locations, lots, packages } = this.catalogue;
        const isName = source >= NAMES;
        switch (SOURCES[source]) {
            case "barcode":
                return this.readBarcode(row);
            case "lot":
                return { kind: "lot", lot: lots.at(row) };
            case "package":
                return { kind: "package", package: packages.at(row) };
            case "item ID":
                return { kind: "product", product: products.at(row), isName };
            default:
                return { kind: "location", location: locations.at(row), isName };
        }
    }

    readBarcode(row) {
        const { columns, rows } = this.barcodes;
        const { product_id, uom_id, qty } = readRow(columns, rows[row]);
        const product = this.catalogue.products.get(product_id);
        const isPack = (uom_id && uom_id !== product?.uom_id) || qty !== 1;
        const pack = isPack ? { kind: "packaging", uom_id, qty } : { kind: "product" };
        return product && { ...pack, product };
    }
}

/** Matches without duplicates, and without names of what something else has as its code. */
export function pick(matches) {
    const strong = matches.filter((match) => !match.isName);
    const isOther = (match) => strong.some((other) => other.kind !== match.kind);
    const kept = matches.filter((match) => !match.isName || !isOther(match));
    return kept.filter((match, i) => !kept.slice(0, i).some((other) => isSame(other, match)));
}

/** Scanners differ in upper and lower case, so codes are compared without case. */
function normalize(code) {
    return String(code).trim().toUpperCase();
}

function isSame(one, other) {
    return ["kind", "product", "lot", "location", "package", "uom_id"].every(
        (name) => (one[name] || false) === (other[name] || false)
    );
}
