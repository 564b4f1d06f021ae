import { browser } from "@web/core/browser/browser";
import { showProblem } from "./problems";

/** The draft changes with every key. It is kept when no key follows for so many milliseconds. */
const REST = 50;

/**
 * Keeps on the device what a reload must show again: the draft, what was set aside, the scan mode,
 * the waiting scans and the claimed bin.
 */
export class CountKeeper {
    /** @param {import("./app_state").AppState} app */
    constructor(app) {
        this.app = app;
        this.isKeeping = false;
    }

    /** Keeps after a short rest. */
    keep() {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.app.guard(() => this.keepNow()), REST);
    }

    /** Keeps without a rest: for scans that arrive faster than a slow device handles them. */
    async keepAtOnce() {
        this.isLate = true;
        if (this.isKeeping) {
            return;
        }
        this.isKeeping = true;
        try {
            while (this.isLate) {
                this.isLate = false;
                await this.keepNow();
            }
        } catch (error) {
            showProblem(this.app, error);
        } finally {
            this.isKeeping = false;
        }
    }

    /** When this is done, the device has it. */
    async keepNow() {
        const { count, queue, claims, store } = this.app;
        if (count) {
            await store.keepCount(count.id, {
                draft: { ...count.draft.state },
                aside: count.aside.scans.map((scan) => ({ ...scan })),
                scanMode: count.state.scanMode,
                lastBin: count.state.lastBin,
                scans: queue.scans.map(({ id, code }) => ({ id, code })),
                claimed: claims.current,
            });
        }
    }

    /**
     * Queues the scans that waited when the page was closed. A scan that was handled before has left
     * rows in the journal.
     *
     * @param {{ id: string, code: string }[]} scans
     */
    resumeScans(scans) {
        const { count, journal, queue } = this.app;
        const rows = journal.ofSession(count.id);
        const known = new Set([
            ...rows.map((row) => row.view.scan),
            ...queue.scans.map((scan) => scan.id),
        ]);
        scans.filter((scan) => !known.has(scan.id)).forEach((scan) => queue.add(scan));
    }
}
