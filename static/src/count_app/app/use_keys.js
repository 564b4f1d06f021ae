import { useExternalListener } from "@odoo/owl";
import { Wedge } from "../core/wedge";

/** Fields that a person types in; a scan into one is the field's, ended by Enter. */
const FIELDS = "input:not(.o_count_keys), textarea, select, [contenteditable]";
/** What a device with keys only walks through: of the question, else of the screen. */
const STOPS =
    "button:not(:disabled, [tabindex='-1']), a[href], input:not(.o_count_keys), textarea, select";
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

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
        if (takesArrow(ev)) {
            walk(STEPS[ev.key]);
            ev.preventDefault();
            return;
        }
        if (isField(ev.target) || !ev.key) {
            // There may be no other way out of a question.
            return ev.key === "Escape" ? app.onKey(ev.key) : undefined;
        }
        if (ev.key === "Unidentified" || ev.keyCode === 229) {
            ref.el.focus();
        } else if (isButtonKey(ev, wedge)) {
            return; // It presses the button: devices with keys only.
        } else if (wedge.take(ev.key, ev.timeStamp)) {
            ev.preventDefault();
            // Who types a quantity means Add by Enter, not the button that was pressed before.
            ev.target.matches?.("button") && ev.target.blur();
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
    return ["Enter", " "].includes(key) && !wedge.keys && target.matches?.("button, a");
}

/** Arrows move on; sideways they move in a text and choose from a list. */
function takesArrow({ key, target }) {
    const isSideways = ["ArrowLeft", "ArrowRight"].includes(key);
    return key in STEPS && !(isField(target) && isSideways) && !hasMore(target, STEPS[key]);
}

/** Whether a long text has something above or below where it is being written. */
function hasMore(target, step) {
    if (!target.matches?.("textarea")) {
        return false;
    }
    return step < 0 ? target.selectionStart > 0 : target.selectionEnd < target.value.length;
}

function walk(step) {
    const root = document.querySelector(".o_count_sheet") || document.querySelector(".o_count_app");
    const stops = [...(root?.querySelectorAll(STOPS) || [])].filter((el) => el.offsetParent);
    const at = stops.indexOf(document.activeElement);
    const next = at < 0 && step < 0 ? stops.length - 1 : (at + step + stops.length) % stops.length;
    stops[next]?.focus();
    stops[next]?.scrollIntoView({ block: "nearest" });
}
