import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const WRONG = `Warehouse;Item ID;Location;Units;Count Session
Tour Warehouse;Tour Bolt;Tour 1;9;Tour Import
Tour Warehouse;Tour Nutt;Tour 1;4;Tour Import
Tour Warehouse;Tour Washer;Tour 2;11;Tour Import
`;
const RIGHT = WRONG.replace("Nutt", "Nut");

const LARGE = [
    "Warehouse;Item ID;Location;Units;Count Session",
    ...Array.from({ length: 30 }, (_, n) => `Tour Warehouse;Tour Bolt;Row ${n};7;Tour Background`),
].join("\n");

const TWO_COUNTS = `Warehouse;Item ID;Location;Qty;Quantity;Count Session
Tour Warehouse;Tour Bolt;Tour 1;48;41;Tour Question
`;

/** A new import of a text, as far as its columns. */
function choose(name, text) {
    return [
        {
            trigger: ".o_field_widget[name=file]",
            async run() {
                const file = new File([text], name, { type: "text/csv" });
                await inputFiles(".o_field_widget[name=file] .o_input_file", [file]);
            },
        },
        { trigger: `.o_field_widget[name=file] input:value(${name})` },
        { trigger: "button[name=action_read]", run: "click" },
        { trigger: ".o_field_widget[name=column_ids] .o_data_row:contains(Item ID)" },
    ];
}

/** A new import of a text, as far as its check. */
function upload(name, text) {
    return [
        { trigger: ".o_list_button_add", run: "click" },
        ...choose(name, text),
        { trigger: "button[name=action_check]", run: "click" },
        { trigger: ".o_field_widget[name=row_count]:contains(3)" },
    ];
}

const open = (steps) => [
    {
        trigger: ".o_menu_sections [data-menu-xmlid='stock_count.menu_utilities']",
        run: "click",
    },
    {
        trigger: ".o-dropdown--menu [data-menu-xmlid='stock_count.menu_cycle_count_import']",
        run: "click",
    },
    { trigger: ".o_breadcrumb:contains(Cycle Count Import)" },
    ...steps,
];

registry.category("web_tour.tours").add("stock_count_import", {
    url: "/odoo/cycle-counts",
    steps: () => [
        ...open(upload("wrong.csv", WRONG)),
        { trigger: ".alert-warning:contains(Nothing is imported)" },
        { trigger: ".o_form_statusbar:not(:has(button[name=action_import]))" },
        { trigger: ".o_data_row:contains(Tour Nutt):contains(There is no such item)" },
        { trigger: ".o_field_widget[name=mode] [data-value=good]", run: "click" },
        { trigger: ".alert-success:contains(2 rows)" },
        { trigger: "button[name=action_import]", run: "click" },
        { trigger: ".alert-success:contains(2 rows were imported)" },
        { trigger: ".breadcrumb-item:contains(Cycle Count Import) a", run: "click" },
        { trigger: ".o_data_row:contains(wrong.csv)" },
        ...upload("right.csv", RIGHT),
        { trigger: ".o_field_widget[name=known_count]:contains(2)" },
        { trigger: "button[name=action_import]", run: "click" },
        { trigger: ".alert-success:contains(1 rows were imported)" },
        { trigger: "button[name=action_open_sessions]", run: "click" },
        { trigger: ".o_count_sheet_header:contains(Tour Import):contains(3 / 3)" },
        { trigger: "button[name=action_check_all]", run: "click" },
        { trigger: ".o_count_sheet_header:contains(Checked lines to post: 3)" },
        { trigger: "button[name=action_post]", run: "click" },
        { trigger: ".modal:contains(make stock moves) .btn-primary:contains(Post)", run: "click" },
        { trigger: ".o_count_state:contains(Posted)" },
    ],
});

registry.category("web_tour.tours").add("stock_count_import_background", {
    url: "/odoo/cycle-count-import/new",
    steps: () => [
        ...choose("large.csv", LARGE),
        { trigger: "button[name=action_check]", run: "click" },
        { trigger: ".o_count_job:contains(Checking) button[name=job_cancel]" },
        // Nobody chooses columns meanwhile.
        { trigger: ".o_form_view:not(:has(.o_field_widget[name=column_ids]))" },
        { trigger: ".alert-success:contains(30 rows are ready)" },
        { trigger: ".o_form_view:not(:has(.o_count_job))" },
        { trigger: "button[name=action_import]", run: "click" },
        { trigger: ".o_count_job:contains(Importing):contains(/ 30)" },
        { trigger: ".alert-success:contains(30 rows were imported)" },
        { trigger: "button[name=action_open_sessions]", run: "click" },
        { trigger: ".o_count_sheet_header:contains(Tour Background):contains(30 / 30)" },
    ],
});

registry.category("web_tour.tours").add("stock_count_import_question", {
    url: "/odoo/cycle-count-import/new",
    steps: () => [
        ...choose("two.csv", TWO_COUNTS),
        { trigger: ".alert-warning:contains(Which column has the counted quantity)" },
        {
            trigger:
                ".alert-warning:contains(D Qty):contains(48):contains(E Quantity):contains(41)",
        },
        {
            trigger: ".o_data_row:contains(Quantity) button[name=action_choose]",
            run: "click",
        },
        { trigger: ".o_field_widget[name=column_ids]:not(:has(button[name=action_choose]))" },
        { trigger: ".o_data_row:contains(Quantity):contains(Units)" },
        { trigger: "button[name=action_check]", run: "click" },
        { trigger: ".o_data_row:contains(Columns with numbers aren't imported: Qty.)" },
        { trigger: "button[name=action_import]", run: "click" },
        { trigger: ".alert-success:contains(1 rows were imported)" },
    ],
});
