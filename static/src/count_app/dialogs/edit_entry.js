import { messages } from "../core/messages";
import { readQuantity } from "../core/numbers";
import { QuantityCheck } from "../counting/quantity_check";
import { Keypad } from "../parts/keypad";
import { Question } from "./question";

/** Corrects or removes one count. */
export class EditEntryQuestion extends Question {
    static template = "stock_count.EditEntryQuestion";
    static components = { ...Question.components, Keypad };

    setup() {
        super.setup();
        this.check = new QuantityCheck(this.count.options);
        Object.assign(this.view, { text: String(this.entry.qty), isFresh: true });
        this.ask.onKey = (key) => (key === "Enter" ? this.save() : this.press(key));
    }

    get entry() {
        return this.ask.row.entry;
    }

    press(key) {
        const before = this.view.isFresh ? "" : this.view.text;
        const next = key === "Backspace" ? before.slice(0, -1) : before + key;
        if (next === "" || readQuantity(next) !== null) {
            Object.assign(this.view, { text: next, isFresh: false });
        }
    }

    save() {
        const qty = readQuantity(this.view.text);
        const { entry } = this;
        this.do(() => {
            const problem = this.findProblem(entry, qty);
            if (problem) {
                return this.app.say(problem);
            }
            this.app.close();
            return qty === entry.qty ? undefined : this.app.actions.correct(entry, qty);
        });
    }

    findProblem({ product_id }, qty) {
        const isSerial = this.count.catalogue.products.get(product_id)?.tracking === "serial";
        return isSerial && qty > 1 ? messages.serialQuantity() : this.check.findProblem([qty]);
    }

    remove() {
        const { entry } = this;
        this.do(() => {
            this.app.close();
            return this.app.actions.remove(entry);
        });
    }

    askPhotos() {
        const { product_id, location_id, line_id } = this.entry;
        const target = line_id || this.ask.row.row?.line_id;
        this.do(() => this.app.ask("photos", { line_id: target, product_id, location_id }));
    }
}
