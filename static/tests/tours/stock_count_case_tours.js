import { registry } from "@web/core/registry";

// A whole case of control, each part by the person whose work it is, see test_case_tour.py.
const tours = registry.category("web_tour.tours");
const screws = ".o_data_row:contains(Case Screw)";
const nails = ".o_data_row:contains(Case Nail)";

function openSheet(state) {
    return [
        {
            trigger: ".o_kanban_record:contains(Case Count) button[name=action_open_sheet]",
            run: "click",
        },
        { trigger: `.o_count_sheet_header:contains(Case Count) .o_count_state:contains(${state})` },
    ];
}

/** Types what was found and leaves the row with Enter. */
function count(row, found) {
    return [
        { trigger: `${row} .o_count_found_cell`, run: "click" },
        {
            trigger: `.o_selected_row${row} .o_count_found_input`,
            run: `edit ${found} && press Enter`,
        },
    ];
}

function confirmed(text) {
    return { trigger: `.modal:contains(${text}) .btn-primary`, run: "click" };
}

function seeState(state) {
    return { trigger: `.o_count_state:contains(${state})` };
}

/** A person who counts is not sent to recount what they counted. */
tours.add("stock_count_case_count", {
    steps: () => [
        ...openSheet("Open"),
        ...count(screws, 12),
        { trigger: `.o_count_row_uncounted${screws}:contains(Recount)` },
        ...count(nails, 4),
        { trigger: `.o_count_row_uncounted${nails}:contains(Recount)` },
        ...count(screws, 12),
        { trigger: ".o_notification:contains(somebody else)" },
    ],
});

tours.add("stock_count_case_recount", {
    steps: () => [
        ...openSheet("Open"),
        ...count(screws, 12),
        { trigger: `${screws} [data-note=cause]:contains(digits)` },
        ...count(nails, 4),
        { trigger: ".o_count_counted:contains(2 / 2 counted)" },
        { trigger: "button[name=action_check_all]", run: "click" },
        { trigger: `${nails} [name=to_post] input:checked` },
        { trigger: "button[name=action_submit]", run: "click" },
        seeState("Pending Approval"),
    ],
});

tours.add("stock_count_case_approve", {
    steps: () => [
        { trigger: ".o_data_row:contains(Case Bob) [name=session_id]", run: "click" },
        { trigger: `.o_form_view ${screws}:contains(digits)` },
        { trigger: `.o_form_view ${nails} button[name=action_refuse]`, run: "click" },
        { trigger: `.o_form_view ${nails} button[name=action_accept]` },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Approved)" },
    ],
});

tours.add("stock_count_case_post", {
    steps: () => [
        ...openSheet("Open"),
        { trigger: "button[name=action_post]", run: "click" },
        confirmed("make stock moves"),
        seeState("Partial"),
        { trigger: `${screws}:contains(Posted)` },
        { trigger: `${nails}:contains(Failed)` },
    ],
});

tours.add("stock_count_case_clear", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Broken promise)", run: "click" },
        { trigger: ".o_form_view:contains(CASE-ORDER)" },
        { trigger: ".alert button[name=action_next]:contains(Reserve again)", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)" },
    ],
});

tours.add("stock_count_case_undo", {
    steps: () => [
        ...openSheet("Partial"),
        { trigger: ".o_count_more", run: "click" },
        { trigger: ".o-dropdown-item:contains(Undo Posting)", run: "click" },
        { trigger: ".modal .btn:contains(Undo Posting)", run: "click" },
        seeState("Open"),
        { trigger: `${screws}:contains(Counted)` },
    ],
});
