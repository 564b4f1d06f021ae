import { onWillDestroy, onWillStart, onWillUpdateProps, useComponent, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

/** How often a running job is asked how far it is. */
const DELAY = 1000;
const SESSION = "stock.count.session";

export const isActive = (job) => Boolean(job) && ["waiting", "running"].includes(job.state);

/** Which job goes on, or stands still: what else the screen shows depends on it. */
const phaseOf = (job) => job && `${job.id} ${isActive(job)}`;

/**
 * The job of a count, asked again and again while it works.
 *
 * @param {{ sessionId: number, model?: string, job: Object | false | undefined }} props
 *  ``model`` has a method ``get_job``; it is the count's where nothing else is said
 * @param {Function} onChange called when the job that was shown has ended, failed or goes on
 * @returns {{ job: Object | false, ask: Function }}
 */
export function useJobProgress(props, onChange) {
    const component = useComponent();
    const orm = useService("orm");
    const progress = useState({ job: props.job || false, ask });
    let { sessionId } = props;
    let timer = null;

    async function ask() {
        const asked = sessionId;
        const job = await orm.silent.call(props.model || SESSION, "get_job", [[asked]]);
        if (asked === sessionId) {
            show(job);
        }
    }

    function show(job) {
        const hasChanged = progress.job && phaseOf(progress.job) !== phaseOf(job);
        progress.job = job || false;
        askLater();
        if (hasChanged) {
            onChange();
        }
    }

    function askLater() {
        browser.clearTimeout(timer);
        if (isActive(progress.job)) {
            timer = browser.setTimeout(askPatiently, DELAY);
        }
    }

    /** The bar stands still while there is no connection, and moves on when it is back. */
    async function askPatiently() {
        try {
            await ask();
        } catch (error) {
            askLater();
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }

    onWillStart(async () => (props.job === undefined ? ask() : askLater()));
    onWillUpdateProps((next) => {
        if (next.sessionId !== sessionId) {
            sessionId = next.sessionId;
            progress.job = next.job || false;
        }
        // Whoever shows the bar may be drawn again without having asked again.
        if (next.job !== component.props.job) {
            show(next.job);
        }
    });
    onWillDestroy(() => browser.clearTimeout(timer));
    return progress;
}
