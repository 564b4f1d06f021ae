/**
 * Values that the server and the browser must agree on. Python has them in `const.py` and in
 * `domain/`; `tests/whole/test_const.py` fails when a value differs.
 */

/** States of a session in which it can still be worked on. */
export const OPEN_STATES = ["open", "pending_approval", "partial"];
/** States of a session that is finished. */
export const CLOSED_STATES = ["posted", "cancelled"];

/** States of a line that has no count yet. */
export const UNCOUNTED_STATES = ["to_count", "skipped", "recount"];

/** States of a background job that still works. */
export const ACTIVE_JOB_STATES = ["waiting", "running"];

/** The tolerance ratio of a variance where no variance is allowed. */
export const NO_ALLOWANCE = 999;

/** The largest quantity of one entry; the server refuses more. */
export const MAX_QUANTITY = 1000000000;

/** The largest file that can be imported, in bytes. */
export const MAX_FILE = 67108864;
