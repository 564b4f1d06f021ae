import { describeLine } from "../counting/describe_line";
import { Question } from "./question";

/** Asks before a bin is finished, because its uncounted lines are recorded as 0. */
export class FinishBinQuestion extends Question {
    static template = "stock_count.FinishBinQuestion";

    /** The uncounted lines. */
    get left() {
        return this.count.progress.uncountedAt(this.ask.location.id);
    }

    /** What was scanned here and has no quantity. */
    get waiting() {
        return this.count.aside.at(this.ask.location.id);
    }

    /** Codes of nobody knows what, foreign tags among them, that were read here. */
    get unknown() {
        const isHere = ({ kind, state, view }) =>
            kind === "miss" && state !== "dropped" && view.location_id === this.ask.location.id;
        return this.app.journal.ofSession(this.count.id).filter(isHere);
    }

    get mayFinish() {
        return !this.waiting.length && (!this.left.length || this.count.options.allow_zero);
    }

    /** Goes on with what was scanned first. */
    resume() {
        this.do(() => {
            this.app.close();
            return this.count.steps.resume(this.waiting.at(-1));
        });
    }

    name(line) {
        return describeLine(this.count.catalogue, line);
    }

    finish() {
        this.do(() => this.app.actions.finishBin(this.ask.location));
    }
}
