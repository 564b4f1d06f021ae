import { toIso } from "../core/clock";
import { showQuantity } from "../core/numbers";
import { stateOf } from "./entries";

/**
 * What Review shows, newest first: `{ id, kind, title, where, qty, state, message, at, entry, row }`.
 *
 * @param {import("./count").Count} count
 * @param {string} filter "all" | "waiting" | "refused" | "undecided"
 * @param {string} term words that must stand in it
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

/** Also of other counts of this device: somebody has to decide about them. */
function listRefused(count) {
    return [...count.app.journal.refused.values()].map((row) => describeRow(count, row));
}

/** Scans of codes that nobody knew, and nobody decided about. */
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
    const location = catalogue.locations.get(entry.location_id);
    const lot = catalogue.lotName(entry);
    const unit = catalogue.uoms.get(entry.uom_id)?.name || "";
    const row = {
        id: entry.uuid,
        kind: "entry",
        title: product?.name || "?",
        code: product?.code || "",
        lot,
        where: location?.name || "",
        qty: showQuantity(entry.qty),
        unit,
        state: stateOf(entry),
        message: entry.row?.message || "",
        at: showTime(entry.at),
        entry,
        row: entry.row,
    };
    return withText(row);
}

function describeRow(count, row) {
    const entry = count.entries.entries.get(row.uuid);
    if (entry) {
        return describeEntry(count, entry);
    }
    const { location_id, line_id } = { ...row.body, ...row.view };
    const { lines, locations, products } = count.catalogue;
    const line = lines.get(line_id);
    const location = locations.get(location_id || line?.location_id);
    return withText({
        id: row.uuid,
        kind: row.kind === "event" ? row.body.kind : row.kind,
        title: row.view.code || row.view.item || products.get(line?.product_id)?.name || "",
        code: "",
        lot: "",
        where: location?.name || "",
        qty: "",
        unit: "",
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
