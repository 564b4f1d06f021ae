import { Component } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { showQuantity } from "../core/numbers";
import { Icon } from "../parts/icon";
import { Keypad } from "../parts/keypad";

/** As many lines as a screen shows without scrolling far. */
const SHOWN = 20;

/** The Count tab: where, what, how many. */
export class CountScreen extends Component {
    static template = "stock_count.CountScreen";
    static components = { Icon, Keypad };
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

    get lot() {
        return this.count.catalogue.lotName(this.draft);
    }

    /** The package that what is entered lies in. */
    get pack() {
        const id = (this.product && this.count.line?.package_id) || this.draft.package_id;
        return this.count.catalogue.packages.get(id || this.draft.inside);
    }

    get unit() {
        return this.count.catalogue.uoms.get(this.draft.uom_id)?.name || "";
    }

    get left() {
        return this.counting.version >= 0 ? this.count.progress.leftAt(this.draft.location_id) : [];
    }

    /** The first lines of what is left here. */
    get next() {
        const { products } = this.count.catalogue;
        return this.left.slice(0, SHOWN).map((line) => {
            const { name, code } = products.get(line.product_id) || {};
            const lot = this.count.catalogue.lotName(line);
            return { line, name, detail: [code, lot].filter(Boolean).join(" · ") };
        });
    }

    get other() {
        return this.bins.claims.find(
            (claim) => claim.location_id === this.draft.location_id && !claim.is_me
        );
    }

    get soFar() {
        return this.counting.version >= 0 ? this.show(this.count.soFar) : "";
    }

    get expected() {
        const { line } = this.count;
        const isShown = this.count.catalogue.session.shows_expected;
        return isShown && line ? this.show(line.expected || 0) : null;
    }

    /** Nothing says that it should be here: it may lie in the wrong bin. */
    get isUnlisted() {
        const { product_id, location_id } = this.draft;
        return location_id && !this.count.catalogue.linesAt(product_id, location_id).length;
    }

    get serialsHere() {
        const { product } = this;
        return product?.tracking === "serial" && this.location && this.draft.lot_id === false;
    }

    show(number) {
        return showQuantity(number);
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
        this.app.do(() => this.count.add());
    }

    ask(name, props) {
        this.app.do(() => this.app.ask(name, props));
    }

    askLocation() {
        this.app.do(() => {
            const { lockedId, catalogue } = this.count;
            const locked = catalogue.locations.get(lockedId);
            return locked
                ? this.count.setLocation({ ...locked, id: -1 })
                : this.app.ask("location", {});
        });
    }

    /** Nothing is expected in the bin, and nothing was found: one tap says so. */
    get isEmptyBin() {
        const { location, product, count } = this;
        if (!location || product || count.catalogue.linesIn(location.id).length) {
            return false;
        }
        return !count.entries.list.some((entry) => entry.location_id === location.id);
    }

    askFinish() {
        const { location, isEmptyBin } = this;
        this.app.do(() =>
            isEmptyBin ? this.app.verbs.finishBin(location) : this.app.ask("finish", { location })
        );
    }

    askSerials() {
        this.ask("serials", { product: this.product, location: this.location, picked: [] });
    }

    take(line) {
        this.app.do(() => this.app.verbs.takeLine(line));
    }

    skip() {
        this.app.do(() => this.app.verbs.skip());
    }

    notFound() {
        this.app.do(() => this.app.verbs.notFound());
    }

    leavePackage() {
        this.app.do(() => {
            Object.assign(this.count.draft.state, { inside: false, package_id: false });
            this.count.touch();
        });
    }

    clear() {
        this.app.do(() => {
            this.count.draft.clear();
            this.count.touch();
        });
    }

    setMode(mode) {
        this.app.do(() => this.count.setScanMode(mode));
    }
}
