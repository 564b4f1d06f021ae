import { Question } from "./question";

/** Asks what to do about a scan of an unknown code: search the item, describe it, or drop it. */
export class UnknownCodeQuestion extends Question {
    static template = "stock_count.UnknownCodeQuestion";

    forget() {
        this.do(async () => {
            await this.app.journal.drop(this.ask.row);
            this.app.close();
        });
    }

    search() {
        this.do(() => this.app.ask("item", { row: this.ask.row }));
    }

    askPhotos() {
        const { code, row } = this.ask;
        this.do(() => this.app.ask("photos", { code, row }));
    }
}
