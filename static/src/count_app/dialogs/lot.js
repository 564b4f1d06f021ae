import { messages } from "../core/messages";
import { answerLot } from "../counting/draft_answers";
import { Question } from "./question";

const SHOWN = 60;

/** Asks for the lot or serial number of a tracked item: scanned, typed or chosen. */
export class LotQuestion extends Question {
    static template = "stock_count.LotQuestion";

    get product() {
        return this.count.catalogue.products.get(this.draft.product_id);
    }

    get title() {
        return this.product?.name || "";
    }

    /** The item's lots, those of lines in this location first. */
    get lots() {
        const { catalogue } = this.count;
        const lines = catalogue.linesAt(this.draft.product_id, this.draft.location_id);
        const here = new Set(lines.map((line) => line.lot_id));
        const known = catalogue.lotsOf(this.draft.product_id);
        const lots = [...known].sort((a, b) => here.has(b.id) - here.has(a.id));
        const term = this.view.text.trim().toLowerCase();
        return lots.filter((lot) => lot.name.toLowerCase().includes(term)).slice(0, SHOWN);
    }

    choose(lot) {
        this.do(() => answerLot(this.app, { lot }));
    }

    submit(ev) {
        const text = this.view.text.trim();
        this.do(() => {
            const { other, ...lot } = this.count.resolver.resolveLot(this.product, text);
            if (!text) {
                return this.app.say(messages.lotNeeded({ item: this.title }));
            }
            return other
                ? this.retype(ev, messages.wrongLot({ lot: text, item: this.title }))
                : answerLot(this.app, lot);
        });
    }
}
