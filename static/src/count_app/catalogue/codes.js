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
export class Codes {
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
        const at = this.barcodes.columns.indexOf("barcode");
        this.addAll(
            "barcode",
            this.barcodes.rows.map((row) => row[at])
        );
        this.addAll("location", locations.column("barcode"));
        this.addAll("lot", lots.column("name"));
        this.addAll("package", packages.column("name"));
        this.addAll("item ID", products.column("code"));
        this.addAll("name", locations.column("name"));
        this.addAll("path", locations.column("full"));
    }

    /**
     * @param {string} code
     * @returns {Match[]} everything that has this code, without duplicates
     */
    find(code) {
        const key = normalize(code);
        const refs = [this.index.get(key) ?? []].flat().map((ref) => this.read(ref));
        const found = [...refs, ...(this.learned.get(key) || [])].filter(Boolean);
        const strong = found.filter((match) => !match.isName);
        const isOther = (match) => strong.some((other) => other.kind !== match.kind);
        const kept = found.filter((match) => !match.isName || !isOther(match));
        return kept.filter((match, i) => !kept.slice(0, i).some((other) => isSame(other, match)));
    }

    /** Adds what the server answered about a code. */
    learn(code, match) {
        const key = normalize(code);
        this.learned.set(key, [...(this.learned.get(key) || []), match]);
    }

    addAll(source, codes) {
        const { index } = this;
        const offset = SOURCES.indexOf(source);
        for (let i = 0; i < codes.length; i++) {
            if (codes[i]) {
                const key = normalize(codes[i]);
                const known = index.get(key);
                const ref = i * STEP + offset;
                index.set(key, known === undefined ? ref : [known, ref].flat());
            }
        }
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
        const kind = uom_id || qty !== 1 ? "packaging" : "product";
        return product && { kind, product, uom_id, qty };
    }
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
