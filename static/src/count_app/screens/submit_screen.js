import { Component, onMounted, useState } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { messages } from "../core/messages";
import { listUndecided } from "../counting/review";
import { OpenDocuments } from "../documents/open_documents";
import { Icon } from "../parts/icon";

/** Submits the count, after the server has all its rows. */
export class SubmitScreen extends Component {
    static template = "stock_count.SubmitScreen";
    static components = { Icon, OpenDocuments };
    static props = {};

    setup() {
        Object.assign(this, useCount());
        this.view = useState({ isBusy: false, problem: "" });
        onMounted(() => this.app.sync.wake(0));
    }

    get total() {
        return this.counting.version >= 0 ? this.count.progress.total : null;
    }

    get counts() {
        return this.journal.version >= 0 ? this.count.entries.list.length : 0;
    }

    get undecided() {
        return this.journal.version >= 0 ? listUndecided(this.count).length : 0;
    }

    /** What was scanned and has no quantity. */
    get asideNames() {
        const { products } = this.count.catalogue;
        return this.aside.scans.map(({ product_id }) => products.get(product_id).name).join(", ");
    }

    review(filter) {
        this.app.reviewFilter = filter;
        this.app.show("review");
    }

    async submit() {
        Object.assign(this.view, { isBusy: true, problem: "" });
        await this.app.guard(() => this.handIn());
        this.view.isBusy = false;
    }

    async handIn() {
        const { app, count } = this;
        await app.queue.do(() => count.steps.finishDraft());
        if (count.aside.scans.length) {
            return app.say(messages.asideFirst({ item: this.asideNames }));
        }
        await app.claims.leave(count);
        await app.sync.run();
        await app.sync.run();
        if (app.journal.countUnsent(count.id)) {
            return app.say(messages.notSubmitted(app.sync.state));
        }
        const answer = await app.call("submit_count", [count.id]);
        if (answer.status === "refused") {
            this.view.problem = answer.message;
        } else if (app.state.screen === "submit") {
            Object.assign(app.state, { submitted: answer, message: null });
            app.feedback.signal("hit");
            app.show("done");
        }
    }
}
