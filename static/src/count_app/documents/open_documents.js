import { Component, onMounted, useState } from "@odoo/owl";
import { KINDS } from "@stock_count/count_sheet/document_panel/document_kinds";
import { useCount } from "../app/use_app";
import { showQuantity } from "../core/numbers";
import { Offline } from "../core/server";
import { Icon } from "../parts/icon";

/** Open documents that could explain variances: a lead answers them on the spot (P21). */
export class OpenDocuments extends Component {
    static template = "stock_count.OpenDocuments";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useCount());
        this.showQuantity = showQuantity;
        this.view = useState({ documents: [], isOpen: false, isBusy: false });
        onMounted(() => this.isLead && this.load());
    }

    // --- Handlers ---

    async answer({ key }, answer) {
        this.view.isBusy = true;
        await this.app.guard(() => this.ask("answer_document", key, answer));
        this.view.isBusy = false;
    }

    // --- Getters ---

    get isLead() {
        return Boolean(this.state.start?.user?.is_lead);
    }

    // --- Helpers ---

    /** After the server has what was counted: only then it knows what differs. */
    async load() {
        await this.app.sync.run();
        try {
            await this.ask("load_documents");
        } catch (error) {
            if (!(error instanceof Offline)) {
                this.app.explain(error);
            }
        }
    }

    async ask(method, ...args) {
        const { documents } = await this.app.call(method, [this.count.id, ...args]);
        this.view.documents = documents;
    }

    question({ kind }) {
        return KINDS[kind].question;
    }

    where({ place, lot }) {
        return [place, lot].filter(Boolean).join(" · ");
    }

    signed(quantity) {
        const sign = quantity > 0 ? "+" : quantity < 0 ? "−" : "";
        return sign + showQuantity(Math.abs(quantity));
    }
}
