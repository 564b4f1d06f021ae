import { messages } from "../core/messages";
import { DOUBTFUL, showQuantity } from "../core/numbers";
import { CountState } from "./count_state";

/** Counts what is entered, or says why not. */
export class CountAdding extends CountState {
    /** Counts what is entered. Answers whether it was. */
    async add({ sure = false } = {}) {
        const problem = this.findProblem(sure);
        if (problem) {
            problem();
            return false;
        }
        const { draft, key } = this;
        const { id, serial2, rfid, note, uom_id } = draft.state;
        const what = { qty: draft.qty, uom_id, serial2, rfid, note };
        const entry = await this.recorder.count(key, what, id);
        this.app.say(this.tellAdded(entry), () => this.recorder.withdraw(entry));
        this.lastText = draft.state.text;
        this.startNext();
        return true;
    }

    findProblem(sure) {
        const { draft, app } = this;
        const { missing, product } = draft;
        const isSerial = product?.tracking === "serial";
        if (missing === "quantity") {
            return () => app.say(draft.qty === null ? messages.noQuantity() : messages.tooMany());
        }
        if (missing) {
            return () => (missing === "product" ? app.ask("item") : this.proceed());
        }
        if (draft.qty === 0 && !this.options.allow_zero) {
            return () => app.say(messages.zeroOff());
        }
        if (isSerial && draft.qty > 1) {
            return () => app.say(messages.serialQuantity());
        }
        const before = isSerial && draft.qty && this.entries.findSerial(draft.state);
        if (before) {
            return () => this.refuseTwice(before);
        }
        return draft.qty >= DOUBTFUL && !sure ? () => app.ask("doubt", { qty: draft.qty }) : null;
    }

    refuseTwice(before) {
        const serial = this.catalogue.lotName(before);
        const location = this.catalogue.locations.get(before.location_id)?.name || "?";
        this.app.say(messages.serialTwice({ serial, location }));
        this.draft.clear();
        this.touch();
    }

    tellAdded(entry) {
        const unit = this.catalogue.uoms.get(entry.uom_id)?.name || "";
        return messages.added({
            item: this.draft.product.name,
            qty: `${showQuantity(entry.qty)} ${unit}`.trim(),
            location: this.draft.location.name,
            total: showQuantity(this.entries.total(entry)),
        });
    }

    /** Prepares for the next item, as the options say. */
    startNext() {
        const { draft, options } = this;
        const keepsLocation =
            options.preload_location || draft.state.where === "scanned" || this.lockedId;
        const text = options.preload_units ? this.lastText : "";
        this.justAdded = true;
        draft.clear({ keepItem: options.preload_item, text });
        draft.setLocation(
            keepsLocation ? draft.location : undefined,
            draft.state.where === "scanned" ? "scanned" : "last"
        );
        this.touch();
    }
}
