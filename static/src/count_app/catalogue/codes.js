import { readRow } from "./table";

/** Where a code stands, in the order in which matches are told. The last two are names only. */
const SOURCES = ["barcode", "location", "lot", "package", "item ID", "name", "path"];
const NAMES = SOURCES.indexOf("item ID");
const STEP = SOURCES.length;

/**
 * What each code means. The index holds numbers instead of objects, as there are many codes and
 * few scans: `row * STEP + source`, or a list of them.
 */
export class Codes {
    /** @param {import("./catalogue").Catalogue} catalogue */
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

    /** What a code may mean: `{ kind, … }` each. Names count where nothing else has that code. */
    find(code) {
        const key = normalize(code);
        const refs = [this.index.get(key) ?? []].flat().map((ref) => this.read(ref));
        const found = [...refs, ...(this.learned.get(key) || [])].filter(Boolean);
        const strong = found.filter((match) => !match.isName);
        const isOther = (match) => strong.some((other) => other.kind !== match.kind);
        const kept = found.filter((match) => !match.isName || !isOther(match));
        return kept.filter((match, i) => !kept.slice(0, i).some((other) => isSame(other, match)));
    }

    /** Adds what the server told about a code. */
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

/** Codes are told apart as scanners tell them, but for upper and lower case. */
function normalize(code) {
    return String(code).trim().toUpperCase();
}

function isSame(one, other) {
    return ["kind", "product", "lot", "location", "package", "uom_id"].every(
        (name) => (one[name] || false) === (other[name] || false)
    );
}
