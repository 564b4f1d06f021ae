import { useEnv, useState } from "@odoo/owl";

/**
 * The app's state for a component, which is drawn again when something changes that it reads.
 *
 * @returns {{ app: import("./app_state").AppState, state: Object, count: Object, journal: Object,
 *   sync: Object, doing: Function }} `doing(work)` makes a handler that runs after the scans before it
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

/** As useApp, with the session; without one, nothing of it is there. */
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
        bins: useState(count.bins),
        ...rest,
    };
}
