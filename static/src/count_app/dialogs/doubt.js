import { showQuantity } from "../core/numbers";
import { Question } from "./question";

/** Asks whether a large quantity is right. */
export class DoubtQuestion extends Question {
    static template = "stock_count.DoubtQuestion";

    get qty() {
        return showQuantity(this.ask.qty);
    }

    agree() {
        this.do(() => {
            this.app.close();
            return this.count.adder.add({ sure: true });
        });
    }
}
