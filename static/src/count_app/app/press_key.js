import { messages } from "../core/messages";

/**
 * Handles a key that a person pressed outside of a field.
 *
 * @param {import("./app_state").AppState} app
 * @param {string} key as KeyboardEvent.key
 */
export function pressKey(app, key) {
    const { overlay, screen } = app.state;
    app.state.hasKeys ||= /^\d$/.test(key);
    if (key === "Escape" && overlay) {
        app.do(() => app.close());
    } else if (overlay) {
        overlay.props.onKey?.(key);
    } else if (screen === "count") {
        app.do(() => pressOnCount(app.count, key));
    }
}

function pressOnCount(count, key) {
    const { adder, draft } = count;
    if (key === "Enter") {
        // A second Enter, of a scanner or by habit, must not count the same quantity again.
        return draft.isRepeat
            ? count.app.say(messages.addAgain({ item: draft.product.name }))
            : adder.add();
    }
    if (key === "-" || (key === "+" && !draft.isTyping)) {
        draft.step(key === "+" ? 1 : -1);
    } else if (!draft.press(key)) {
        return;
    }
    count.touch();
}
