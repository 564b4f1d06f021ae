import { OPEN_STATES } from "../../const";
import { messages } from "../core/messages";
import { applyNews } from "../counting/news";

/**
 * Keeps and applies an answer of `sync`, before its rows are marked as sent.
 *
 * @param {import("./app_state").AppState} app
 * @param {Object} answer see docs/count_app.md
 * @param {number} sessionId
 */
export async function takeNews(app, answer, sessionId) {
    await app.store.putNews(sessionId, answer);
    app.showClock();
    sayRefusals(app, answer.results);
    if (app.count?.id === sessionId) {
        applyNews(app.count, answer);
        app.isClosed = !OPEN_STATES.includes(answer.session_state);
        if (app.isClosed && app.state.screen !== "review") {
            app.show("closed");
        }
    }
}

function sayRefusals(app, results) {
    const refused = results.filter(({ status }) => status === "refused");
    if (refused.length) {
        app.say(messages.refused({ count: refused.length, text: refused[0].message }));
    }
}
