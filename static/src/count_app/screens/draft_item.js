import { Component } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { showQuantity } from "../core/numbers";
import { Icon } from "../parts/icon";

/** The item that is being counted, and what is known about it. */
export class DraftItem extends Component {
    static template = "stock_count.DraftItem";
    static components = { Icon };
    static props = { product: Object };

    setup() {
        Object.assign(this, useCount());
    }

    get lot() {
        return this.count.catalogue.lotName(this.draft);
    }

    /** The package that the item lies in. */
    get pack() {
        const id = this.count.target.line?.package_id || this.draft.package_id;
        return this.count.catalogue.packages.get(id || this.draft.inside);
    }

    get soFar() {
        return this.counting.version >= 0 ? showQuantity(this.count.target.soFar) : "";
    }

    get expected() {
        const { line } = this.count.target;
        const isShown = this.count.catalogue.session.shows_expected;
        return isShown && line ? showQuantity(line.expected || 0) : null;
    }

    /** Whether no line has the item here, so that it may lie in the wrong bin. */
    get isUnlisted() {
        const { product_id, location_id } = this.draft;
        return location_id && !this.count.catalogue.linesAt(product_id, location_id).length;
    }

    /** Whether the serial numbers in this location can be counted as a list. */
    get hasSerialList() {
        const { tracking } = this.props.product;
        return tracking === "serial" && this.draft.location_id && this.draft.lot_id === false;
    }

    askLot() {
        this.app.do(() => this.app.ask("lot", {}));
    }

    askSerials() {
        const { product } = this.props;
        const { location } = this.count.draft;
        this.app.do(() => this.app.ask("serials", { product, location, picked: [] }));
    }

    clear() {
        this.app.do(() => {
            this.count.draft.clear();
            this.count.touch();
        });
    }
}
