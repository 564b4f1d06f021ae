/**
 * The screens, a closed list; docs/count_app.md has the diagram. Questions ("overlays") open on top
 * of a screen and close again.
 */
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

/** Screens of an open session: a scan leads to the Count tab, and is counted. */
export const SCANNING = new Set(["count", "review", "progress", "submit", "done", "closed"]);

/** Screens without a session: a scan is refused, so that it is not counted in the next one. */
export const REFUSING = new Set(["start", "failed", "elsewhere"]);

/** Questions that a scan answers; any other makes scans wait. */
export const TAKES_SCANS = new Set(["lot", "location", "item", "serials", "camera"]);
