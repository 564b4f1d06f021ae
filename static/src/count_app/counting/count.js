import { messages } from "../core/messages";
import { CountAdding } from "./count_adding";

/**
 * A session on this device with the verbs of the Count tab: choosing what is counted, from its
 * item to its place. Nothing here talks to the server; the journal does.
 */
export class Count extends CountAdding {
    /** Begins with an item, finishing the one before; says what is still missing. */
    async chooseItem(item) {
        if (this.isAgain(item)) {
            const qty = item.qty || 1;
            // Scanned twice and nothing typed in between: it is two.
            this.draft.step(this.draft.qty === null ? 2 * qty : qty);
        } else {
            await this.finishDraft();
            this.draft.choose(item, this.options.preload_units ? this.lastText || "" : "");
            this.findPlace();
        }
        return this.proceed();
    }

    /** The same item scanned once more is one more of it. */
    isAgain({ product, lot, lot_name, uom_id }) {
        const { state } = this.draft;
        const isItem = product.id === state.product_id && product.tracking !== "serial";
        const isLot =
            !(lot || lot_name) || (lot ? lot.id === state.lot_id : lot_name === state.lot_name);
        const isUnit = (uom_id || product.uom_id) === state.uom_id;
        return this.state.scanMode === "quantity" && isItem && isLot && isUnit;
    }

    /** Counts what was meant before something else begins, so that no scan is lost. */
    async finishDraft() {
        if (this.draft.isReady) {
            await this.add();
        } else if (this.draft.product && !this.justAdded && !this.options.preload_item) {
            this.app.say(messages.leftWithoutQuantity({ item: this.draft.product.name }));
        }
    }

    findPlace() {
        const { draft } = this;
        const { where } = draft.state;
        const isLast = where === "last" && this.options.preload_location;
        const keeps = draft.location && (where === "scanned" || isLast || this.lockedId);
        if (!keeps) {
            const lines = this.catalogue.linesOf(draft.state.product_id);
            const places = new Set(lines.map((line) => line.location_id));
            const usual = places.size === 1 ? [...places][0] : draft.product.location_id;
            draft.setLocation(this.catalogue.locations.get(usual), "usual");
        }
    }

    /** Asks for what is missing, or counts it where each scan is one. */
    async proceed() {
        const { draft } = this;
        this.justAdded = false;
        if (draft.missing === "location") {
            return this.app.ask("location", { isNeeded: true }, messages.noLocation());
        }
        if (draft.missing === "lot") {
            return this.askLot();
        }
        if (!this.line && !draft.state.package_id && this.candidates.length > 1) {
            return this.app.ask("which", { lines: this.candidates });
        }
        if (this.state.scanMode === "each" || this.isComplete) {
            draft.state.text ||= "1";
            return this.add();
        }
        this.touch();
        this.app.say(messages.chosen({ item: draft.product.name }));
    }

    /** A serial number is one, so nothing is left to be entered, unless it has a second one. */
    get isComplete() {
        const isSerial = this.draft.product.tracking === "serial";
        return isSerial && this.draft.qty === 1 && !this.options.serial2;
    }

    askLot() {
        const { product } = this.draft;
        const isSerial = product.tracking === "serial";
        const say = isSerial ? messages.serialNeeded : messages.lotNeeded;
        return this.app.ask("lot", {}, say({ item: product.name }));
    }

    async setLocation(location, where = "scanned") {
        if (this.lockedId && location.id !== this.lockedId) {
            const locked = this.catalogue.locations.get(this.lockedId);
            this.app.say(messages.locationLocked({ location: locked.name }));
            return false;
        }
        if (location.id !== this.draft.state.location_id) {
            if (this.draft.location) {
                await this.finishDraft();
                this.draft.clear();
            }
            this.draft.setLocation(location, where);
            await this.app.claims.enter(this, location);
        }
        this.touch();
        return true;
    }
}
