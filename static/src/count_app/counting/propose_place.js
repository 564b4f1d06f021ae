/**
 * Proposes the usual place of the draft's item, unless the location was scanned or is kept.
 *
 * @param {import("./count").Count} count
 */
export function proposePlace({ catalogue, draft, lockedId, options }) {
    const { where } = draft.state;
    const isLast = where === "last" && options.preload_location;
    if (draft.location && (where === "scanned" || isLast || lockedId)) {
        return;
    }
    const lines = catalogue.linesOf(draft.state.product_id);
    const places = new Set(lines.map((line) => line.location_id));
    const usual = places.size === 1 ? [...places][0] : draft.product.location_id;
    draft.setLocation(catalogue.locations.get(usual), "usual");
}
