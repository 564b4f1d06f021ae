import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, press, queryAllTexts } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
import { contains, onRpc } from "@web/../tests/web_test_helpers";
import {
    defineCountModels,
    editFound,
    getColumn,
    makeHeader,
    mountSheet,
} from "@stock_count/../tests/count_sheet/count_sheet_test_helpers";

describe.current.tags("desktop");
defineCountModels();

const stepVerbs = () =>
    onRpc("stock.count.session", "*", ({ method, args }) => {
        if (method === "get_posting_preview") {
            return "It takes reserved stock: 3 Screws for OUT/1.";
        }
        if (method !== "get_sheet_header") {
            expect.step([method, ...args.slice(1)]);
            return 2;
        }
    });

test("the header tells who owns the count, how far it is and what is next (X5)", async () => {
    await mountSheet();
    expect(".o_count_number").toHaveText("CC-00001");
    expect(".o_count_state").toHaveText("Open");
    expect(".o_count_counted").toHaveText("1 / 3 counted");
    expect(".o_count_next").toHaveText(/Olga.*Lines left to count: 2\./s);
});

test("the header comes in one call, whatever the sheet shows (D2)", async () => {
    await mountSheet({ onHeader: () => expect.step("get_sheet_header") });
    expect.verifySteps(["get_sheet_header"]);
});

test("a sheet shows its own session, also when only the URL tells it (D15)", async () => {
    await mountSheet({ context: { active_id: 2 } });
    expect(getColumn("name")).toEqual(["Rod"]);
});

test("one view is on at a time, each with its number of lines (D3)", async () => {
    await mountSheet();
    expect(queryAllTexts(".o_count_views .badge")).toEqual(["3", "0", "1"]);
    await contains("[data-view=view_shortages]").click();
    expect(getColumn("name")).toEqual(["Bolt"]);
    await contains("[data-view=view_overages]").click();
    expect(getColumn("name")).toEqual([]);
    expect(queryAllTexts(".o_count_views .active")).toEqual(["Counted Overages0"]);
    await contains("[data-view=view_all]").click();
    expect(getColumn("name")).toEqual(["Screw", "Nut", "Bolt"]);
});

test("Check All takes what the search shows (D5)", async () => {
    stepVerbs();
    await mountSheet();
    await contains("[data-view=view_shortages]").click();
    await contains("button[name=action_check_all]").click();
    expect.verifySteps([
        ["action_check_all", ["&", ["session_id", "=", 1], ["variance_qty", "<", 0]]],
    ]);
    expect(".o_notification").toHaveText(/2 lines checked to post/);
});

test("a chosen location narrows the sheet, and Deselect All with it (D17, D5)", async () => {
    stepVerbs();
    await mountSheet();
    await contains("[data-scope=location_id] input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Bin B)").click();
    expect(".o_facet_value").toHaveText("Bin B");
    expect(getColumn("name")).toEqual(["Nut"]);
    await contains("button[name=action_uncheck_all]").click();
    expect.verifySteps([
        ["action_uncheck_all", ["&", ["session_id", "=", 1], ["location_id", "child_of", 2]]],
    ]);
});

test("several recorded lines make the header count once more, not once each (D2)", async () => {
    await mountSheet();
    onRpc("stock.count.session", "get_sheet_header", ({ method }) => {
        expect.step(method);
        return makeHeader({ counts: { counted: 3 } });
    });
    await editFound(0);
    for (const found of ["10", "5"]) {
        await contains(".o_selected_row .o_count_found_input").edit(found, { confirm: false });
        await press("Enter");
        await animationFrame();
        await animationFrame();
    }
    await advanceTime(1000);
    await animationFrame();
    expect.verifySteps(["get_sheet_header"]);
    expect(".o_count_counted").toHaveText("3 / 3 counted");
});

test("posting asks first and tells values and broken promises (D6, P12)", async () => {
    stepVerbs();
    await mountSheet();
    await contains("button[name=action_post]").click();
    expect(".modal-body").toHaveText(/1 checked lines.*1 of them differ.*-8\.00/s);
    expect(".modal-body").toHaveText(/It takes reserved stock: 3 Screws for OUT\/1\./);
    await contains(".modal .btn-secondary").click();
    expect.verifySteps([]);
    await contains("button[name=action_post]").click();
    await contains(".modal .btn-primary").click();
    expect.verifySteps([["action_post"]]);
});

test("whoever posts right after Check All is asked about what it checked (D5, D6)", async () => {
    const header = makeHeader({ counts: { to_post: 0 } });
    const checked = new Deferred();
    stepVerbs();
    onRpc("stock.count.session", "action_check_all", async () => {
        await checked;
        header.counts.to_post = 2;
        return 2;
    });
    await mountSheet({ header });
    await contains("button[name=action_check_all]").click();
    await contains("button[name=action_post]").click();
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
    checked.resolve();
    await contains(".modal .btn-primary").click();
    expect.verifySteps([["action_post"]]);
});

test("nothing checked is said before anything is asked (D6)", async () => {
    await mountSheet({ header: makeHeader({ counts: { to_post: 0 } }) });
    await contains("button[name=action_post]").click();
    expect(".modal").toHaveCount(0);
    expect(".o_notification").toHaveText(/Check the counted lines/);
});

test("counting the rest as zero asks first (D15)", async () => {
    stepVerbs();
    await mountSheet();
    await contains(".o_count_more").click();
    await contains(".o-dropdown-item:contains(Count the Rest as Zero)").click();
    expect.verifySteps([]);
    await contains(".modal .btn-danger").click();
    expect.verifySteps([["action_count_rest_as_zero", [["session_id", "=", 1]]]]);
});

test("without Option 170 and within tolerance there is nothing to submit (D7)", async () => {
    await mountSheet();
    expect("button[name=action_submit]").toHaveCount(0);
});

test("what is over its tolerance is submitted without Option 170, too (A2)", async () => {
    stepVerbs();
    await mountSheet({ header: makeHeader({ counts: { over_tolerance: 1 } }) });
    expect("button[name=action_post]").toHaveClass("btn-primary");
    await contains("button[name=action_submit]").click();
    expect.verifySteps([["action_submit"]]);
});

test("with Option 170 everything is submitted first (D7)", async () => {
    stepVerbs();
    await mountSheet({ header: makeHeader({ require_approval: true, may_post: false }) });
    expect("button[name=action_post]").toHaveCount(0);
    await contains("button[name=action_submit]").click();
    expect.verifySteps([["action_submit"]]);
});

test("an approver rejects with a comment (D7)", async () => {
    stepVerbs();
    const header = makeHeader({ state: "pending_approval", may_approve: true });
    await mountSheet({ header });
    expect("button[name=action_check_all]").toHaveCount(0);
    await contains("button[name=action_reject]").click();
    expect(".modal .btn-primary").not.toBeEnabled();
    await contains(".modal textarea").edit("Count bin A again");
    await contains(".modal .btn-primary").click();
    expect.verifySteps([["action_reject", "Count bin A again"]]);
});

test("Option 529 switches the palette (D12)", async () => {
    await mountSheet({ header: makeHeader({ alternate_colors: true }) });
    expect(".o_count_sheet").toHaveClass("o_count_alternate");
});

test("a closed count offers no counting and no posting (D19)", async () => {
    await mountSheet({ header: makeHeader({ state: "posted", state_label: "Posted" }) });
    expect(".o_count_buttons button[name]").toHaveCount(0);
    await contains(".o_count_more").click();
    expect(queryAllTexts(".o-dropdown-item")).toEqual([
        "Review",
        "Count Again",
        "Posted Moves",
        "History of Entries",
    ]);
});

test("lines over their tolerance are asked for again, after a question (A3)", async () => {
    stepVerbs();
    await mountSheet({ header: makeHeader({ counts: { over_tolerance: 2 } }) });
    await contains(".o_count_more").click();
    await contains(".o-dropdown-item:contains(2 over tolerance)").click();
    await contains(".modal .btn-primary").click();
    expect.verifySteps([["action_request_recount", [["tolerance_ratio", ">", 1]]]]);
});

test("undoing a posting is offered to managers only, and asks first (P15)", async () => {
    stepVerbs();
    await mountSheet({ header: makeHeader({ state: "posted", may_undo: true }) });
    await contains(".o_count_more").click();
    await contains(".o-dropdown-item:contains(Undo Posting)").click();
    expect.verifySteps([]);
    await contains(".modal .btn-danger").click();
    expect.verifySteps([["action_undo_posting"]]);
});

test("who may not undo a posting is not offered it (P15)", async () => {
    await mountSheet({ header: makeHeader({ state: "posted" }) });
    await contains(".o_count_more").click();
    expect(queryAllTexts(".o-dropdown-item")).not.toInclude("Undo Posting");
});
