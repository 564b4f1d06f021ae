import { registry } from "@web/core/registry";

const row = (product) => `.o_data_row:contains(${product})`;

/** Parts of one line, the second in another unit: 2 dozens and 3 units. */
function countInParts() {
    const part = ".modal .o_field_x2many .o_data_row";
    return [
        { trigger: `${row("Tour Bolt")} button[name=action_split]`, run: "click" },
        { trigger: ".modal .o_field_x2many_list_row_add a", run: "click" },
        { trigger: `${part}.o_selected_row [name=qty] input`, run: "edit 2" },
        { trigger: `${part}.o_selected_row [name=uom_id] input`, run: "edit Tour Dozen" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour Dozen)", run: "click" },
        { trigger: ".modal .o_field_x2many_list_row_add a", run: "click" },
        // The first part is left before the second is typed.
        { trigger: `${part}:eq(1).o_selected_row [name=qty] input`, run: "edit 3" },
        { trigger: ".modal .modal-title", run: "click" },
        { trigger: ".modal [name=total]:contains(27)" },
        { trigger: ".modal button[name=action_record]", run: "click" },
        { trigger: `${row("Tour Bolt")} .o_count_found_cell:contains(27)` },
    ];
}

function typeSerial2() {
    const selected = `.o_selected_row${row("Tour Drill")}`;
    return [
        { trigger: ".o_list_table th[data-name=serial2]:contains(Serial2)" },
        { trigger: `${row("Tour Drill")} .o_count_found_cell`, run: "click" },
        { trigger: `${selected} .o_count_found_input`, run: "edit 1" },
        { trigger: `${selected} [name=serial2] input`, run: "edit ALT-77 && press Enter" },
        { trigger: ".o_count_saved:contains(Saved)" },
        { trigger: `${row("Tour Drill")} [name=serial2]:contains(ALT-77)` },
    ];
}

registry.category("web_tour.tours").add("stock_count_options", {
    url: "/odoo/cycle-counts",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Count) button[name=action_open_sheet]",
            run: "click",
        },
        { trigger: ".o_count_sheet_header:contains(Tour Count)" },
        ...countInParts(),
        ...typeSerial2(),
        { trigger: ".o_count_counted:contains(2 / 4 counted)" },
        // Hidden and shown again like any optional column (D9).
        { trigger: ".o_optional_columns_dropdown button", run: "click" },
        { trigger: ".o-dropdown-item input[name=serial2]:checked", run: "click" },
        { trigger: ".o_list_table:not(:has(th[data-name=serial2]))" },
        { trigger: ".o-dropdown-item input[name=serial2]:not(:checked)", run: "click" },
        { trigger: ".o_list_table th[data-name=serial2]" },
    ],
});
