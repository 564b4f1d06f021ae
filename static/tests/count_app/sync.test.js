import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, mockFetch } from "@odoo/hoot-mock";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { Clock } from "@stock_count/count_app/core/clock";
import { Journal } from "@stock_count/count_app/core/journal";
import {
    callServer,
    LoginNeeded,
    Offline,
    Refused,
    ServerFailed,
} from "@stock_count/count_app/core/server";
import { Sync } from "@stock_count/count_app/core/sync";
import { FakeServer, makeDatabase } from "./count_app_test_helpers";

describe.current.tags("mobile");

const row = (uuid, more = {}) => ({
    uuid,
    session_id: 12,
    kind: "entry",
    state: "waiting",
    body: { uuid, line_id: 501, qty: 1 },
    view: {},
    ...more,
});

async function makeSync(server, ...rows) {
    const journal = new Journal(makeDatabase());
    await journal.load();
    await journal.add(...rows);
    const sync = new Sync({
        journal,
        call: server.call,
        clock: new Clock(),
        device: "Test",
        getSession: () => 12,
        getSince: () => undefined,
        verify: () => {},
        onAnswer: () => {},
    });
    return { journal, sync };
}

const uuids = (records) => records.map(({ uuid }) => uuid);

test("everything is sent in its order, and once (M12)", async () => {
    const server = new FakeServer();
    const { journal, sync } = await makeSync(server, row("a"), row("b"), row("c"));
    await Promise.all([sync.run(), sync.run()]);
    await sync.run();
    sync.stop();
    expect(uuids(server.entries)).toEqual(["a", "b", "c"]);
    expect(journal.state.unsent).toBe(0);
});

test("an answer that was lost is asked for again, and nothing is doubled (M12)", async () => {
    const server = new FakeServer();
    const { journal, sync } = await makeSync(server, row("a"));
    const { record } = server;
    server.record = function (entry) {
        record.call(this, entry);
        throw new Offline("the answer never came");
    };
    await sync.run();
    expect([sync.state.status, journal.state.unsent]).toEqual(["offline", 1]);
    delete server.record;
    await sync.run();
    sync.stop();
    expect(uuids(server.entries)).toEqual(["a"]);
    expect(journal.rows.get("a").state).toBe("done");
});

test("a server that fails and a login that ended keep everything (M12, Z3)", async () => {
    const server = new FakeServer();
    const { journal, sync } = await makeSync(server, row("a"));
    for (const [error, status] of [
        [new ServerFailed("500"), "failed"],
        [new LoginNeeded(), "login"],
        [new Offline(), "offline"],
    ]) {
        server.fail = () => {
            throw error;
        };
        await sync.run();
        expect(sync.state.status).toBe(status);
        expect(journal.state.unsent).toBe(1);
    }
    server.fail = () => {};
    await sync.run();
    sync.stop();
    expect(sync.state.status).toBe("idle");
});

test("a scan without a network does not shorten the pause before the next try (M12)", async () => {
    const server = new FakeServer();
    const { sync } = await makeSync(server, row("a"));
    sync.start();
    server.fail = () => {
        expect.step("asked");
        throw new Offline();
    };
    await sync.run();
    await sync.run();
    sync.wake();
    await advanceTime(1500);
    expect.verifySteps(["asked", "asked"]);
    server.fail = () => {};
    sync.wake(0);
    await advanceTime(10);
    await sync.run();
    sync.stop();
    expect(sync.state.status).toBe("idle");
});

test("a refusal of one does not stop the others (M12)", async () => {
    const server = new FakeServer();
    server.refusals[502] = "wrong_lot";
    const bad = row("bad", { body: { uuid: "bad", line_id: 502, qty: 1 } });
    const { journal, sync } = await makeSync(server, row("a"), bad, row("b"));
    await sync.run();
    sync.stop();
    expect(uuids(server.entries)).toEqual(["a", "b"]);
    expect([journal.state.unsent, journal.state.refused]).toEqual([0, 1]);
});

test("a count that the server does not take holds up no other one (M12, Z2)", async () => {
    const server = new FakeServer();
    const { journal, sync } = await makeSync(server, row("a"), row("b", { session_id: 13 }));
    for (const [Kind, status] of [
        [Refused, "denied"],
        [ServerFailed, "failed"],
    ]) {
        server.fail = (method, [sessionId]) => {
            if (sessionId === 12) {
                throw new Kind("You are not assigned to count CC-00012.");
            }
        };
        await sync.run();
        expect(uuids(server.entries)).toEqual(["b"]);
        expect([sync.state.status, journal.state.unsent]).toEqual([status, 1]);
    }
    server.fail = () => {};
    await sync.run();
    sync.stop();
    expect(uuids(server.entries)).toEqual(["b", "a"]);
    expect(sync.state.status).toBe("idle");
});

test("a photo that the server does not take is a refusal, and counts go first (M14)", async () => {
    const server = new FakeServer();
    const photo = row("photo", { kind: "evidence", body: { uuid: "photo", photo: "abc" } });
    const { journal, sync } = await makeSync(server, photo, row("a"));
    server.fail = (method) => {
        if (method === "attach_evidence") {
            expect(uuids(server.entries)).toEqual(["a"]);
            throw new Refused("This is too large for the server.");
        }
    };
    await sync.run();
    sync.stop();
    expect([journal.state.unsent, journal.state.refused]).toEqual([0, 1]);
    expect(journal.rows.get("photo").body.photo).toBe("abc");
});

test("250 rows go in batches, a photo by itself, all in order (M12, M14)", async () => {
    const server = new FakeServer();
    const rows = Array.from({ length: 250 }, (_, i) => row(`r${i}`));
    rows[120] = row("photo", { kind: "evidence", body: { uuid: "photo", photo: "abc" } });
    const { journal, sync } = await makeSync(server, ...rows);
    await sync.run();
    sync.stop();
    expect(server.entries).toHaveLength(249);
    expect(uuids(server.evidence)).toEqual(["photo"]);
    expect(journal.rows.get("photo").body.photo).toBe(undefined);
});

test("another person's login sends nothing in their name (Z2)", async () => {
    const server = new FakeServer();
    const { journal, sync } = await makeSync(server, row("a"));
    sync.verify = () => {
        throw new LoginNeeded();
    };
    await sync.run();
    sync.stop();
    expect(server.entries).toHaveLength(0);
    expect(journal.state.unsent).toBe(1);
});

test("a clock that is three hours off is noticed (M12)", () => {
    const clock = new Clock();
    const now = Date.UTC(2026, 10, 21, 12);
    expect(clock.learn("2026-11-21 12:00:30.5", now)).toBe(false);
    expect(clock.learn("2026-11-21 15:00:00.123456", now)).toBe(true);
    expect(clock.offset / 3_600_000).toBeWithin(2.9, 3.1);
});

test("each way to fail has its name (M12)", async () => {
    allowTranslations();
    const json = (error) => new Response(JSON.stringify({ error }), { status: 200 });
    const cases = [
        [() => new Response("", { status: 502 }), Offline],
        [() => new Response("<html>", { status: 500 }), ServerFailed],
        [() => new Response("<html>", { status: 413 }), Refused],
        [() => new Response("<html>Hotel</html>", { status: 200 }), Offline],
        [() => json({ code: 100, message: "Session expired" }), LoginNeeded],
        [
            () => json({ code: 0, data: { name: "odoo.exceptions.AccessError", message: "No" } }),
            Refused,
        ],
        [
            () => json({ code: 0, data: { name: "builtins.ValueError", message: "?" } }),
            ServerFailed,
        ],
    ];
    for (const [answer, Kind] of cases) {
        mockFetch(answer);
        await expect(callServer("load_start")).rejects.toThrow(Kind);
    }
});
