import { messages } from "../core/messages";
import { pickCode, pickSerial } from "../counting/serial_list";
import { Question } from "./question";

/** Asks for the serial numbers of an item in one location: scanned, typed or ticked. */
export class SerialsQuestion extends Question {
    static template = "stock_count.SerialsQuestion";

    setup() {
        super.setup();
        this.known = this.listKnown();
    }

    /** The serial numbers that are expected here and not counted yet. */
    listKnown() {
        const { catalogue, entries } = this.count;
        const { product, location } = this.ask;
        const serials = catalogue.linesAt(product.id, location.id).map((line) => ({
            line_id: line.id,
            lot_id: line.lot_id,
            lot_name: catalogue.lotName(line),
        }));
        return serials.filter(
            ({ lot_name }) => !entries.findSerial({ product_id: product.id, lot_name })
        );
    }

    isPicked({ lot_name }) {
        return this.ask.picked.some((serial) => serial.lot_name === lot_name);
    }

    /** The picked serial numbers that were not expected here. */
    get added() {
        const names = new Set(this.known.map((serial) => serial.lot_name));
        return this.ask.picked.filter((serial) => !names.has(serial.lot_name));
    }

    toggle(serial) {
        const at = this.ask.picked.findIndex((other) => other.lot_name === serial.lot_name);
        if (at < 0) {
            pickSerial(this.app, this.ask, serial);
        } else {
            this.ask.picked.splice(at, 1);
        }
    }

    /** Picks typed serial numbers, separated by commas, semicolons or lines. */
    type() {
        const names = this.view.text
            .split(/[\n,;]+/)
            .map((name) => name.trim())
            .filter(Boolean);
        this.view.text = "";
        names.forEach((name) => pickCode(this.app, this.ask, name));
    }

    add() {
        const { product, location, picked } = this.ask;
        this.do(async () => {
            const place = { product_id: product.id, location_id: location.id };
            const what = picked.map(({ line_id, lot_id, lot_name }) => ({
                key: { ...place, line_id, lot_id, lot_name: lot_id ? "" : lot_name },
                qty: 1,
                uom_id: product.uom_id,
            }));
            await this.count.recorder.countAll(what);
            this.count.draft.clear();
            this.app.close();
            this.app.say(messages.serialsCounted({ item: product.name, count: what.length }));
        });
    }
}
