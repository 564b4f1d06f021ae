import { describe, expect, test } from "@odoo/hoot";
import { click, edit } from "@odoo/hoot-dom";
import { counted, mountApp, shown, until } from "./count_app_test_helpers";

describe.current.tags("mobile");

test("types that ask for it take how many lots to count (M1)", async () => {
    const { app, server } = await mountApp({ session: null });
    expect(".o_count_lots").toHaveCount(0);
    await click("[data-type=fast]");
    await shown();
    expect(".o_count_lots").toHaveValue(20);
    await click(".o_count_lots");
    await edit("5");
    await click(".o_count_run");
    await until(() => app.state.screen === "count");
    expect(server.started).toEqual([1, "fast", 5]);
});

test("Edit Count goes on with an unposted session (M1)", async () => {
    const { app } = await mountApp({ session: null });
    expect(".o_count_session").toHaveText(/1 of 6/);
    await click(".o_count_session");
    await until(() => app.state.screen === "count");
    expect(app.count.id).toBe(12);
});

test("what is scanned while a count is being opened is counted in it (M11)", async () => {
    const { app } = await mountApp({ session: null });
    await click(".o_count_session");
    app.intake.onScan("LOC-A");
    app.intake.onScan("D-1");
    await until(() => app.count?.entries.list.length);
    expect(counted(app)).toEqual(["1 Drill A-01"]);
});

test("what the server refuses is said, and nothing starts (M1)", async () => {
    const { app, server } = await mountApp({ session: null });
    server.start_session = () => ({ status: "refused", message: "Nothing to count there." });
    await click(".o_count_run");
    await shown();
    expect(".o_count_problem").toHaveText("Nothing to count there.");
    expect(app.state.screen).toBe("start");
});
