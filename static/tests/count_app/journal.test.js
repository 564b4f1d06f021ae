import { describe, expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { Database, StorageFull } from "@stock_count/count_app/core/database";
import { Journal } from "@stock_count/count_app/core/journal";
import { makeDatabase } from "./count_app_test_helpers";

describe.current.tags("mobile");

const row = (uuid, more = {}) => ({
    uuid,
    session_id: 12,
    kind: "entry",
    state: "waiting",
    body: { uuid },
    view: {},
    ...more,
});

async function reload(database) {
    const journal = new Journal(database);
    await journal.load();
    return journal;
}

test("what was added is there after a reload, in its order (M12)", async () => {
    const database = makeDatabase();
    const journal = await reload(database);
    await journal.add(row("b"));
    await journal.add(row("a"), row("c"));
    const again = await reload(database);
    expect(again.nextBatch(10).map(({ uuid }) => uuid)).toEqual(["b", "a", "c"]);
    expect(again.state.unsent).toBe(3);
});

test("rows that belong together are added together or not at all (M2, M12)", async () => {
    const database = makeDatabase();
    const journal = await reload(database);
    await expect(journal.add(row("a"), row("b", { body: { f() {} } }))).rejects.toThrow();
    expect((await reload(database)).all).toHaveLength(0);
    expect(journal.all).toHaveLength(0);
});

test("a refusal is kept with its reason, and can be sent again (M12)", async () => {
    const database = makeDatabase();
    const journal = await reload(database);
    await journal.add(row("a"), row("b"));
    await journal.settle(journal.nextBatch(10), [
        { status: "recorded", line_id: 5 },
        { status: "refused", code: "wrong_lot", message: "Scan it again." },
    ]);
    const again = await reload(database);
    expect(again.state.refused).toBe(1);
    expect(again.rows.get("a").line_id).toBe(5);
    expect(again.rows.get("b").message).toBe("Scan it again.");
    await again.retry(again.rows.get("b"));
    expect(again.nextBatch(10)).toHaveLength(1);
});

test("what was refused and taken back needs nobody's decision (M2)", async () => {
    const journal = await reload(makeDatabase());
    await journal.add(row("a"), row("w", { body: { operation: "withdraw", withdraws: "a" } }));
    const answers = ["wrong_lot", "unknown_entry"].map((code) => ({ status: "refused", code }));
    await journal.settle(journal.nextBatch(10), answers);
    expect(["a", "w"].map((uuid) => journal.rows.get(uuid).state)).toEqual(["dropped", "dropped"]);
    expect(journal.state.refused).toBe(0);
});

test("a claim that the server refuses bothers nobody (M16)", async () => {
    const journal = await reload(makeDatabase());
    await journal.add(row("c", { kind: "event", body: { uuid: "c", kind: "bin_release" } }));
    await journal.settle(journal.nextBatch(10), [{ status: "refused", code: "bin_locked" }]);
    expect([journal.state.refused, journal.state.unsent]).toEqual([0, 0]);
});

test("a batch is of one session, and misses are not sent (M12)", async () => {
    const journal = await reload(makeDatabase());
    await journal.add(row("m", { kind: "miss" }), row("a"), row("b", { session_id: 13 }), row("c"));
    expect(journal.nextBatch(10).map(({ uuid }) => uuid)).toEqual(["a", "c"]);
    expect(journal.state.unsent).toBe(3);
});

test("a full device says so instead of losing a count (M12)", async () => {
    const database = makeDatabase();
    const journal = await reload(database);
    patchWithCleanup(IDBObjectStore.prototype, {
        put() {
            throw new DOMException("no room", "QuotaExceededError");
        },
    });
    await expect(journal.add(row("a"))).rejects.toThrow(StorageFull);
    expect(journal.state.unsent).toBe(0);
});

test("where the browser keeps nothing at all, it says so, too (M12)", async () => {
    patchWithCleanup(IDBFactory.prototype, {
        open() {
            throw new DOMException("denied", "SecurityError");
        },
    });
    await expect(new Database("stock_count.none").getAll("journal")).rejects.toThrow(StorageFull);
});
