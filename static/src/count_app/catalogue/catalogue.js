/**
 * What one session is about, as the server sent it, with the indexes that a scan needs: looking up
 * a code among 20,000 items is one step, with or without a network.
 */
export class Catalogue {
    /** @param {Object} payload the answer of load_catalogue */
    constructor(payload) {
        this.session = payload.session;
        this.options = payload.options;
        this.nomenclature = payload.nomenclature;
        this.entries = payload.entries || [];
        this.products = indexById(payload.products);
        this.locations = indexById(payload.locations);
        this.lots = indexById(payload.lots);
        this.packages = indexById(payload.packages);
        this.owners = indexById(payload.owners);
        this.uoms = indexById(payload.uoms);
        this.lines = indexById(payload.lines);
        this.codes = new Map();
        this.linesOfProduct = new Map();
        this.linesOfLocation = new Map();
        this.indexCodes(payload.barcodes);
        for (const line of this.lines.values()) {
            this.indexLine(line);
        }
    }

    /** What a code may mean: `{ kind, … }` each. */
    find(code) {
        return this.codes.get(normalize(code)) || [];
    }

    /** Takes over lines as the server knows them now, new ones included. */
    mergeLines(lines) {
        for (const line of lines) {
            const known = this.lines.get(line.id);
            if (known) {
                Object.assign(known, line);
            } else {
                this.lines.set(line.id, { ...line });
                this.indexLine(this.lines.get(line.id));
            }
        }
    }

    /** Adds what the server found for a code this catalogue did not know. */
    learn(match) {
        if (match.product_id && !this.products.has(match.product_id)) {
            this.products.set(match.product_id, {
                id: match.product_id,
                name: match.product_name,
                code: match.product_code,
                tracking: match.tracking,
                uom_id: match.uom_id,
                location_id: false,
            });
        }
        if (match.lot_id && !this.lots.has(match.lot_id)) {
            const { lot_id: id, lot_name: name, product_id } = match;
            this.addLot({ id, name, product_id, expiry: false });
        }
        if (match.package_id && !this.packages.has(match.package_id)) {
            this.packages.set(match.package_id, { id: match.package_id, name: match.package_name });
        }
    }

    linesAt(productId, locationId) {
        const lines = this.linesOfProduct.get(productId) || [];
        return lines.filter((line) => line.location_id === locationId);
    }

    lotsOf(productId) {
        this.byProduct ??= groupBy([...this.lots.values()], "product_id");
        return this.byProduct.get(productId) || [];
    }

    lotName({ lot_id, lot_name }) {
        return this.lots.get(lot_id)?.name || lot_name || "";
    }

    addLot(lot) {
        this.lots.set(lot.id, lot);
        this.addCode(lot.name, { kind: "lot", lot });
        this.byProduct = undefined;
    }

    indexCodes(barcodes) {
        for (const barcode of readTable(barcodes)) {
            this.addCode(barcode.barcode, {
                kind: barcode.uom_id || barcode.qty !== 1 ? "packaging" : "product",
                product: this.products.get(barcode.product_id),
                uom_id: barcode.uom_id,
                qty: barcode.qty,
            });
        }
        for (const location of this.locations.values()) {
            this.addCode(location.barcode, { kind: "location", location });
        }
        for (const lot of this.lots.values()) {
            this.addCode(lot.name, { kind: "lot", lot });
        }
        for (const pack of this.packages.values()) {
            this.addCode(pack.name, { kind: "package", package: pack });
        }
        this.indexNames();
    }

    /** The item's ID and a location's name stand for it where nothing else has that code. */
    indexNames() {
        for (const product of this.products.values()) {
            this.addCode(product.code, { kind: "product", product }, { unlessTaken: true });
        }
        for (const location of this.locations.values()) {
            for (const name of new Set([location.name, location.full])) {
                this.addCode(name, { kind: "location", location }, { unlessTaken: true });
            }
        }
    }

    addCode(code, match, { unlessTaken = false } = {}) {
        if (!code || (match.kind === "product" && !match.product)) {
            return;
        }
        const key = normalize(code);
        const known = this.codes.get(key);
        const taken = unlessTaken ? known?.filter((other) => other.kind !== match.kind) : [];
        if (!known) {
            this.codes.set(key, [match]);
        } else if (!taken.length && !known.some((other) => isSame(other, match))) {
            known.push(match);
        }
    }

    indexLine(line) {
        pushTo(this.linesOfProduct, line.product_id, line);
        pushTo(this.linesOfLocation, line.location_id, line);
    }
}

/** Codes are told apart as scanners tell them, but for upper and lower case. */
export function normalize(code) {
    return String(code).trim().toUpperCase();
}

/** The rows of a `{ columns, rows }` table as objects. */
export function readTable(table) {
    const { columns = [], rows = [] } = table || {};
    return rows.map((row) => {
        const record = {};
        for (let i = 0; i < columns.length; i++) {
            record[columns[i]] = row[i];
        }
        return record;
    });
}

function indexById(table) {
    return new Map(readTable(table).map((record) => [record.id, record]));
}

function isSame(one, other) {
    return ["kind", "product", "lot", "location", "package", "uom_id"].every(
        (name) => one[name] === other[name]
    );
}

function pushTo(map, key, value) {
    const list = map.get(key);
    if (list) {
        list.push(value);
    } else {
        map.set(key, [value]);
    }
}

export function groupBy(records, name) {
    const groups = new Map();
    for (const record of records) {
        pushTo(groups, record[name], record);
    }
    return groups;
}
