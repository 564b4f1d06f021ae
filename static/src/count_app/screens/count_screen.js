import { Component } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { isCalculated, showQuantity } from "../core/numbers";
import { Icon } from "../parts/icon";
import { Keypad } from "../parts/keypad";
import { DraftItem } from "./draft_item";
import { LinesLeft } from "./lines_left";
import { NextBins } from "./next_bins";
import { ScanStrip } from "./scan_strip";

/** The Count tab: where, what, how many. */
export class CountScreen extends Component {
    static template = "stock_count.CountScreen";
    static components = { DraftItem, Icon, Keypad, LinesLeft, NextBins, ScanStrip };
    static props = {};

    setup() {
        Object.assign(this, useCount());
    }

    // ---- What is shown ----

    get product() {
        return this.count.catalogue.products.get(this.draft.product_id);
    }

    get location() {
        return this.count.catalogue.locations.get(this.draft.location_id);
    }

    get openPackage() {
        return this.count.catalogue.packages.get(this.draft.inside);
    }

    get unit() {
        return this.count.catalogue.uoms.get(this.draft.uom_id)?.name || "";
    }

    /** What boxes and loose pieces come to. */
    get result() {
        const { text } = this.draft;
        const qty = this.count.draft.qty;
        return isCalculated(text) && qty !== null ? `= ${showQuantity(qty)}` : "";
    }

    /** The lines that are to be counted here. */
    get left() {
        return this.counting.version >= 0 ? this.count.progress.leftAt(this.draft.location_id) : [];
    }

    /** Another person's claim of this location. */
    get otherClaim() {
        return this.bins.claims.find(
            (claim) => claim.location_id === this.draft.location_id && !claim.is_me
        );
    }

    get isEmptyBin() {
        const { app, location, product } = this;
        return Boolean(location && !product && app.actions.isEmptyBin(location));
    }

    // ---- What buttons do ----

    press(key) {
        this.app.do(() => {
            this.count.draft.press(key);
            this.count.touch();
        });
    }

    step(by) {
        this.app.do(() => {
            if (!this.product) {
                return this.app.ask("item");
            }
            this.count.draft.step(by);
            this.count.touch();
        });
    }

    add() {
        this.app.do(() => this.count.adder.add());
    }

    ask(name) {
        this.app.do(() => this.app.ask(name));
    }

    /** Asks for the location; with Option 345 it says that the location is locked. */
    askLocation() {
        this.app.do(() => {
            const { lockedId, catalogue, steps } = this.count;
            const locked = catalogue.locations.get(lockedId);
            return locked ? steps.setLocation({ ...locked, id: -1 }) : this.app.ask("location");
        });
    }

    askFinish() {
        const { location } = this;
        this.app.do(() => this.app.actions.askFinish(location));
    }

    skip() {
        this.app.do(() => this.app.actions.skip());
    }

    notFound() {
        this.app.do(() => this.app.actions.notFound());
    }

    leavePackage() {
        this.app.do(() => {
            Object.assign(this.count.draft.state, { inside: false, package_id: false });
            this.count.touch();
        });
    }

    setMode(mode) {
        this.app.do(() => this.count.setScanMode(mode));
    }
}
