import { reactive } from "@odoo/owl";
import { uuid } from "@web/core/utils/strings";
import { MAX_QUANTITY, readQuantity, writeQuantity } from "../core/numbers";

const EMPTY_ITEM = {
    id: "",
    product_id: false,
    lot_id: false,
    lot_name: "",
    package_id: false,
    owner_id: false,
    line_id: false,
    uom_id: false,
    expiry: false,
    text: "",
    // Somebody said how many: by keys, by a packaging, by scanning it again.
    isMeant: false,
    // The next digit begins a new number.
    isFresh: true,
    serial2: "",
    rfid: "",
    note: "",
};
const LONGEST = 12;

/** What is being entered, kept over a reload. */
export class Draft {
    /** @param {import("../catalogue/catalogue").Catalogue} catalogue */
    constructor(catalogue, kept) {
        this.catalogue = catalogue;
        // `where`: how the location came: "scanned", "last" or "usual".
        // `inside`: a package that was opened, and what is scanned lies in it.
        const place = { location_id: false, where: "usual", inside: false };
        this.state = reactive({ ...EMPTY_ITEM, ...place, ...kept });
        if (!catalogue.products.has(this.state.product_id)) {
            this.clear();
        }
        if (!catalogue.locations.has(this.state.location_id)) {
            this.state.location_id = false;
        }
    }

    /** Begins with an item, as a scan or a person named it; the location stays. */
    choose({ product, lot, lot_name, uom_id, qty, expiry, isExplicit }, text = "") {
        const isSerial = product.tracking === "serial";
        const isPack = Boolean(uom_id && uom_id !== product.uom_id);
        const counts = isPack || isExplicit || (qty && qty !== 1);
        Object.assign(this.state, EMPTY_ITEM, {
            id: uuid(),
            product_id: product.id,
            package_id: this.state.inside,
            lot_id: lot?.id || false,
            lot_name: lot ? "" : lot_name || "",
            uom_id: uom_id || product.uom_id,
            expiry: lot?.expiry || expiry || false,
            text: isSerial ? "1" : counts ? writeQuantity(qty || 1) : text,
            isMeant: Boolean(isSerial || counts),
        });
    }

    clear({ keepItem = false, text = "" } = {}) {
        const { product } = this;
        Object.assign(this.state, EMPTY_ITEM);
        if (keepItem && product && product.tracking !== "serial") {
            this.choose({ product }, text);
        }
    }

    setLocation(location, where) {
        const { state } = this;
        if (state.location_id && location && location.id !== state.location_id) {
            state.inside = false;
        }
        Object.assign(state, { location_id: location?.id || false, where });
        // A line, a package and an owner are of one place.
        Object.assign(state, { line_id: false, package_id: state.inside, owner_id: false });
    }

    setLot({ lot, lot_name }) {
        Object.assign(this.state, {
            lot_id: lot?.id || false,
            lot_name: lot ? "" : lot_name || "",
            expiry: lot?.expiry || this.state.expiry,
        });
    }

    /** A key of the keypad or the keyboard. */
    press(key) {
        const { state } = this;
        if (key === "Backspace") {
            state.text = state.isFresh ? "" : state.text.slice(0, -1);
        } else if (/^[\d.,]$/.test(key)) {
            const before = state.isFresh ? "" : state.text;
            const digit = key === "," ? "." : key;
            const isSecondPoint = digit === "." && before.includes(".");
            state.text = isSecondPoint || before.length >= LONGEST ? before : before + digit;
        } else {
            return false;
        }
        Object.assign(state, { isFresh: false, isMeant: state.text !== "" });
        return true;
    }

    /** Plus and minus; never below 0. */
    step(by) {
        const next = Math.max(0, (this.qty ?? 0) + by);
        Object.assign(this.state, { text: writeQuantity(next), isMeant: true, isFresh: true });
    }

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

    /** What keeps it from being counted: "product", "location", "lot", "quantity" or nothing. */
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

    get isReady() {
        return this.state.isMeant && !this.missing && this.qty > 0;
    }
}
