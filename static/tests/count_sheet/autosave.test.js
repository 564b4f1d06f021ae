import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, press } from "@odoo/hoot-dom";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { session } from "@web/session";
import { contains, makeServerError, onRpc } from "@web/../tests/web_test_helpers";
import {
    defineCountModels,
    editFound,
    getColumn,
    makeHeader,
    mountSheet,
} from "@stock_count/../tests/count_sheet/count_sheet_test_helpers";

describe.current.tags("desktop");
defineCountModels();

const header = makeHeader({ autosave: true });

const type = (text) =>
    contains(".o_selected_row .o_count_found_input").edit(text, { confirm: false });

const keyOf = (lineId) => `stock_count.unsent.${session.db}.${user.userId}.1.${lineId}`;

async function pass(time) {
    await advanceTime(time);
    await animationFrame();
    await animationFrame();
}

/** Shows what rows save, and lets a test fail it. */
function stepSaves(fail = () => {}) {
    onRpc("stock.count.line", "web_save", ({ args: [[id], { found_qty }] }) => {
        expect.step(`${id}: ${found_qty}`);
        return fail();
    });
}

/** Records entries as the server does, and shows them. */
function stepEntries(answer = { status: "recorded" }) {
    onRpc("stock.count.session", "record_entries", ({ args: [, entries] }) => {
        expect.step(entries.map((entry) => `${entry.line_id}: ${entry.operation} ${entry.qty}`));
        return entries.map(({ uuid, line_id }) => ({ uuid, line_id, ...answer }));
    });
}

const loseConnection = () => new Response("", { status: 502 });

test("what is typed is saved when the typing pauses, and the row stays open (D16)", async () => {
    stepSaves();
    await mountSheet({ header });
    await editFound(0);
    await type("12");
    expect(".o_count_saved").toHaveText("Not saved yet (1)");
    await pass(500);
    expect.verifySteps([]);
    await pass(400);
    expect.verifySteps(["1: 12"]);
    expect(".o_selected_row .o_count_found_input").toBeFocused();
    expect(".o_count_saved").toHaveText("Saved");
});

test("keystrokes in a row make one entry (D16)", async () => {
    stepSaves();
    await mountSheet({ header });
    await editFound(0);
    for (const text of ["1", "12", "120"]) {
        await type(text);
        await pass(500);
    }
    await pass(400);
    expect.verifySteps(["1: 120"]);
});

test("the text in the cell stays as it was typed (D16)", async () => {
    await mountSheet({ header });
    await editFound(0);
    await type("12.");
    await pass(900);
    expect(".o_selected_row .o_count_found_input").toHaveValue("12.");
});

test("a row that is saved already is left without another entry (D16)", async () => {
    stepSaves();
    await mountSheet({ header });
    await editFound(0);
    await type("12");
    await pass(900);
    await press("Enter");
    await pass(900);
    expect.verifySteps(["1: 12"]);
});

test("the quantity that is there already makes no entry (D16)", async () => {
    stepSaves();
    await mountSheet({ header });
    await editFound(2);
    await type("33");
    await type("3");
    await pass(900);
    await press("Enter");
    await animationFrame();
    expect.verifySteps([]);
    expect(".o_count_saved").toHaveText("Saved");
});

test("a row is sent under the uuid that the browser kept it under (D16)", async () => {
    onRpc("stock.count.line", "web_save", ({ kwargs }) => {
        const { uuid, qty } = kwargs.context.count_typed;
        expect.step(`${uuid}: ${qty}`);
    });
    await mountSheet({ header });
    await editFound(0);
    await type("12");
    const { uuid } = JSON.parse(browser.localStorage.getItem(keyOf(1)));
    await pass(900);
    expect.verifySteps([`${uuid}: 12`]);
});

test("without a connection counting goes on, and is sent once when it is back (D16)", async () => {
    stepSaves(loseConnection);
    stepEntries();
    await mountSheet({ header });
    await editFound(0);
    await type("12");
    await press("Enter");
    await animationFrame();
    await type("7");
    await pass(900);
    expect.verifySteps(["1: 12", "2: 7"]);
    expect(".o_count_saved").toHaveText("Not saved yet (2)");
    expect(getColumn("variance_qty").slice(0, 2)).toEqual(["+2", "+2"]);
    window.dispatchEvent(new Event("online"));
    await pass(100);
    expect.verifySteps([["1: set 12", "2: set 7"]]);
    expect(".o_count_saved").toHaveText("Saved");
});

test("what a closed tab left behind is sent when the sheet is opened again (D16)", async () => {
    stepEntries();
    const entry = { line_id: 1, uuid: "u1", qty: 12, counted_at: "2026-01-31 14:05:00.000" };
    browser.localStorage.setItem(keyOf(1), JSON.stringify(entry));
    await mountSheet({ header });
    await pass(100);
    expect.verifySteps([["1: set 12"]]);
    expect(browser.localStorage.getItem(keyOf(1))).toBe(null);
});

test("what the server refuses later is told and not sent again (D16)", async () => {
    stepSaves(loseConnection);
    stepEntries({ status: "refused", message: "CC-00001 is closed." });
    await mountSheet({ header });
    await editFound(0);
    await type("12");
    await pass(900);
    await pass(5000);
    expect.verifySteps(["1: 12", ["1: set 12"]]);
    expect(".o_notification").toHaveText(/12 was not recorded.*CC-00001 is closed\./s);
    await pass(10000);
    expect.verifySteps([]);
});

test("what the server refuses while typing stays in its cell (D16, D13)", async () => {
    stepSaves(() => {
        throw makeServerError({ type: "UserError", message: "Serial S1 was counted in Bin B." });
    });
    await mountSheet({ header });
    await editFound(0);
    await type("2");
    await pass(900);
    expect.verifySteps(["1: 2"]);
    expect(".o_notification").toHaveText(/Serial S1 was counted in Bin B/);
    expect(".o_selected_row .o_count_found_input").toHaveValue("2");
});

test("with the option off nothing is saved before the row is left (D16)", async () => {
    stepSaves();
    await mountSheet();
    await editFound(0);
    await type("12");
    await pass(5000);
    expect.verifySteps([]);
    expect(".o_count_saved").toHaveCount(0);
});
