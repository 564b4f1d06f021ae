import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";

/** Nothing arrived, or nothing readable came back: it may be tried again. */
export class Offline extends Error {}

/** The server failed at it. It may be tried again later. */
export class ServerFailed extends Error {}

/** The login has ended; what is kept stays. */
export class LoginNeeded extends Error {}

/** The server says no, and why. */
export class Refused extends Error {}

const SESSION_EXPIRED = 100;
const REFUSALS = /(UserError|AccessError|ValidationError|MissingError|RedirectWarning)$/;
/** A phone at the edge of its network may wait for ever, milliseconds; what is large takes longer. */
const PATIENCE = 30_000;
const LONG_PATIENCE = 180_000;
const LARGE = ["load_catalogue", "start_session", "attach_evidence"];
let lastId = 0;

/**
 * Calls a method of the counting app's door.
 *
 * @param {string} method
 * @param {any[]} args
 * @param {Object} [kwargs]
 */
export async function callServer(method, args = [], kwargs = {}) {
    const abort = new AbortController();
    const patience = LARGE.includes(method) ? LONG_PATIENCE : PATIENCE;
    // Until all of the answer is here: half of one may stay half for ever.
    const timer = browser.setTimeout(() => abort.abort(), patience);
    try {
        const url = `/web/dataset/call_kw/stock.count.app/${method}`;
        const params = { model: "stock.count.app", method, args, kwargs };
        const { error, result } = await read(await ask(url, params, abort.signal));
        if (error) {
            throw understand(error);
        }
        return result;
    } finally {
        browser.clearTimeout(timer);
    }
}

async function ask(url, params, signal) {
    try {
        return await browser.fetch(url, {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ id: ++lastId, jsonrpc: "2.0", method: "call", params }),
            signal,
        });
    } catch (error) {
        throw new Offline(error.message, { cause: error });
    }
}

async function read(response) {
    if (response.redirected && /\/web\/login/.test(response.url)) {
        throw new LoginNeeded();
    }
    if ([502, 503, 504].includes(response.status)) {
        throw new Offline(`HTTP ${response.status}`);
    }
    if (response.status === 413) {
        throw new Refused(_t("This is too large for the server."));
    }
    try {
        return await response.json();
    } catch (error) {
        // Not of Odoo: a proxy's page, a hotel's login page, half of an answer.
        const Kind = response.status >= 500 ? ServerFailed : Offline;
        throw new Kind(`HTTP ${response.status}`, { cause: error });
    }
}

function understand({ code, message, data }) {
    if (code === SESSION_EXPIRED) {
        return new LoginNeeded(message);
    }
    const Kind = REFUSALS.test(data?.name || "") ? Refused : ServerFailed;
    return new Kind(data?.message || message);
}
