import { describeLine } from "../counting/describe_line";
import { Question } from "./question";

/** Asks before a bin is finished, because its uncounted lines are recorded as 0. */
export class FinishBinQuestion extends Question {
    static template = "stock_count.FinishBinQuestion";

    /** The uncounted lines, without the one that is recorded from the draft first. */
    get left() {
        const { draft, progress, target } = this.count;
        const line = draft.isReady ? target.line : null;
        return progress.uncountedAt(this.ask.location.id).filter((other) => other !== line);
    }

    /** Codes of nobody knows what, foreign tags among them, that were read here. */
    get unknown() {
        const isHere = ({ kind, state, view }) =>
            kind === "miss" && state !== "dropped" && view.location_id === this.ask.location.id;
        return this.app.journal.ofSession(this.count.id).filter(isHere);
    }

    get mayFinish() {
        return !this.left.length || this.count.options.allow_zero;
    }

    name(line) {
        return describeLine(this.count.catalogue, line);
    }

    finish() {
        this.do(() => this.app.actions.finishBin(this.ask.location));
    }
}
