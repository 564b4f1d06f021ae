import { browser } from "@web/core/browser/browser";
import { messages } from "../core/messages";
import { readQuantity, showQuantity } from "../core/numbers";
import { Keypad } from "../parts/keypad";
import { Question } from "./choose";

/** A scan of nothing that is known: look for it, tell about it, or leave it. */
export class NoneQuestion extends Question {
    static template = "stock_count.NoneQuestion";

    forget() {
        this.do(async () => {
            await this.app.journal.drop(this.ask.row);
            this.app.close();
        });
    }

    search() {
        this.do(() => this.app.ask("item", { row: this.ask.row }));
    }

    tell() {
        const { code, row } = this.ask;
        this.do(() => this.app.ask("evidence", { code, row }));
    }
}

/** A quantity that may be a mistake. */
export class DoubtQuestion extends Question {
    static template = "stock_count.DoubtQuestion";

    get qty() {
        return showQuantity(this.ask.qty);
    }

    agree() {
        this.do(() => {
            this.app.close();
            return this.count.add({ sure: true });
        });
    }
}

/** Somebody else counts this bin. */
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
            return this.count.draft.product ? this.count.proceed() : undefined;
        });
    }
}

/** What was not found in the bin is zero: said before it is done. */
export class FinishQuestion extends Question {
    static template = "stock_count.FinishQuestion";

    get left() {
        const lines = this.count.progress.linesAt(this.ask.location.id, [
            "to_count",
            "recount",
            "skipped",
        ]);
        const draft = this.count.draft.isReady ? this.count.line : null;
        return lines.filter((line) => line !== draft);
    }

    get mayFinish() {
        return !this.left.length || this.count.options.allow_zero;
    }

    name(line) {
        const { catalogue } = this.count;
        return [catalogue.products.get(line.product_id)?.name, catalogue.lotName(line)]
            .filter(Boolean)
            .join(" · ");
    }

    finish() {
        this.do(() => this.app.verbs.finishBin(this.ask.location));
    }
}

/** Takes back all, after a question. */
export class ResetQuestion extends Question {
    static template = "stock_count.ResetQuestion";

    get number() {
        return this.count.entries.list.length;
    }

    reset() {
        this.do(() => this.app.verbs.reset());
    }
}

/** Corrects or removes one count. */
export class EditQuestion extends Question {
    static template = "stock_count.EditQuestion";
    static components = { ...Question.components, Keypad };

    setup() {
        super.setup();
        Object.assign(this.view, { text: String(this.ask.row.entry.qty), isFresh: true });
        this.ask.onKey = (key) => (key === "Enter" ? this.save() : this.press(key));
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
        const { entry } = this.ask.row;
        const isSerial = this.count.catalogue.products.get(entry.product_id)?.tracking === "serial";
        this.do(() => {
            const problem =
                isSerial && qty > 1 ? messages.serialQuantity() : this.findProblem([qty]);
            if (problem) {
                return this.app.say(problem);
            }
            this.app.close();
            return qty === entry.qty ? undefined : this.app.verbs.correct(entry, qty);
        });
    }

    remove() {
        this.do(() => {
            this.app.close();
            return this.app.verbs.remove(this.ask.row.entry);
        });
    }

    note() {
        const { product_id, location_id, line_id } = this.ask.row.entry;
        const target = line_id || this.ask.row.row?.line_id;
        this.do(() => this.app.ask("evidence", { line_id: target, product_id, location_id }));
    }
}

/** Something the server did not take. */
export class RefusedQuestion extends Question {
    static template = "stock_count.RefusedQuestion";

    again() {
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

/** The device has no room left: nothing more is counted until there is. */
export class StorageQuestion extends Question {
    static template = "stock_count.StorageQuestion";

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
