// What the scripts of dev/browse import as "browse".
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { BASE_URL, NODE_TOOLS, SHOTS } = process.env;
const { chromium } = createRequire(`${NODE_TOOLS}/`)("playwright-core");

// As root Chromium has no sandbox; the rest keeps it from calling home.
const ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];
const PHONE = {
    isMobile: true,
    hasTouch: true,
    userAgent:
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) " +
        "Chrome/130.0.0.0 Mobile Safari/537.36",
};

let browser;

/** Tells on standard error what goes wrong in a page. */
function report(page) {
    page.on("pageerror", (error) => console.error(`page error: ${error.stack ?? error}`));
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) {
            const { url } = message.location();
            console.error(`console ${message.type()}: ${message.text()} (${url})`);
        }
    });
}

async function signIn(page, url, login, password) {
    await page.goto(`/web/login?redirect=${encodeURIComponent(url)}`);
    await page.fill("input[name=login]", login);
    await page.fill("input[name=password]", password);
    await Promise.all([
        page.waitForURL((url) => url.pathname !== "/web/login", { timeout: 60_000 }),
        page.click(".oe_login_form button[type=submit]"),
    ]);
}

/** Waits until a page asks for nothing more, for 15 seconds at most. */
export async function settle(page) {
    const end = Date.now() + 15_000;
    const pending = new Set();
    let last = Date.now();
    // Playwright's own "networkidle" never comes, as it never sees the answer to the bus worker.
    const asked = (request) => request.url().includes("/bus/") || pending.add(request);
    const answered = (request) => pending.delete(request) && (last = Date.now());
    page.on("request", asked);
    page.on("requestfinished", answered).on("requestfailed", answered);
    while (Date.now() < end && (pending.size || Date.now() - last < 400)) {
        await page.waitForTimeout(50);
    }
    page.off("request", asked);
    page.off("requestfinished", answered).off("requestfailed", answered);
}

/**
 * Opens a page as a user, in a browser session of its own.
 *
 * @param {string} [options.url] a path on the server
 * @param {number} [options.width] below 768 it is a phone
 * @param {string} [options.login] none for a visitor who is not signed in
 * @returns {Promise<import("playwright-core").Page>}
 */
export async function open({
    url = "/odoo",
    width = 1400,
    height = 900,
    login = "admin",
    password = login,
} = {}) {
    browser ??= await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
    const context = await browser.newContext({
        baseURL: BASE_URL,
        viewport: { width, height },
        ...(width < 768 ? PHONE : {}),
    });
    const page = await context.newPage();
    report(page);
    await (login ? signIn(page, url, login, password) : page.goto(url));
    await settle(page);
    return page;
}

/** Saves what a page shows as NAME.png, and says where. */
export async function shot(page, name, options = {}) {
    mkdirSync(SHOTS, { recursive: true });
    const path = join(SHOTS, `${name}.png`);
    await page.screenshot({ path, ...options });
    console.log(path);
}

export async function close() {
    await browser?.close();
}
