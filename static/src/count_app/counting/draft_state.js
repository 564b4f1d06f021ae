import { uuid } from "@web/core/utils/strings";
import { writeQuantity } from "../core/numbers";

/** The part of a draft's state that changes with the item. */
export const EMPTY_ITEM = {
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
    // The quantity of the code, which does not fit the item's unit: it is asked for.
    asked: "",
    // The quantity was entered: by keys, by a packaging's code or by scanning the item again.
    isMeant: false,
    // A person scanned or chose the item; false where Option 340 kept it from the count before.
    isScanned: false,
    // The next digit begins a new number.
    isFresh: true,
    serial2: "",
    rfid: "",
    // An RFID tag was read, which is one piece.
    isTag: false,
    note: "",
};

/** The part of a draft's state that stays when the item changes. */
export const EMPTY_PLACE = {
    location_id: false,
    // The source of the location: "scanned", "last" or "usual".
    where: "usual",
    // A package that was opened: the scanned items lie in it.
    inside: false,
};

/**
 * The state for a new item.
 *
 * @param {import("../catalogue/resolver").Meaning} item
 * @param {number | false} inside the package that is open
 * @param {string} text the quantity to start with
 * @returns {Object}
 */
export function startItem(item, inside, text) {
    const { product, lot, uom_id, qty, expiry, isExplicit } = item;
    const asked = quantityDoubt(item);
    const isSerial = product.tracking === "serial";
    const isPack = Boolean(uom_id && uom_id !== product.uom_id);
    const hasQuantity = isPack || isExplicit || (qty && qty !== 1);
    return {
        ...EMPTY_ITEM,
        id: uuid(),
        isScanned: true,
        product_id: product.id,
        package_id: item.package?.id || inside,
        ...readLot(item),
        uom_id: uom_id || product.uom_id,
        expiry: lot?.expiry || expiry || false,
        asked,
        rfid: item.tag || "",
        isTag: Boolean(item.tag),
        text:
            isSerial || item.tag ? "1" : hasQuantity ? writeQuantity(qty || 1) : asked ? "" : text,
        isMeant: Boolean(isSerial || item.tag || hasQuantity),
    };
}

/**
 * What a code says of a quantity without saying how many there are, such as "1.5 kg" of an item
 * that is counted in pieces.
 *
 * @param {import("../catalogue/resolver").Meaning} item
 * @returns {string} "" if nothing has to be asked
 */
export function quantityDoubt({ doubts = [] }) {
    return doubts.find(([code]) => code !== "bad_date")?.[1] || "";
}

/**
 * A lot that the server has or one that was typed, as fields of the state.
 *
 * @param {{ lot?: Object, lot_name?: string }} item
 */
export function readLot({ lot, lot_name }) {
    return { lot_id: lot?.id || false, lot_name: lot ? "" : lot_name || "" };
}
