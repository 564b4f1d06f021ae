import { describe, expect, test } from "@odoo/hoot";
import { queryOne } from "@odoo/hoot-dom";
import { contains, onRpc } from "@web/../tests/web_test_helpers";
import {
    defineCountModels,
    makeDocument,
    mountSheet,
} from "@stock_count/../tests/count_sheet/count_sheet_test_helpers";

describe.current.tags("mobile");
defineCountModels();

test("on a phone the questions wait below their heading, with keys for a thumb (P21)", async () => {
    onRpc("stock.count.session", "action_answer_documents", ({ args: [, answers] }) => {
        expect.step(answers);
        return { open: [], answered: [] };
    });
    await mountSheet({ type: "kanban", documents: { open: [makeDocument()], answered: [] } });
    expect(".o_count_document").toHaveCount(0);
    await contains(".o_count_documents_title").click();
    expect(queryOne("[data-answer=happened]").offsetHeight).toBeGreaterThan(35);
    await contains("[data-answer=happened]").click();
    expect.verifySteps([[{ key: "stock.picking,12", answer: "happened", fit: false }]]);
});
