import { messages } from "../core/messages";
import { quantityDoubt } from "./draft_state";

/** Leads from the item to its lot, place and quantity, and asks for what is missing. */
export class DraftSteps {
    /** @param {import("./count").Count} count */
    constructor(count) {
        this.count = count;
        this.app = count.app;
    }

    /**
     * Begins with an item. The draft before it is recorded if its quantity was entered.
     *
     * @param {import("../catalogue/resolver").Meaning} item
     */
    async chooseItem(item) {
        const { draft, options } = this.count;
        if (this.isAgain(item)) {
            const qty = item.qty || 1;
            // Two scans without a typed quantity are two units.
            draft.step(draft.qty === null ? 2 * qty : qty);
        } else {
            await this.finishDraft();
            draft.choose(item, options.preload_units ? draft.lastText : "");
            this.findPlace();
            // The code of a pallet with its content.
            draft.state.package_id = item.package?.id || draft.state.package_id;
        }
        return this.proceed();
    }

    /** Whether a scan adds one more of the item in the draft. */
    isAgain(item) {
        const { product, lot, lot_name, uom_id } = item;
        const { draft, state } = this.count;
        if (item.tag || quantityDoubt(item)) {
            return false;
        }
        const entered = draft.state;
        const isItem = product.id === entered.product_id && product.tracking !== "serial";
        const isLot =
            !(lot || lot_name) || (lot ? lot.id === entered.lot_id : lot_name === entered.lot_name);
        const isUnit = (uom_id || product.uom_id) === entered.uom_id;
        return state.scanMode === "quantity" && isItem && isLot && isUnit;
    }

    /** Records the draft before something else begins, so that no scan is lost. */
    async finishDraft() {
        const { adder, draft, options } = this.count;
        if (draft.isReady) {
            await adder.add();
        } else if (draft.product && !options.preload_item) {
            this.app.say(messages.leftWithoutQuantity({ item: draft.product.name }));
        }
    }

    /** Proposes the item's usual place, unless the location was scanned or is kept. */
    findPlace() {
        const { catalogue, draft, lockedId, options } = this.count;
        const { where } = draft.state;
        const isLast = where === "last" && options.preload_location;
        if (draft.location && (where === "scanned" || isLast || lockedId)) {
            return;
        }
        const lines = catalogue.linesOf(draft.state.product_id);
        const places = new Set(lines.map((line) => line.location_id));
        const usual = places.size === 1 ? [...places][0] : draft.product.location_id;
        draft.setLocation(catalogue.locations.get(usual), "usual");
    }

    /** Asks for what is missing, or records the draft where each scan is one unit. */
    async proceed() {
        const { adder, draft, state, target } = this.count;
        if (draft.missing === "location") {
            return this.app.ask("location", { isNeeded: true }, messages.noLocation());
        }
        if (draft.missing === "lot") {
            return this.askLot();
        }
        if (!target.line && !draft.state.package_id && target.candidates.length > 1) {
            return this.app.ask("which_line", { lines: target.candidates });
        }
        if (draft.state.asked && !draft.state.text) {
            const { asked } = draft.state;
            this.count.touch();
            return this.app.say(messages.quantityAsked({ item: draft.product.name, asked }));
        }
        if (state.scanMode === "each" || this.isComplete) {
            draft.state.text ||= "1";
            return adder.add();
        }
        this.count.touch();
        this.app.say(messages.chosen({ item: draft.product.name }));
    }

    /** A serial number or tag needs no quantity, and nothing else unless it has a second number. */
    get isComplete() {
        const { draft, options } = this.count;
        const isOne = draft.product.tracking === "serial" || draft.state.isTag;
        return isOne && draft.qty === 1 && !options.serial2;
    }

    askLot() {
        const { product } = this.count.draft;
        const isSerial = product.tracking === "serial";
        const message = isSerial ? messages.serialNeeded : messages.lotNeeded;
        return this.app.ask("lot", {}, message({ item: product.name }));
    }

    /**
     * Goes to a location. The draft in the location before is recorded or left.
     *
     * @param {Object} location
     * @param {"scanned"|"usual"} [where] the source of the location
     * @returns {Promise<boolean>} false if Option 345 locks this person to another location
     */
    async setLocation(location, where = "scanned") {
        const { catalogue, draft, lockedId } = this.count;
        if (lockedId && location.id !== lockedId) {
            const locked = catalogue.locations.get(lockedId);
            this.app.say(messages.locationLocked({ location: locked.name }));
            return false;
        }
        if (location.id !== draft.state.location_id) {
            if (draft.location) {
                await this.finishDraft();
                draft.clear();
            }
            draft.setLocation(location, where);
            await this.app.claims.enter(this.count, location);
        }
        this.count.touch();
        return true;
    }
}
