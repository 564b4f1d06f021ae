import { messages } from "../core/messages";

/**
 * Adds a serial number to a list of picked ones, unless it was counted or picked before.
 *
 * @param {import("../app/app_state").AppState} app
 * @param {{ picked: Object[], product: Object }} list
 * @param {{ line_id?: number, lot_id: number|false, lot_name: string }} serial
 */
export function pickSerial(app, { picked, product }, serial) {
    const name = serial.lot_name;
    const before = app.count.entries.findSerial({ product_id: product.id, lot_name: name });
    if (before) {
        const location = app.count.catalogue.locations.get(before.location_id)?.name || "?";
        app.say(messages.serialTwice({ serial: name, location }));
    } else if (picked.some((other) => other.lot_name === name)) {
        app.say(messages.serialTwice({ serial: name, location: "" }));
    } else {
        picked.push(serial);
        app.feedback.signal("hit");
    }
}

/**
 * Reads a scanned or typed code as a serial number and picks it.
 *
 * @param {import("../app/app_state").AppState} app
 * @param {{ picked: Object[], product: Object }} list
 * @param {string} code
 */
export function pickCode(app, list, code) {
    const { product } = list;
    const { lot, lot_name, other } = app.count.resolver.resolveLot(product, code);
    if (other) {
        app.say(messages.wrongLot({ lot: code, item: product.name }));
    } else {
        pickSerial(app, list, { lot_id: lot?.id || false, lot_name: lot?.name || lot_name });
    }
}
