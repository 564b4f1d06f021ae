import { CodeIndex } from "./code_index";
import { Measures } from "./measures";
import { Table } from "./table";

/**
 * The data of one session as the server sent it, with indexes: a code is found among 20,000 items in
 * one step, and without a network.
 */
export class Catalogue {
    /** @param {Object} payload the answer of load_catalogue, see docs/count_app.md */
    constructor(payload) {
        this.session = payload.session;
        this.options = payload.options;
        this.nomenclature = payload.nomenclature;
        this.entries = payload.entries || [];
        this.products = new Table(payload.products);
        this.locations = new Table(payload.locations);
        this.lots = new Table(payload.lots);
        this.packages = new Table(payload.packages);
        this.owners = new Table(payload.owners);
        this.uoms = new Table(payload.uoms);
        this.measures = new Measures(payload.measures, this.uoms);
        this.lines = new Table(payload.lines);
        this.codes = new CodeIndex(this, payload.barcodes);
        this.byProduct = groupRows(this.lines, "product_id");
        this.byLocation = groupRows(this.lines, "location_id");
    }

    /**
     * @param {string} code
     * @returns {import("./code_index").Match[]} everything that has this code
     */
    find(code) {
        return this.codes.find(code);
    }

    /** Updates lines by what the server sent, and adds new ones. */
    mergeLines(lines) {
        for (const line of lines) {
            const known = this.lines.get(line.id);
            if (known) {
                Object.assign(known, line);
            } else {
                const row = this.lines.rows.length;
                this.lines.set(line.id, { ...line });
                pushTo(this.byProduct, line.product_id, row);
                pushTo(this.byLocation, line.location_id, row);
            }
        }
    }

    /**
     * Adds what the server found for a code that this catalogue does not have.
     *
     * @param {Object} match as in the answer of resolve
     */
    learn(match) {
        this.learnProduct(match);
        this.learnLot(match);
        this.learnPackage(match);
    }

    learnProduct(match) {
        if (match.product_id && !this.products.has(match.product_id)) {
            const { product_id: id, product_name: name, product_code: code } = match;
            const { tracking, uom_id } = match;
            const product = { id, name, code, tracking, uom_id, location_id: false };
            this.products.set(id, product);
            this.codes.learn(code, { kind: "product", product });
        }
    }

    learnLot(match) {
        if (match.lot_id && !this.lots.has(match.lot_id)) {
            const { lot_id: id, lot_name: name, product_id } = match;
            const lot = { id, name, product_id, expiry: false };
            this.lots.set(id, lot);
            this.lotsByProduct = undefined;
            this.codes.learn(name, { kind: "lot", lot });
        }
    }

    learnPackage(match) {
        if (match.package_id && !this.packages.has(match.package_id)) {
            const pack = { id: match.package_id, name: match.package_name };
            this.packages.set(pack.id, pack);
            this.codes.learn(pack.name, { kind: "package", package: pack });
        }
    }

    /** @returns {Object[]} all lines of a product */
    linesOf(productId) {
        return (this.byProduct.get(productId) || []).map((row) => this.lines.at(row));
    }

    /** @returns {Object[]} all lines in a location, not below it */
    linesIn(locationId) {
        return (this.byLocation.get(locationId) || []).map((row) => this.lines.at(row));
    }

    /** @returns {Object[]} the lines of a product in a location */
    linesAt(productId, locationId) {
        return this.linesOf(productId).filter((line) => line.location_id === locationId);
    }

    /** @returns {Object[]} the known lots of a product */
    lotsOf(productId) {
        this.lotsByProduct ??= groupRows(this.lots, "product_id");
        return (this.lotsByProduct.get(productId) || []).map((row) => this.lots.at(row));
    }

    /** The name of a lot that the server has, or that was typed. */
    lotName({ lot_id, lot_name }) {
        return this.lots.get(lot_id)?.name || lot_name || "";
    }
}

/** Groups the row numbers of a table by the value of a column. */
function groupRows(table, name) {
    const groups = new Map();
    table.column(name).forEach((value, row) => pushTo(groups, value, row));
    return groups;
}

function pushTo(map, key, value) {
    const list = map.get(key);
    if (list) {
        list.push(value);
    } else {
        map.set(key, [value]);
    }
}
