import { Question } from "./question";

/** Asks before all counts of this person are taken back. */
export class ResetQuestion extends Question {
    static template = "stock_count.ResetQuestion";

    get number() {
        return this.count.entries.list.length;
    }

    reset() {
        this.do(() => this.app.actions.reset());
    }
}
