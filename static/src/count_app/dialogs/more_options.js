import { Question } from "./question";

/** Asks for the rarer facts of the draft: unit, package, second serial number, RFID tag, note. */
export class MoreOptionsQuestion extends Question {
    static template = "stock_count.MoreOptionsQuestion";

    get product() {
        return this.count.catalogue.products.get(this.draft.product_id);
    }

    /** The units that can be converted into the item's unit. */
    get units() {
        const { uoms } = this.count.catalogue;
        const own = uoms.get(this.product?.uom_id);
        const offered = [...uoms.values()].filter((uom) => uom.active !== false);
        return offered.filter((uom) => uom.root_id === own?.root_id);
    }

    /** The packages with this item in this location. */
    get packages() {
        const lines = this.count.catalogue.linesAt(this.draft.product_id, this.draft.location_id);
        const ids = new Set(lines.map((line) => line.package_id).filter(Boolean));
        return [...ids].map((id) => this.count.catalogue.packages.get(id)).filter(Boolean);
    }

    setId(name, text) {
        this.set(name, Number(text) || false);
    }

    set(name, value) {
        this.count.draft.state[name] = value;
        this.count.touch();
    }

    askPhotos() {
        const { line } = this.count.target;
        const { product_id, location_id } = this.draft;
        const target = { line_id: line?.id, product_id, location_id };
        this.do(() => this.app.ask("photos", target));
    }
}
