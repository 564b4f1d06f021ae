import { after, expect } from "@odoo/hoot";
import { animationFrame, click, delay, queryAllTexts, queryText } from "@odoo/hoot-dom";
import { allowTranslations, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { uuid } from "@web/core/utils/strings";
import { AppState } from "@stock_count/count_app/app/app_state";
import { CountApp } from "@stock_count/count_app/app/count_app";
import { Database } from "@stock_count/count_app/core/database";
import { Catalogue } from "@stock_count/count_app/catalogue/catalogue";

const LINE = [
    "id",
    "product_id",
    "location_id",
    "lot_id",
    "lot_name",
    "package_id",
    "owner_id",
    "state",
    "found",
];
const line = (id, product, location, more = {}) => {
    const values = {
        lot_id: false,
        package_id: false,
        owner_id: false,
        state: "to_count",
        ...more,
    };
    return [
        id,
        product,
        location,
        values.lot_id,
        "",
        values.package_id,
        values.owner_id,
        values.state,
        false,
    ];
};

export const OPTIONS = {
    serial2: false,
    allow_zero: true,
    autoload_serial: true,
    preload_item: false,
    suggest_description: true,
    preload_location: true,
    preload_units: false,
    lock_location: false,
};

export const NOMENCLATURES = {
    plain: {
        id: 1,
        upc_ean_conv: "always",
        is_gs1_nomenclature: false,
        rules: [{ type: "product", encoding: "any", pattern: ".*", alias: "0", sequence: 1 }],
    },
    gs1: {
        id: 2,
        upc_ean_conv: "always",
        is_gs1_nomenclature: true,
        separator: "(Alt029|#|\\x1D)",
        uses: { 91: "location" },
        rules: [],
    },
    weights: {
        id: 3,
        upc_ean_conv: "always",
        is_gs1_nomenclature: false,
        rules: [
            { type: "weight", encoding: "any", pattern: "21.....{NNDDD}", alias: "0", sequence: 1 },
            { type: "alias", encoding: "any", pattern: "OLD-1", alias: "BOX-33", sequence: 2 },
            { type: "product", encoding: "any", pattern: ".*", alias: "0", sequence: 3 },
        ],
    },
};

/** A small count as the server sends it: two bins, an item of each kind of tracking. */
export function makePayload({ session = {}, options = {}, nomenclature = "plain", ...rest } = {}) {
    return {
        server_now: new Date().toISOString().replace("T", " ").replace("Z", ""),
        session: {
            id: 12,
            name: "CC-00012",
            description: "",
            warehouse_id: 1,
            count_type: "blind",
            blind: true,
            state: "open",
            shows_expected: false,
            complete: true,
            ...session,
        },
        options: { ...OPTIONS, ...options },
        lines: {
            columns: LINE,
            rows: [
                line(501, 33, 8),
                line(502, 34, 8, { lot_id: 91 }),
                line(503, 35, 8, { lot_id: 92 }),
                line(504, 33, 9),
                line(505, 36, 9, { package_id: 4 }),
                line(506, 36, 9),
            ],
        },
        products: {
            columns: ["id", "name", "code", "tracking", "uom_id", "location_id"],
            rows: [
                [33, "Screw", "SCR", "none", 1, 8],
                [34, "Glue", "GLU", "lot", 1, false],
                [35, "Drill", "DRI", "serial", 1, false],
                [36, "Nut", "NUT", "none", 1, 9],
            ],
        },
        barcodes: {
            columns: ["barcode", "product_id", "uom_id", "qty"],
            rows: [
                ["5901234123457", 33, false, 1],
                ["BOX-33", 33, 5, 1],
                ["4006381333931", 34, false, 1],
                ["DRILL", 35, false, 1],
                ["NUTS", 36, false, 1],
                ["TWICE", 33, false, 1],
                ["TWICE", 36, false, 1],
            ],
        },
        locations: {
            columns: ["id", "name", "full", "barcode", "sequence"],
            rows: [
                [8, "A-01", "WH/Stock/A-01", "LOC-A", 0],
                [9, "A-02", "WH/Stock/A-02", "LOC-B", 1],
            ],
        },
        lots: {
            columns: ["id", "name", "product_id", "expiry"],
            rows: [
                [91, "L-2026", 34, "2027-01-31"],
                [92, "D-1", 35, false],
                [93, "D-2", 35, false],
            ],
        },
        packages: { columns: ["id", "name"], rows: [[4, "PACK0000004"]] },
        owners: { columns: ["id", "name"], rows: [] },
        uoms: {
            columns: ["id", "name", "factor", "root_id"],
            rows: [
                [1, "Units", 1, 1],
                [5, "Box of 10", 10, 1],
            ],
        },
        nomenclature: NOMENCLATURES[nomenclature],
        claims: [],
        finished: [],
        entries: [],
        ...rest,
    };
}

export const makeCatalogue = (options) => new Catalogue(makePayload(options));

/** A server that keeps what it gets, as the real one does; `fail` lets a test break it. */
export class FakeServer {
    constructor(payload = makePayload()) {
        this.payload = payload;
        this.entries = [];
        this.events = [];
        this.evidence = [];
        this.refusals = {};
        this.news = {};
        this.fail = () => {};
    }

    get call() {
        return async (method, args = []) => {
            await Promise.resolve();
            this.fail(method, args);
            return structuredClone(await this[method](...args));
        };
    }

    load_start() {
        return {
            server_now: this.now,
            user: { id: 7, name: "Nadia", is_lead: false },
            warehouses: [{ id: 1, name: "Northgate" }],
            count_types: [
                { id: "blind", name: "Blind", asks_lots: false },
                { id: "fast", name: "Fast Movers", asks_lots: true },
            ],
            lots_to_count: 20,
            options: this.payload.options,
            sessions: [
                {
                    id: 12,
                    name: "CC-00012",
                    description: "Aisle A",
                    warehouse_id: 1,
                    count_type: "blind",
                    state: "open",
                    counted: 1,
                    total: 6,
                    date_due: false,
                },
            ],
        };
    }

    start_session(...args) {
        this.started = args;
        return { status: "started", session_id: 12, line_count: 6 };
    }

    load_catalogue() {
        return this.payload;
    }

    sync(sessionId, { entries, events }) {
        const results = entries.map((entry) => this.record(entry));
        this.events.push(...events);
        return {
            server_now: this.now,
            status: "done",
            session_state: "open",
            results,
            events: events.map(({ uuid }) => ({ uuid, status: "done", code: "", message: "" })),
            lines: [],
            claims: [],
            finished: [],
            progress: [],
            ...this.news,
        };
    }

    record(entry) {
        const code = this.refusals[entry.line_id || entry.product_id];
        const isKnown = this.entries.some(({ uuid }) => uuid === entry.uuid);
        if (!isKnown && !code) {
            this.entries.push(entry);
        }
        const status = code ? "refused" : isKnown ? "duplicate" : "recorded";
        const { uuid, line_id = false } = entry;
        return { uuid, status, line_id, code: code || "", message: code ? `No: ${code}` : "" };
    }

    attach_evidence(sessionId, evidence) {
        this.evidence.push(evidence);
        return { uuid: evidence.uuid, status: "recorded", code: "", message: "" };
    }

    resolve(sessionId, code) {
        return this.known?.[code] || { kind: "none", matches: [] };
    }

    search_items() {
        return { items: [] };
    }

    submit_count() {
        this.isSubmitted = true;
        return {
            status: "submitted",
            counted: 1,
            skipped: 0,
            left: 5,
            message: "Submitted to Mitchell",
        };
    }

    get now() {
        return new Date(Date.now() + (this.ahead || 0))
            .toISOString()
            .replace("T", " ")
            .replace("Z", "");
    }
}

export function makeDatabase() {
    const database = new Database(`stock_count.test.${uuid()}`);
    after(async () => {
        await database.close();
        window.indexedDB.deleteDatabase(database.name);
    });
    return database;
}

/** The app with a session open; the database is real, the server is `server`. */
export async function mountApp({ server = new FakeServer(), database, session = 12 } = {}) {
    allowTranslations();
    database ??= makeDatabase();
    const app = new AppState({ database, device: "Test", userId: 7, call: server.call });
    app.feedback.signal = (severity) => app.signals.push(severity);
    app.signals = [];
    current = app;
    await mountWithCleanup(CountApp, { env: { app }, noMainContainer: true });
    after(() => app.end());
    await until(() => app.state.screen !== "loading");
    if (session && app.state.screen === "start") {
        await app.sessions.enter(session);
    }
    await shown();
    return { app, server, database };
}

/** Until something is so; the database answers in its own time. */
export async function until(isSo) {
    for (let i = 0; i < 300 && !isSo(); i++) {
        await delay(5);
    }
    expect(Boolean(isSo())).toBe(true);
    await animationFrame();
}

/** What was done is written to the device, and on the screen. */
export async function shown() {
    for (let i = 0; i < 3; i++) {
        await delay(4);
        await current?.queue.do(() => {});
        await animationFrame();
    }
}

let current;

/** Taps something, and waits until what it does is shown. */
export async function tap(selector) {
    await click(selector);
    await shown();
}

export async function scan(app, ...codes) {
    await Promise.all(codes.map((code) => app.intake.onScan(code)));
    await shown();
}

/** Lets the device hear the server's news: a sending that is on its way does not have them yet. */
export async function hear(app, server, news) {
    server.news = news;
    await app.sync.run();
    await app.sync.run();
}

/** What was counted on this device and not taken back: `[quantity, item, place]`. */
export function counted(app) {
    const { products, locations } = app.count.catalogue;
    return app.count.entries.list
        .map((entry) =>
            [
                entry.qty,
                products.get(entry.product_id).name,
                locations.get(entry.location_id).name,
            ].join(" ")
        )
        .reverse();
}

export const title = () => queryText(".o_count_banner strong");
export const question = () => queryAllTexts(".o_count_bottom_sheet h2").join();
