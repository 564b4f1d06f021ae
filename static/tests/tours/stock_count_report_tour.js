import { registry } from "@web/core/registry";

// From the dialog to the screen, its order, another choice, and the count sheet.
registry.category("web_tour.tours").add("stock_count_report", {
    steps: () => [
        {
            content: "The dialog asks what the report is narrowed to",
            trigger: ".modal .o_field_widget[name=session_ids]",
        },
        {
            content: "Show it",
            trigger: ".modal button[name=action_show]",
            run: "click",
        },
        {
            content: "The shortage stands there with its value",
            trigger: ".o_count_report_table td:contains(-2.00)",
        },
        {
            content: "Sort by variance",
            trigger: ".o_count_report_table th:contains(Variance)",
            run: "click",
        },
        {
            content: "It is sorted",
            trigger: ".o_count_report_table th:contains(Variance) .fa-sort-asc",
        },
        {
            content: "Change the filters",
            trigger: ".o_control_panel button:contains(Filters)",
            run: "click",
        },
        {
            content: "Only today",
            trigger: ".modal .o_field_widget[name=period] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Today)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_show]",
            run: "click",
        },
        {
            content: "The page says what it is narrowed to",
            trigger: ".o_count_report_head .badge:contains(From)",
        },
        {
            content: "A row opens its count sheet",
            trigger: ".o_count_report_table td:contains(-2.00)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Screw)",
        },
    ],
});
