import { registry } from "@web/core/registry";
import { session } from "@web/session";

/** Asks the test to cut the browser's network or to give it back, and waits for it. */
function network(state) {
    return {
        content: `The network is ${state}`,
        trigger: "body",
        async run() {
            console.log(`network ${state}`);
            while (navigator.onLine !== (state === "online")) {
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        },
    };
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

/** Types what was found and goes on to the next line. */
function count(product, found) {
    return [
        { trigger: `.o_data_row:contains(${product}) .o_count_found_cell`, run: "click" },
        {
            trigger: `.o_selected_row:contains(${product}) .o_count_found_input`,
            run: `edit ${found} && press Enter`,
        },
    ];
}

const kept = (number) => ({ trigger: `.o_count_unsent:contains(${number})` });
const saved = { trigger: ".o_count_saved:contains(Saved):not(:has(.o_count_unsent))" };

registry.category("web_tour.tours").add("stock_count_offline_minute", {
    url: "/odoo/cycle-counts",
    steps: () => [
        ...openSheet(),
        ...count("Tour Bolt", 9),
        saved,
        network("offline"),
        ...count("Tour Nut", 4),
        kept(1),
        ...count("Tour Washer", 7),
        kept(2),
        // Typed again before it was sent: the last number counts.
        ...count("Tour Nut", 3),
        kept(2),
        network("online"),
        { ...saved, timeout: 30000 },
        { trigger: ".o_count_counted:contains(3 / 3 counted)" },
        { trigger: ".o_data_row:contains(Tour Nut):contains(-2)" },
    ],
});

/** As another tab would do it. */
async function login(name) {
    const params = { db: session.db, login: name, password: name };
    await fetch("/web/session/authenticate", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
    });
}

registry.category("web_tour.tours").add("stock_count_lost_login", {
    url: "/odoo/cycle-counts",
    steps: () => [
        ...openSheet(),
        ...count("Tour Bolt", 9),
        saved,
        {
            content: "Somebody logs out elsewhere",
            trigger: "body",
            run: () => fetch("/web/session/logout", { redirect: "manual" }),
        },
        ...count("Tour Nut", 4),
        { trigger: ".modal:contains(Session Expired)" },
        kept(1),
        { content: "Logs in again", trigger: "body", run: () => login("autosave_tour") },
        {
            trigger: ".modal:contains(Session Expired) .btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_count_sheet_header:contains(Tour Count)", timeout: 30000 },
        { ...saved, timeout: 30000 },
        { trigger: ".o_count_counted:contains(2 / 3 counted)" },
        { trigger: ".o_data_row:contains(Tour Nut):contains(-1)" },
    ],
});
