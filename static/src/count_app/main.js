import { App, whenReady } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { appTranslateFn, translatedTerms, translationLoaded } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { getTemplate } from "@web/core/templates";
import { uuid } from "@web/core/utils/strings";
import { session } from "@web/session";
import { AppState } from "./app/app_state";
import { CountApp } from "./app/count_app";
import { BrowserReader } from "./camera/browser_reader";
import { LIBRARY } from "./camera/library_reader";
import { Database } from "./core/database";

const DEVICE = "stock_count.device";
const WORKER = "/stock_count/app/service-worker.js";
/** How long to leave a slow network to the list of the count, in milliseconds. */
const QUIET = 20_000;

/** A lasting name of this device, by which people find out later which device counted something. */
function nameDevice() {
    const { localStorage, navigator } = browser;
    const id = localStorage.getItem(DEVICE) || uuid().slice(0, 4);
    localStorage.setItem(DEVICE, id);
    const model = /\(([^)]*)\)/.exec(navigator.userAgent)?.[1].split(";").at(-1).trim();
    return `${model || "?"} / ${id}`.slice(0, 128);
}

/** Loads the translations; without a network the service worker has them. */
async function loadTranslations(lang) {
    try {
        if (lang && lang !== "en_US") {
            const url = `/web/webclient/translations?mods=stock_count&lang=${lang}`;
            const { modules } = await (await browser.fetch(url)).json();
            for (const [name, { messages }] of Object.entries(modules)) {
                translatedTerms[name] = Object.fromEntries(
                    messages.map(({ id, string }) => [id, string])
                );
            }
        }
    } catch {
        // The app works in English.
    }
    translatedTerms[translationLoaded] = true;
}

/**
 * Lets the service worker keep Odoo's barcode reader. Browsers without a reader of their own need it
 * for the camera, and without a network, too.
 */
async function keepReader() {
    if (!(await BrowserReader.find())) {
        await browser.navigator.serviceWorker?.ready;
        await browser.fetch(LIBRARY).catch(() => {});
    }
}

/** Starts the app in the page's body. */
async function start() {
    const { lang } = user.context;
    // Without the worker (on an insecure address) the app works until the page is closed.
    browser.navigator.serviceWorker
        ?.register(WORKER, { scope: "/stock_count/app" })
        .catch((error) => console.info(error.message));
    browser.navigator.storage?.persist?.();
    await Promise.all([whenReady(), loadTranslations(lang)]);
    document.documentElement.lang = (lang || "en_US").replace("_", "-");
    const app = new AppState({
        database: new Database(`stock_count.${session.db}.${user.userId}`),
        device: nameDevice(),
        userId: user.userId,
    });
    browser.navigator.serviceWorker?.addEventListener("message", ({ data }) => {
        app.state.hasUpdate ||= data === "new_version";
    });
    const root = new App(CountApp, {
        env: { app },
        getTemplate,
        translateFn: appTranslateFn,
        name: "Cycle Count",
    });
    await root.mount(document.body);
    browser.setTimeout(keepReader, QUIET);
}

start();
