import { describe, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { AppState } from "@stock_count/count_app/app/app_state";
import { LoginNeeded, Offline, ServerFailed } from "@stock_count/count_app/core/server";
import { ReviewScreen } from "@stock_count/count_app/screens/review_screen";
import { listUndecided } from "@stock_count/count_app/counting/review";
import {
    counted,
    FakeServer,
    hear,
    makeDatabase,
    mountApp,
    question,
    scan,
    shown,
    title,
    until,
} from "./count_app_test_helpers";

describe.current.tags("mobile");

const breakWith = (server, error) => {
    server.fail = () => {
        throw error;
    };
};

/** The app after the tab was killed: everything in memory is gone. */
async function restart(app, server) {
    app.end();
    const again = new AppState({
        database: app.database,
        device: "Test",
        userId: 7,
        call: server.call,
    });
    again.feedback.signal = () => {};
    await again.sessions.begin();
    return again;
}

test("a killed tab loses nothing that was counted or entered, without a network (M12)", async () => {
    const { app, server } = await mountApp();
    breakWith(server, new Offline());
    await scan(app, "LOC-A", "BOX-33", "D-1", "5901234123457", "5901234123457");
    await app.keeper.keepNow();
    const again = await restart(app, server);
    expect(counted(again)).toEqual(["1 Screw A-01", "1 Drill A-01"]);
    expect(again.count.draft.qty).toBe(2);
    expect(again.journal.state.unsent).toBe(2);
    server.fail = () => {};
    await again.sync.run();
    again.end();
    expect(server.entries).toHaveLength(2);
});

test("a scan without a quantity waits after a killed tab, too (M21, M12)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "5901234123457", "NUTS");
    await app.keeper.keepNow();
    const again = await restart(app, server);
    expect(again.count.aside.scans.map(({ product_id }) => product_id)).toEqual([33]);
    again.end();
});

test("scans that waited are counted after a reload, once (M11, M12)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "NOPE", "D-1");
    await app.keeper.keepNow();
    const again = await restart(app, server);
    await until(() => again.count.entries.list.length);
    const third = await restart(again, server);
    await shown();
    expect(counted(third)).toEqual(["1 Drill A-01"]);
    third.end();
});

test("scans that a slow device has not dealt with yet are kept, too (M11, M12)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A");
    app.count.setScanMode("each");
    // The first one never ends: the device is killed in the middle of it.
    patchWithCleanup(app.scanner, { handle: () => new Promise(() => {}) });
    ["BOX-33", "BOX-33", "D-1"].forEach((code) => app.intake.onScan(code));
    await until(() => !app.keeper.isKeeping);
    const again = await restart(app, server);
    await until(() => again.count.entries.list.length === 3);
    expect(counted(again)).toEqual(["1 Screw A-01", "1 Screw A-01", "1 Drill A-01"]);
    again.end();
});

test("what was added is not added again from what was kept of the screen (M12)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "BOX-33");
    await app.keeper.keepNow();
    // The tab dies after the count was written, before the screen's state was.
    await app.count.adder.add();
    patchWithCleanup(app.keeper, { keepNow() {} });
    const again = await restart(app, server);
    await again.count.steps.finishDraft();
    expect(counted(again)).toEqual(["1 Screw A-01"]);
    again.end();
});

test("a login that ended says so, and counting goes on (M12)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A");
    breakWith(server, new LoginNeeded());
    await scan(app, "BOX-33", "LOC-B");
    await app.sync.run();
    await shown();
    expect(".o_count_status_login").toHaveText(/1 not\s+sent/);
    await scan(app, "D-1");
    expect(counted(app)).toHaveLength(2);
});

test("another person who logs in gets a page of their own and none of these counts (Z2)", async () => {
    const { app, server } = await mountApp();
    patchWithCleanup(browser.location, { reload: () => expect.step("reload") });
    breakWith(server, new LoginNeeded());
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await app.sync.run();
    const start = server.load_start();
    server.load_start = () => ({ ...start, user: { id: 8, name: "Tomas", is_lead: false } });
    server.fail = () => {};
    await app.sync.run();
    app.end();
    expect.verifySteps(["reload"]);
    expect(server.entries).toHaveLength(0);
    expect(app.journal.countUnsent(12)).toBe(1);
});

test("a server that fails is told from a network that does (M12)", async () => {
    const { app, server } = await mountApp();
    for (const [error, status] of [
        [new ServerFailed("500"), "failed"],
        [new Offline(), "offline"],
    ]) {
        breakWith(server, error);
        // The run under way may have been answered before.
        await app.sync.run();
        await app.sync.run();
        await shown();
        expect(`.o_count_status_${status}`).toHaveCount(1);
    }
});

test("a full device counts nothing silently (M12)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "5901234123457", "5901234123457");
    const { put } = IDBObjectStore.prototype;
    patchWithCleanup(IDBObjectStore.prototype, {
        put(...args) {
            if (this.name === "journal") {
                throw new DOMException("no room", "QuotaExceededError");
            }
            return put.apply(this, args);
        },
    });
    await click(".o_count_add");
    await shown();
    expect(question()).toBe("This device is full");
    expect(counted(app)).toEqual([]);
});

test("a device without room for a list says so before anything is counted (M12)", async () => {
    const { app } = await mountApp({ session: null });
    patchWithCleanup(IDBObjectStore.prototype, {
        put() {
            throw new DOMException("no room", "QuotaExceededError");
        },
    });
    await click(".o_count_session");
    await until(() => app.state.overlay);
    expect(question()).toBe("This device is full");
    expect(".o_count_bottom_sheet .o_count_lead").toHaveText(/cannot keep what is needed/);
});

test("a screen that cannot be drawn is a screen with a way on (M12)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    patchWithCleanup(ReviewScreen.prototype, {
        get rows() {
            throw new Error("broken");
        },
    });
    await click("[data-tab=review]");
    await until(() => app.state.screen === "failed");
    expect(".o_count_failed h1").toHaveText("The app stumbled");
    await click(".o_count_again");
    await until(() => app.state.screen === "count");
    expect(counted(app)).toEqual(["1 Screw A-01"]);
});

test("a phone clock that is three hours off is told (M12)", async () => {
    const server = new FakeServer();
    server.ahead = 3 * 3_600_000;
    const { app } = await mountApp({ server });
    await app.sync.run();
    await shown();
    expect(".o_count_status_clock").toHaveText(/3 h off/);
});

test("a count that was posted meanwhile is a screen with a way on (M12)", async () => {
    const { app, server } = await mountApp();
    server.refusals = { 501: "session_closed" };
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await hear(app, server, { session_state: "posted" });
    await shown();
    expect(".o_count_closed h1").toHaveText("CC-00012 is closed");
    expect(".o_count_notice").toHaveText(/not taken:\s+1/);
    await click(".o_count_to_start");
    await until(() => app.state.screen === "start");
});

test("a closed count changes no more, and a scan in it is listed (M12)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await hear(app, server, { session_state: "posted" });
    await scan(app, "D-1");
    expect(title()).toBe("This count is closed");
    expect(listUndecided(app.count)).toHaveLength(1);
    await app.do(() => app.show("review"));
    await shown();
    await click(".o_count_row");
    await shown();
    expect(question()).toBe("");
    expect(title()).toBe("This count is closed");
});

test("scans that wait stay with their count, and none is taken without one (M11, M12)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "NOPE", "D-1");
    await app.do(() => app.sessions.leave());
    await until(() => app.state.screen === "start");
    expect(app.queue.scans).toHaveLength(0);
    await scan(app, "D-2");
    expect(title()).toBe("Not counted");
    await click(".o_count_session");
    await until(() => app.count?.entries.list.length);
    expect(counted(app)).toEqual(["1 Drill A-01"]);
});

test("a count that is chosen again is loaded anew, without a network as it was (M12)", async () => {
    const { app, server } = await mountApp();
    await app.sessions.leave();
    await until(() => app.state.screen === "start");
    server.payload.locations.rows.push([10, "A-03", "WH/Stock/A-03", "LOC-C", 2]);
    await app.sessions.take(12);
    expect(app.count.catalogue.locations.has(10)).toBe(true);
    await app.sessions.leave();
    breakWith(server, new Offline());
    await app.sessions.take(12);
    expect(app.state.screen).toBe("count");
});

test("nothing on the device and no network is a screen, not a blank page (M12)", async () => {
    const server = new FakeServer();
    breakWith(server, new Offline());
    const { app } = await mountApp({ server, database: makeDatabase(), session: null });
    expect(".o_count_failed h1").toHaveText("No network");
    server.fail = () => {};
    await click(".o_count_again");
    await until(() => app.state.screen === "start");
});

test("what was still loading does not take the screen from another tab (M12)", async () => {
    const { app } = await mountApp();
    app.tab.tabs.hear("here");
    await app.sessions.begin();
    await shown();
    expect(".o_count_elsewhere").toHaveCount(1);
    expect(app.sync.stopped).toBe(true);
});

test("a second tab gives way until it is asked to take over (M12)", async () => {
    const { app } = await mountApp();
    app.tab.giveWay();
    await shown();
    expect(".o_count_elsewhere h1").toHaveText("Open in another tab");
    await click(".o_count_take");
    await until(() => app.state.screen === "count");
});
