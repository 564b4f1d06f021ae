import { pickKey } from "./entry";

/** What the draft counts: its line in the session, or the natural key of a new one. */
export class DraftTarget {
    /**
     * @param {Object} parts
     * @param {import("../catalogue/catalogue").Catalogue} parts.catalogue
     * @param {import("./draft").Draft} parts.draft
     * @param {import("./entries").Entries} parts.entries
     */
    constructor({ catalogue, draft, entries }) {
        Object.assign(this, { catalogue, draft, entries });
    }

    /** @returns {Object[]} the lines of the item in its place; they differ by package and owner */
    get candidates() {
        const { product_id, location_id, lot_id, lot_name } = this.draft.state;
        const lines = this.catalogue.linesAt(product_id, location_id);
        return lines.filter(
            (line) => (line.lot_id || false) === lot_id && (line.lot_name || "") === lot_name
        );
    }

    /** @returns {Object | undefined} the line, as soon as only one is possible */
    get line() {
        const { line_id, package_id, owner_id } = this.draft.state;
        const { candidates } = this;
        if (line_id) {
            return candidates.find((line) => line.id === line_id);
        }
        if (package_id || owner_id) {
            return candidates.find(
                (line) =>
                    (line.package_id || false) === package_id &&
                    (line.owner_id || false) === owner_id
            );
        }
        return candidates.length === 1 ? candidates[0] : undefined;
    }

    /** @returns {Object} the natural key, with `line_id` if there is a line */
    get key() {
        const { line } = this;
        return line ? { ...line, line_id: line.id } : pickKey(this.draft.state);
    }

    /** @returns {number} what this person counted of it so far, in the product's unit */
    get soFar() {
        return this.draft.product && this.draft.location ? this.entries.total(this.key) : 0;
    }
}
