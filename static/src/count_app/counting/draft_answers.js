/**
 * Answers the question for the lot or serial number of the draft.
 *
 * @param {import("../app/app_state").AppState} app
 * @param {{ lot?: Object, lot_name?: string }} answer a known lot, or a new name
 */
export function answerLot(app, { lot, lot_name }) {
    const { draft, entries, adder, steps } = app.count;
    const { product } = draft;
    const before =
        product.tracking === "serial" &&
        entries.findSerial({
            product_id: product.id,
            lot_id: lot?.id,
            lot_name: lot_name || "",
        });
    if (before) {
        app.close();
        return adder.refuseTwice(before);
    }
    draft.setLot({ lot, lot_name });
    app.close();
    return steps.proceed();
}

/**
 * Answers the question for the location.
 *
 * @param {import("../app/app_state").AppState} app
 * @param {Object} location
 */
export async function answerLocation(app, location) {
    const { count } = app;
    const { isNeeded } = app.state.overlay.props;
    if (isNeeded && count.draft.product && !count.lockedId) {
        // The item was scanned before its location, so it stays in the draft.
        count.draft.setLocation(location, "scanned");
        app.close();
        await app.claims.enter(count, location);
        return app.state.overlay ? undefined : count.steps.proceed();
    }
    app.close();
    await count.steps.setLocation(location);
}
