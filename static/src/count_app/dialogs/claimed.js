import { Question } from "./question";

/** Asks whether to stay in a bin that somebody else counts. */
export class ClaimedQuestion extends Question {
    static template = "stock_count.ClaimedQuestion";

    goElsewhere() {
        this.do(async () => {
            await this.app.claims.leave(this.count);
            this.count.draft.setLocation(undefined, "usual");
            this.app.ask("location", { isNeeded: Boolean(this.count.draft.product) });
        });
    }

    stay() {
        this.do(() => {
            this.app.close();
            return this.count.draft.product ? this.count.steps.proceed() : undefined;
        });
    }
}
