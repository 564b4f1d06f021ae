import { Component, onMounted, useState } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { messages } from "../core/messages";
import { listUndecided } from "../counting/review";
import { Icon } from "../parts/icon";

/** What is handed in; it waits until the server has everything. */
export class SubmitScreen extends Component {
    static template = "stock_count.SubmitScreen";
    static components = { Icon };
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
        await this.count.finishDraft();
        await this.app.claims.leave(this.count);
        await this.app.sync.run();
        await this.app.sync.run();
        if (this.journal.unsent) {
            return this.app.say(messages.offline());
        }
        const answer = await this.app.call("submit_count", [this.count.id]);
        if (answer.status === "refused") {
            this.view.problem = answer.message;
        } else {
            this.app.state.submitted = answer;
            this.app.show("done");
        }
    }
}
