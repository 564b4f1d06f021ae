import { useState } from "@odoo/owl";
import { messages } from "../core/messages";
import { readQuantity } from "../core/numbers";
import { describeLine } from "../counting/describe_line";
import { keyOf } from "../counting/entry";
import { QuantityCheck } from "../counting/quantity_check";
import { Question } from "./question";

/** Counts a whole package. In a blind count the person enters the quantity of each line. */
export class PackageQuestion extends Question {
    static template = "stock_count.PackageQuestion";

    setup() {
        super.setup();
        const { catalogue, options } = this.count;
        this.check = new QuantityCheck(options);
        const lines = [...catalogue.lines.values()].filter(
            (line) => line.package_id === this.ask.pack.id
        );
        const { shows_expected } = catalogue.session;
        const text = (line) => (shows_expected ? String(line.expected || 0) : "");
        this.rows = useState(lines.map((line) => ({ line, text: text(line) })));
        // A package moves as a whole: all of it is where the person sees it.
        const here = catalogue.locations.get(this.draft.location_id);
        const isListedHere = lines.some((line) => line.location_id === here?.id);
        this.foundAt = here && lines.length && !isListedHere ? here : null;
    }

    /** The key to count for a line: its own, or the same in the location of the package. */
    keyFor(line) {
        if (!this.foundAt) {
            return { ...line, line_id: line.id };
        }
        const { id: location_id } = this.foundAt;
        const lines = this.count.catalogue.linesAt(line.product_id, location_id);
        const key = { ...line, line_id: false, location_id };
        const there = lines.find((other) => keyOf(other) === keyOf(key));
        return there ? { ...there, line_id: there.id } : key;
    }

    /** What this person counted of the package before, which a confirmation replaces. */
    get before() {
        return this.rows.flatMap(({ line }) => this.count.entries.standing(this.keyFor(line)));
    }

    name(line) {
        return describeLine(this.count.catalogue, line);
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
            const problem = this.check.findProblem(counted.map((row) => readQuantity(row.text)));
            await (problem ? this.app.say(problem) : this.record(counted));
        });
    }

    async record(counted) {
        const { catalogue, entries, recorder } = this.count;
        const what = counted.map(({ line, text }) => ({
            key: this.keyFor(line),
            qty: readQuantity(text),
            uom_id: catalogue.products.get(line.product_id).uom_id,
        }));
        // A second confirmation must not double the quantity.
        const before = what.flatMap(({ key }) => entries.standing(key));
        await recorder.countAll(what, before);
        this.app.close();
        this.app.say(messages.packageCounted({ name: this.ask.pack.name, count: what.length }));
    }

    /** Opens the package: the next scans are counted inside it. */
    countInside() {
        this.do(() => {
            this.count.draft.clear();
            this.count.draft.state.inside = this.ask.pack.id;
            this.count.touch();
            this.app.close();
        });
    }
}
