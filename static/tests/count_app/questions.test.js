import { describe, expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts } from "@odoo/hoot-dom";
import { Offline, Refused } from "@stock_count/count_app/core/server";
import { listUndecided } from "@stock_count/count_app/counting/review";
import {
    counted,
    FakeServer,
    hear,
    makePayload,
    mountApp,
    question,
    scan,
    shown,
    tap,
    title,
    until,
} from "./count_app_test_helpers";

describe.current.tags("mobile");

test("an unknown code is a screen; scans behind it wait and are counted after (M11)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "NOPE", "BOX-33", "BOX-33", "LOC-B");
    expect(question()).toBe("Unknown code");
    expect(".o_count_waiting").toHaveText(/3/);
    expect(counted(app)).toEqual([]);
    await tap(".o_count_forget");
    expect(counted(app)).toEqual(["2 Screw A-01"]);
    expect(app.signals).toInclude("wait");
});

test("an unknown code that was left is found in Review (M2, M11)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "NOPE");
    await tap(".o_count_later");
    await tap("[data-tab=review]");
    await tap("[data-filter=undecided]");
    expect(".o_count_row").toHaveText(/NOPE/);
    await tap(".o_count_row");
    await tap(".o_count_forget");
    expect(".o_count_row").toHaveCount(0);
});

test("the server is asked for a code that the device does not know (M11)", async () => {
    const server = new FakeServer();
    const match = { kind: "product", product_id: 77, product_name: "Bolt", product_code: "B" };
    server.known = {
        BOLT: { kind: "product", matches: [{ ...match, tracking: "none", uom_id: 1 }] },
    };
    const { app } = await mountApp({ server });
    await scan(app, "LOC-A", "BOLT");
    await until(() => app.count.draft.product?.name === "Bolt");
    expect(question()).toBe("");
});

test("a scan that waits while the server is asked comes after what it asked for (M11)", async () => {
    const server = new FakeServer();
    const match = { kind: "product", product_id: 77, product_name: "Bolt", product_code: "B" };
    server.known = {
        BOLT: { kind: "product", matches: [{ ...match, tracking: "none", uom_id: 1 }] },
    };
    const { app } = await mountApp({ server });
    await scan(app, "LOC-A");
    await tap("[data-mode=each]");
    await scan(app, "5901234123457", "BOLT", "5901234123457", "D-1");
    await until(() => app.count.entries.list.length === 4);
    const items = ["1 Screw A-01", "1 Bolt A-01", "1 Screw A-01", "1 Drill A-01"];
    expect(counted(app)).toEqual(items);
});

test("an unknown code that was searched in vain is still undecided (M11)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "NOPE");
    await tap(".o_count_search_item");
    expect(question()).toBe("Which item?");
    await tap(".o_count_close");
    expect(listUndecided(app.count)).toHaveLength(1);
    await tap("[data-tab=review]");
    await tap("[data-filter=undecided]");
    await tap(".o_count_row");
    await tap(".o_count_search_item");
    await tap(".o_count_bottom_sheet .o_count_row:first");
    expect(listUndecided(app.count)).toHaveLength(0);
});

test("a scanner that types into a field is answered as elsewhere, and its next code replaces it", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-B");
    for (const [open, field, wrong, right] of [
        [".o_count_location", ".o_count_term", "NOPE", "LOC-A"],
        [".o_count_search", ".o_count_term", "NOPE", "4006381333931"],
        [null, ".o_count_lot_name", "D-1", "L-2026"],
    ]) {
        await (open && tap(open));
        await click(`.o_count_bottom_sheet ${field}`);
        await edit(wrong, { confirm: "enter" });
        await shown();
        expect(app.signals.at(-1)).toBe("miss");
        const input = document.querySelector(`.o_count_bottom_sheet ${field}`);
        expect([input.selectionStart, input.selectionEnd]).toEqual([0, wrong.length]);
        await edit(right, { confirm: "enter" });
        await shown();
    }
    expect(app.count.draft.location.name).toBe("A-01");
    expect(app.count.draft.state.lot_id).toBe(91);
});

test("several is a screen, and the choice is counted (M11)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "TWICE");
    expect(question()).toBe("Several things have this code");
    await tap(".o_count_row:last");
    expect(app.count.draft.product.name).toBe("Nut");
});

test("a note of an unknown code is kept and sent (M14)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "NOPE");
    await tap(".o_count_tell");
    await tap(".o_count_keep");
    expect(title()).toBe("Nothing to keep");
    await click(".o_count_note_text");
    await edit("Box without a label");
    await tap(".o_count_keep");
    await app.sync.run();
    expect(server.evidence[0]).toMatchObject({
        code: "NOPE",
        location_id: 8,
        note: "Box without a label",
    });
});

test("a bin that somebody else counts warns (M16)", async () => {
    const claims = [
        { location_id: 9, user_name: "Tomas", is_me: false, at: "2026-11-21 23:31:00" },
    ];
    const server = new FakeServer(makePayload({ claims }));
    const { app } = await mountApp({ server });
    await scan(app, "LOC-B");
    expect(question()).toBe("Somebody counts here");
    await tap(".o_count_elsewhere_bin");
    await scan(app, "LOC-A");
    expect(app.count.draft.location.name).toBe("A-01");
    await app.sync.run();
    const kinds = server.events.map(({ kind, location_id }) => `${kind} ${location_id}`);
    expect(kinds).toEqual(["bin_claim 9", "bin_release 9", "bin_claim 8"]);
});

for (const [at, opened, words] of [
    ["2026-11-21 23:31:00", "Somebody counts here", []],
    ["2026-11-21 23:33:00", "", ["A-02 is counted by Tomas"]],
]) {
    test(`who is in the bin since ${at} is told when it is known, once (M16)`, async () => {
        const { app, server } = await mountApp();
        await scan(app, "LOC-B");
        const mine = { location_id: 9, user_name: "Nadia", is_me: true, at: "2026-11-21 23:32:00" };
        const other = { location_id: 9, user_name: "Tomas", is_me: false, at };
        await hear(app, server, { claims: [mine, other] });
        await shown();
        expect(question()).toBe(opened);
        expect(queryAllTexts(".o_count_banner strong")).toEqual(words);
        app.close();
        app.state.message = null;
        await app.sync.run();
        await shown();
        expect([question(), queryAllTexts(".o_count_banner")]).toEqual(["", []]);
    });
}

test("bin finished says what becomes zero before it does it (M15)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "BOX-33");
    await tap(".o_count_finish");
    expect(".o_count_names li").toHaveCount(2);
    await tap(".o_count_finish_bin");
    expect(counted(app)).toEqual(["1 Screw A-01"]);
    await app.sync.run();
    expect(server.events.at(-1)).toMatchObject({ kind: "bin_finished", location_id: 8 });
    expect(app.count.progress.leftAt(8)).toHaveLength(0);
});

test("with Option 325 off a bin is not finished while lines are left (M15)", async () => {
    const server = new FakeServer(makePayload({ options: { allow_zero: false } }));
    const { app } = await mountApp({ server });
    await scan(app, "LOC-A");
    await tap(".o_count_finish");
    expect(".o_count_finish_bin").toHaveCount(0);
    expect(".o_count_problem").toHaveText(/325/);
});

test("a package is counted at once; in a blind count with typed quantities (M11)", async () => {
    const { app } = await mountApp();
    await scan(app, "PACK0000004");
    await click(".o_count_units");
    await edit("25");
    await tap(".o_count_confirm");
    expect(counted(app)).toEqual(["25 Nut A-02"]);
    expect(app.count.entries.first.line_id).toBe(505);
});

test("a package that is confirmed twice is counted once (M11)", async () => {
    const { app } = await mountApp();
    for (const qty of ["25", "24"]) {
        await scan(app, "PACK0000004");
        await click(".o_count_units");
        await edit(qty);
        await tap(".o_count_confirm");
    }
    expect(counted(app)).toEqual(["24 Nut A-02"]);
});

test("a package is counted where it is seen, not where the list has it (M11, P3)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "PACK0000004");
    expect(".o_count_bottom_sheet .o_count_notice").toHaveText(/where you are, in A-01/);
    await click(".o_count_units");
    await edit("25");
    await tap(".o_count_confirm");
    await app.sync.run();
    expect(server.entries[0]).toMatchObject({ product_id: 36, location_id: 8, package_id: 4 });
    expect(server.entries[0].line_id).toBe(undefined);
});

test("a code that was typed into a quantity is asked about (M5)", async () => {
    const { app } = await mountApp();
    await scan(app, "PACK0000004");
    await click(".o_count_units");
    await edit("5901234123457");
    await tap(".o_count_confirm");
    expect(title()).toBe("This quantity is too large");
    await click(".o_count_units");
    await edit("96385074");
    await tap(".o_count_confirm");
    expect(title()).toMatch(/Really 96/);
    expect(counted(app)).toEqual([]);
    await tap(".o_count_confirm");
    expect(app.count.entries.first.qty).toBe(96385074);
});

test("a list of serials: scanned, typed and ticked, each once (M6, D13)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-A", "DRILL");
    await app.close();
    await shown();
    await tap(".o_count_serials");
    await scan(app, "D-2", "D-2");
    await click(".o_count_serial_names");
    await edit("N-1, N-2; N-1");
    await tap(".o_count_bottom_sheet_body .o_count_small");
    await tap(".o_count_row:last");
    expect(".o_count_add_serials").toHaveText("Add 4");
    await tap(".o_count_add_serials");
    expect(counted(app)).toEqual(Array(4).fill("1 Drill A-01"));
});

test("Review corrects by taking back and counting anew (M2, P7)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await app.sync.run();
    await tap("[data-tab=review]");
    await tap(".o_count_row");
    await tap("[data-key='4']");
    await tap(".o_count_save");
    expect(counted(app)).toEqual(["4 Screw A-01"]);
    await app.sync.run();
    expect(server.entries.map(({ operation }) => operation)).toEqual(["add", "withdraw", "add"]);
    await tap(".o_count_row");
    await tap(".o_count_remove");
    expect(counted(app)).toEqual([]);
});

test("Reset Count asks first, then takes everything back (M10)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "BOX-33", "LOC-B", "D-1");
    await tap(".o_count_menu");
    await tap(".o_count_ask_reset");
    expect(counted(app)).toHaveLength(2);
    await tap(".o_count_reset");
    expect(counted(app)).toEqual([]);
    await app.sync.run();
    expect(server.entries.filter(({ operation }) => operation === "withdraw")).toHaveLength(2);
});

test("a count is submitted when the server has everything, not before (M10)", async () => {
    const { app, server } = await mountApp();
    server.fail = (method) => {
        if (["sync", "load_start"].includes(method)) {
            throw new Offline();
        }
    };
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await tap("[data-tab=submit]");
    expect(".o_count_notice_unsent").toHaveText(/Not on the server yet:\s+1/);
    await tap(".o_count_submit_count");
    await until(() => !app.sync.running);
    expect(server.isSubmitted).toBe(undefined);
    server.fail = () => {};
    await tap(".o_count_submit_count");
    await until(() => app.state.screen === "done");
    expect(server.isSubmitted).toBe(true);
});

test("another count that cannot be sent keeps this one from nothing (M10)", async () => {
    const { app, server } = await mountApp();
    const other = { uuid: "x", session_id: 13, kind: "entry", state: "waiting", view: {} };
    await app.journal.add({ ...other, body: { uuid: "x", product_id: 33, qty: 1 } });
    server.fail = (method, [sessionId]) => {
        if (method === "sync" && sessionId === 13) {
            throw new Refused("You are not assigned to count CC-00013.");
        }
    };
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await tap("[data-tab=submit]");
    await until(() => app.sync.state.status === "denied");
    expect(".o_count_status_denied").toHaveText(/CC-00013/);
    await tap(".o_count_submit_count");
    await until(() => app.state.screen === "done");
    expect(server.entries).toHaveLength(1);
});

test("a withdrawal that the server does not take shows the count again (M2)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await app.sync.run();
    server.record = ({ uuid }) => ({ uuid, status: "refused", code: "session_closed" });
    await app.actions.remove(app.count.entries.first);
    expect(counted(app)).toEqual([]);
    await app.sync.run();
    expect(counted(app)).toEqual(["1 Screw A-01"]);
});

test("a count from another phone keeps its words when it is corrected (M2, P7)", async () => {
    const sent = { uuid: "s", line_id: 501, qty: 3, uom_id: 1, product_qty: 3, operation: "set" };
    const words = { serial2: "", rfid: "TAG", note: "wet", round: 1, withdrawn: false };
    const entries = [{ ...sent, ...words, counted_at: "2026-11-21 23:30:11" }];
    const { app, server } = await mountApp({ server: new FakeServer(makePayload({ entries })) });
    await app.actions.correct(app.count.entries.first, 4);
    await app.sync.run();
    expect(server.entries[1]).toMatchObject({ line_id: 501, qty: 4, rfid: "TAG", note: "wet" });
});

test("what is scanned from an opened package lies in it (M11)", async () => {
    const { app } = await mountApp();
    await scan(app, "LOC-B", "PACK0000004");
    await tap(".o_count_bottom_sheet .o_count_inside");
    await scan(app, "NUTS", "NUTS", "5901234123457", "5901234123457", "LOC-A");
    const lines = app.count.entries.list.map(({ line_id, package_id }) => [line_id, package_id]);
    expect(lines).toEqual([
        [undefined, 4],
        [505, 4],
    ]);
    expect(app.count.draft.state.inside).toBe(false);
});

test("what the server refuses is told, with its reason, and can be taken off (M2)", async () => {
    const server = new FakeServer();
    server.refusals[501] = "held";
    const { app } = await mountApp({ server });
    await scan(app, "LOC-A", "BOX-33", "LOC-B");
    await app.sync.run();
    await shown();
    expect(title()).toBe("Not taken by the server: 1");
    expect(app.signals.at(-1)).toBe("miss");
    await tap(".o_count_refused");
    expect(".o_count_why").toHaveText("No: held");
    await tap(".o_count_row");
    await tap(".o_count_remove");
    expect(app.journal.state.refused).toBe(0);
});
