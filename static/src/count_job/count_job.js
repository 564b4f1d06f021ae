import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
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

    /** How far it is, what it waits for or how long it takes, and whose it is. */
    get facts() {
        const { done, total, owner } = this.job;
        const reached = total && `${formatInteger(done)} / ${formatInteger(total)}`;
        const facts = [reached, this.state, !this.env.isSmall && owner];
        return facts.filter(Boolean).join(" · ");
    }

    get state() {
        if (this.job.is_stopping) {
            return this.job.goes_back ? _t("taking back what was done") : _t("stopping");
        }
        if (this.job.is_late) {
            return _t("no scheduler has come: is one running?");
        }
        return this.job.state === "waiting"
            ? _t("waiting for its turn")
            : describeLeft(this.job.seconds_left);
    }

    get stopped() {
        const { label, done, total } = this.job;
        return total
            ? _t("%(work)s stopped at %(done)s of %(total)s.", {
                  work: label,
                  done: formatInteger(done),
                  total: formatInteger(total),
              })
            : _t("%s stopped.", label);
    }

    // --- Helpers ---

    async call(method) {
        await this.orm.call(JOB, method, [[this.job.id]]);
        await this.progress.ask();
    }
}
