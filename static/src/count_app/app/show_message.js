import { browser } from "@web/core/browser/browser";

/** How long a message is shown, in milliseconds; as long as its animation in banner.scss. */
const SHOWN = { hit: 3500, info: 3500, miss: 8000, wait: 8000 };
let lastId = 0;

/**
 * Shows a message in the banner, with sound and vibration, instead of the message before.
 *
 * @param {import("./app_state").AppState} app
 * @param {import("../core/messages").Message} message
 * @param {Function | null} undo what the Undo button does, if there is one
 */
export function showMessage(app, message, undo) {
    const { state, feedback } = app;
    state.message = { ...message, undo, id: ++lastId };
    browser.clearTimeout(app.messageTimer);
    app.messageTimer = browser.setTimeout(() => (state.message = null), SHOWN[message.severity]);
    feedback.signal(message.severity);
}
