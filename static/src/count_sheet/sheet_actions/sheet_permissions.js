import { OPEN_STATES } from "../../const";
import { isActive } from "../../count_job/job_hook";

/** States of a session with posted lines. */
const POSTED_STATES = ["partial", "posted"];

/**
 * What the user can do with a session in its state. The server checks the rights again.
 *
 * @param {Object} header the answer of get_sheet_header
 * @returns {{ count: boolean, recount: boolean, submit: boolean, approve: boolean, post: boolean,
 *   undo: boolean, cancel: boolean, isSubmitNext: boolean }} `isSubmitNext`: submitting is the main
 *   button
 */
export function readPermissions(header) {
    const { state, counts, require_approval, may_approve, may_post, may_undo } = header;
    const isPending = state === "pending_approval";
    const isCountable = OPEN_STATES.includes(state) && !isPending;
    // A running job would run into these.
    const isFree = !isActive(header.job);
    const isOver = isCountable && counts.over_tolerance > 0;
    // Without Option 170 only variances over their tolerance need an approver (A2).
    const canSubmit = isCountable && isFree && Boolean(require_approval || isOver);
    return {
        count: isCountable,
        recount: isOver,
        submit: canSubmit,
        approve: isPending && may_approve,
        post: isCountable && isFree && may_post,
        undo: may_undo && isFree && POSTED_STATES.includes(state),
        cancel: isCountable || isPending,
        isSubmitNext: canSubmit && require_approval,
    };
}
