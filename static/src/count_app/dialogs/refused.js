import { Question } from "./question";

/** Asks what to do about a row that the server refused. */
export class RefusedQuestion extends Question {
    static template = "stock_count.RefusedQuestion";

    sendAgain() {
        this.do(async () => {
            await this.app.journal.retry(this.ask.row.row);
            this.app.close();
            this.app.sync.wake(0);
        });
    }

    forget() {
        this.do(async () => {
            const { row } = this.ask.row;
            await this.app.journal.drop(row);
            this.count.entries.delete(row.uuid);
            this.count.touch();
            this.app.close();
        });
    }
}
