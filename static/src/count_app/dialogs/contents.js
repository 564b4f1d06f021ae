import { onWillStart, useState } from "@odoo/owl";
import { messages } from "../core/messages";
import { readQuantity } from "../core/numbers";
import { pickSerial } from "../counting/answers";
import { keyOf } from "../counting/entries";
import { Question } from "./choose";

/** All of a package's content at once. In a blind count the person says how many of each. */
export class PackageQuestion extends Question {
    static template = "stock_count.PackageQuestion";

    setup() {
        super.setup();
        const { catalogue } = this.count;
        const lines = [...catalogue.lines.values()].filter(
            (line) => line.package_id === this.ask.pack.id
        );
        const { shows_expected } = catalogue.session;
        const text = (line) => (shows_expected ? String(line.expected || 0) : "");
        this.rows = useState(lines.map((line) => ({ line, text: text(line) })));
        // A package is where it is seen, and moves as a whole.
        const here = catalogue.locations.get(this.draft.location_id);
        const isBookedHere = lines.some((line) => line.location_id === here?.id);
        this.foundAt = here && lines.length && !isBookedHere ? here : null;
    }

    /** What is counted of a line: its own key, or the same where the package was found. */
    keyOf(line) {
        if (!this.foundAt) {
            return { ...line, line_id: line.id };
        }
        const { id: location_id } = this.foundAt;
        const lines = this.count.catalogue.linesAt(line.product_id, location_id);
        const key = { ...line, line_id: false, location_id };
        const there = lines.find((other) => keyOf(other) === keyOf(key));
        return there ? { ...there, line_id: there.id } : key;
    }

    /** What this person counted of the package so far: confirming replaces it. */
    get before() {
        return this.rows.flatMap(({ line }) => this.count.entries.standing(this.keyOf(line)));
    }

    name(line) {
        const { catalogue } = this.count;
        return [catalogue.products.get(line.product_id)?.name, catalogue.lotName(line)]
            .filter(Boolean)
            .join(" · ");
    }

    place(line) {
        return this.count.catalogue.locations.get(line.location_id)?.name;
    }

    unit(line) {
        const { products, uoms } = this.count.catalogue;
        return uoms.get(products.get(line.product_id)?.uom_id)?.name;
    }

    confirm() {
        this.do(async () => {
            const counted = this.rows.filter((row) => row.text !== "");
            const problem = this.findProblem(counted.map((row) => readQuantity(row.text)));
            await (problem ? this.app.say(problem) : this.record(counted));
        });
    }

    async record(counted) {
        const { catalogue, entries, recorder } = this.count;
        const what = counted.map(({ line, text }) => ({
            key: this.keyOf(line),
            qty: readQuantity(text),
            uom_id: catalogue.products.get(line.product_id).uom_id,
        }));
        // A package is there once: confirmed again it is not twice as much.
        await recorder.countAll(
            what,
            what.flatMap(({ key }) => entries.standing(key))
        );
        this.app.close();
        this.app.say(messages.packageCounted({ name: this.ask.pack.name, count: what.length }));
    }

    /** The box was opened: what is scanned next lies in it. */
    countInside() {
        this.do(() => {
            this.count.draft.clear();
            this.count.draft.state.inside = this.ask.pack.id;
            this.count.touch();
            this.app.close();
        });
    }
}

/** The serials of an item in one place: scanned one after another, or ticked. */
export class SerialsQuestion extends Question {
    static template = "stock_count.SerialsQuestion";

    setup() {
        super.setup();
        const { catalogue } = this.count;
        const { product, location } = this.ask;
        const lines = catalogue.linesAt(product.id, location.id);
        this.known = lines.map((line) => ({
            line_id: line.id,
            lot_id: line.lot_id,
            lot_name: catalogue.lotName(line),
        }));
        onWillStart(() => {
            // A serial that was counted is not offered again.
            this.known = this.known.filter(
                ({ lot_name }) =>
                    !this.count.entries.findSerial({ product_id: product.id, lot_name })
            );
        });
    }

    isPicked({ lot_name }) {
        return this.ask.picked.some((serial) => serial.lot_name === lot_name);
    }

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

    /** One or many typed serials, told apart by commas, semicolons or lines. */
    type() {
        const names = this.view.text
            .split(/[\n,;]+/)
            .map((name) => name.trim())
            .filter(Boolean);
        this.view.text = "";
        for (const name of names) {
            const { lot, lot_name, other } = this.count.resolver.resolveLot(this.ask.product, name);
            if (other) {
                this.app.say(messages.wrongLot({ lot: name, item: this.ask.product.name }));
            } else {
                const serial = { lot_id: lot?.id || false, lot_name: lot?.name || lot_name };
                pickSerial(this.app, this.ask, serial);
            }
        }
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

/** Unit, second serial, RFID tag, note: what is needed now and then. */
export class MoreQuestion extends Question {
    static template = "stock_count.MoreQuestion";

    get product() {
        return this.count.catalogue.products.get(this.draft.product_id);
    }

    /** Units that the item can be counted in. */
    get units() {
        const { uoms } = this.count.catalogue;
        const own = uoms.get(this.product?.uom_id);
        return [...uoms.values()].filter((uom) => uom.root_id === own?.root_id);
    }

    get packages() {
        const lines = this.count.catalogue.linesAt(this.draft.product_id, this.draft.location_id);
        const ids = new Set(lines.map((line) => line.package_id).filter(Boolean));
        return [...ids].map((id) => this.count.catalogue.packages.get(id)).filter(Boolean);
    }

    setId(name, text) {
        this.set(name, Number(text) || false);
    }

    set(name, value) {
        this.count.draft.state[name] = value;
        this.count.touch();
    }

    tell() {
        const { line } = this.count;
        const { product_id, location_id } = this.draft;
        const target = { line_id: line?.id, product_id, location_id };
        this.do(() => this.app.ask("evidence", target));
    }
}
