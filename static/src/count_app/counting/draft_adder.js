import { messages } from "../core/messages";
import { DOUBTFUL, showQuantity } from "../core/numbers";

/** Records the draft as a count, or says why that is not possible. */
export class DraftAdder {
    /** @param {import("./count").Count} count */
    constructor(count) {
        this.count = count;
        this.app = count.app;
    }

    /**
     * Records the draft and begins the next one.
     *
     * @param {{ sure?: boolean }} [options] `sure`: the user confirmed a doubtful quantity
     * @returns {Promise<boolean>} whether the draft was recorded
     */
    async add({ sure = false } = {}) {
        const react = this.findGap() || this.findRefusal() || this.findDoubt(sure);
        if (react) {
            react();
            return false;
        }
        const { draft, recorder, target } = this.count;
        const { id, serial2, rfid, note, uom_id } = draft.state;
        const what = { qty: draft.qty, uom_id, serial2, rfid, note };
        const entry = await recorder.count(target.key, what, id);
        this.app.say(this.describeAdded(entry), () => recorder.withdraw(entry));
        draft.lastText = draft.state.text;
        this.startNext();
        return true;
    }

    /** @returns {Function | undefined} how to ask for what is missing */
    findGap() {
        const { draft, steps } = this.count;
        const { missing } = draft;
        if (missing === "quantity") {
            const message = draft.qty === null ? messages.noQuantity() : messages.tooMany();
            return () => this.app.say(message);
        }
        if (missing) {
            return () => (missing === "product" ? this.app.ask("item") : steps.proceed());
        }
    }

    /** @returns {Function | undefined} how to say that this count is not allowed */
    findRefusal() {
        const { draft, entries, options } = this.count;
        const isSerial = draft.product.tracking === "serial";
        if (draft.qty === 0 && !options.allow_zero) {
            return () => this.app.say(messages.zeroOff());
        }
        if (isSerial && draft.qty > 1) {
            return () => this.app.say(messages.serialQuantity());
        }
        const before = isSerial && draft.qty && entries.findSerial(draft.state);
        return before ? () => this.refuseTwice(before) : undefined;
    }

    /** @returns {Function | undefined} how to ask whether the quantity is right */
    findDoubt(sure) {
        const { qty } = this.count.draft;
        return qty >= DOUBTFUL && !sure ? () => this.app.ask("doubt", { qty }) : undefined;
    }

    /** Says where a serial number was counted before, and leaves it. */
    refuseTwice(before) {
        const { catalogue, draft } = this.count;
        const serial = catalogue.lotName(before);
        const location = catalogue.locations.get(before.location_id)?.name || "?";
        this.app.say(messages.serialTwice({ serial, location }));
        draft.clear();
        this.count.touch();
    }

    describeAdded(entry) {
        const { catalogue, draft, entries } = this.count;
        const unit = catalogue.uoms.get(entry.uom_id)?.name || "";
        return messages.added({
            item: draft.product.name,
            qty: `${showQuantity(entry.qty)} ${unit}`.trim(),
            location: draft.location.name,
            total: showQuantity(entries.total(entry)),
        });
    }

    /** Prepares the next draft, as the options 340, 342 and 343 say. */
    startNext() {
        const { draft, options, lockedId } = this.count;
        const isScanned = draft.state.where === "scanned";
        const keepsLocation = options.preload_location || isScanned || lockedId;
        const text = options.preload_units ? draft.lastText : "";
        draft.clear({ keepItem: options.preload_item, text });
        draft.setLocation(
            keepsLocation ? draft.location : undefined,
            isScanned ? "scanned" : "last"
        );
        this.count.touch();
    }
}
