/**
 * Applies an answer of `sync` to an open count: what other people counted, which bins they are in,
 * and what the server made of this device's rows.
 *
 * @param {import("./count").Count} count
 * @param {Object} answer see docs/count_app.md
 */
export function applyNews(count, { lines, claims, finished, results, events, server_now }) {
    count.since = server_now;
    count.catalogue.mergeLines(lines);
    const refused = new Set(results.filter(isRefused).map(({ uuid }) => uuid));
    results.forEach((result) => applyResult(count, result, refused));
    Object.assign(count.bins, { claims, finished });
    events.filter(isRefused).forEach(({ uuid }) => reopenBin(count, uuid));
    count.app.claims.notice(count);
    count.state.version++;
}

function applyResult(count, { uuid, status, code, line_id }, refused) {
    const { rows } = count.app.journal;
    const target = rows.get(uuid)?.body.withdraws;
    if (status === "recorded") {
        count.entries.setRound(uuid, count.catalogue.lines.get(line_id)?.first_round || 1);
    } else if (refused.has(uuid) && target && code !== "withdrawn_already") {
        // The entry still counts, unless the server refused it, too.
        refused.has(target) || count.entries.restore(target, rows.get(target));
    }
}

/** The server did not finish the bin, so its lines are still to be counted. */
function reopenBin(count, uuid) {
    const { body } = count.app.journal.rows.get(uuid) || {};
    if (body?.kind === "bin_finished") {
        count.progress.finished.delete(body.location_id);
    }
}

const isRefused = ({ status }) => status === "refused";
