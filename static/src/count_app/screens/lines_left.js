import { Component } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { joinFacts } from "../counting/describe_line";
import { Icon } from "../parts/icon";

/** About as many lines as a screen shows. */
const SHOWN = 20;

/** The next lines that are to be counted in this location. */
export class LinesLeft extends Component {
    static template = "stock_count.LinesLeft";
    static components = { Icon };
    static props = { lines: Array };

    setup() {
        Object.assign(this, useCount());
    }

    get rows() {
        const { catalogue } = this.count;
        return this.props.lines.slice(0, SHOWN).map((line) => {
            const { name, code } = catalogue.products.get(line.product_id) || {};
            return { line, name, detail: joinFacts(code, catalogue.lotName(line)) };
        });
    }

    take(line) {
        this.app.do(() => this.app.actions.takeLine(line));
    }
}
