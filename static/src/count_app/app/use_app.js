import { useEnv, useState } from "@odoo/owl";

/**
 * Gives a component the app. The component is drawn again when a state that it reads changes.
 *
 * @returns {{ app: import("./app_state").AppState, state: Object, journal: Object, sync: Object }}
 *   the app, and the states of the page, the journal and the sync
 */
export function useApp() {
    const { app } = useEnv();
    return {
        app,
        state: useState(app.state),
        journal: useState(app.journal.state),
        sync: useState(app.sync.state),
    };
}

/**
 * Gives a component the app and the open session.
 *
 * @returns {Object} as useApp, and `count`; if a session is open, the states `counting` (of the
 *   count), `draft`, `aside` and `bins`, too
 */
export function useCount() {
    const { app, ...rest } = useApp();
    const { count } = app;
    if (!count) {
        return { app, count, ...rest };
    }
    return {
        app,
        count,
        counting: useState(count.state),
        draft: useState(count.draft.state),
        aside: useState(count.aside.state),
        bins: useState(count.bins),
        ...rest,
    };
}
