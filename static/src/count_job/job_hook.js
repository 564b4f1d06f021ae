import { onWillDestroy, onWillStart, onWillUpdateProps, useComponent, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { ACTIVE_JOB_STATES } from "../const";

/** How often the progress of a running job is asked for, in milliseconds. */
const DELAY = 1000;
const SESSION = "stock.count.session";

/**
 * @param {Object | false | undefined} job
 * @returns {boolean} whether the job still works
 */
export const isActive = (job) => Boolean(job) && ACTIVE_JOB_STATES.includes(job.state);

/** Differs when a job begins, ends or fails, so that the screen has to be loaded again. */
const phaseOf = (job) => job && `${job.id} ${isActive(job)}`;

/** Asks for the job of a record, again and again while the job works. */
class JobPoll {
    /**
     * @param {Object} parts
     * @param {Object} parts.orm
     * @param {string} parts.model has a method `get_job`
     * @param {number} parts.recordId
     * @param {{ job: Object | false }} parts.progress what components show
     * @param {() => void} parts.onChange
     */
    constructor({ orm, model, recordId, progress, onChange }) {
        Object.assign(this, { orm, model, recordId, progress, onChange });
        this.timer = null;
    }

    async ask() {
        const asked = this.recordId;
        const job = await this.orm.silent.call(this.model, "get_job", [[asked]]);
        if (asked === this.recordId) {
            this.show(job);
        }
    }

    show(job) {
        const { progress } = this;
        const hasChanged = progress.job && phaseOf(progress.job) !== phaseOf(job);
        progress.job = job || false;
        this.askLater();
        if (hasChanged) {
            this.onChange();
        }
    }

    /** Shows the job of another record. */
    switchTo(recordId, job) {
        this.recordId = recordId;
        this.progress.job = job || false;
    }

    askLater() {
        this.stop();
        if (isActive(this.progress.job)) {
            this.timer = browser.setTimeout(() => this.askPatiently(), DELAY);
        }
    }

    /** Without a connection the bar stands still, and goes on when the connection is back. */
    async askPatiently() {
        try {
            await this.ask();
        } catch (error) {
            this.askLater();
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }

    stop() {
        browser.clearTimeout(this.timer);
    }
}

/**
 * Follows the job of a record.
 *
 * @param {{ sessionId: number, model?: string, job: Object | false | undefined }} props of the
 *   component; `model` is the session's by default, and has a method `get_job`
 * @param {() => void} onChange called when the shown job ends, fails or goes on
 * @returns {{ job: Object | false, ask: () => Promise<void> }} `ask` asks at once
 */
export function useJobProgress(props, onChange) {
    const component = useComponent();
    const progress = useState({ job: props.job || false, ask: () => poll.ask() });
    const poll = new JobPoll({
        orm: useService("orm"),
        model: props.model || SESSION,
        recordId: props.sessionId,
        progress,
        onChange,
    });
    onWillStart(async () => (props.job === undefined ? poll.ask() : poll.askLater()));
    onWillUpdateProps((next) => {
        if (next.sessionId !== poll.recordId) {
            poll.switchTo(next.sessionId, next.job);
        }
        // The parent may be drawn again without having asked for the job again.
        if (next.job !== component.props.job) {
            poll.show(next.job);
        }
    });
    onWillDestroy(() => poll.stop());
    return progress;
}
