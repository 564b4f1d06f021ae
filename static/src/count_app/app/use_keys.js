import { useExternalListener } from "@odoo/owl";
import { Wedge } from "../core/wedge";
import { isField, walkByArrow } from "./focus_walk";
import { pressKey } from "./press_key";

/** The character that separates the values of a GS1 code; scanners send it as Ctrl+]. */
const GROUP_SEPARATOR = "\x1d";

/**
 * Listens to the keyboard and to scanners that type.
 *
 * @param {import("./app_state").AppState} app
 * @param {{ el: HTMLInputElement }} ref a hidden field without an on-screen keyboard; it takes the
 *   text that Android scanners send instead of keys
 */
export function useKeys(app, ref) {
    const wedge = new Wedge({
        onScan: (code) => app.intake.onScan(code),
        onKey: (key) => pressKey(app, key),
    });
    const onKeydown = (ev) => handleKeydown(ev, { app, ref, wedge });
    useExternalListener(window, "keydown", onKeydown, { capture: true });
    useExternalListener(window, "input", (ev) => takeText(ev, ref, wedge));
    // Keys that were typed before a tap count before the tap.
    useExternalListener(window, "pointerdown", () => wedge.flush(), { capture: true });
    useExternalListener(window, "pointerup", ({ target }) => {
        // A tapped button must not keep the focus: the next Enter is a scanner's.
        const button = target.closest?.("button");
        button?.blur();
    });
}

function handleKeydown(ev, { app, ref, wedge }) {
    if (ev.isComposing || ev.ctrlKey || ev.altKey || ev.metaKey) {
        if (ev.ctrlKey && ev.key === "]") {
            wedge.take(GROUP_SEPARATOR, ev.timeStamp);
        }
    } else if (walkByArrow(ev)) {
        ev.preventDefault();
    } else if (isField(ev.target) || !ev.key) {
        // Escape may be the only way out of a question.
        ev.key === "Escape" && pressKey(app, ev.key);
    } else if (ev.key === "Unidentified" || ev.keyCode === 229) {
        ref.el.focus();
    } else if (!isButtonKey(ev, wedge) && wedge.take(ev.key, ev.timeStamp)) {
        ev.preventDefault();
        // Enter after a quantity means Add, not the button that was pressed before.
        ev.target.matches?.("button") && ev.target.blur();
    }
}

function takeText(ev, ref, wedge) {
    if (ev.target === ref.el && ref.el.value) {
        wedge.takeText(ref.el.value);
        ref.el.value = "";
    }
}

/** Whether the key presses the focused button, on devices with keys only. */
function isButtonKey({ key, target }, wedge) {
    return ["Enter", " "].includes(key) && !wedge.keys && target.matches?.("button, a");
}
