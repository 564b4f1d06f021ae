import { reactive } from "@odoo/owl";
import { MAX_QUANTITY } from "../../const";
import { readQuantity, writeQuantity } from "../core/numbers";
import { EMPTY_ITEM, EMPTY_PLACE, readLot, startItem } from "./draft_state";
import { typeKey } from "./quantity_text";

/** The count that is being entered. Its `state` is kept on the device over a reload. */
export class Draft {
    /**
     * @param {import("../catalogue/catalogue").Catalogue} catalogue
     * @param {Object} [kept] the state before a reload
     */
    constructor(catalogue, kept) {
        this.catalogue = catalogue;
        /** The quantity of the count before, as typed (Option 343). */
        this.lastText = "";
        this.state = reactive({ ...EMPTY_ITEM, ...EMPTY_PLACE, ...kept });
        if (!catalogue.products.has(this.state.product_id)) {
            this.clear();
        }
        if (!catalogue.locations.has(this.state.location_id)) {
            this.state.location_id = false;
        }
    }

    /**
     * Begins with an item. The location stays.
     *
     * @param {import("../catalogue/resolver").Meaning} item
     * @param {string} [text] the quantity to start with
     */
    choose(item, text = "") {
        Object.assign(this.state, startItem(item, this.state.inside, text));
    }

    /** Empties the draft. The location stays, and so does the item with Option 340. */
    clear({ keepItem = false, text = "" } = {}) {
        const { product } = this;
        Object.assign(this.state, EMPTY_ITEM);
        if (keepItem && product && product.tracking !== "serial") {
            this.choose({ product }, text);
            this.state.isScanned = false;
        }
    }

    /**
     * @param {Object} [location] none to ask for it again
     * @param {"scanned"|"last"|"usual"} where the source of the location
     */
    setLocation(location, where) {
        const { state } = this;
        if (state.location_id && location && location.id !== state.location_id) {
            state.inside = false;
        }
        Object.assign(state, { location_id: location?.id || false, where });
        // A line, a package and an owner belong to one location.
        Object.assign(state, { line_id: false, package_id: state.inside, owner_id: false });
    }

    /** @param {{ lot?: Object, lot_name?: string }} lot one that is known, or a new name */
    setLot(lot) {
        const expiry = lot.lot?.expiry || this.state.expiry;
        Object.assign(this.state, { ...readLot(lot), expiry });
    }

    /**
     * Applies a key of the keypad or the keyboard to the quantity.
     *
     * @param {string} key as KeyboardEvent.key
     * @returns {boolean} whether the key is part of a quantity
     */
    press(key) {
        const { state } = this;
        const text = typeKey(state.isFresh ? "" : state.text, key);
        if (text === null) {
            return false;
        }
        Object.assign(state, { text, isFresh: false, isMeant: text !== "" });
        return true;
    }

    /** Whether the next key goes on with a number that a person types. */
    get isTyping() {
        return !this.state.isFresh && this.state.text !== "";
    }

    /** Adds to the quantity, which never falls below 0. */
    step(by) {
        const next = Math.max(0, (this.qty ?? 0) + by);
        Object.assign(this.state, { text: writeQuantity(next), isMeant: true, isFresh: true });
    }

    /** @returns {number | null} */
    get qty() {
        return readQuantity(this.state.text);
    }

    get product() {
        return this.catalogue.products.get(this.state.product_id);
    }

    get location() {
        return this.catalogue.locations.get(this.state.location_id);
    }

    get needsLot() {
        const { product, state } = this;
        return Boolean(product && product.tracking !== "none" && !state.lot_id && !state.lot_name);
    }

    /** @returns {"product"|"location"|"lot"|"quantity"|null} what has to be entered next */
    get missing() {
        if (!this.product) {
            return "product";
        }
        if (!this.location) {
            return "location";
        }
        if (this.needsLot) {
            return "lot";
        }
        return this.qty === null || this.qty > MAX_QUANTITY ? "quantity" : null;
    }

    /** Whether item and quantity were only kept from the count before (Options 340 and 343). */
    get isRepeat() {
        const { isScanned, isMeant } = this.state;
        return Boolean(this.product && this.qty !== null && !isScanned && !isMeant);
    }

    /** Whether the draft can be counted without another key. */
    get isReady() {
        return this.state.isMeant && !this.missing && this.qty > 0;
    }
}
