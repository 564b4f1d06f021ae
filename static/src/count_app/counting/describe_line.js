/**
 * The item of a line and its lot, for lists.
 *
 * @param {import("../catalogue/catalogue").Catalogue} catalogue
 * @param {Object} line
 * @returns {string} such as "Glue · L-2026"
 */
export function describeLine(catalogue, line) {
    return joinFacts(catalogue.products.get(line.product_id)?.name, catalogue.lotName(line));
}

/**
 * @param {...(string | false | undefined)} facts
 * @returns {string} those that are not empty
 */
export function joinFacts(...facts) {
    return facts.filter(Boolean).join(" · ");
}
