import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Opens a menu of Inventory, below one of its sections. */
function openMenu(section, menu) {
    return [
        { trigger: `.o_menu_sections [data-menu-xmlid='${section}']`, run: "click" },
        { trigger: `.o-dropdown--menu [data-menu-xmlid='${menu}']`, run: "click" },
    ];
}

/** Types what was found, with the line in edition, and leaves it with Enter. */
function countLine(product, found) {
    return {
        content: `Count ${product}`,
        trigger: `.o_selected_row:contains(${product}) .o_count_found_input`,
        run: `edit ${found} && press Enter`,
    };
}

function post(state) {
    return [
        { trigger: "button[name=action_post]", run: "click" },
        { trigger: ".modal:contains(make stock moves) .btn-primary:contains(Post)", run: "click" },
        { trigger: `.o_count_state:contains(${state})` },
    ];
}

function showView(view, product) {
    return [
        { trigger: `[data-view=${view}]`, run: "click" },
        { trigger: `[data-view=${view}].active` },
        { trigger: `.o_data_row:contains(${product}), .o_kanban_record:contains(${product})` },
    ];
}

function runNewCycleCount() {
    return [
        { trigger: ".o_control_panel button:contains(Run New Cycle Count)", run: "click" },
        { trigger: ".modal [name=warehouse_id] input", run: "edit Tour Warehouse" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour Warehouse)", run: "click" },
        { trigger: ".modal .alert:contains(3) [name=line_count]:contains(3)" },
        { trigger: ".modal [name=description] input", run: "edit Tour Count" },
        { trigger: ".modal button[name=action_run]", run: "click" },
    ];
}

function deliver() {
    return [
        ...openMenu("stock.menu_stock_warehouse_mgmt", "stock.out_picking"),
        { trigger: ".o_data_row:contains(TOUR-DELIVERY) [name=name]", run: "click" },
        { trigger: "button[name=button_validate]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)" },
    ];
}

function addLine() {
    const option = ".o-autocomplete--dropdown-item";
    return [
        { trigger: ".o_count_more", run: "click" },
        { trigger: ".o-dropdown-item:contains(Add a Line)", run: "click" },
        { trigger: ".modal [name=location_id] input", run: "edit Tour 1" },
        { trigger: `${option}:contains(Tour 1)`, run: "click" },
        { trigger: ".modal [name=product_id] input", run: "edit Tour Washer" },
        { trigger: `${option}:contains(Tour Washer)`, run: "click" },
        { trigger: ".modal .o_count_found_input", run: "edit 2" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_count_counted:contains(4 / 4 counted)" },
    ];
}

function openSheet() {
    return [
        {
            trigger: ".o_kanban_record:contains(Tour Count) button[name=action_open_sheet]",
            run: "click",
        },
        { trigger: ".o_count_sheet_header:contains(Tour Count)" },
    ];
}

const nutIn = (bin) => `.o_data_row:contains(Tour Nut):contains(${bin})`;

/** Types what was found of the nuts and stays in the row: auto-save records it. */
function countNut(bin, found) {
    return [
        { trigger: `${nutIn(bin)} .o_count_found_cell`, run: "click" },
        { trigger: `.o_selected_row${nutIn(bin)} .o_count_found_input`, run: `edit ${found}` },
        { trigger: `.o_selected_row.o_count_row_over${nutIn(bin)}` },
        { trigger: ".o_count_saved:contains(Saved)" },
    ];
}

function chooseMore(label, confirm) {
    return [
        { trigger: ".o_count_more", run: "click" },
        { trigger: `.o-dropdown-item:contains(${label})`, run: "click" },
        { trigger: `.modal .btn:contains(${confirm})`, run: "click" },
    ].slice(0, confirm ? 3 : 2);
}

registry.category("web_tour.tours").add("stock_count_control", {
    url: "/odoo/cycle-counts",
    steps: () => [
        ...openSheet(),
        ...countNut("Tour 1", 3),
        ...countNut("Tour 2", 5),
        { trigger: ".o_count_counted:contains(2 / 4 counted)" },
        { trigger: `${nutIn("Tour 1")} .o_count_over:contains(tolerance)` },
        ...chooseMore("2 over tolerance", "Request Recount"),
        { trigger: `.o_count_row_uncounted${nutIn("Tour 1")}:contains(Recount)` },
        ...countNut("Tour 1", 3),
        ...countNut("Tour 2", 5),
        { trigger: `${nutIn("Tour 2")} [data-note=cause]:contains(Tour 1)` },
        ...chooseMore("Propose Moves"),
        { trigger: `${nutIn("Tour 1")} button[name=action_accept_move]`, run: "click" },
        { trigger: `${nutIn("Tour 2")} .o_count_move .fa-check` },
        { trigger: "button[name=action_check_all]", run: "click" },
        { trigger: `${nutIn("Tour 1")} [name=to_post] input:checked` },
        ...post("Partial"),
        ...chooseMore("Undo Posting", "Undo Posting"),
        { trigger: ".o_count_state:contains(Open)" },
        { trigger: `${nutIn("Tour 1")}:contains(Counted)` },
    ],
});

registry.category("web_tour.tours").add("stock_count_desktop", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        { trigger: ".o_app[data-menu-xmlid='stock.menu_stock_root']", run: "click" },
        ...openMenu("stock_count.menu_stock", "stock_count.menu_cycle_counts"),
        ...runNewCycleCount(),
        { trigger: ".o_data_row:contains(Tour Bolt) .o_count_found_cell", run: "click" },
        countLine("Tour Bolt", 10),
        countLine("Tour Nut", 4),
        countLine("Tour Washer", 9),
        { trigger: ".o_count_counted:contains(3 / 3 counted)" },
        ...addLine(),
        ...deliver(),
        ...openMenu("stock_count.menu_stock", "stock_count.menu_cycle_counts"),
        ...openSheet(),
        ...showView("view_shortages", "Tour Nut"),
        ...showView("view_overages", "Tour Washer"),
        ...showView("view_discrepancies", "Tour Nut"),
        { trigger: "button[name=action_check_all]", run: "click" },
        { trigger: ".o_data_row:contains(Tour Nut) [name=to_post] input:checked" },
        ...post("Partial"),
        ...showView("view_not_posted", "Tour Bolt"),
        { trigger: "button[name=action_check_all]", run: "click" },
        { trigger: ".o_data_row:contains(Tour Bolt) [name=to_post] input:checked" },
        ...post("Posted"),
        { trigger: ".o_count_more", run: "click" },
        { trigger: ".o-dropdown-item:contains(Posted Moves)", run: "click" },
        { trigger: ".o_breadcrumb:contains(Posted Moves)" },
        { trigger: ".o_data_row:contains(Tour Nut)" },
        { trigger: ".o_data_row:contains(Tour Washer)" },
    ],
});

registry.category("web_tour.tours").add("stock_count_phone", {
    url: "/odoo/cycle-counts",
    steps: () => [
        ...openSheet(),
        {
            trigger: ".o_kanban_record:contains(Tour Nut) .o_count_found_input",
            run: "edit 4 && press Enter",
        },
        { trigger: ".o_kanban_record:contains(Tour Nut) .o_count_shortage:contains(-1)" },
        { trigger: ".o_count_counted:contains(1 / 3 counted)" },
        {
            content: "The page does not scroll sideways",
            trigger: "body",
            run: () => {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error(`The page is ${document.documentElement.scrollWidth} wide`);
                }
            },
        },
        ...showView("view_shortages", "Tour Nut"),
        { trigger: ".o_count_more", run: "click" },
        { trigger: ".o-dropdown-item:contains(Check All)", run: "click" },
        { trigger: ".o_kanban_record:contains(Tour Nut) [name=to_post] input:checked" },
        ...post("Partial"),
    ],
});
