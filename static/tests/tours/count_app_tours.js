/**
 * Walks through the counting app as a worker does: by scans, taps and reloads. The app's page has
 * no tour service, so these bring their own few steps, and go on after a reload where they were.
 */
const PATIENCE = 20_000;
const KEY = "stock_count.app_tour";
const { sessionStorage } = window;

const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** @param {string|RegExp} [text] what the element says: a part of it, or a pattern */
async function find(selector, text = "") {
    const says = ({ textContent }) =>
        text instanceof RegExp ? text.test(textContent) : textContent.includes(text);
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
        const element = [...document.querySelectorAll(selector)].find(says);
        if (element) {
            return element;
        }
        await wait(30);
    }
    throw new Error(`Nothing is ${selector} with "${text}" in: ${document.body.innerText}`);
}

async function tap(selector, text) {
    const element = await find(selector, text);
    element.click();
    await wait(30);
}

/** Types as a scanner does. */
function scan(code) {
    for (const key of [...code, "Enter"]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
    return wait(20);
}

async function type(digits) {
    for (const digit of digits) {
        await tap(`[data-key='${digit}']`);
    }
}

const screen = (name) => find(`.o_count_app[data-screen=${name}]`);
const question = (title) => find(".o_count_bottom_sheet h2", title);
const unsent = (number) => find(".o_count_unsent", new RegExp(`^\\s*${number}\\s*$`));

/** Tells the test something that only it can do, and goes on after the reload it does. */
function ask(what, step) {
    sessionStorage.setItem(KEY, step);
    console.log(what);
    return new Promise(() => {});
}

const tours = {
    /** Each count type: start, count one, correct it, submit. */
    async types() {
        for (const kind of ["blind", "fast", "slow", "low_value", "high_value", "random"]) {
            await screen("start");
            await tap(`[data-type=${kind}]`);
            await tap(".o_count_run");
            await screen("count");
            await scan("APP-BIN");
            await find(".o_count_location", "App Bin");
            await tap(".o_count_next");
            await type("12");
            await tap(".o_count_add");
            await find(".o_count_banner", "12");
            await tap("[data-tab=review]");
            await tap(".o_count_row", "12");
            await question("App");
            await type("7");
            await tap(".o_count_save");
            await find(".o_count_row_qty", "7");
            await tap("[data-tab=submit]");
            await unsent(0);
            await tap(".o_count_submit_count");
            await screen("done");
            await tap(".o_count_to_start");
        }
        await screen("start");
    },

    /** Zero, skip, unknown code with a note, bin finished. */
    async floor() {
        await screen("start");
        await tap(".o_count_session", "App Count");
        await screen("count");
        await scan("APP-BIN");
        await scan("APP-SCREW");
        await tap(".o_count_zero");
        await find(".o_count_banner", "0 ×");
        await scan("APP-NUT");
        await tap(".o_count_skip");
        await find(".o_count_banner", "Skipped");
        await scan("NOBODY-KNOWS");
        await question("Unknown code");
        await scan("APP-BOLT");
        await find(".o_count_waiting", "1");
        await tap(".o_count_tell");
        const note = await find(".o_count_note_text");
        note.value = "No label";
        note.dispatchEvent(new Event("input", { bubbles: true }));
        await tap(".o_count_keep");
        await find(".o_count_product", "App Bolt");
        await type("3");
        await tap(".o_count_add");
        await find(".o_count_banner", "+3");
        await tap(".o_count_finish");
        await find(".o_count_names", "App Nut");
        await tap(".o_count_finish_bin");
        await find(".o_count_banner", "finished");
        await unsent(0);
    },

    /** Two hundred scans; the network goes, the tab dies, the network comes back. */
    async scans() {
        await screen("start");
        await navigator.serviceWorker.ready;
        await tap(".o_count_session", "App Count");
        await scan("APP-BIN");
        await tap("[data-mode=each]");
        await scanMany(60);
        console.log("network offline");
        await wait(300);
        await scanMany(60);
        await find(".o_count_status_offline, .o_count_status_sending");
        // What was heard and seen is on the device: no pause after it.
        await find(".o_count_banner", "120 here");
        return ask("kill the tab", "scans_offline");
    },

    async scans_offline() {
        await screen("count");
        await find(".o_count_location", "App Bin");
        await scanMany(80);
        await tap("[data-tab=review]");
        await tap("[data-filter=waiting]");
        await find(".o_count_row");
        console.log("network online");
        window.dispatchEvent(new Event("online"));
        await unsent(0);
    },

    /** The login ends in the middle; after the next one everything is sent. */
    async login() {
        await screen("start");
        await tap(".o_count_session", "App Count");
        await scan("APP-BIN");
        await unsent(0);
        await fetch("/web/session/destroy", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ jsonrpc: "2.0", params: {} }),
        });
        await scan("APP-SCREW");
        await type("5");
        await tap(".o_count_add");
        await find(".o_count_status_login", "1");
        sessionStorage.setItem(KEY, "login_form");
        await tap(".o_count_login");
    },

    async login_form() {
        await forgotten();
        (await find("input[name=login]")).value = "app_annie";
        (await find("input[name=password]")).value = "app_annie";
        sessionStorage.setItem(KEY, "login_again");
        await tap(".oe_login_form button[type=submit]");
    },

    async login_again() {
        await screen("count");
        await unsent(0);
        await tap("[data-tab=review]");
        await find(".o_count_row", "App Screw");
    },

    /** The app is updated on the server in the middle of a count. */
    async update() {
        await screen("start");
        await navigator.serviceWorker.ready;
        await tap(".o_count_session", "App Count");
        await scan("APP-BIN");
        await scan("APP-SCREW");
        await type("5");
        await unsent(0);
        await keepOlderPage();
        sessionStorage.setItem(KEY, "updated");
        location.reload();
    },

    async updated() {
        await screen("count");
        sessionStorage.setItem(KEY, "new_version");
        await tap(".o_count_update");
    },

    async new_version() {
        await find(".o_count_qty", "5");
        if (document.querySelector(".o_count_update, #older")) {
            throw new Error("this is the old version still");
        }
        await tap(".o_count_add");
        await unsent(0);
    },

    /** A shared device: after Log out nobody sees what was counted. */
    async log_out() {
        await screen("start");
        await navigator.serviceWorker.ready;
        await tap(".o_count_session", "App Count");
        await scan("APP-BIN");
        await unsent(0);
        await tap(".o_count_menu");
        await tap(".o_count_leave_count");
        await screen("start");
        sessionStorage.setItem(KEY, "logged_out");
        await tap(".o_count_log_out");
    },

    async logged_out() {
        await find("input[name=login]");
        await forgotten();
        if ((await caches.keys()).includes("stock_count.app")) {
            throw new Error("the page is kept");
        }
    },

    /** A worker with a phone in front of a shelf; the last picture has two codes. */
    async camera() {
        await screen("start");
        await tap(".o_count_session", "Camera Count");
        await scan("CAM-BIN");
        await find(".o_count_location", "Camera Bin");
        await tap("[data-mode=each]");
        await tap(".o_count_camera");
        await find(".o_count_offer .o_count_row", "Camera QR");
        await tap(".o_count_offer .o_count_row", "Camera EAN");
        await find(".o_count_banner", "2 here");
        await tap(".o_count_bottom_sheet .o_count_close");
        await unsent(0);
    },

    /** One of two people who count one line. */
    async share() {
        await screen("start");
        await tap(".o_count_session", "App Count");
        await scan("APP-BIN");
        await wait(800);
        document.querySelector(".o_count_stay")?.click();
        await scan("APP-SCREW");
        await type("4");
        await tap(".o_count_add");
        await find(".o_count_banner", "+4");
        await unsent(0);
    },

    /** Comes second: is warned that somebody is there, and counts with them. */
    async share_warned() {
        await screen("start");
        await tap(".o_count_session", "App Count");
        await scan("APP-BIN");
        await question("Somebody counts here");
        await tap(".o_count_stay");
        await scan("APP-SCREW");
        await type("3");
        await tap(".o_count_add");
        await find(".o_count_banner", "+3");
        await unsent(0);
    },
};

/** Puts the page of an older version into the service worker's cache: it names another file. */
async function keepOlderPage() {
    const cache = await caches.open("stock_count.app");
    const page = await (await fetch("/stock_count/app", { cache: "no-store" })).text();
    const link = '<link id="older" rel="icon" href="/stock_count/static/description/icon.png?1">';
    const body = page.replace("</head>", `${link}</head>`);
    await cache.put(
        "/stock_count/app",
        new Response(body, { headers: { "Content-Type": "text/html" } })
    );
}

/** Until the device has no list of any count. */
async function forgotten() {
    for (let i = 0; i < 100; i++) {
        if (!(await countLists())) {
            return;
        }
        await wait(100);
    }
    throw new Error("a list of a count is kept");
}

async function countLists() {
    let lists = 0;
    for (const { name } of await indexedDB.databases()) {
        if (name.startsWith("stock_count.")) {
            const db = await settle(indexedDB.open(name));
            lists += await settle(db.transaction("catalogues").objectStore("catalogues").count());
            db.close();
        }
    }
    return lists;
}

function settle(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

async function scanMany(count) {
    for (let i = 0; i < count; i++) {
        await scan("APP-BOLT");
    }
}

async function run(name) {
    sessionStorage.removeItem(KEY);
    try {
        await tours[name]();
        if (!sessionStorage.getItem(KEY)) {
            console.log("test successful");
        }
    } catch (error) {
        console.error(`counting app, ${name}: ${error.message}`);
    }
}

if (/^.(stock_count.app|web.login)/.test(location.pathname)) {
    window.runCountAppTour = run;
    const next = sessionStorage.getItem(KEY);
    if (next) {
        run(next);
    }
}
