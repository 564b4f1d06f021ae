import { describe, expect, test } from "@odoo/hoot";
import { mountView } from "@web/../tests/web_test_helpers";
import {
    CountLine,
    defineCountModels,
    getColumn,
} from "@stock_count/../tests/count_sheet/count_sheet_test_helpers";

describe.current.tags("desktop");
defineCountModels();

test("how far a line is over its tolerance has a sign, and no number where none is (A2)", async () => {
    const ratios = [2.5, 999, 0.5, 0];
    CountLine._records.forEach((record, i) => (record.tolerance_ratio = ratios[i]));
    await mountView({
        type: "list",
        resModel: "stock.count.line",
        arch: `<list><field name="tolerance_ratio" widget="count_ratio"/></list>`,
    });
    expect(getColumn("tolerance_ratio")).toEqual(["2.5 ×", "none", "0.5 ×", ""]);
    expect(".o_data_row .fa-exclamation-circle").toHaveCount(2);
    expect(".o_data_row:eq(1) [name=tolerance_ratio] span").toHaveAttribute(
        "title",
        "No tolerance"
    );
});
