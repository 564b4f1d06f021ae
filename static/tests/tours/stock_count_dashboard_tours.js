import { registry } from "@web/core/registry";

/** Opens the records of a figure, sees one of them, and comes back. */
function look(figure, record) {
    return [
        { content: `Open ${figure}`, trigger: figure, run: "click" },
        { trigger: `.o_data_row:contains(${record}), .o_kanban_record:contains(${record})` },
        { trigger: ".o_breadcrumb a:contains(Count Dashboard)", run: "click" },
        { trigger: ".o_count_tiles" },
    ];
}

registry.category("web_tour.tours").add("stock_count_dashboard", {
    steps: () => [
        { trigger: "[data-menu-xmlid='stock_count.menu_count_root'], .o_count_tiles" },
        { trigger: "select[name=warehouse_id]", run: "selectByLabel Tour Warehouse" },
        { trigger: "[data-tile=accuracy]:contains(66.7)" },
        { trigger: "[data-tile=coverage]:contains(3 of 3 places)" },
        { trigger: "[data-tile=overdue].o_count_alarm:contains(2 days late)" },
        ...look("[data-tile=accuracy]", "Tour Nut"),
        ...look("[data-tile=overdue]", "Late Tour Count"),
        ...look("[data-tile=shrinkage]", "Tour Nut"),
        ...look(".o_count_trend_column:enabled:last", "Tour Bolt"),
        ...look(".o_count_problem_item .o_count_bar_row", "Tour Nut"),
        ...look("[data-work=open]", "Late Tour Count"),
        { trigger: "select[name=period]", run: "select month" },
        { trigger: "[data-tile=accuracy]:contains(66.7)" },
        ...look("[data-tile=accuracy]", "Tour Nut"),
        { content: "What was chosen stays", trigger: "[data-tile=accuracy]:contains(66.7)" },
    ],
});
