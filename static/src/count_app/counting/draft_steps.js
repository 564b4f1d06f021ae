import { messages } from "../core/messages";
import { proposePlace } from "./propose_place";
import { isSameItem } from "./set_aside";

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
        if (!this.isAgain(item)) {
            await this.finishDraft();
            if (!this.takeBack(item)) {
                draft.choose(item, options.preload_units ? draft.lastText : "");
                proposePlace(this.count);
                // The code of a pallet with its content.
                draft.state.package_id = item.package?.id || draft.state.package_id;
                return this.proceed();
            }
        }
        const qty = item.qty || 1;
        // Two scans without a typed quantity are two units.
        draft.step(draft.qty === null ? 2 * qty : qty);
        return this.proceed();
    }

    /** A scan of an item that was set aside here goes on with it. */
    takeBack(item) {
        const { draft, aside, state } = this.count;
        const before = state.scanMode === "quantity" && aside.find(item, draft.state.location_id);
        if (before) {
            this.take(before);
        }
        return before;
    }

    /** Whether a scan adds one more of the item in the draft. */
    isAgain(item) {
        const { draft, state } = this.count;
        return state.scanMode === "quantity" && isSameItem(item, draft.state);
    }

    /** Records the draft before something else begins, or sets it aside: no scan is lost. */
    async finishDraft() {
        const { adder, aside, draft } = this.count;
        if (draft.isReady && (await adder.add())) {
            return;
        }
        if (draft.product && draft.state.isScanned) {
            this.app.close(); // A question about its quantity waits with it.
            aside.put(draft);
            draft.clear();
            this.count.touch();
        }
    }

    /**
     * Goes on with a scan that was set aside, in its location.
     *
     * @param {Object} scan of `aside`
     * @returns {Promise<void>}
     */
    async resume(scan) {
        const location = this.count.catalogue.locations.get(scan.location_id);
        await this.finishDraft();
        if (location && !(await this.setLocation(location))) {
            return;
        }
        this.take(scan);
        return this.proceed();
    }

    take(scan) {
        const { aside, draft } = this.count;
        aside.remove(scan);
        Object.assign(draft.state, scan, { location_id: draft.state.location_id });
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
        } else {
            this.app.say(messages.atLocation({ location: location.name }));
        }
        this.count.touch();
        return true;
    }
}
