import { _t } from "@web/core/l10n/translation";
import { StorageFull } from "../core/database";
import { messages } from "../core/messages";
import { LoginNeeded, Offline, Refused } from "../core/server";

/**
 * Shows an error while a screen is open.
 *
 * @param {import("./app_state").AppState} app
 * @param {Error} error
 */
export function showProblem(app, error) {
    if (error instanceof StorageFull) {
        app.ask("storage_full", {}, messages.storageFull());
    } else if (error instanceof LoginNeeded) {
        app.sync.state.status = "login";
    } else if (error instanceof Offline) {
        app.say(messages.needsNetwork());
    } else {
        app.say(messages.serverFailed({ text: error.message }));
        if (!(error instanceof Refused)) {
            console.error(error);
        }
    }
}

/**
 * What the "failed" screen shows.
 *
 * @typedef {{ title: string, text: string, icon?: string, login?: boolean }} Problem
 */

/**
 * Describes why no screen could be opened.
 *
 * @param {Error} error
 * @returns {Problem}
 */
export function describeProblem(error) {
    if (error instanceof LoginNeeded) {
        return {
            title: _t("Please log in"),
            text: _t("Your login has ended."),
            icon: "warning",
            login: true,
        };
    }
    if (error instanceof Offline) {
        return {
            title: _t("No network"),
            text: _t("Nothing was loaded on this device yet. Go where there is a signal."),
        };
    }
    const title = error instanceof Refused ? _t("Not possible") : _t("The server has a problem");
    return { title, text: error.message, icon: "warning" };
}

/**
 * Shows the "failed" screen for a screen that cannot be drawn, instead of a blank page.
 *
 * @param {import("./app_state").AppState} app
 * @param {Error} error
 */
export function showCrash(app, error) {
    console.error(error);
    app.state.problem = {
        title: _t("The app stumbled"),
        text: _t("Nothing that was counted is lost. Try again, or load the page anew."),
        icon: "warning",
    };
    app.show("failed");
}
