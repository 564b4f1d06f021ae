import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { Offline, Refused } from "@stock_count/count_app/core/server";
import { FakeServer, mountApp, until, tap } from "./count_app_test_helpers";

describe.current.tags("mobile");

const DOCUMENT = {
    key: "stock.picking,12",
    name: "WH/OUT/00012",
    partner: "Azure",
    kind: "out",
    changed: false,
    lines: [
        {
            line_id: 501,
            product: "Screw",
            place: "A-01",
            lot: "",
            uom: "Units",
            found: 6,
            qty: -3,
            happened: -1,
            not_yet: -4,
        },
    ],
};

/** A server for a lead, or for a counter. */
function makeServer({ isLead = true, documents = [DOCUMENT] } = {}) {
    const server = new FakeServer();
    const start = server.load_start();
    server.load_start = () => ({ ...start, user: { ...start.user, is_lead: isLead } });
    server.load_documents = () => {
        expect.step("load_documents");
        return { documents };
    };
    server.answer_document = (...args) => {
        expect.step(args);
        return { documents: [] };
    };
    return server;
}

async function openSubmit(server) {
    const mounted = await mountApp({ server });
    await tap("[data-tab=submit]");
    return mounted;
}

test("a lead answers open documents before submitting (P21)", async () => {
    await openSubmit(makeServer());
    await until(() => document.querySelector(".o_count_show_documents"));
    expect(".o_count_documents .o_count_notice").toHaveText(/Documents to confirm:\s+1/);
    await tap(".o_count_show_documents");
    expect(".o_count_document").toHaveText(/WH\/OUT\/00012.*Already taken from the shelf\?/s);
    expect(queryAllTexts(".o_count_document_rest span")).toEqual([
        "found 6",
        "Yes: −1 remains",
        "Not yet: −4 remains",
    ]);
    await tap("[data-answer=happened]");
    await until(() => !document.querySelector(".o_count_documents"));
    expect.verifySteps(["load_documents", [12, "stock.picking,12", "happened"]]);
});

test("in a blind count a document has no quantities (M13)", async () => {
    const line = { line_id: 501, product: "Screw", place: "A-01", lot: "", uom: "Units" };
    await openSubmit(makeServer({ documents: [{ ...DOCUMENT, lines: [line] }] }));
    await until(() => document.querySelector(".o_count_show_documents"));
    await tap(".o_count_show_documents");
    expect(".o_count_document li").toHaveText(/^Screw\s*A-01$/);
    expect.verifySteps(["load_documents"]);
});

test("counters are not asked about documents (Z1, M13)", async () => {
    const { app } = await openSubmit(makeServer({ isLead: false }));
    await app.sync.run();
    expect(".o_count_documents").toHaveCount(0);
    expect.verifySteps([]);
});

test("without a network the count can be left as ever (M5)", async () => {
    const server = makeServer();
    let isAsked = false;
    server.load_documents = () => {
        isAsked = true;
        throw new Offline();
    };
    const { app } = await openSubmit(server);
    await until(() => isAsked);
    expect(app.state.message).toBe(null);
    expect(".o_count_submit_count").toBeEnabled();
});

test("an answer that is refused says why and stays to be given (Z2)", async () => {
    const server = makeServer();
    server.answer_document = () => {
        throw new Refused("This document was validated.");
    };
    const { app } = await openSubmit(server);
    await until(() => document.querySelector(".o_count_show_documents"));
    await tap(".o_count_show_documents");
    await tap("[data-answer=not_yet]");
    await until(() => app.state.message);
    expect(app.state.message.text).toMatch(/This document was validated/);
    expect("[data-answer=not_yet]").toBeEnabled();
    expect.verifySteps(["load_documents"]);
});
