/** All screens. A question opens on top of a screen. */
export const SCREENS = [
    "loading",
    "start",
    "count",
    "review",
    "progress",
    "submit",
    "done",
    "closed",
    "elsewhere",
    "failed",
];

/** Screens of an open session: a scan is handled there. */
export const SCANNING = new Set(["count", "review", "progress", "submit", "done", "closed"]);

/** Screens without a session: a scan is refused, so that it is not counted in the next session. */
export const REFUSING = new Set(["start", "failed", "elsewhere"]);
