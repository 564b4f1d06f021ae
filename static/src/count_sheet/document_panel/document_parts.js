import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus } from "@web/core/utils/hooks";
import { parseQuantity } from "../parse_quantity";
import { KINDS } from "./document_kinds";
import { describeRest, formatQty, guessPart, restOfPart } from "./document_words";

/** How much of a document had happened, line by line. */
export class DocumentParts extends Component {
    static template = "stock_count.DocumentParts";
    static props = {
        document: Object,
        corrects: Boolean,
        correct: Function,
        // Takes line id → quantity in the product's unit.
        answer: Function,
        close: Function,
    };

    setup() {
        const { lines } = this.props.document;
        const texts = lines.map((line) => [line.line_id, formatQty(guessPart(line))]);
        this.texts = useState(Object.fromEntries(texts));
        useAutofocus({ selectAll: true });
    }

    // --- Handlers ---

    onKeydown(ev) {
        if (ev.key === "Enter" && ev.target.matches("input:not([type=checkbox])")) {
            ev.preventDefault();
            ev.stopPropagation();
            this.onAnswer();
        } else if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            this.props.close();
        }
    }

    onAnswer() {
        if (!this.hasProblem) {
            const { lines } = this.props.document;
            const quantities = lines.map((line) => [line.line_id, this.read(line)]);
            this.props.answer(Object.fromEntries(quantities));
        }
    }

    // --- Getters ---

    get kind() {
        return KINDS[this.props.document.kind];
    }

    get hasProblem() {
        return this.props.document.lines.some((line) => this.read(line) === null);
    }

    // --- Helpers ---

    /** The quantity typed for a line; empty means none of it, null that it is no quantity. */
    read({ line_id }) {
        try {
            return parseQuantity(this.texts[line_id]) || 0;
        } catch {
            return null;
        }
    }

    rest(line) {
        const part = this.read(line);
        return part === null ? "" : describeRest(restOfPart(line, part));
    }

    ofWhat({ qty, uom }) {
        return _t("of %(qty)s %(unit)s", { qty: formatQty(Math.abs(qty)), unit: uom });
    }

    where({ product, place, lot }) {
        return [product, place, lot].filter(Boolean).join(" · ");
    }
}
