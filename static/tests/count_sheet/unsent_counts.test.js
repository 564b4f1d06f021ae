import { describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { UnsentCounts } from "@stock_count/count_sheet/autosave/unsent_counts";

describe.current.tags("headless");

test("the last quantity of a line is kept, with its own uuid and the time of typing (D16)", () => {
    mockDate("2026-01-31 14:05:00.250", 0);
    const unsent = new UnsentCounts("db.7.1");
    const first = unsent.keep(1, 5);
    const last = unsent.keep(1, 12);
    expect(unsent.state.count).toBe(1);
    expect(last.uuid).not.toBe(first.uuid);
    expect([last.line_id, last.qty]).toEqual([1, 12]);
    expect(last.counted_at).toMatch(/^2026-01-31 14:05:00\.\d{3}$/);
});

test("the same quantity typed again keeps its uuid: it is sent once (D16)", () => {
    const unsent = new UnsentCounts("db.7.1");
    expect(unsent.keep(1, 12).uuid).toBe(unsent.keep(1, 12).uuid);
});

test("another tab of the same user and session finds what is kept (D16)", () => {
    const kept = new UnsentCounts("db.7.1").keep(1, 12);
    expect(new UnsentCounts("db.7.1").getAll()).toEqual([kept]);
});

test("another user or session finds nothing (D16)", () => {
    new UnsentCounts("db.7.1").keep(1, 12);
    expect(new UnsentCounts("db.8.1").getAll()).toEqual([]);
    expect(new UnsentCounts("db.7.11").getAll()).toEqual([]);
});

test("an acknowledgement forgets what was sent, not what was typed meanwhile (D16)", () => {
    const unsent = new UnsentCounts("db.7.1");
    const sent = unsent.keep(1, 5);
    unsent.keep(1, 12);
    unsent.drop(1, sent.uuid);
    expect(unsent.get(1).qty).toBe(12);
    unsent.drop(1, unsent.get(1).uuid);
    expect(unsent.state.count).toBe(0);
});

test("a browser that keeps nothing does not stop the counting (D16)", () => {
    patchWithCleanup(browser.localStorage, {
        setItem() {
            throw new DOMException("full", "QuotaExceededError");
        },
    });
    const unsent = new UnsentCounts("db.7.1");
    expect(unsent.keep(1, 12)).toBe(null);
    expect(unsent.state.count).toBe(0);
});
