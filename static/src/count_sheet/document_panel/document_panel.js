import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { AnsweredDocuments } from "./answered_documents";
import { DocumentCard } from "./document_card";
import { isElsewhere } from "./document_words";

/** Asks once for each open document that could explain variances, above the lines of a sheet (P21). */
export class DocumentPanel extends Component {
    static template = "stock_count.DocumentPanel";
    static components = { AnsweredDocuments, DocumentCard };
    static props = {
        // See useDocuments.
        documents: Object,
        isCountable: Boolean,
    };

    setup() {
        this.action = useService("action");
        this.documents = useState(this.props.documents);
        this.state = useState({
            isOpen: !this.env.isSmall,
            isAnsweredOpen: false,
            activeKey: null,
            splitKey: null,
            hasFocus: false,
            selected: {},
            corrects: {},
        });
    }

    // --- Handlers ---

    /**
     * Keys mean the active document, not the focused one: whoever types fast is ahead of the focus.
     */
    onKeydown(ev) {
        const verb = this.keys[ev.key.toLowerCase()];
        const isTyping = ev.target.matches("input:not([type=checkbox])");
        if (verb && !isTyping && !ev.ctrlKey && !ev.altKey && !ev.metaKey) {
            ev.preventDefault();
            ev.stopPropagation();
            verb();
        }
    }

    onFocusout(ev) {
        if (!ev.currentTarget.contains(ev.relatedTarget)) {
            this.state.hasFocus = false;
        }
    }

    onToggle() {
        this.state.isOpen = !this.state.isOpen;
        this.state.hasFocus = this.state.isOpen;
    }

    onSelectAll(ev) {
        const keys = ev.target.checked ? this.askable.map(({ key }) => key) : [];
        this.state.selected = Object.fromEntries(keys.map((key) => [key, true]));
    }

    /** A key of a selected document answers all that are selected. */
    answerByKey(document, answer) {
        const isOfAll = this.state.selected[document.key];
        this.answerAll(isOfAll ? this.selected : [document], answer);
    }

    answerAll(documents, answer) {
        this.send(
            documents.map((document) => ({
                key: document.key,
                answer,
                fit: this.corrects(document),
            }))
        );
    }

    answerPartly(document, quantities) {
        const fit = this.corrects(document);
        this.send([{ key: document.key, answer: "partly", quantities, fit }]);
    }

    split({ key }, isSplit) {
        this.state.splitKey = isSplit ? key : null;
    }

    activate(document) {
        Object.assign(this.state, { activeKey: document.key, hasFocus: true });
    }

    select({ key }) {
        this.state.selected[key] = !this.state.selected[key];
    }

    open({ key }) {
        const [resModel, resId] = key.split(",");
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: Number(resId),
            views: [[false, "form"]],
        });
    }

    // --- Getters ---

    get keys() {
        const next = () => this.move(1);
        const previous = () => this.move(-1);
        const document = this.askable.find(({ key }) => key === this.activeKey);
        return {
            ...{ j: next, arrowdown: next, k: previous, arrowup: previous },
            ...(document && {
                y: () => this.answerByKey(document, "happened"),
                n: () => this.answerByKey(document, "not_yet"),
                p: () => this.split(document, true),
                x: () => this.select(document),
            }),
        };
    }

    get title() {
        const count = this.documents.open.length;
        return count === 1
            ? _t("1 open document could explain variances")
            : _t("%s open documents could explain variances", count);
    }

    get askable() {
        return this.documents.open.filter(({ key }) => !this.documents.waiting[key]);
    }

    get selected() {
        return this.askable.filter(({ key }) => this.state.selected[key]);
    }

    /** The document that the keyboard answers. */
    get activeKey() {
        const { activeKey } = this.state;
        const isThere = this.documents.open.some(({ key }) => key === activeKey);
        return isThere ? activeKey : this.documents.open[0]?.key;
    }

    // --- Helpers ---

    /** Whether an answer corrects the transfer: as chosen, or else where it most likely should. */
    corrects(document) {
        const isSplit = document.key === this.state.splitKey;
        const isOffered = isElsewhere(document) || (isSplit && document.kind === "in");
        const chosen = this.state.corrects[document.key] ?? isOffered;
        return document.may_correct && chosen && (isSplit || isElsewhere(document));
    }

    move(step) {
        const { askable } = this;
        const index = askable.findIndex(({ key }) => key === this.activeKey);
        const next = askable[Math.min(Math.max(index + step, 0), askable.length - 1)];
        this.state.activeKey = next?.key;
    }

    /** Goes on to the next document at once, while the answers are on their way. */
    send(answers) {
        const keys = new Set(answers.map(({ key }) => key));
        const { open } = this.documents;
        const last = open.findLastIndex(({ key }) => keys.has(key));
        const rest = [...open.slice(last + 1), ...open.slice(0, last)];
        const next = rest.find(({ key }) => !keys.has(key) && !this.documents.waiting[key]);
        Object.assign(this.state, { activeKey: next?.key ?? null, hasFocus: Boolean(next) });
        keys.forEach((key) => delete this.state.selected[key]);
        return this.documents.answer(answers);
    }
}
