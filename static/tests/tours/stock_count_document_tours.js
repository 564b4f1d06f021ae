import { registry } from "@web/core/registry";

const row = (product) => `.o_data_row:contains(${product})`;
const card = (product) => `.o_count_document:contains(${product})`;

/** Types what was found, with the line in edition, and leaves it with Enter. */
function countLine(product, found) {
    return {
        trigger: `.o_selected_row${row(product)} .o_count_found_input`,
        run: `edit ${found} && press Enter`,
    };
}

/** Answers a document by a key, as if the keyboard were on it. */
function answer(product, key) {
    return { trigger: card(product), run: `click && press ${key}` };
}

function takeBack() {
    return [
        { trigger: ".o_count_answered_title:contains(Answered (1))", run: "click" },
        { trigger: ".o_count_answered li:contains(−3):contains(TDOC/OUT)" },
        { trigger: ".o_count_answered button[name=withdraw]", run: "click" },
        { trigger: ".o_count_documents_title:contains(2 open documents)" },
        { trigger: `${row("Tour Bolt")} .o_count_held:contains(On hold: confirm TDOC/OUT)` },
    ];
}

/** A receipt of 5 of which 4 came: the receipt gets the quantity that arrived. */
function answerPartly() {
    return [
        answer("Tour Nut", "p"),
        { trigger: `${card("Tour Nut")} input[name=fit]:checked` },
        { trigger: `${card("Tour Nut")} .o_count_document_rest:contains(nothing remains)` },
        { trigger: ".o_count_part_input", run: "press Enter" },
        { trigger: `${row("Tour Nut")} .o_count_documents_told:contains(+4 TDOC/IN)` },
        { trigger: ".o_count_documents:not(:has(.o_count_document))" },
    ];
}

function post() {
    return [
        { trigger: ".o_count_next:not(:contains(to confirm))" },
        { trigger: "button[name=action_check_all]", run: "click" },
        { trigger: `${row("Tour Bolt")} [name=to_post] input:checked` },
        { trigger: "button[name=action_post]", run: "click" },
        { trigger: ".modal:contains(make stock moves) .btn-primary:contains(Post)", run: "click" },
        { trigger: ".o_count_state:contains(Posted)" },
        { trigger: `${row("Tour Bolt")} .o_count_documents_told:contains(−1 lost)` },
    ];
}

function deliver() {
    return [
        { trigger: ".o_count_answered_title:contains(Answered (2))", run: "click" },
        { trigger: ".o_count_answered_name button:contains(TDOC/OUT)", run: "click" },
        { trigger: "button[name=button_validate]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)" },
    ];
}

registry.category("web_tour.tours").add("stock_count_documents", {
    url: "/odoo/cycle-counts",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Documents) button[name=action_open_sheet]",
            run: "click",
        },
        { trigger: ".o_count_sheet_header:contains(Tour Documents)" },
        { trigger: `${row("Tour Bolt")} .o_count_found_cell`, run: "click" },
        countLine("Tour Bolt", 6),
        countLine("Tour Nut", 14),
        { trigger: ".o_count_documents_title:contains(2 open documents)" },
        { trigger: ".o_count_next:contains(2 documents to confirm)" },
        answer("Tour Bolt", "y"),
        { trigger: `${row("Tour Bolt")} .o_count_documents_told:contains(−1 lost)` },
        { trigger: ".o_count_documents_title:contains(1 open document could)" },
        ...takeBack(),
        answer("Tour Bolt", "y"),
        { trigger: `${row("Tour Bolt")} .o_count_documents_told:contains(−3 TDOC/OUT)` },
        ...answerPartly(),
        ...post(),
        ...deliver(),
    ],
});
