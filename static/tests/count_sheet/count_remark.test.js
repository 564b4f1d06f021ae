import { describe, expect, test } from "@odoo/hoot";
import { contains, onRpc } from "@web/../tests/web_test_helpers";
import {
    CountLine,
    defineCountModels,
    mountSheet,
} from "@stock_count/../tests/count_sheet/count_sheet_test_helpers";

describe.current.tags("desktop");
defineCountModels();

const BOLT = ".o_data_row:contains(Bolt)";

/** What the server says of the bolt that is missing. */
function tell(values) {
    Object.assign(
        CountLine._records.find(({ name }) => name === "Bolt"),
        values
    );
}

test("over tolerance has an icon, a ratio and a row of its own (D12, A2)", async () => {
    tell({ tolerance_ratio: 2.5 });
    await mountSheet();
    expect(BOLT).toHaveClass("o_count_row_over");
    expect(`${BOLT} [name=variance_qty] .fa-exclamation-circle`).toHaveCount(1);
    expect(`${BOLT} [name=post_error]`).toHaveText("2.5 × tolerance");
});

test("within its tolerance a variance is only a variance (D12, A2)", async () => {
    tell({ tolerance_ratio: 1 });
    await mountSheet();
    expect(BOLT).not.toHaveClass("o_count_row_over");
    expect(`${BOLT} .fa-exclamation-circle`).toHaveCount(0);
});

test("where no variance is allowed there is no ratio to tell (D12, A2)", async () => {
    tell({ tolerance_ratio: 999 });
    await mountSheet();
    expect(`${BOLT} [name=post_error]`).toHaveText("No tolerance");
});

test("a line tells its probable cause and what its posting would break (P11, P12)", async () => {
    tell({ cause: "Digits swapped: 34 for 43", promise_text: "3 Bolts for OUT/1" });
    await mountSheet();
    expect(`${BOLT} [data-note=cause]`).toHaveText("Digits swapped: 34 for 43");
    expect(`${BOLT} [data-note=promise_text]`).toHaveText("3 Bolts for OUT/1");
});

test("what is on hold says so before it is posted (P9, X4)", async () => {
    tell({ on_hold: "Bin A · Police is here · Ann" });
    await mountSheet();
    expect(`${BOLT} [data-note=on_hold]`).toHaveText("Bin A · Police is here · Ann");
    expect(`${BOLT} [data-note=on_hold] .fa-lock`).toHaveCount(1);
});

test("the best cause has a button for what to do, the others are told (P11)", async () => {
    tell({ cause: "Two digits swapped: 43", cause_action: "recount", other_causes: "Bin B" });
    onRpc("stock.count.line", "action_follow_cause", ({ args: [ids] }) => {
        expect.step(ids);
        return true;
    });
    await mountSheet();
    expect(`${BOLT} [data-note=other_causes]`).toHaveText("Bin B");
    await contains(`${BOLT} [data-note=cause] button:contains(Recount)`).click();
    expect.verifySteps([[3]]);
});

test("what the cause asks for is not offered where it is done (P11)", async () => {
    tell({ cause: "Bin B", cause_action: "propose_move", match_text: "1 to Bin B" });
    await mountSheet();
    expect(`${BOLT} [data-note=cause]`).toHaveText("Bin B");
    expect(`${BOLT} [data-note=cause] button`).toHaveCount(0);
});

test("a proposed move is accepted by a person (P3)", async () => {
    tell({ match_text: "1 to Bin B", match_state: "proposed" });
    onRpc("stock.count.line", "action_accept_move", ({ args: [ids] }) => {
        expect.step(ids);
        return true;
    });
    await mountSheet();
    await contains(`${BOLT} button[name=action_accept_move]`).click();
    expect.verifySteps([[3]]);
});

test("a superseded line says why, and what to do (X5, P6)", async () => {
    tell({ state: "superseded" });
    await mountSheet();
    expect(`${BOLT} .o_count_problem`).toHaveText(/Something newer is known.*Count it again/);
});

test("a held line says which documents it waits for (P21)", async () => {
    tell({ state: "held", hold_text: "WH/OUT/00012" });
    await mountSheet();
    expect(`${BOLT} .o_count_held`).toHaveText(/On hold: confirm WH\/OUT\/00012/);
    expect(`${BOLT} button[name=action_accept_variance]`).toHaveCount(1);
    // Documents that explain a part of it are answered above the lines.
    expect(`${BOLT} button[name=action_accept_transfer]`).toHaveCount(0);
});

test("a transfer that explains all of a held line is accepted on the line (P3)", async () => {
    tell({ state: "held", hold_text: "WH/OUT/00012", hold_is_exact: true });
    await mountSheet();
    expect(`${BOLT} button[name=action_accept_transfer]`).toHaveCount(1);
});

test("a line keeps what was answered, also when it is posted (P21)", async () => {
    tell({ document_text: "−3 WH/OUT/00012, −1 lost" });
    await mountSheet();
    expect(`${BOLT} .o_count_documents_told`).toHaveText("−3 WH/OUT/00012, −1 lost");
    expect(`${BOLT} .o_count_documents_told`).toHaveAttribute(
        "title",
        "Answered documents, and what remains to be posted: −3 WH/OUT/00012, −1 lost"
    );
});
