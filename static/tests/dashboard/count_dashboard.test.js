import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    getService,
    makeServerError,
    mountWebClient,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";

defineMailModels();

const step = (key, share, values = {}) => ({
    key,
    label: `Step ${key}`,
    first: `first ${key}`,
    last: `last ${key}`,
    counted: share === null ? 0 : 100,
    accurate: share === null ? 0 : 100 * share,
    share,
    low: share === null ? null : share - 0.02,
    high: share === null ? null : share + 0.01,
    shortage: 0,
    overage: 0,
    ...values,
});

const makeDashboard = (changed = {}) => ({
    filters: {
        warehouse_id: false,
        warehouses: [
            { id: 1, name: "North" },
            { id: 2, name: "South" },
        ],
        period: "quarter",
        periods: [
            { id: "month", name: "Last 30 days" },
            { id: "quarter", name: "Last 90 days" },
        ],
        first: "08/25/2026",
        last: "11/22/2026",
    },
    currency_id: 1,
    accuracy: { counted: 300, accurate: 291, share: 0.97, low: 0.944, high: 0.984, previous: 0.95 },
    coverage: { places: 200, counted: 150, share: 0.75 },
    shrinkage: {
        lines: 9,
        shortage: 120.5,
        overage: 20.5,
        net: -100,
        absolute: 141,
        share: 0.01,
        previous: 200,
    },
    trend: [step(0, 0.95, { shortage: 100 }), step(1, null), step(2, 0.97), step(3, 0.98)],
    problems: {
        location: [
            { key: 7, name: "Bin A", lines: 1, value: 100, bar: 1, cumulative: 0.8 },
            { key: null, name: "None", lines: 3, value: 25, bar: 0.25, cumulative: 1 },
        ],
        item: [],
        category: [],
        reason: [],
        cause: [{ key: "unknown", name: "Unknown", lines: 9, value: 141, bar: 1, cumulative: 1 }],
    },
    work: {
        open: 4,
        pending: 1,
        held: 0,
        overdue: 2,
        days_late: 5,
        lines_left: 43,
        overdue_lines: 12,
    },
    exceptions: {
        open: 3,
        late: 1,
        ages: [
            { key: "day", label: "Up to 1 day", count: 2 },
            { key: "week", label: "2 to 7 days", count: 0 },
            { key: "month", label: "8 to 30 days", count: 0 },
            { key: "older", label: "Over 30 days", count: 1 },
        ],
    },
    ...changed,
});

const EMPTY = {
    accuracy: { counted: 0, accurate: 0, share: null, low: null, high: null, previous: null },
    coverage: { places: 0, counted: 0, share: null },
    shrinkage: {
        lines: 0,
        shortage: 0,
        overage: 0,
        net: 0,
        absolute: 0,
        share: null,
        previous: null,
    },
    trend: [step(0, null), step(1, null)],
    problems: { location: [], item: [], category: [], reason: [], cause: [] },
    work: {
        open: 0,
        pending: 0,
        held: 0,
        overdue: 0,
        days_late: 0,
        lines_left: 0,
        overdue_lines: 0,
    },
    exceptions: { open: 0, late: 0, ages: [] },
};

/** Shows the dashboard; with `hasSteps`, steps tell what it asks the server for. */
async function openDashboard(changed = {}, hasSteps = false) {
    onRpc("stock.count.dashboard", "read_dashboard", ({ args: [filters] }) => {
        if (hasSteps) {
            expect.step(["read", filters]);
        }
        const data = makeDashboard(changed);
        Object.assign(data.filters, filters);
        return data;
    });
    onRpc("stock.count.dashboard", "read_coverage", () => makeDashboard(changed).coverage);
    onRpc("stock.count.dashboard", "open_records", ({ args: [figure, , key] }) => {
        expect.step(["open", figure, key]);
        return { type: "ir.actions.act_window_close" };
    });
    await mountWebClient();
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "stock_count_dashboard",
    });
    await animationFrame();
}

beforeEach(() => browser.localStorage.removeItem("stock_count.dashboard"));

describe("figures", () => {
    test("accuracy is never told without its interval (R3)", async () => {
        await openDashboard();
        expect("[data-tile=accuracy] .o_count_tile_value").toHaveText(/97\.0\s%/);
        expect("[data-tile=accuracy]").toHaveText(/94\.4\s% to 98\.4\s%/);
        expect("[data-tile=accuracy] .o_count_change").toHaveText("2.0");
    });

    test("shrinkage is never told as a net alone (R3)", async () => {
        await openDashboard();
        expect("[data-tile=shrinkage] .o_count_tile_value").toHaveText(/120\.50/);
        expect("[data-tile=shrinkage]").toHaveText(/Overages.*20\.50.*net.*-100\.00/s);
    });

    test("late counts raise an alarm that is not colour alone (R3)", async () => {
        await openDashboard();
        expect("[data-tile=overdue].o_count_alarm .fa-exclamation-triangle").toHaveCount(1);
        expect("[data-tile=overdue]").toHaveText(/2.*5 days late.*12 lines/s);
    });

    test("where nothing was counted the trend has a gap, not a 0 (R3)", async () => {
        await openDashboard();
        expect(".o_count_trend_point").toHaveCount(3);
        expect(".o_count_trend_line").toHaveCount(2);
        expect("[data-step='1']").not.toBeEnabled();
        expect("[data-step='0']").toHaveAttribute("title", /95\.0\s%.*100 lines.*100\.00/);
    });

    test("an empty database is told what to do first (R3)", async () => {
        await openDashboard(EMPTY);
        expect(".o_count_dashboard_empty").toHaveText(/Nothing is counted yet/);
        expect("[data-tile=accuracy] .o_count_tile_value").toHaveText("–");
        expect(queryAllTexts(".o_count_problems p")).toHaveLength(5);
        for (const tile of ["accuracy", "coverage", "overdue", "shrinkage"]) {
            expect(`[data-tile=${tile}]`).not.toBeEnabled();
        }
    });
});

describe("records", () => {
    const FIGURES = [
        ["[data-tile=accuracy]", "accuracy", null],
        ["[data-tile=coverage]", "coverage", null],
        ["[data-tile=overdue]", "overdue", null],
        ["[data-tile=shrinkage]", "shrinkage", null],
        [".o_count_all_counted", "counted", null],
        ["[data-step='2']", "step", 2],
        ["[data-work=pending]", "pending", null],
        [".o_count_exceptions [data-key=older]", "exceptions", "older"],
        [".o_count_problem_location [data-key='7']", "location", 7],
        [".o_count_problem_cause [data-key=unknown]", "cause", "unknown"],
    ];

    test("each figure opens its records (R3)", async () => {
        await openDashboard({}, true);
        for (const [selector] of FIGURES) {
            await contains(selector).click();
        }
        expect.verifySteps([["read", {}], ...FIGURES.map(([, name, key]) => ["open", name, key])]);
    });

    test("a figure without records opens nothing (R3)", async () => {
        await openDashboard();
        expect("[data-work=held]").not.toBeEnabled();
        expect(".o_count_exceptions [data-key=week]").not.toBeEnabled();
    });

    test("Run New Cycle Count is one click away (D1)", async () => {
        onRpc("/web/action/load", async (request) => {
            const { params } = await request.json();
            expect.step(params.action_id);
            return { type: "ir.actions.act_window_close" };
        });
        await openDashboard({}, true);
        await contains(".o_count_run").click();
        expect.verifySteps([["read", {}], "stock_count.stock_count_create_action"]);
    });
});

describe("filters", () => {
    test("warehouse and period narrow everything and are remembered (R3)", async () => {
        await openDashboard({}, true);
        await contains("select[name=warehouse_id]").select("2");
        await contains("select[name=period]").select("month");
        expect.verifySteps([
            ["read", {}],
            ["read", { warehouse_id: 2, period: "quarter" }],
            ["read", { warehouse_id: 2, period: "month" }],
        ]);
        const remembered = JSON.parse(browser.localStorage.getItem("stock_count.dashboard"));
        expect(remembered).toEqual({ warehouse_id: 2, period: "month" });
    });

    test("it starts with what was chosen last (R3)", async () => {
        const filters = { warehouse_id: 1, period: "month" };
        browser.localStorage.setItem("stock_count.dashboard", JSON.stringify(filters));
        await openDashboard({}, true);
        expect("select[name=warehouse_id]").toHaveValue("1");
        expect.verifySteps([["read", filters]]);
    });

    test("a remembered warehouse that is gone does not lock anybody out (R3)", async () => {
        browser.localStorage.setItem("stock_count.dashboard", JSON.stringify({ warehouse_id: 9 }));
        onRpc("stock.count.dashboard", "read_dashboard", ({ args: [filters] }) => {
            if (filters.warehouse_id) {
                throw makeServerError({ message: "archived" });
            }
            return makeDashboard();
        });
        onRpc("stock.count.dashboard", "read_coverage", () => makeDashboard().coverage);
        await mountWebClient();
        await getService("action").doAction({
            type: "ir.actions.client",
            tag: "stock_count_dashboard",
        });
        await animationFrame();
        expect(".o_count_tile").toHaveCount(4);
    });
});
