/** Fields that a person types in. A scan into one belongs to the field and ends with Enter. */
const FIELDS = "input:not(.o_count_keys), textarea, select, [contenteditable]";
/** What the arrow keys reach: of the open question, else of the screen. */
const STOPS =
    "button:not(:disabled, [tabindex='-1']), a[href], input:not(.o_count_keys), textarea, select";
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * @param {EventTarget} element
 * @returns {boolean} whether a person types in it
 */
export function isField(element) {
    return Boolean(element?.matches?.(FIELDS));
}

/**
 * Moves the focus by an arrow key, for devices with keys only. In a field the arrows to the sides
 * move in the text or choose from the list, so they keep their meaning.
 *
 * @param {KeyboardEvent} ev
 * @returns {boolean} whether the key moved the focus
 */
export function walkByArrow({ key, target }) {
    const isSideways = ["ArrowLeft", "ArrowRight"].includes(key);
    const isWalk =
        key in STEPS && !(isField(target) && isSideways) && !hasMoreText(target, STEPS[key]);
    if (isWalk) {
        walk(STEPS[key]);
    }
    return isWalk;
}

/** Whether a text area has text above or below the cursor. */
function hasMoreText(target, step) {
    if (!target.matches?.("textarea")) {
        return false;
    }
    return step < 0 ? target.selectionStart > 0 : target.selectionEnd < target.value.length;
}

function walk(step) {
    const root =
        document.querySelector(".o_count_bottom_sheet") || document.querySelector(".o_count_app");
    const stops = [...(root?.querySelectorAll(STOPS) || [])].filter((el) => el.offsetParent);
    const at = stops.indexOf(document.activeElement);
    const next = at < 0 && step < 0 ? stops.length - 1 : (at + step + stops.length) % stops.length;
    stops[next]?.focus();
    stops[next]?.scrollIntoView({ block: "nearest" });
}
