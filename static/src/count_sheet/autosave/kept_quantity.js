import { markRaw } from "@odoo/owl";

/** @typedef {import("../count_line_record").CountLineRecord} CountLineRecord */

const FOUND = new Set(["found_qty", "is_counted"]);

/**
 * Keeps a typed quantity of a line in the browser, and saves it when the typing pauses.
 *
 * @param {CountLineRecord} record
 * @param {Object | null} changes null while the text is no quantity
 */
export function keepTyped(record, changes) {
    if (changes?.is_counted && !isRecorded(record, changes)) {
        record.unsent.keep(record.resId, changes.found_qty);
        record.saveSoon();
    } else {
        record.saveSoon.cancel();
        record.unsent.drop(record.resId);
    }
}

/**
 * Takes a quantity out of a line's changes that the server has already, so that it makes no second
 * entry.
 *
 * @param {CountLineRecord} record
 */
export function forgetRecorded(record) {
    if (isRecorded(record, record._changes)) {
        const others = Object.entries(record._changes).filter(([name]) => !FOUND.has(name));
        record._changes = markRaw(Object.fromEntries(others));
    }
}

/**
 * Treats a line as saved while the browser keeps its quantity, to send it later.
 *
 * @param {CountLineRecord} record
 */
export function markKept(record) {
    record._values = markRaw({ ...record._values, ...record._changes });
    record._changes = markRaw({});
    record.data = { ...record._values };
    record.dirty = false;
    record.isKept = true;
}

function isRecorded({ _values, isKept }, changes) {
    const isSame = changes.is_counted && _values.found_qty === changes.found_qty;
    return isSame && _values.is_counted && !isKept;
}
