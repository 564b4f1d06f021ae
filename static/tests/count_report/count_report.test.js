import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, getService, mountWebClient, onRpc } from "@web/../tests/web_test_helpers";

defineMailModels();

const REPORT = "report.stock_count.report_history_document";

const makeScreen = (changed = {}) => ({
    report: REPORT,
    title: "213 Cycle Count History",
    company: "Count & Co",
    filters: {},
    narrowed: [["Item", "<b>Screw</b>"]],
    columns: [
        { key: "number", label: "Number", number: false, order: "number" },
        { key: "net", label: "Net", number: true, order: "" },
    ],
    figures: [["Net", "$ -4.00"]],
    seals: [],
    count: 200,
    opens: true,
    graph: true,
    ...changed,
});

const ROWS = [
    { id: 7, cells: ["CC-00007", "$ -4.00"], note: "moved <here>", differs: true },
    { id: 8, cells: ["CC-00008", ""], note: "", differs: false },
];

/** Shows the report; steps tell what it asks the server for. */
async function openReport(changed = {}, rows = ROWS) {
    onRpc(REPORT, "get_screen", () => makeScreen(changed));
    onRpc(REPORT, "get_rows", ({ args: [, offset, , order] }) => {
        expect.step(["rows", offset, order]);
        return rows;
    });
    for (const method of ["action_excel", "action_pdf", "action_graph", "action_open_row"]) {
        onRpc(REPORT, method, ({ args: [argument] }) => {
            expect.step([method, argument]);
            return { type: "ir.actions.act_window_close" };
        });
    }
    await mountWebClient();
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "stock_count.report",
        params: { report: REPORT, filters: { product_ids: [3] } },
    });
    await animationFrame();
    expect.verifySteps([["rows", 0, ""]]);
}

describe("report on screen", () => {
    test("rows, figures and filters are texts, whatever is in them (R1)", async () => {
        await openReport();
        expect(".o_count_report_head .badge:last").toHaveText("Item: <b>Screw</b>");
        expect(queryAllTexts(".o_count_report_table tbody td")).toEqual([
            "CC-00007",
            "$ -4.00",
            "moved <here>",
            "CC-00008",
            "",
        ]);
        expect(".o_count_report_figures dd").toHaveText("$ -4.00");
    });

    test("a click on a heading sorts, once more turns it round (R1)", async () => {
        await openReport();
        await contains("th:contains(Number)").click();
        await contains("th:contains(Number)").click();
        await contains("th:contains(Net)").click();
        expect.verifySteps([
            ["rows", 0, "number"],
            ["rows", 0, "-number"],
        ]);
    });

    test("pages are read one at a time (R1)", async () => {
        await openReport();
        await contains(".o_pager_next").click();
        expect.verifySteps([["rows", 80, ""]]);
    });

    test("Excel, PDF and graph get the filters of the screen (R2, R213)", async () => {
        await openReport();
        for (const label of ["Excel", "PDF", "Graph and Pivot"]) {
            await contains(`.o_control_panel button:contains(${label})`).click();
        }
        await contains(".o_count_report_table td:contains(CC-00008)").click();
        const filters = { product_ids: [3] };
        expect.verifySteps([
            ["action_excel", filters],
            ["action_pdf", filters],
            ["action_graph", filters],
            ["action_open_row", 8],
        ]);
    });

    test("nothing to report is said, and where there is no graph none is offered (R1)", async () => {
        await openReport({ count: 0, graph: false }, []);
        expect(".o_count_report_empty").toHaveText("The filters leave nothing to report.");
        expect("button:contains(Graph and Pivot)").toHaveCount(0);
    });
});
