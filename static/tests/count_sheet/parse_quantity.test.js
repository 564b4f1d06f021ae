import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { parseQuantity } from "@stock_count/count_sheet/parse_quantity";

describe.current.tags("headless");

const speakEnglish = () =>
    patchWithCleanup(localization, { decimalPoint: ".", thousandsSep: ",", grouping: [3, 0] });
const speakGerman = () =>
    patchWithCleanup(localization, { decimalPoint: ",", thousandsSep: ".", grouping: [3, 0] });

beforeEach(speakEnglish);

test("an empty cell is not counted, 0 is a quantity (D4)", () => {
    expect(parseQuantity("  ")).toBe(false);
    expect(parseQuantity("0")).toBe(0);
});

test("the user's language says what a comma and a point are (D4)", () => {
    expect(parseQuantity("1,500.25")).toBe(1500.25);
    speakGerman();
    expect(parseQuantity("1.500,25")).toBe(1500.25);
    expect(parseQuantity("1.500")).toBe(1500);
});

test("a separator that cannot group thousands is the decimal point (D4)", () => {
    expect(parseQuantity("1,5")).toBe(1.5);
    speakGerman();
    expect(parseQuantity("1.5")).toBe(1.5);
    expect(parseQuantity("0.75")).toBe(0.75);
});

test("what is no quantity is refused (D4)", () => {
    for (const text of ["abc", "12x", "-3", "1,2,3", "1e999", "="]) {
        expect(() => parseQuantity(text)).toThrow();
    }
});
