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

test("GS1: an ordinary company reads it, too, if a check digit proves it (M17)", () => {
    expect(tell(resolve("010400638133393110L-2026"))).toBe("item Glue L-2026");
    expect(tell(resolve("10L-2026"))).toBe("none");
    expect(tell(resolve("10L-2026", { nomenclature: "gs1" }))).toBe("item Glue L-2026");
});

test("GS1: an identifier that nobody needs makes no label unreadable (M17)", () => {
    const code = "010400638133393111260101" + "7999NEW\x1d" + "10L-2026";
    expect(tell(resolve(code))).toBe("item Glue L-2026");
});

test("GS1: a company's own separator and identifiers are known (M17)", () => {
    const options = { nomenclature: "gs1" };
    expect(tell(resolve("010400638133393110L-2026#3012", options))).toBe("item Glue L-2026 x12");
    expect(tell(resolve("91LOC-A", options))).toBe("location A-01");
});

test("printed text, Digital Link and EPC are the same item (M17)", () => {
    for (const code of [
        "(01)04006381333931(10)L-2026",
        "https://example.com/01/4006381333931/10/L-2026",
        "urn:epc:class:lgtin:4006381.033393.L-2026",
    ]) {
        expect(tell(resolve(code))).toBe("item Glue L-2026");
    }
});

test("a code that was misread is refused, not guessed (M17)", () => {
    const { kind, problem } = resolve("]C101040063813339321" + "0L-2026");
    expect([kind, problem.code]).toEqual(["refused", "check_digit"]);
});

test("a code of a weight is looked up without the weight (M11)", () => {
    const barcodes = {
        columns: ["barcode", "product_id", "uom_id", "qty"],
        rows: [["210000100000", 33, false, 1]],
    };
    const options = { nomenclature: "weights", barcodes };
    expect(tell(resolve("210000101500", options))).toBe("item Screw x1.5");
    expect(tell(resolve("OLD-1", { nomenclature: "weights" }))).toBe("item Screw x1 uom5");
});

test("upper and lower case do not matter, unless two codes differ by nothing else (M17)", () => {
    const barcodes = {
        columns: ["barcode", "product_id", "uom_id", "qty"],
        rows: [
            ["ab-1", 33, false, 1],
            ["AB-1", 34, false, 1],
        ],
    };
    expect(tell(resolve("AB-1", { barcodes }))).toBe("item Glue");
    expect(tell(resolve("Ab-1", { barcodes }))).toBe("several 2");
    expect(tell(resolve("loc-a"))).toBe("location A-01");
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
    expect(resolver.resolveLot(glue, "010400638133393110L-9")).toEqual({ lot_name: "L-9" });
    // The lot of an item that nobody knows may be another's.
    expect(resolver.resolveLot(glue, "010950600013435210L-9").other.kind).toBe("none");
});

test("items are found by parts of their ID and name (M3)", () => {
    const catalogue = makeCatalogue();
    const names = (term) => searchItems(catalogue, term).map((product) => product.name);
    expect(names("scr")).toEqual(["Screw"]);
    expect(names("RIL")).toEqual(["Drill"]);
    expect(names("  ")).toEqual([]);
    expect(names("glü")).toEqual(["Glue"]);
});
