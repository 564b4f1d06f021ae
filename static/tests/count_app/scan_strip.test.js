import { describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import {
    counted,
    FakeServer,
    makePayload,
    mountApp,
    question,
    scan,
    shown,
    tap,
    title,
} from "./count_app_test_helpers";

describe.current.tags("mobile");

const open = (options) => mountApp({ server: new FakeServer(makePayload(options)) });
const waiting = () => queryAllTexts(".o_count_strip_waiting b");
const strip = () => queryAllTexts(".o_count_strip_counted small");

test("what is scanned without a quantity waits on the screen (M21)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457", "NUTS");
    expect(waiting()).toEqual(["Screw"]);
    expect(app.count.draft.product.name).toBe("Nut");
    await tap(".o_count_strip_resume");
    expect(app.count.draft.product.name).toBe("Screw");
    expect(waiting()).toEqual(["Nut"]);
    await press("4");
    await tap(".o_count_add");
    expect(counted(app)).toEqual(["4 Screw A-01"]);
});

test("an item that waits goes on when it is scanned again, as two (M21, M5)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457", "NUTS", "5901234123457", "LOC-B");
    expect(counted(app)).toEqual(["2 Screw A-01"]);
    expect(waiting()).toEqual(["Nut"]);
});

test("a bin is not finished while something scanned there waits (M21, M15)", async () => {
    const { app, server } = await open();
    await scan(app, "LOC-A", "5901234123457", "4006381333931", "L-2026");
    await tap(".o_count_finish");
    expect(queryAllTexts(".o_count_names li")).toEqual(["Glue · L-2026", "Screw"]);
    expect(".o_count_finish_bin").toHaveCount(0);
    await tap(".o_count_resume");
    expect(app.count.draft.product.name).toBe("Screw");
    await app.actions.finishBin(app.count.draft.location);
    await shown();
    expect(title()).toMatch(/Not counted yet: Screw/);
    await app.sync.run();
    expect(server.events.filter(({ kind }) => kind === "bin_finished")).toEqual([]);
});

test("what waits is put away by hand only, and comes back by Undo (M21)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457", "NUTS");
    await tap(".o_count_strip_away");
    expect(waiting()).toEqual([]);
    await tap(".o_count_undo");
    expect(waiting()).toEqual(["Screw"]);
});

test("what waits keeps its place: another bin is entered to count it (M21)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457", "LOC-B");
    expect(app.count.draft.location.name).toBe("A-02");
    await tap(".o_count_strip_resume");
    expect(app.count.draft.location.name).toBe("A-01");
    await press("7");
    await tap(".o_count_add");
    expect(counted(app)).toEqual(["7 Screw A-01"]);
});

test("a doubtful quantity waits when something else is scanned (M21)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    for (const digit of "500000") {
        await tap(`[data-key='${digit}']`);
    }
    await scan(app, "NUTS");
    expect(question()).toBe("");
    expect(app.count.draft.product.name).toBe("Nut");
    expect([counted(app), waiting()]).toEqual([[], ["Screw"]]);
    await tap(".o_count_strip_resume");
    expect(app.count.draft.qty).toBe(500000);
});

test("a count is not submitted while something scanned waits (M21, M16)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457", "LOC-B");
    await tap("[data-tab=submit]");
    expect(".o_count_notice_aside b").toHaveText("Screw");
    await tap(".o_count_submit_count");
    expect(title()).toMatch(/Not counted yet: Screw/);
});

test("what Option 340 keeps was not scanned, and does not wait (M21)", async () => {
    const { app } = await open({ options: { preload_item: true } });
    await scan(app, "LOC-A", "5901234123457");
    await press("3");
    await tap(".o_count_add");
    await scan(app, "NUTS");
    expect(waiting()).toEqual([]);
});

test("the last counts stand there with one more and undo (M21)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457", "5901234123457", "NUTS", "NUTS", "LOC-A", "D-1");
    expect(strip()).toEqual(["1 Units", "2 Units", "2 Units"]);
    await tap(".o_count_strip_one:first");
    expect(app.count.entries.list[0]).toMatchObject({ item: "Nut", qty: 1, location_id: 8 });
    expect(strip()).toEqual(["3 Units", "1 Units", "2 Units"]);
    await tap(".o_count_strip_undo:first");
    expect(strip().toSorted()).toEqual(["1 Units", "2 Units", "2 Units"]);
});
