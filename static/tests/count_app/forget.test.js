import { describe, expect, test } from "@odoo/hoot";
import { forgetUsers } from "@stock_count/count_app/core/forget";
import { Offline } from "@stock_count/count_app/core/server";
import { mountApp, scan } from "./count_app_test_helpers";

describe.current.tags("mobile");

/** All that the device has in a database, as one text. */
async function readAll(database) {
    const rows = [];
    for (const table of ["journal", "catalogues", "lines", "settings"]) {
        rows.push(...(await database.getAll(table)));
    }
    return JSON.stringify(rows);
}

test("after a logout the device has what is unsent, and no name of anything (Z9)", async () => {
    const { app, server, database } = await mountApp();
    await scan(app, "LOC-A", "BOX-33", "D-1");
    await app.sync.run();
    server.fail = () => {
        throw new Offline();
    };
    await scan(app, "BOX-33", "LOC-B", "5901234123457");
    await app.keeper.keepNow();
    app.end();
    await forgetUsers();
    const rows = await database.getAll("journal");
    const unsent = rows.filter(({ kind }) => kind === "entry");
    expect(unsent.map(({ state, body }) => [state, body.qty])).toEqual([["waiting", 1]]);
    const text = await readAll(database);
    for (const name of ["Screw", "Glue", "A-01", "Northgate", "5901234123457", "Aisle"]) {
        expect(text.includes(name)).toBe(false);
    }
});

test("the same user goes on with what was unsent and entered (Z9)", async () => {
    const { app, server, database } = await mountApp();
    server.fail = () => {
        throw new Offline();
    };
    await scan(app, "LOC-A", "BOX-33", "5901234123457", "5901234123457");
    await app.keeper.keepNow();
    app.end();
    await forgetUsers();
    server.fail = () => {};
    const again = await mountApp({ server, database });
    expect(again.app.state.screen).toBe("count");
    expect(again.app.count.draft.qty).toBe(2);
    await again.app.sync.run();
    expect(server.entries.map(({ qty }) => qty)).toEqual([1]);
});
