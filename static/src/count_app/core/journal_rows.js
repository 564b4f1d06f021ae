const CLAIMS = ["bin_claim", "bin_release"];

/**
 * Whether a row has to reach the server before the count is complete. Claims of bins only inform
 * other people and are not counted as unsent.
 *
 * @param {import("./journal").Row} row
 * @returns {boolean}
 */
export function isEssential({ kind, body }) {
    return kind !== "event" || !CLAIMS.includes(body.kind);
}

/**
 * The state of a row after an answer of the server or a decision of the user.
 *
 * @param {{ status: string, code?: string, message?: string, line_id?: number }} answer
 * @returns {Partial<import("./journal").Row>}
 */
export function readAnswer({ status, code, message, line_id }) {
    const state = { refused: "refused", dropped: "dropped" }[status] || "done";
    return { state, code: code || "", message: message || "", ...(line_id && { line_id }) };
}

/**
 * Selects the next rows to send: of one session, in order. A photo is large, so it goes by itself
 * when nothing else is left.
 *
 * @param {Iterable<import("./journal").Row>} waiting
 * @param {number} limit
 * @param {Map<number, any>} held sessions to leave out, by id
 * @returns {import("./journal").Row[]}
 */
export function selectBatch(waiting, limit, held) {
    const batch = [];
    let photo;
    for (const row of waiting) {
        if (batch.length === limit) {
            break;
        }
        if (held.has(row.session_id)) {
            continue;
        }
        if (row.kind === "evidence") {
            photo ??= row;
        } else if (!batch.length || row.session_id === batch[0].session_id) {
            batch.push(row);
        }
    }
    return batch.length || !photo ? batch : [photo];
}
