import { reactive } from "@odoo/owl";

/**
 * What the page shows; components are drawn again when it changes.
 *
 * @typedef {{ screen: string, overlay: ?{ name: string, props: Object, id: number },
 *   message: ?Object, scansWaiting: number, hasKeys: boolean, clockOffset: number, start: ?Object,
 *   problem: ?import("./problems").Problem, submitted: ?Object, hasUpdate: boolean }} DisplayState
 */

/** @returns {DisplayState} */
export function makeDisplayState() {
    return reactive({
        // One of SCREENS.
        screen: "loading",
        // The open question.
        overlay: null,
        // The message in the banner.
        message: null,
        scansWaiting: 0,
        // The device has a keyboard.
        hasKeys: false,
        // In milliseconds, 0 unless the clock is notably wrong.
        clockOffset: 0,
        // The answer of load_start, for the start screen.
        start: null,
        // For the "failed" screen.
        problem: null,
        // The answer of submit_count, for the "done" screen.
        submitted: null,
        // The service worker has a newer version of the app.
        hasUpdate: false,
    });
}
