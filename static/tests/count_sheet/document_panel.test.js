import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, press, queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { Deferred, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    makeServerError,
    MockServer,
    mockService,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {
    defineCountModels,
    editFound,
    getColumn,
    makeDocument,
    makeHeader,
    mountSheet,
} from "@stock_count/../tests/count_sheet/count_sheet_test_helpers";

describe.current.tags("desktop");
defineCountModels();

const CARD = ".o_count_document";
const BOLT = ".o_data_row:contains(Bolt)";
const RECEIPT = makeDocument(
    { key: "stock.picking,3", name: "WH/IN/00003", kind: "in" },
    { line_id: 1, product: "Screw", found: 4, variance: 4, qty: 5, happened: -1, not_yet: 4 }
);
const ANSWERED = {
    id: 7,
    key: "stock.picking,12",
    name: "WH/OUT/00012",
    partner: "Azure",
    answer: "happened",
    label: "All of it had happened",
    who: "Olga",
    at: "2026-03-02 10:00:00",
    by_rule: false,
    lines: [{ line_id: 3, name: "Bolt · Bin A", uom: "Units", explained: -3, variance: -1 }],
};

/** What the server knows: it takes the answers and tells the rest. */
function makeServer(open = [makeDocument(), RECEIPT]) {
    const documents = { open, answered: [] };
    onRpc("stock.count.session", "action_answer_documents", ({ args: [, answers] }) => {
        expect.step(answers);
        const keys = answers.map(({ key }) => key);
        documents.open = documents.open.filter(({ key }) => !keys.includes(key));
        return { ...documents };
    });
    return documents;
}

/** Opens the sheet with the keyboard on the first document. */
async function mountPanel(documents) {
    await mountSheet({ documents });
    await focus(0);
}

async function focus(position) {
    await contains(`${CARD}:eq(${position})`).focus();
    await animationFrame();
}

const names = () => queryAllTexts(`${CARD} .o_count_document_name`);

test("documents that could explain variances are above the lines, with their number (P21)", async () => {
    await mountSheet({ documents: { open: [makeDocument(), RECEIPT], answered: [] } });
    expect(".o_count_documents_title").toHaveText("2 open documents could explain variances");
    expect(names()).toEqual(["WH/OUT/00012", "WH/IN/00003"]);
    await contains(".o_count_documents_title").click();
    expect(CARD).toHaveCount(0);
});

test("where no document could explain anything there is no panel (P21)", async () => {
    await mountSheet();
    expect(".o_count_documents").toHaveCount(0);
});

test("a document says what it moves, what was found and what remains after each answer (P21)", async () => {
    await mountSheet({ documents: { open: [makeDocument()], answered: [] } });
    expect(`${CARD} .o_count_document_who`).toHaveText(/Azure · /);
    expect(`${CARD} .o_count_document_question`).toHaveText("Already taken from the shelf?");
    expect(queryAllTexts(`${CARD} .o_count_document_line > span`)).toEqual([
        "Bolt\nBin A",
        "moves−3",
        "found3",
        "−4",
        "Yes:−1 remains",
        "Not yet:−4 remains",
    ]);
});

test("each kind of document has its own question (P21, P22)", async () => {
    const kinds = ["in", "inside", "made", "sold"];
    const open = kinds.map((kind) => makeDocument({ key: `${kind},1`, kind }));
    await mountSheet({ documents: { open, answered: [] } });
    expect(queryAllTexts(".o_count_document_question")).toEqual([
        "Already on the shelf?",
        "Already moved?",
        "Already on the shelf?",
        "Sold at the till, not booked yet",
    ]);
});

test("a document that changed since its answer says so (P21)", async () => {
    await mountSheet({ documents: { open: [makeDocument({ changed: true })], answered: [] } });
    expect(`${CARD} .badge`).toHaveText("Changed since the answer");
});

test("keys move between documents and answer them (P21)", async () => {
    await mountPanel(makeServer());
    await press("j");
    await animationFrame();
    expect(`${CARD}:eq(1)`).toBeFocused();
    await press("y");
    await animationFrame();
    expect(`${CARD}:eq(0)`).toBeFocused();
    await press("n");
    await animationFrame();
    await animationFrame();
    expect.verifySteps([
        [{ key: "stock.picking,3", answer: "happened", fit: false }],
        [{ key: "stock.picking,12", answer: "not_yet", fit: false }],
    ]);
    expect(CARD).toHaveCount(0);
});

test("arrows move, and stay at the ends (P21)", async () => {
    await mountPanel(makeServer());
    for (const [key, position] of [
        ["ArrowUp", 0],
        ["ArrowDown", 1],
        ["ArrowDown", 1],
        ["k", 0],
    ]) {
        await press(key);
        await animationFrame();
        expect(`${CARD}:eq(${position})`).toBeFocused();
    }
});

test("what is answered during a call goes together in the next one (P21)", async () => {
    const open = [1, 2, 3].map((id) =>
        makeDocument({ key: `stock.picking,${id}`, name: `OUT/${id}` })
    );
    const documents = { open, answered: [] };
    const arrived = new Deferred();
    onRpc("stock.count.session", "action_answer_documents", async ({ args: [, answers] }) => {
        expect.step(answers.map(({ key }) => key));
        await arrived;
        const keys = answers.map(({ key }) => key);
        documents.open = documents.open.filter(({ key }) => !keys.includes(key));
        return { ...documents };
    });
    await mountPanel(documents);
    for (let i = 0; i < 3; i++) {
        await press("y");
    }
    await animationFrame();
    expect(`${CARD}.o_count_waiting`).toHaveCount(3);
    arrived.resolve();
    await animationFrame();
    await animationFrame();
    expect.verifySteps([["stock.picking,1"], ["stock.picking,2", "stock.picking,3"]]);
    expect(CARD).toHaveCount(0);
});

test("several are answered at once (P21)", async () => {
    await mountPanel(makeServer());
    await contains(".o_count_documents_all input").click();
    expect(".o_count_documents_selected").toHaveText(/2 selected/);
    await contains(".o_count_documents_selected [data-answer=not_yet]").click();
    expect.verifySteps([
        [
            { key: "stock.picking,12", answer: "not_yet", fit: false },
            { key: "stock.picking,3", answer: "not_yet", fit: false },
        ],
    ]);
});

test("selected documents are answered together by one key (P21)", async () => {
    await mountPanel(makeServer());
    for (const key of ["x", "j", "x", "y"]) {
        await press(key);
        await animationFrame();
    }
    expect.verifySteps([
        [
            { key: "stock.picking,12", answer: "happened", fit: false },
            { key: "stock.picking,3", answer: "happened", fit: false },
        ],
    ]);
});

test("a part is asked line by line, beginning with what would explain it (P21)", async () => {
    await mountPanel(makeServer([makeDocument()]));
    await press("p");
    await animationFrame();
    const input = ".o_count_part_input";
    expect(input).toBeFocused();
    expect(input).toHaveValue("3");
    await contains(input).edit("2", { confirm: false });
    expect(`${CARD} .o_count_document_rest`).toHaveText("−2 remains");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([
        [{ key: "stock.picking,12", answer: "partly", quantities: { 3: 2 }, fit: false }],
    ]);
});

test("a part that is no quantity is not sent (Z2)", async () => {
    await mountPanel(makeServer([makeDocument()]));
    await press("p");
    await animationFrame();
    await contains(".o_count_part_input").edit("2x", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect(".o_count_part_input").toHaveClass("o_count_refused");
    expect("[data-answer=parts]").not.toBeEnabled();
    expect.verifySteps([]);
});

test("letters typed as a quantity answer nothing, Escape goes back (P21)", async () => {
    await mountPanel(makeServer([makeDocument()]));
    await press("p");
    await animationFrame();
    await press("y");
    await press("Escape");
    await animationFrame();
    expect(".o_count_part_input").toHaveCount(0);
    expect(CARD).toBeFocused();
    expect.verifySteps([]);
});

test("a short or over delivery is offered as the receipt's quantity (P21)", async () => {
    await mountPanel(makeServer([RECEIPT]));
    await press("p");
    await animationFrame();
    expect(".o_count_part_input").toHaveValue("4");
    expect("input[name=fit]").toBeChecked();
    await contains("[data-answer=parts]").click();
    expect.verifySteps([
        [{ key: "stock.picking,3", answer: "partly", quantities: { 1: 4 }, fit: true }],
    ]);
});

test("a correction that was chosen for a part is not made of the whole (P21)", async () => {
    await mountPanel(makeServer([RECEIPT]));
    await press("p");
    await animationFrame();
    await contains("input[name=fit]").click();
    await contains("input[name=fit]").click();
    expect("input[name=fit]").toBeChecked();
    await press("Escape");
    await animationFrame();
    await press("y");
    await animationFrame();
    expect.verifySteps([[{ key: "stock.picking,3", answer: "happened", fit: false }]]);
});

test("what is ticked already counts as happened in a part (P21)", async () => {
    // 3 are ticked as picked, 2 of them are still there.
    const ticked = makeDocument({}, { variance: 2, expected: -3, happened: 2, not_yet: -1 });
    await mountPanel(makeServer([ticked]));
    await press("p");
    await animationFrame();
    expect(".o_count_part_input").toHaveValue("1");
    expect(`${CARD} .o_count_document_rest`).toHaveText("nothing remains");
});

test("goods taken elsewhere than reserved correct the transfer, unless it is unticked (P21)", async () => {
    const elsewhere = makeDocument({}, { elsewhere: "Bin B", happened: 0 });
    await mountPanel(makeServer([elsewhere, RECEIPT]));
    expect(".o_count_document_elsewhere").toHaveText("The document has it here: Bin B");
    expect(".o_count_document_correct input").toHaveCount(1);
    expect(".o_count_document_correct input").toBeChecked();
    await focus(0);
    await press("y");
    await animationFrame();
    expect.verifySteps([[{ key: "stock.picking,12", answer: "happened", fit: true }]]);
});

test("an unticked correction is not made (P21)", async () => {
    await mountPanel(makeServer([makeDocument({}, { elsewhere: "Bin B", happened: 0 })]));
    await contains(".o_count_document_correct input").click();
    await contains("[data-answer=happened]").click();
    expect.verifySteps([[{ key: "stock.picking,12", answer: "happened", fit: false }]]);
});

test("who may not change transfers is not offered to (P21, Z1)", async () => {
    const values = { may_correct: false };
    await mountPanel(makeServer([makeDocument(values, { elsewhere: "Bin B", happened: 0 })]));
    expect(".o_count_document_correct").toHaveCount(0);
    await press("p");
    await animationFrame();
    expect("input[name=fit]").toHaveCount(0);
});

test("after an answer the lines and the header are shown as they are now (P21)", async () => {
    const documents = makeServer([makeDocument()]);
    await mountPanel(documents);
    onRpc("stock.count.session", "get_sheet_header", () => {
        expect.step("header");
        return makeHeader();
    });
    const document_text = "−3 WH/OUT/00012, −1 lost";
    MockServer.env["stock.count.line"].write([3], { document_text });
    await press("y");
    await waitFor(".o_count_documents_told");
    expect(`${BOLT} .o_count_documents_told`).toHaveText(document_text);
    await advanceTime(1000);
    expect.verifySteps([[{ key: "stock.picking,12", answer: "happened", fit: false }], "header"]);
});

test("what was typed before an answer is saved first (P21)", async () => {
    onRpc("stock.count.line", "web_save", ({ args: [ids, values] }) => {
        expect.step([ids, values.found_qty]);
    });
    await mountSheet({ documents: makeServer([makeDocument()]) });
    await editFound(0);
    await contains(".o_count_found_input").edit("7", { confirm: false });
    await contains(`${CARD} [data-answer=happened]`).click();
    expect.verifySteps([[[1], 7], [{ key: "stock.picking,12", answer: "happened", fit: false }]]);
    expect(getColumn("found_qty")[0]).toBe("7");
});

test("what is typed while an answer is on its way stays (P21)", async () => {
    onRpc("stock.count.line", "web_save", ({ args: [ids, values] }) => {
        expect.step([ids, values.found_qty]);
    });
    const arrived = new Deferred();
    onRpc("stock.count.session", "action_answer_documents", async () => {
        await arrived;
        return { open: [], answered: [] };
    });
    await mountSheet({ documents: { open: [makeDocument()], answered: [] } });
    await contains(`${CARD} [data-answer=happened]`).click();
    await editFound(2);
    await contains(".o_count_found_input").edit("9", { confirm: false });
    arrived.resolve();
    await advanceTime(100);
    await animationFrame();
    expect(CARD).toHaveCount(0);
    await contains(".o_count_found_input").press("Enter");
    await animationFrame();
    expect.verifySteps([[[3], 9]]);
});

test("an answer that is refused says why, and the others are kept (P21, Z2)", async () => {
    const documents = { open: [makeDocument(), RECEIPT], answered: [] };
    onRpc("stock.count.session", "action_answer_documents", ({ args: [, answers] }) => {
        expect.step(answers.map(({ key }) => key));
        if (answers.some(({ key }) => key === "stock.picking,12")) {
            throw makeServerError({
                type: "odoo.exceptions.UserError",
                message: "This document was validated meanwhile.",
            });
        }
        documents.open = [makeDocument()];
        return { ...documents };
    });
    await mountPanel(documents);
    await contains(".o_count_documents_all input").click();
    await contains(".o_count_documents_selected [data-answer=happened]").click();
    expect.verifySteps([
        ["stock.picking,12", "stock.picking,3"],
        ["stock.picking,12"],
        ["stock.picking,3"],
    ]);
    expect(".o_notification").toHaveCount(1);
    expect(".o_notification").toHaveText(
        /WH\/OUT\/00012 was not answered.*This document was validated meanwhile\./s
    );
    expect(names()).toEqual(["WH/OUT/00012"]);
    expect(".o_count_waiting").toHaveCount(0);
});

test("without a connection the question stays (Z4)", async () => {
    const lost = () => new Response("", { status: 502 });
    onRpc("stock.count.session", "action_answer_documents", lost);
    await mountPanel({ open: [makeDocument()], answered: [] });
    await press("y");
    await animationFrame();
    await animationFrame();
    expect(".o_notification").toHaveText(/WH\/OUT\/00012 was not answered.*no connection/s);
    expect(names()).toEqual(["WH/OUT/00012"]);
});

test("documents that cannot be read do not close the sheet (Z2)", async () => {
    expect.errors(1);
    onRpc("stock.count.session", "get_documents", () => {
        throw makeServerError({ message: "Broken" });
    });
    await mountSheet({ documents: null });
    await animationFrame();
    expect(getColumn("name")).toEqual(["Screw", "Nut", "Bolt"]);
    expect.verifyErrors(["Broken"]);
});

test("answers are listed with who, when and how much, and taken back (P7, P21)", async () => {
    mockDate("2026-03-02 12:00:00", +0);
    onRpc("stock.count.session", "action_withdraw_answer", ({ args: [, id] }) => {
        expect.step(id);
        return { open: [makeDocument()], answered: [] };
    });
    await mountSheet({ documents: { open: [], answered: [ANSWERED] } });
    expect(".o_count_answered").toHaveCount(0);
    expect(".o_count_answered_title").toHaveText("Answered (1)");
    await contains(".o_count_answered_title").click();
    expect(".o_count_answered li").toHaveText(
        /−3.*WH\/OUT\/00012.*All of it had happened.*−3 Bolt · Bin A.*Olga · 2 hours ago.*Take back/s
    );
    await contains("button[name=withdraw]").click();
    expect.verifySteps([7]);
    expect(names()).toEqual(["WH/OUT/00012"]);
    expect(".o_count_answered").toHaveCount(0);
});

test("nothing is taken back from a closed count (P7)", async () => {
    const documents = { open: [], answered: [ANSWERED] };
    await mountSheet({ documents, header: makeHeader({ state: "posted" }) });
    await contains(".o_count_answered_title").click();
    expect(".o_count_answered li").toHaveCount(1);
    expect("button[name=withdraw]").toHaveCount(0);
});

test("an answer by the operation type has nobody's name (P21)", async () => {
    const documents = { open: [], answered: [{ ...ANSWERED, by_rule: true }] };
    await mountSheet({ documents });
    await contains(".o_count_answered_title").click();
    expect(".o_count_answered li").toHaveText(/By operation type · /);
    expect(".o_count_answered li").not.toHaveText(/Olga/);
});

test("the name opens the document (P21)", async () => {
    mockService("action", {
        doAction({ res_model, res_id }) {
            expect.step([res_model, res_id]);
        },
    });
    await mountSheet({ documents: { open: [makeDocument()], answered: [] } });
    await contains(`${CARD} .o_count_document_name`).click();
    expect.verifySteps([["stock.picking", 12]]);
});

test("of a document that touches many lines five are shown at first (P21)", async () => {
    const [line] = makeDocument().lines;
    const lines = Array.from({ length: 7 }, (_, i) => ({ ...line, line_id: i + 1 }));
    await mountSheet({ documents: { open: [makeDocument({ lines })], answered: [] } });
    expect(".o_count_document_line").toHaveCount(5);
    await contains(".o_count_document_lines button").click();
    expect(".o_count_document_line").toHaveCount(7);
});

test("a saved line asks about its documents again (P21)", async () => {
    const documents = { open: [], answered: [] };
    await mountSheet({ documents });
    expect(CARD).toHaveCount(0);
    documents.open = [makeDocument()];
    onRpc("stock.count.session", "get_sheet_header", () => makeHeader());
    await editFound(0);
    await contains(".o_count_found_input").edit("7", { confirm: false });
    await press("Enter");
    await animationFrame();
    await animationFrame();
    await advanceTime(1000);
    await waitFor(CARD);
    expect(names()).toEqual(["WH/OUT/00012"]);
    // The keyboard stays where the person types.
    expect(".o_count_found_input").toBeFocused();
});
