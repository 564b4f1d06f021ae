import { pick } from "./code_index";
import { tagOf } from "./codes/read_code";
import { spellings } from "./codes/spellings";

/**
 * What the values of a code mean: an item with lot and quantity, or a package, place or lot. The
 * twin of domain/codes/resolve.py.
 */
export class Combiner {
    /** @param {import("./catalogue").Catalogue} catalogue */
    constructor(catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * @param {import("./codes/read_code").Reading} reading
     * @returns {import("./resolver").Meaning[]}
     */
    combine(reading) {
        const items = this.findItems(reading);
        if (items.length) {
            return items.map((item) => this.complete(item, reading));
        }
        const kinds = [["package", packageCodes(reading)]];
        if (!reading.gtin && !reading.product) {
            kinds.push(["location", locationCodes(reading)], ["lot", lotCodes(reading)]);
        }
        for (const [kind, codes] of kinds) {
            for (const code of codes) {
                const found = this.catalogue.find(code).filter((match) => match.kind === kind);
                if (found.length) {
                    return found.map((match) => toMeaning(match, this.catalogue));
                }
            }
        }
        return [];
    }

    /** The items and packagings of a reading's numbers. */
    findItems({ gtin, upc_e, product }) {
        const found = [gtin, upc_e, product].filter(Boolean).flatMap((number) => {
            const groups = spellings(number).map((code) =>
                this.catalogue.find(code).filter(({ kind }) => ITEMS.has(kind))
            );
            return groups.find((group) => group.length) || [];
        });
        return pick(found);
    }

    complete(match, reading) {
        const item = toMeaning(match, this.catalogue);
        const { tracking } = item.product;
        const name = { lot: reading.lot, serial: reading.serial }[tracking];
        const lot = name && this.findLot(item.product, name);
        const inside = packageCodes(reading)
            .flatMap((code) => this.catalogue.find(code))
            .find(({ kind }) => kind === "package")?.package;
        const expiry = reading.expiry || reading.best_before;
        const doubts = reading.problems
            .filter(({ code }) => code === "bad_date")
            .map(({ code, value }) => [code, value]);
        const tag = tagOf(reading);
        const whole = {
            ...item,
            ...(tag && { tag }),
            ...(lot && { lot }),
            ...(name && !lot && { lot_name: name }),
            ...(inside && { package: inside }),
            ...(expiry && { expiry }),
            ...(doubts.length && { doubts }),
        };
        return tracking === "serial" ? whole : this.count(whole, match, reading);
    }

    /** The item with the quantity that the code says; one that does not fit is asked. */
    count(item, match, reading) {
        if (reading.count !== undefined && !this.catalogue.measures.isMeasured(item.product)) {
            // The code of a box with the quantity 5 means five boxes.
            return { ...item, qty: reading.count * (match.qty || 1), isExplicit: true };
        }
        const own = { ...item };
        delete own.uom_id;
        delete own.qty;
        for (const [value, unit] of reading.measures) {
            const qty = this.catalogue.measures.convert(item.product, value, unit);
            if (qty) {
                return { ...own, qty, isExplicit: true };
            }
        }
        const doubts = quantityDoubts(reading);
        return doubts.length ? { ...own, doubts: [...(item.doubts || []), ...doubts] } : item;
    }

    /** @returns {Object | undefined} the lot of a product with this name or code */
    findLot(product, name) {
        return this.catalogue
            .find(name)
            .find(({ kind, lot }) => kind === "lot" && lot.product_id === product.id)?.lot;
    }
}

const ITEMS = new Set(["product", "packaging"]);

function quantityDoubts({ problems, count, measures }) {
    const bad = problems.filter(({ code }) => code === "bad_quantity");
    if (bad.length) {
        return bad.map(({ code, value }) => [code, value]);
    }
    const first = count === undefined ? measures[0] : [count];
    return first ? [["measure_off", first.join(" ")]] : [];
}

function packageCodes({ sscc, package: name, grai }) {
    return [sscc, sscc && `00${sscc}`, name, grai].filter(Boolean);
}

function locationCodes({ gln, extension, location }) {
    // With a part, the number alone is a larger place.
    const numbers = extension
        ? [`414${gln}254${extension}`, `${gln}.${extension}`, `${gln}${extension}`]
        : [gln, `414${gln}`];
    return [location, ...(gln ? numbers : [])].filter(Boolean);
}

function lotCodes({ serial, lot, giai, grai }) {
    return [serial, lot, giai, grai].filter(Boolean);
}

/** The meaning of a record of the catalogue that has the code. */
export function toMeaning(match, catalogue) {
    const { kind, product, uom_id, qty, lot, location } = match;
    switch (kind) {
        case "product":
            return { kind: "item", product };
        case "packaging":
            return { kind: "item", product, uom_id, qty };
        case "lot":
            return { kind: "item", product: catalogue.products.get(lot.product_id), lot };
        case "location":
            return { kind, location };
        default:
            return { kind, package: match.package };
    }
}
