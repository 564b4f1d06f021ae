import { describe, expect, test } from "@odoo/hoot";
import { animationFrame, press, queryFirst, queryOne } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError, onRpc } from "@web/../tests/web_test_helpers";
import {
    defineCountModels,
    editFound,
    getColumn,
    mountSheet,
} from "@stock_count/../tests/count_sheet/count_sheet_test_helpers";

describe.current.tags("desktop");
defineCountModels();

const stepSaves = () =>
    onRpc("stock.count.line", "web_save", ({ args: [[id], values] }) => {
        expect.step(`${id}: ${JSON.stringify(values)}`);
    });

const type = (text) =>
    contains(".o_selected_row .o_count_found_input").edit(text, { confirm: false });

async function enter(key = "Enter") {
    await press(key);
    await animationFrame();
    await animationFrame();
}

test("an empty Found is not counted (D4)", async () => {
    await mountSheet();
    expect(getColumn("found_qty")).toEqual(["", "", "3"]);
    expect(getColumn("variance_qty")).toEqual(["", "", "-1"]);
});

test("typing shows variance and value at once and asks the server nothing (D4)", async () => {
    await mountSheet();
    await editFound(0);
    onRpc(({ method }) => expect.step(method));
    await type("12");
    await animationFrame();
    expect(getColumn("variance_qty")[0]).toBe("+2");
    expect(getColumn("variance_value")[0]).toBe("+$ 4.00");
    expect.verifySteps([]);
});

test("Enter records the line and goes to the next line's Found (D4)", async () => {
    stepSaves();
    await mountSheet();
    await editFound(0);
    await type("12");
    await enter();
    expect.verifySteps(['1: {"found_qty":12,"is_counted":true}']);
    expect(".o_data_row:eq(1)").toHaveClass("o_selected_row");
    expect(".o_selected_row .o_count_found_input").toBeFocused();
});

test("the arrows walk up and down the Found column (D4)", async () => {
    await mountSheet();
    await editFound(0);
    await enter("ArrowDown");
    expect(".o_data_row:eq(1)").toHaveClass("o_selected_row");
    await enter("ArrowUp");
    expect(".o_data_row:eq(0)").toHaveClass("o_selected_row");
    expect(".o_selected_row .o_count_found_input").toBeFocused();
});

test("Enter on the last line of a page goes on with the next page (D4)", async () => {
    stepSaves();
    await mountSheet({ limit: 2 });
    await editFound(1);
    await type("5");
    await enter();
    await animationFrame();
    expect.verifySteps(['2: {"found_qty":5,"is_counted":true}']);
    expect(getColumn("name")).toEqual(["Bolt"]);
    expect(".o_selected_row .o_count_found_input").toBeFocused();
});

test("what is typed while a line is being saved goes to its own line (D4)", async () => {
    const answer = new Deferred();
    onRpc("stock.count.line", "web_save", () => answer);
    stepSaves();
    await mountSheet();
    await editFound(0);
    await type("12");
    await enter();
    await type("5");
    expect(getColumn("found_qty")[0]).toBe("12");
    expect(".o_selected_row .o_count_found_input").toHaveValue("5");
    answer.resolve();
    await enter();
    expect.verifySteps([
        '1: {"found_qty":12,"is_counted":true}',
        '2: {"found_qty":5,"is_counted":true}',
    ]);
});

test("0 is recorded as counted, none there (D4)", async () => {
    stepSaves();
    await mountSheet();
    await editFound(0);
    await type("0");
    await enter();
    expect.verifySteps(['1: {"found_qty":0,"is_counted":true}']);
    expect(getColumn("found_qty")[0]).toBe("0");
});

test("emptying a counted cell withdraws the count (D4, P7)", async () => {
    stepSaves();
    await mountSheet();
    await editFound(2);
    await type("");
    await enter();
    expect.verifySteps(['3: {"found_qty":0,"is_counted":false}']);
    expect(getColumn("variance_qty")[2]).toBe("");
});

test("what is no quantity stays in its cell, with a message (D4)", async () => {
    stepSaves();
    await mountSheet();
    await editFound(0);
    await type("abc");
    await enter();
    expect.verifySteps([]);
    expect(".o_notification").toHaveText(/not a quantity/);
    expect(".o_data_row:eq(0) .o_count_found_cell").toHaveClass("o_invalid_cell");
    expect(".o_selected_row .o_count_found_input").toHaveValue("abc");
    expect(".o_selected_row .o_count_found_input").toBeFocused();
});

test("what the server refuses stays in its cell, with the reason (D4, D13)", async () => {
    onRpc("stock.count.line", "web_save", () => {
        throw makeServerError({ type: "UserError", message: "Serial S1 was counted in Bin B." });
    });
    await mountSheet();
    await editFound(0);
    await type("1");
    await enter();
    await animationFrame();
    expect(".o_notification").toHaveText(/Serial S1 was counted in Bin B/);
    expect(".o_data_row:eq(0)").toHaveClass("o_selected_row");
    expect(".o_selected_row .o_count_found_input").toHaveValue("1");
});

test("a variance has an icon and a sign, and its row a standing (D12)", async () => {
    await mountSheet();
    expect(".o_data_row:eq(2)").toHaveClass("o_count_row_shortage");
    expect(".o_data_row:eq(0)").toHaveClass("o_count_row_uncounted");
    expect(queryOne(".o_data_row:eq(2) td[name=variance_qty] i")).toHaveClass("fa-caret-down");
    expect(queryFirst(".o_data_row:eq(2) td[name=variance_qty]")).toHaveText("-1");
});

test("a card records what was typed as soon as its field is left (D4)", async () => {
    stepSaves();
    await mountSheet({ type: "kanban" });
    await contains(".o_kanban_record:eq(0) .o_count_found_input").edit("12");
    await animationFrame();
    expect.verifySteps(['1: {"found_qty":12,"is_counted":true}']);
    expect(".o_kanban_record:eq(0) .o_count_found_input").toHaveValue("12");
});

test("a card keeps what is no quantity, with a message (D4)", async () => {
    stepSaves();
    await mountSheet({ type: "kanban" });
    await contains(".o_kanban_record:eq(0) .o_count_found_input").edit("abc");
    await animationFrame();
    expect.verifySteps([]);
    expect(".o_notification").toHaveText(/not a quantity/);
    expect(".o_kanban_record:eq(0) .o_count_found_input").toHaveValue("abc");
});
