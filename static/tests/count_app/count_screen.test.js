import { describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts } from "@odoo/hoot-dom";
import { Offline } from "@stock_count/count_app/core/server";
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
} from "./count_app_test_helpers";

describe.current.tags("mobile");

const nextRound = (line) => ({ ...line, first_round: line.first_round + 1 });

const open = (options) => mountApp({ server: new FakeServer(makePayload(options)) });

test("scan, quantity, Add: the count is kept and sent (M3, M5, M10)", async () => {
    const { app, server } = await open();
    await scan(app, "LOC-A", "5901234123457");
    await tap("[data-key='1']");
    await tap("[data-key='2']");
    expect(".o_count_qty").toHaveText(/12/);
    await tap(".o_count_add");
    expect(counted(app)).toEqual(["12 Screw A-01"]);
    await app.sync.run();
    expect(server.entries[0]).toMatchObject({ line_id: 501, qty: 12, operation: "add", uom_id: 1 });
    expect(app.signals.at(-1)).toBe("hit");
});

test("the next item finishes the one before, twice scanned is two (M5)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457", "5901234123457", "4006381333931");
    expect(counted(app)).toEqual(["2 Screw A-01"]);
    expect(question()).toBe("Glue");
});

test("each scan is one, however fast they come (M11)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A");
    await tap("[data-mode=each]");
    await scan(app, ...Array(50).fill("5901234123457"));
    expect(app.count.entries.list).toHaveLength(50);
    expect(app.count.entries.total(app.count.entries.first)).toBe(50);
});

test("a weight that does not fit the item's unit is asked, and never counted as 1 (M17)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A");
    await tap("[data-mode=each]");
    await scan(app, "010400638133393110L-2026\x1d3103001500");
    expect(counted(app)).toEqual([]);
    expect(".o_count_banner").toHaveText(/1.5 kg/);
    await tap("[data-key='2']");
    await tap(".o_count_add");
    expect(counted(app)).toEqual(["2 Glue A-01"]);
});

test("a code that was misread counts nothing (M17)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "]C10104006381333932" + "10L-2026");
    expect(counted(app)).toEqual([]);
    expect(app.signals.at(-1)).toBe("miss");
});

/** RFID tags of an item as a reader types them: SGTIN-96 of 4006381.033393 and a serial number. */
const tagOf = (serial) =>
    (
        (0x30n << 88n) |
        (1n << 85n) |
        (5n << 82n) |
        (4006381n << 58n) |
        (33393n << 38n) |
        BigInt(serial)
    )
        .toString(16)
        .toUpperCase();

test("hundreds of RFID tags are counted at once, each once (M18)", async () => {
    const barcodes = {
        columns: ["barcode", "product_id", "uom_id", "qty"],
        rows: [["4006381333931", 33, false, 1]],
    };
    const { app } = await open({ barcodes });
    await scan(app, "LOC-A");
    const tags = Array.from({ length: 500 }, (_, i) => tagOf(i + 1));
    await scan(app, ...tags, ...tags);
    expect(app.count.entries.list).toHaveLength(500);
    expect(app.count.entries.total(app.count.entries.first)).toBe(500);
    expect(app.count.entries.list[0].row.body.rfid).toBe("(01)04006381333931(21)500");
});

test("a foreign tag stops nothing, and is named when the bin is finished (M18)", async () => {
    const { app } = await open();
    const foreign = "3074257BF7194E4000001A85";
    await scan(app, "LOC-A", foreign, foreign, "5901234123457");
    expect(question()).toBe("");
    await app.ask("finish_bin", { location: app.count.draft.location });
    await shown();
    expect(".o_count_unknown li").toHaveText(foreign);
    // What was expected here and not found is named, too.
    expect(".o_count_names:first li").toHaveCount(3);
});

test("a packaging's code counts what is in it (M11)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "BOX-33", "BOX-33", "LOC-B");
    expect(app.count.entries.first).toMatchObject({ qty: 2, uom_id: 5, product_qty: 20 });
});

test("boxes and loose pieces are counted in one step (M19)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    for (const key of ["3", "×", "2", "4", "+", "5"]) {
        await tap(`[data-key='${key}']`);
    }
    expect(".o_count_qty").toHaveText(/3×24\+5.*= 77/s);
    await tap(".o_count_add");
    expect(counted(app)).toEqual(["77 Screw A-01"]);
});

test("after a finished bin the next one in walking order is offered (M20)", async () => {
    const { app } = await open();
    expect(queryAllTexts(".o_count_bin b:first-child")).toInclude("A-01");
    await scan(app, "LOC-A");
    await tap(".o_count_finish");
    await tap(".o_count_finish_bin");
    expect(".o_count_bin").toHaveCount(1);
    await tap(".o_count_bin");
    expect(app.count.draft.location.name).toBe("A-02");
    await tap(".o_count_finish");
    await tap(".o_count_finish_bin");
    expect(".o_count_hint").toHaveText(/Every bin on the list is counted/);
});

test("Enter alone does not count again what Options 340 and 343 keep (M5)", async () => {
    const { app } = await open({ options: { preload_item: true, preload_units: true } });
    await scan(app, "LOC-A", "5901234123457");
    await tap("[data-key='5']");
    await tap(".o_count_add");
    await press("Enter");
    await shown();
    expect(counted(app)).toEqual(["5 Screw A-01"]);
    expect(title()).toBe("Screw once more?");
    await tap(".o_count_add");
    expect(counted(app)).toEqual(["5 Screw A-01", "5 Screw A-01"]);
});

test("the location one is in answers its scan, too (M4)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A");
    app.state.message = null;
    await scan(app, "LOC-A");
    expect([title(), app.signals.at(-1)]).toEqual(["A-01", "hit"]);
});

test("plus and minus; never below zero (M5)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    await tap(".o_count_plus");
    await tap(".o_count_plus");
    await tap(".o_count_minus");
    expect(app.count.draft.qty).toBe(1);
    await tap(".o_count_minus");
    await tap(".o_count_minus");
    expect(app.count.draft.qty).toBe(0);
});

test("digits and Enter of a keyboard work as the keypad does (M5)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    for (const key of ["7", "Enter"]) {
        await press(key);
        await shown();
    }
    expect(counted(app)).toEqual(["7 Screw A-01"]);
});

test("an item asks for its location before it is counted (M4)", async () => {
    const { app } = await open();
    app.count.catalogue.products.get(33).location_id = false;
    await scan(app, "5901234123457");
    expect(question()).toBe("Where are you?");
    await scan(app, "NOPE");
    expect(title()).toBe("NOPE is not in this count");
    await scan(app, "LOC-B");
    expect(app.count.draft.location.name).toBe("A-02");
    expect(app.count.draft.product.name).toBe("Screw");
});

test("a lot is asked for, and another item's is refused (M6)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "4006381333931");
    expect(question()).toBe("Glue");
    await scan(app, "D-1");
    expect(title()).toBe("D-1 is of another item");
    await scan(app, "L-2026");
    expect(app.count.draft.state.lot_id).toBe(91);
    expect(".o_count_facts").toHaveText(/2027-01-31/);
});

test("a serial counts by its scan alone, and once (M6, D13)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "D-1", "D-2", "D-1");
    expect(counted(app)).toEqual(["1 Drill A-01", "1 Drill A-01"]);
    expect(title()).toBe("D-1 was counted before");
    expect(app.signals.at(-1)).toBe("miss");
});

test("without Option 333 a serial's scan fills the item only (M6)", async () => {
    const { app } = await open({ options: { autoload_serial: false } });
    await scan(app, "LOC-A", "D-1");
    expect(counted(app)).toEqual([]);
    expect(question()).toBe("Drill");
});

test("zero is recorded where it is allowed, refused where it is off (M7)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    await tap(".o_count_zero");
    expect(counted(app)).toEqual(["0 Screw A-01"]);
    app.count.options.allow_zero = false;
    await scan(app, "5901234123457");
    await press("0");
    await shown();
    await press("Enter");
    await shown();
    expect(title()).toBe("A count of zero is switched off");
    expect(counted(app)).toHaveLength(1);
});

test("skipped lines are on a list and can be worked off (M8)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    await tap(".o_count_skip");
    expect(app.count.progress.skipped.map((line) => line.id)).toEqual([501]);
    await tap(".o_count_menu");
    await tap(".o_count_to_progress");
    await tap("[data-list=skipped]");
    await tap(".o_count_row");
    expect(app.count.draft.product.name).toBe("Screw");
});

test("a quantity like a barcode is asked about (M5)", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    app.count.draft.state.text = "12345678";
    await tap(".o_count_add");
    expect(question()).toBe("Really so many?");
    expect(counted(app)).toEqual([]);
    await tap(".o_count_agree");
    expect(counted(app)).toEqual(["12345678 Screw A-01"]);
});

test("the same item in a package and loose is asked for (M11)", async () => {
    const { app } = await open();
    await scan(app, "LOC-B", "NUTS");
    expect(question()).toBe("Which of these?");
    await tap(".o_count_row:first");
    expect(app.count.target.key).toMatchObject({ line_id: 505, package_id: 4 });
});

test("the location is locked after the first count with Option 345 (M4)", async () => {
    const { app } = await open({ options: { lock_location: true } });
    await scan(app, "LOC-A", "BOX-33");
    await tap(".o_count_add");
    await scan(app, "LOC-B");
    expect(title()).toBe("The location is locked");
    expect(app.count.draft.location.name).toBe("A-01");
});

test("Options 340 and 343 fill item and units from the count before (M3, M5)", async () => {
    const { app } = await open({ options: { preload_item: true, preload_units: true } });
    await scan(app, "LOC-A", "5901234123457");
    await press("6");
    await shown();
    await tap(".o_count_add");
    expect(app.count.draft.product.name).toBe("Screw");
    expect(app.count.draft.state.text).toBe("6");
    expect(counted(app)).toEqual(["6 Screw A-01"]);
});

test("removing what was counted opens the lock of Option 345 (M4)", async () => {
    const { app } = await open({ options: { lock_location: true } });
    await scan(app, "LOC-A", "BOX-33");
    await tap(".o_count_add");
    await app.actions.remove(app.count.entries.first);
    await scan(app, "LOC-B");
    expect(app.count.draft.location.name).toBe("A-02");
});

for (const [preload_location, place] of [
    [true, "A-01"],
    [false, "A-02"],
]) {
    test(`Option 342 ${preload_location}: the next item is in ${place} (M4)`, async () => {
        const { app } = await open({ options: { preload_location } });
        await app.count.steps.setLocation(app.count.catalogue.locations.get(8), "usual");
        await scan(app, "BOX-33");
        await tap(".o_count_add");
        await scan(app, "NUTS");
        expect(app.count.draft.location.name).toBe(place);
    });
}

for (const [suggest_description, names] of [
    [true, ["Nut"]],
    [false, []],
]) {
    test(`Option 341 ${suggest_description}: items by a part of their name (M3)`, async () => {
        const { app } = await open({ options: { suggest_description } });
        app.count.catalogue.products.get(36).code = "X-36";
        await tap(".o_count_search");
        await click(".o_count_term");
        await edit("nut", { confirm: false });
        await shown();
        expect(queryAllTexts(".o_count_bottom_sheet .o_count_row b")).toEqual(names);
    });
}

test("a second serial number is asked for with Option 290 only (M6)", async () => {
    const { app, server } = await open({ options: { serial2: true } });
    await scan(app, "LOC-A", "D-1");
    expect(counted(app)).toEqual([]);
    await tap(".o_count_more");
    await click(".o_count_serial2");
    await edit("ALT-1", { confirm: "blur" });
    await tap(".o_count_ok");
    await tap(".o_count_add");
    await app.sync.run();
    expect(server.entries[0]).toMatchObject({ line_id: 503, qty: 1, serial2: "ALT-1" });
});

test("a recount begins at nothing, also for a serial that was seen (A3, M6)", async () => {
    const { app, server } = await open();
    server.fail = () => {
        throw new Offline();
    };
    await scan(app, "LOC-A", "D-1", "BOX-33", "LOC-B", "LOC-A");
    server.fail = () => {};
    const line = (id, product_id, lot_id) => ({
        ...app.count.catalogue.lines.get(id),
        ...{ product_id, lot_id, first_round: 2, state: "recount" },
    });
    await hear(app, server, { lines: [line(501, 33, false), line(503, 35, 92)] });
    // The server recorded them in the round that was open when they came.
    expect(counted(app)).toEqual(["1 Drill A-01", "1 Screw A-01"]);
    await hear(app, server, { lines: [line(501, 33, false), line(503, 35, 92)].map(nextRound) });
    expect(counted(app)).toEqual([]);
    await scan(app, "D-1", "5901234123457");
    expect(counted(app)).toEqual(["1 Drill A-01"]);
    expect(app.count.target.soFar).toBe(0);
});

test("an empty bin is confirmed with one tap (M15)", async () => {
    const payload = makePayload();
    payload.locations.rows.push([10, "A-03", "WH/Stock/A-03", "LOC-C", 2]);
    const { app, server } = await mountApp({ server: new FakeServer(payload) });
    await scan(app, "LOC-C");
    expect(".o_count_finish").toHaveText(/Bin is empty/);
    await tap(".o_count_finish");
    await app.sync.run();
    expect(server.events.at(-1)).toMatchObject({ kind: "bin_finished", location_id: 10 });
});

test("a device with keys only: arrows walk, Enter presses, digits mean the quantity", async () => {
    const { app } = await open();
    await scan(app, "LOC-A", "5901234123457");
    await press("ArrowUp");
    expect(document.activeElement.textContent).toInclude("Submit");
    while (!document.activeElement.matches(".o_count_plus")) {
        await press("ArrowUp");
    }
    await press("Enter");
    await shown();
    expect(app.count.draft.qty).toBe(1);
    for (const key of ["4", "Enter"]) {
        await press(key);
        await shown();
    }
    expect(counted(app)).toEqual(["4 Screw A-01"]);
    await tap(".o_count_search");
    await click(".o_count_term");
    await press("Escape");
    await shown();
    expect(question()).toBe("");
});

test("a blind count shows no expected quantity, another shows it (M13)", async () => {
    const payload = makePayload({ session: { blind: false, shows_expected: true } });
    payload.lines.columns.push("expected");
    payload.lines.rows.forEach((row) => row.push(17));
    const { app } = await mountApp({ server: new FakeServer(payload) });
    await scan(app, "LOC-A", "5901234123457");
    expect(".o_count_facts").toHaveText(/Expected 17/);
});
