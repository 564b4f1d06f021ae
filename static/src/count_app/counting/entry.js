/**
 * A count of one person, from the journal or from the server. The first six fields are its natural
 * key; `qty` is in the unit `uom_id`, `product_qty` in the product's unit.
 *
 * @typedef {{ product_id: number, location_id: number, lot_id: number|false, lot_name: string,
 *   package_id: number|false, owner_id: number|false, uuid: string, key: string, line_id?: number,
 *   qty: number, uom_id: number, product_qty: number, operation?: "add"|"set", round?: number,
 *   at: string, row?: import("../core/journal").Row }} Entry
 */

/**
 * Copies the natural key: what is counted, and where.
 *
 * @param {Object} values a line, a draft or an entry
 * @returns {Object} with the six fields of the key
 */
export function pickKey({ product_id, location_id, lot_id, lot_name, package_id, owner_id }) {
    return { product_id, location_id, lot_id, lot_name, package_id, owner_id };
}

/**
 * The natural key as text, for maps and comparisons.
 *
 * @param {Object} values a line, a draft or an entry
 * @returns {string}
 */
export function keyOf({ product_id, location_id, lot_id, lot_name, package_id, owner_id }) {
    const parts = [product_id, location_id, lot_id, lot_id ? "" : lot_name, package_id, owner_id];
    return parts.map((part) => part || "").join("|");
}

/**
 * @param {Entry} entry
 * @returns {"waiting"|"done"|"refused"|"dropped"}
 */
export function stateOf(entry) {
    return entry.row?.state || "done";
}

/**
 * Whether the server still counts the entry that a withdrawal names.
 *
 * @param {import("../core/journal").Row} row a withdrawal
 * @returns {boolean}
 */
export function isRefusedWithdrawal({ state, code }) {
    return state === "refused" || (state === "dropped" && !code);
}

/**
 * Whether a recount was requested after this entry. Such an entry stays as evidence, but it does not
 * count and is not shown, so that the recount is as blind as the first count.
 *
 * @param {import("../catalogue/catalogue").Catalogue} catalogue
 * @param {Entry} entry
 * @returns {boolean}
 */
export function isBeforeRecount(catalogue, entry) {
    const line = catalogue.lines.get(entry.line_id || entry.row?.line_id);
    // A waiting entry will be recorded in the round that is open when it arrives.
    const isRecorded = stateOf(entry) === "done";
    return Boolean(line) && isRecorded && (entry.round || 1) < (line.first_round || 1);
}

/**
 * Turns an entry of the server, which names its line, into one with a natural key.
 *
 * @param {import("../catalogue/catalogue").Catalogue} catalogue
 * @param {Object} entry of load_catalogue
 * @returns {Entry}
 */
export function readServerEntry(catalogue, entry) {
    const line = catalogue.lines.get(entry.line_id) || {};
    return { ...pickKey(line), ...entry, at: entry.counted_at };
}
