import { describe, expect, test } from "@odoo/hoot";
import { Resolver } from "@stock_count/count_app/catalogue/resolver";
import { searchItems } from "@stock_count/count_app/catalogue/search";
import { makeCatalogue } from "./count_app_test_helpers";

describe.current.tags("mobile");

const resolve = (code, options, context) =>
    new Resolver(makeCatalogue(options)).resolve(code, context);

/** A result in a word, for comparing. */
function tell({
    kind,
    product,
    lot,
    lot_name,
    qty,
    uom_id,
    expiry,
    location,
    package: pack,
    matches,
}) {
    const names = [product, lot, location, pack].filter(Boolean).map((record) => record.name);
    const more = [lot_name, qty && `x${qty}`, uom_id && `uom${uom_id}`, expiry, matches?.length];
    return [kind, ...names, ...more].filter(Boolean).join(" ");
}

test("each kind of code is told apart (M11)", () => {
    expect(tell(resolve("5901234123457"))).toBe("item Screw");
    expect(tell(resolve("BOX-33"))).toBe("item Screw x1 uom5");
    expect(tell(resolve("LOC-A"))).toBe("location A-01");
    expect(tell(resolve("L-2026"))).toBe("item Glue L-2026");
    expect(tell(resolve("PACK0000004"))).toBe("package PACK0000004");
    expect(tell(resolve("scr"))).toBe("item Screw");
});

test("nothing and several are answers, too (M11)", () => {
    expect(tell(resolve("NOPE"))).toBe("none");
    expect(tell(resolve(""))).toBe("none");
    expect(tell(resolve("TWICE"))).toBe("several 2");
});

test("of several the item that is being counted comes first (M11)", () => {
    const catalogue = makeCatalogue();
    const result = new Resolver(catalogue).resolve("TWICE", {
        product: catalogue.products.get(36),
    });
    expect(tell(result)).toBe("item Nut");
});

test("what a scanner puts before and after a code does not matter (M11)", () => {
    for (const code of [
        "]E05901234123457",
        " 5901234123457\r",
        "\x025901234123457\x03",
        "*BOX-33*",
    ]) {
        expect(resolve(code).product?.name).toBe("Screw");
    }
});

test("one number is found as GTIN-14, EAN-13 and UPC-A (M11)", () => {
    expect(tell(resolve("05901234123457"))).toBe("item Screw");
    const barcodes = {
        columns: ["barcode", "product_id", "uom_id", "qty"],
        rows: [["036000291452", 33, false, 1]],
    };
    expect(tell(resolve("0036000291452", { barcodes }))).toBe("item Screw");
});

test("GS1: item, lot, expiry date and quantity in one scan (M11)", () => {
    const result = resolve("0104006381333931" + "17270131" + "10L-2026\x1d3012", {
        nomenclature: "gs1",
    });
    expect(tell(result)).toBe("item Glue L-2026 x12 2027-01-31");
});

test("GS1: a lot that nobody knows yet keeps its name (M6, M11)", () => {
    const code = "]C1" + "0104006381333931" + "10NEW-7";
    expect(tell(resolve(code, { nomenclature: "gs1" }))).toBe("item Glue NEW-7");
});

test("GS1: an unknown item is nothing, an ordinary code stays one (M11)", () => {
    expect(tell(resolve("0109999999999994", { nomenclature: "gs1" }))).toBe("none");
    expect(tell(resolve("LOC-A", { nomenclature: "gs1" }))).toBe("location A-01");
});

test("a lot of another item is not taken for this one's (M6)", () => {
    const catalogue = makeCatalogue();
    const resolver = new Resolver(catalogue);
    const glue = catalogue.products.get(34);
    expect(resolver.resolveLot(glue, "D-1").other.product.name).toBe("Drill");
    expect(resolver.resolveLot(glue, "L-2026").lot.id).toBe(91);
    expect(resolver.resolveLot(glue, "L-NEW")).toEqual({ lot_name: "L-NEW" });
    expect(resolver.resolveLot(glue, "5901234123457").other.product.name).toBe("Screw");
});

test("items are found by parts of their ID and name (M3)", () => {
    const catalogue = makeCatalogue();
    const names = (term) => searchItems(catalogue, term).map((product) => product.name);
    expect(names("scr")).toEqual(["Screw"]);
    expect(names("RIL")).toEqual(["Drill"]);
    expect(names("  ")).toEqual([]);
    expect(names("glü")).toEqual(["Glue"]);
});
