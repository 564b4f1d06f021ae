import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";

/** No answer arrived, or none that can be read. A later try may work. */
export class Offline extends Error {}

/** The server failed. A later try may work. */
export class ServerFailed extends Error {}

/** The login has ended. Everything on the device stays there. */
export class LoginNeeded extends Error {}

/** The server refused, with a reason for the user. */
export class Refused extends Error {}

const SESSION_EXPIRED = 100;
const REFUSALS = /(UserError|AccessError|ValidationError|MissingError|RedirectWarning)$/;
/**
 * How long a call may take, in milliseconds: a phone at the edge of its network would wait forever.
 * Large calls get longer.
 */
const PATIENCE = 30_000;
const LONG_PATIENCE = 180_000;
const LARGE = ["load_catalogue", "start_session", "attach_evidence"];
let lastId = 0;

/**
 * Calls a method of `stock.count.app`, see docs/count_app.md.
 *
 * @param {string} method
 * @param {any[]} [args]
 * @param {Object} [kwargs]
 * @returns {Promise<Object>} the method's answer
 * @throws {Offline | ServerFailed | LoginNeeded | Refused}
 */
export async function callServer(method, args = [], kwargs = {}) {
    const abort = new AbortController();
    const patience = LARGE.includes(method) ? LONG_PATIENCE : PATIENCE;
    // The timer runs until the whole answer is here, because half of an answer may never be completed.
    const timer = browser.setTimeout(() => abort.abort(), patience);
    try {
        const url = `/web/dataset/call_kw/stock.count.app/${method}`;
        const params = { model: "stock.count.app", method, args, kwargs };
        const { error, result } = await read(await ask(url, params, abort.signal));
        if (error) {
            throw toError(error);
        }
        return result;
    } finally {
        browser.clearTimeout(timer);
    }
}

/**
 * Ends the login of this browser.
 *
 * @throws {Offline} when the server was not reached: the login has not ended
 */
export async function endLogin() {
    await read(await ask("/web/session/destroy", {}));
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
        // This is not from Odoo: a proxy's page, a hotel's login page, or half of an answer.
        const Kind = response.status >= 500 ? ServerFailed : Offline;
        throw new Kind(`HTTP ${response.status}`, { cause: error });
    }
}

/** Turns an error of JSON-RPC into one of the classes above. */
function toError({ code, message, data }) {
    if (code === SESSION_EXPIRED) {
        return new LoginNeeded(message);
    }
    const Kind = REFUSALS.test(data?.name || "") ? Refused : ServerFailed;
    return new Kind(data?.message || message);
}
