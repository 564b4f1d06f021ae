import { Component } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { describeLeft } from "./describe_left";
import { isActive, useJobProgress } from "./job_hook";

const JOB = "stock.count.job";

/** What goes on with a count in the background: a bar that moves, time left, stop, retry. */
export class CountJob extends Component {
    static template = "stock_count.CountJob";
    static props = {
        // The record that is worked on, a count unless its model is given.
        sessionId: Number,
        model: { type: String, optional: true },
        // What the server said last, where somebody asked already.
        job: { type: [Object, { value: false }], optional: true },
        // Called when a job has ended, failed or goes on: what else is shown has changed.
        onChange: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.progress = useJobProgress(this.props, () => this.props.onChange());
    }

    // --- Handlers ---

    onCancel() {
        return this.call("action_cancel");
    }

    onRetry() {
        return this.call("action_retry");
    }

    // --- Getters ---

    get job() {
        return this.progress.job;
    }

    get isActive() {
        return isActive(this.job);
    }

    get timeLeft() {
        return this.isActive && !this.job.is_stopping && describeLeft(this.job.seconds_left);
    }

    // --- Helpers ---

    async call(method) {
        await this.orm.call(JOB, method, [[this.job.id]]);
        await this.progress.ask();
    }
}
