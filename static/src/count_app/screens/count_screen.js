import { Component } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { showQuantity } from "../core/numbers";
import { Icon } from "../parts/icon";
import { Keypad } from "../parts/keypad";

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

    get unit() {
        return this.count.catalogue.uoms.get(this.draft.uom_id)?.name || "";
    }

    get left() {
        return this.counting.version >= 0 ? this.count.progress.leftAt(this.draft.location_id) : [];
    }

    get next() {
        const [line] = this.left;
        return line && { line, product: this.count.catalogue.products.get(line.product_id) };
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

    askFinish() {
        this.ask("finish", { location: this.location });
    }

    askSerials() {
        this.ask("serials", { product: this.product, location: this.location, picked: [] });
    }

    takeNext() {
        this.app.do(() => this.app.verbs.takeLine(this.next.line));
    }

    skip() {
        this.app.do(() => this.app.verbs.skip());
    }

    notFound() {
        this.app.do(() => this.app.verbs.notFound());
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
