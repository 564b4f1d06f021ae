import { registry } from "@web/core/registry";

/** Opens the card of an exception in the queue. */
function openCard(kind) {
    return [
        { trigger: `.o_kanban_record:contains(${kind})`, run: "click" },
        { trigger: `.o_form_view .o_field_badge:contains(${kind})` },
    ];
}

/** Waits until the exception on screen has a status. */
function seeStatus(status) {
    return { trigger: `.o_statusbar_status .o_arrow_button_current:contains(${status})` };
}

registry.category("web_tour.tours").add("stock_count_exceptions", {
    steps: () => [
        // Its action solves a broken promise, as there is stock again.
        ...openCard("Broken promise"),
        { trigger: ".alert button[name=action_next]:contains(Reserve again)", run: "click" },
        seeStatus("Done"),
        { trigger: ".o_breadcrumb .o_back_button", run: "click" },
        // Nothing is dismissed without a reason.
        ...openCard("Unknown barcode"),
        { trigger: "button[name=action_dismiss]", run: "click" },
        { trigger: ".modal:contains(why nothing is done) .btn-primary", run: "click" },
        { trigger: "[name=close_reason] input", run: "edit A toy of somebody" },
        { trigger: "button[name=action_dismiss]", run: "click" },
        seeStatus("Dismissed"),
    ],
});
