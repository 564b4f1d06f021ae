import { toIso } from "../core/clock";
import { showQuantity } from "../core/numbers";
import { stateOf } from "./entry";

/**
 * A row of the Review tab: an entry, or another row of the journal. `text` is what the search finds.
 *
 * @typedef {{ id: string, kind: string, title: string, code: string, lot: string, where: string,
 *   qty: string, unit: string, state: string, message: string, at: string, text: string,
 *   entry?: import("./entry").Entry, row?: import("../core/journal").Row }} ReviewRow
 */

/**
 * @param {import("./count").Count} count
 * @param {"all"|"waiting"|"refused"|"undecided"} filter
 * @param {string} term
 * @returns {ReviewRow[]} newest first
 */
export function listReview(count, filter, term) {
    const rows = { ...LISTS, all: listEntries }[filter](count);
    const word = term.trim().toLowerCase();
    return word ? rows.filter((row) => row.text.includes(word)) : rows;
}

const LISTS = {
    waiting: (count) => listEntries(count).filter((row) => row.state === "waiting"),
    refused: listRefused,
    undecided: listUndecided,
};

function listEntries(count) {
    return count.entries.list.map((entry) => describeEntry(count, entry));
}

/** Includes other counts on this device, because a person has to decide about those, too. */
function listRefused(count) {
    return [...count.app.journal.refused.values()].map((row) => describeRow(count, row));
}

/**
 * @param {import("./count").Count} count
 * @returns {ReviewRow[]} the scans of unknown codes that wait for a decision
 */
export function listUndecided(count) {
    const rows = count.app.journal.ofSession(count.id);
    return rows
        .filter((row) => row.kind === "miss" && row.state === "waiting")
        .reverse()
        .map((row) => describeRow(count, row));
}

function describeEntry(count, entry) {
    const { catalogue } = count;
    const product = catalogue.products.get(entry.product_id);
    return withText({
        id: entry.uuid,
        kind: "entry",
        title: product?.name || "?",
        code: product?.code || "",
        lot: catalogue.lotName(entry),
        where: catalogue.locations.get(entry.location_id)?.name || "",
        qty: showQuantity(entry.qty),
        unit: catalogue.uoms.get(entry.uom_id)?.name || "",
        state: stateOf(entry),
        message: entry.row?.message || "",
        at: showTime(entry.at),
        entry,
        row: entry.row,
    });
}

function describeRow(count, row) {
    const entry = count.entries.get(row.uuid);
    if (entry) {
        return describeEntry(count, entry);
    }
    const { location_id, line_id } = { ...row.body, ...row.view };
    const { lines, locations, products } = count.catalogue;
    const line = lines.get(line_id);
    const location = locations.get(location_id || line?.location_id);
    const item = products.get(line?.product_id)?.name;
    return withText({
        id: row.uuid,
        kind: row.kind === "event" ? row.body.kind : row.kind,
        title: row.view.code || row.view.item || item || "",
        ...{ code: "", lot: "", qty: "", unit: "" },
        where: location?.name || "",
        state: row.kind === "miss" ? "undecided" : row.state,
        message: row.message || "",
        at: showTime(row.view.at || row.body.at || row.body.counted_at),
        row,
    });
}

function withText(row) {
    row.text = [row.title, row.code, row.lot, row.where].join(" ").toLowerCase();
    return row;
}

function showTime(at) {
    const date = new Date(toIso(at));
    return Number.isNaN(date.getTime())
        ? ""
        : date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
