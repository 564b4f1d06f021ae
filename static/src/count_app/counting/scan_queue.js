import { Mutex } from "@web/core/utils/concurrency";
import { uuid } from "@web/core/utils/strings";

/**
 * Handles scans one after another, in order, however fast they arrive. Scans wait while a question
 * is open, unless the question takes scans.
 */
export class ScanQueue {
    /**
     * @param {Object} parts
     * @param {(scan: { id: string, code: string }) => Promise<void>} parts.handle
     * @param {() => boolean} parts.isBlocked
     * @param {(scans: Object[]) => void} parts.onWait called with the scans that wait now
     * @param {() => void} [parts.onLag] called when a scan arrives before the last one is handled
     */
    constructor({ handle, isBlocked, onWait, onLag = () => {} }) {
        Object.assign(this, { handle, isBlocked, onWait, onLag });
        this.scans = [];
        this.mutex = new Mutex();
    }

    /** @param {string} code */
    push(code) {
        return this.add({ id: uuid(), code });
    }

    /** @param {{ id: string, code: string }} scan one that was kept over a reload */
    add(scan) {
        this.scans.push(scan);
        if (this.scans.length > 1) {
            this.onLag();
        }
        return this.drain();
    }

    /** Handles the waiting scans, if the way is free now. */
    drain() {
        return this.mutex.exec(() => this.work());
    }

    /** Drops the waiting scans, which the device has kept. */
    forget() {
        this.scans = [];
        this.onWait(this.scans);
    }

    /** Runs other work between two scans, never during one. */
    do(work) {
        return this.mutex.exec(work);
    }

    async work() {
        while (this.scans.length && !this.isBlocked()) {
            // The scan stays in the queue until it is handled, so that it is kept meanwhile.
            const [scan] = this.scans;
            await this.handle(scan);
            this.scans = this.scans.filter((other) => other !== scan);
        }
        this.onWait(this.scans);
    }
}
