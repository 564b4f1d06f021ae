import { Component, onMounted, onPatched, useEffect, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KINDS } from "./document_kinds";
import { DocumentParts } from "./document_parts";
import { describeRest, formatQty, formatSigned, isElsewhere } from "./document_words";

/** So many lines are shown of a document that touches many. */
const SHOWN = 5;

/** One document that could explain variances: its question, the lines that it touches, the answers. */
export class DocumentCard extends Component {
    static template = "stock_count.DocumentCard";
    static components = { DocumentParts };
    static props = {
        document: Object,
        // Whether the keyboard answers this one, and whether it is used at all.
        isActive: Boolean,
        hasFocus: Boolean,
        isSelected: Boolean,
        isSplit: Boolean,
        isWaiting: Boolean,
        // Whether the answer corrects the transfer, too.
        corrects: Boolean,
        activate: Function,
        // Takes "happened" or "not_yet".
        answer: Function,
        // Takes line id → quantity in the product's unit.
        answerPartly: Function,
        correct: Function,
        open: Function,
        select: Function,
        // Opens and closes the parts.
        split: Function,
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ isWhole: false });
        this.describeRest = describeRest;
        this.formatQty = formatQty;
        this.formatSigned = formatSigned;
        onMounted(() => this.follow());
        onPatched(() => this.follow());
        useEffect(
            (isSplit) => {
                if (isSplit) {
                    this.root.el.scrollIntoView({ block: "nearest" });
                }
            },
            () => [this.props.isSplit]
        );
    }

    // --- Getters ---

    /** By Tab a person gets into one document, not through all of them. */
    get tab() {
        return this.props.isActive ? 0 : -1;
    }

    get kind() {
        return KINDS[this.props.document.kind];
    }

    get facts() {
        const { date, partner } = this.props.document;
        const day = date && toLocaleDateString(deserializeDateTime(date));
        return [partner, day].filter(Boolean).join(" · ");
    }

    get lines() {
        const { lines } = this.props.document;
        return this.state.isWhole ? lines : lines.slice(0, SHOWN);
    }

    get hidden() {
        return this.props.document.lines.length - this.lines.length;
    }

    get isCorrectable() {
        return this.props.document.may_correct && isElsewhere(this.props.document);
    }

    // --- Helpers ---

    /** The keyboard's card has the focus, unless something in it has. */
    follow() {
        const { el } = this.root;
        if (this.props.isActive && this.props.hasFocus && !el.contains(document.activeElement)) {
            el.focus();
            el.scrollIntoView({ block: "nearest" });
        }
    }

    where({ place, lot }) {
        return [place, lot].filter(Boolean).join(" · ");
    }

    whatMoves({ elsewhere }) {
        return elsewhere
            ? _t("The document has it here: %s", elsewhere)
            : _t("What the document moves here");
    }

    standing({ variance }) {
        return variance < 0 ? "shortage" : variance > 0 ? "overage" : "match";
    }
}
