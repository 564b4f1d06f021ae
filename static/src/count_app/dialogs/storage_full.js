import { browser } from "@web/core/browser/browser";
import { Question } from "./question";

/** The device has no room left, so nothing can be counted until there is. */
export class StorageFullQuestion extends Question {
    static template = "stock_count.StorageFullQuestion";

    makeRoom() {
        this.do(async () => {
            await this.app.sessions.makeRoom();
            this.app.close();
        });
    }

    reload() {
        browser.location.reload();
    }
}
