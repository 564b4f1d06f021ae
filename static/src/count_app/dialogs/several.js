import { joinFacts } from "../counting/describe_line";
import { Question } from "./question";

/** Asks what a code means that several items, locations or packages have. */
export class SeveralQuestion extends Question {
    static template = "stock_count.SeveralQuestion";

    title(match) {
        return (match.product || match.location || match.package).name;
    }

    text({ kind, product, lot, lot_name, uom_id, location }) {
        const unit = this.count.catalogue.uoms.get(uom_id)?.name;
        const code = kind === "item" ? product.code : location?.full;
        return joinFacts(code, lot?.name || lot_name, unit);
    }

    choose(match) {
        this.do(() => {
            this.app.close();
            return this.app.scanner.act(match, this.ask.code);
        });
    }
}
