import { useExternalListener } from "@odoo/owl";
import { Wedge } from "../core/wedge";

/** Fields that a person types in; a scan into one is the field's, ended by Enter. */
const FIELDS = "input:not(.o_count_keys), textarea, select, [contenteditable]";

/**
 * Listens to keys and to scanners that type. A field of its own without a keyboard on the screen
 * takes what Android scanners give as text instead of keys.
 */
export function useKeys(app, ref) {
    const wedge = new Wedge({
        onScan: (code) => app.onScan(code),
        onKey: (key) => app.onKey(key),
    });

    function onKeydown(ev) {
        if (ev.isComposing || ev.ctrlKey || ev.altKey || ev.metaKey) {
            // A GS1 separator may come as Ctrl+]: it is the character 29.
            if (ev.ctrlKey && ev.key === "]") {
                wedge.take("\x1d", ev.timeStamp);
            }
            return;
        }
        if (isField(ev.target) || !ev.key) {
            return;
        }
        if (ev.key === "Unidentified" || ev.keyCode === 229) {
            ref.el.focus();
        } else if (isButtonKey(ev, wedge)) {
            return; // Enter on a button presses it: devices with keys only.
        } else if (wedge.take(ev.key, ev.timeStamp)) {
            ev.preventDefault();
        }
    }

    function onInput(ev) {
        if (ev.target === ref.el && ref.el.value) {
            wedge.takeText(ref.el.value);
            ref.el.value = "";
        }
    }

    useExternalListener(window, "keydown", onKeydown, { capture: true });
    useExternalListener(window, "input", onInput);
    // What was typed comes before what is tapped.
    useExternalListener(window, "pointerdown", () => wedge.flush(), { capture: true });
    useExternalListener(window, "pointerup", ({ target }) => {
        // Nothing keeps the focus that was tapped: the next Enter is a scanner's.
        const button = target.closest?.("button");
        button?.blur();
    });
}

function isField(element) {
    return Boolean(element?.matches?.(FIELDS));
}

function isButtonKey({ key, target }, wedge) {
    return key === "Enter" && !wedge.keys && target.matches?.("button, a");
}
