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
        return adder.add();
    }
    if (key === "+" || key === "-") {
        draft.step(key === "+" ? 1 : -1);
    } else if (!draft.press(key)) {
        return;
    }
    count.touch();
}
