import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-dom";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { Wedge } from "@stock_count/count_app/core/wedge";
import { readQuantity, writeQuantity } from "@stock_count/count_app/core/numbers";
import { typeKey } from "@stock_count/count_app/counting/quantity_text";
import { ScanQueue } from "@stock_count/count_app/counting/scan_queue";
import { shown } from "./count_app_test_helpers";

describe.current.tags("mobile");

/** Types keys at a distance of some milliseconds. */
function type(wedge, keys, gap, start = 1000) {
    keys.forEach((key, i) => wedge.take(key, start + i * gap));
}

const makeWedge = () =>
    new Wedge({
        onScan: (code) => expect.step(`scan ${code}`),
        onKey: (key) => expect.step(key),
    });

test("a very fast scanner is told from a person (M11)", () => {
    const wedge = makeWedge();
    type(wedge, [..."5901234123457", "Enter"], 0);
    expect.verifySteps(["scan 5901234123457"]);
    type(wedge, [..."12", "Enter"], 200, 5000);
    expect.verifySteps(["1", "2", "Enter"]);
});

test("two scans in a row, with Enter or Tab, stay two (M11)", () => {
    const wedge = makeWedge();
    type(wedge, [..."AAA", "Enter", ..."BBB", "Tab"], 1);
    expect.verifySteps(["scan AAA", "scan BBB"]);
});

test("a suffix of two keys ends a code once (M11)", () => {
    const wedge = makeWedge();
    type(wedge, [..."AAA", "Enter", "Enter", ..."BBB", "Tab", "Enter"], 2);
    expect.verifySteps(["scan AAA", "scan BBB"]);
    type(wedge, ["7", "Enter"], 300, 5000);
    expect.verifySteps(["7", "Enter"]);
});

test("a scanner without a suffix ends by its silence (M11)", async () => {
    const wedge = makeWedge();
    type(wedge, [..."LOC-A"], 5);
    wedge.flush();
    expect.verifySteps(["scan LOC-A"]);
});

test("a device that is busy in the middle of a code does not tear it apart (M11)", async () => {
    const wedge = makeWedge();
    type(wedge, [..."59012"], 5);
    const busy = Date.now() + 400;
    patchWithCleanup(Date, { now: () => busy });
    // The clock of the silence rings, far too late.
    await advanceTime(160);
    type(wedge, [..."34", "Enter"], 5, 1025);
    expect.verifySteps(["scan 5901234"]);
});

test("shift and a GS1 separator do not break a code (M11)", () => {
    const wedge = makeWedge();
    type(wedge, ["Shift", "A", "Shift", "\x1d", "B", "C", "Enter"], 2);
    expect.verifySteps(["scan A\x1dBC"]);
});

test("characters above U+FFFF and long codes stay in one piece (M17)", () => {
    const wedge = makeWedge();
    const code = "\u{1F4E6}-7" + "X".repeat(300);
    type(wedge, [...code, "Enter"], 1);
    expect.verifySteps([`scan ${code}`]);
});

test("text that comes at once holds one code per line (M11)", () => {
    const wedge = makeWedge();
    wedge.takeText("AAA-1\nBBB-2\n7");
    expect.verifySteps(["scan AAA-1", "scan BBB-2", "7"]);
});

test("scans faster than the screen wait for their turn, none is dropped (M11)", async () => {
    const seen = [];
    const queue = new ScanQueue({
        handle: async ({ code }) => {
            await shown();
            seen.push(code);
        },
        isBlocked: () => false,
        onWait: () => {},
    });
    const codes = Array.from({ length: 40 }, (_, i) => `C${i}`);
    await Promise.all(codes.map((code) => queue.push(code)));
    expect(seen).toEqual(codes);
});

test("while a question is open scans wait, and then go on (M11)", async () => {
    let isBlocked = true;
    const seen = [];
    const queue = new ScanQueue({
        handle: async ({ code }) => seen.push(code),
        isBlocked: () => isBlocked,
        onWait: (scans) => expect.step(`${scans.length} wait`),
    });
    await queue.push("A");
    await queue.push("B");
    expect(seen).toEqual([]);
    isBlocked = false;
    await queue.drain();
    expect(seen).toEqual(["A", "B"]);
    expect.verifySteps(["1 wait", "2 wait", "0 wait"]);
});

test("quantities are read as people type them (M5)", () => {
    expect(["12", "1,5", ".5", "0"].map(readQuantity)).toEqual([12, 1.5, 0.5, 0]);
    expect(["", "1.2.3", "-1", "abc", "1e9"].map(readQuantity)).toEqual([
        null,
        null,
        null,
        null,
        null,
    ]);
    expect(writeQuantity(0.1 + 0.2)).toBe("0.3");
});

test("boxes and loose pieces are a quantity, half of them is none (M19)", () => {
    expect(["3×24+5", "2×3×4", "1,5×2", "0.1+0.2"].map(readQuantity)).toEqual([77, 24, 3, 0.3]);
    expect(["3×", "+5", "3××4", "3-4", "×"].map(readQuantity)).toEqual(Array(5).fill(null));
    const type = (keys) => [...keys].reduce((text, key) => typeKey(text, key) ?? text, "");
    expect(["3x24+5", "*3++4", "1.5.2*2", "12--3"].map(type)).toEqual([
        "3×24+5",
        "3+4",
        "1.52×2",
        "123",
    ]);
});
