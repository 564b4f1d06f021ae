import { reactive } from "@odoo/owl";
import { quantityDoubt } from "./draft_state";

/**
 * Scans that were left without a quantity. They stay on the screen until they are counted or put
 * away by hand, also over a reload.
 */
export class SetAside {
    /**
     * @param {import("../catalogue/catalogue").Catalogue} catalogue
     * @param {Object[]} [kept] the scans before a reload
     */
    constructor(catalogue, kept = []) {
        this.state = reactive({ scans: kept.filter((scan) => isKnown(catalogue, scan)) });
    }

    /** @returns {Object[]} states of drafts, the newest first */
    get scans() {
        return this.state.scans;
    }

    /**
     * The scans that belong to a location: those made there, and those of no location yet.
     *
     * @param {number} locationId
     */
    at(locationId) {
        return this.scans.filter((scan) => !scan.location_id || scan.location_id === locationId);
    }

    /** @param {import("./draft").Draft} draft */
    put(draft) {
        this.restore({ ...draft.state });
    }

    restore(scan) {
        this.state.scans = [scan, ...this.scans.filter(({ id }) => id !== scan.id)];
    }

    remove({ id }) {
        this.state.scans = this.scans.filter((scan) => scan.id !== id);
    }

    clear() {
        this.state.scans = [];
    }

    /**
     * The scan of the same item, lot and unit that was set aside in the draft's place.
     *
     * @param {import("../catalogue/resolver").Meaning} item
     * @param {number | false} locationId
     * @returns {Object | undefined}
     */
    find(item, locationId) {
        return this.at(locationId).find((scan) => isSameItem(item, scan));
    }
}

function isKnown({ products, locations }, { product_id, location_id }) {
    return products.has(product_id) && (!location_id || locations.has(location_id));
}

/**
 * Whether a scan means what a draft has: its lot if it names one, and its unit.
 *
 * @param {import("../catalogue/resolver").Meaning} item
 * @param {Object} entered the state of a draft
 * @returns {boolean}
 */
export function isSameItem(item, entered) {
    if (item.tag || quantityDoubt(item)) {
        return false;
    }
    const { product, lot, lot_name, uom_id } = item;
    const isItem = product.id === entered.product_id && product.tracking !== "serial";
    const isLot =
        !(lot || lot_name) || (lot ? lot.id === entered.lot_id : lot_name === entered.lot_name);
    return isItem && isLot && (uom_id || product.uom_id) === entered.uom_id;
}
