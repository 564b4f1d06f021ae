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

/** Questions that a scan answers; any other makes scans wait. */
export const TAKES_SCANS = new Set(["lot", "location", "item", "serials", "camera"]);
