import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { describeLeft } from "./describe_left";
import { isActive, useJobProgress } from "./job_hook";

const JOB = "stock.count.job";

/** A background job as a progress bar, with the time left and buttons to stop it or try again. */
export class CountJob extends Component {
    static template = "stock_count.CountJob";
    static props = {
        // The record that the job works on, a session unless `model` is given.
        sessionId: Number,
        model: { type: String, optional: true },
        // The job, if the parent has asked for it already.
        job: { type: [Object, { value: false }], optional: true },
        // Called when the job ends, fails or goes on, because other figures change then.
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

    /** The job's progress, its state or time left, and its owner. */
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
