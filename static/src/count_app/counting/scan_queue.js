import { Mutex } from "@web/core/utils/concurrency";
import { uuid } from "@web/core/utils/strings";

/**
 * Scans one after another, in their order, however fast they come. While a question is open they
 * wait, unless the question takes scans itself.
 */
export class ScanQueue {
    /**
     * @param {Object} parts
     * @param {(scan: { id: string, code: string }) => Promise<void>} parts.handle
     * @param {() => boolean} parts.isBlocked
     * @param {(scans: Object[]) => void} parts.onWait what waits now, to keep it and to say so
     * @param {() => void} [parts.onLag] scans come faster than they are dealt with: keep them
     */
    constructor({ handle, isBlocked, onWait, onLag = () => {} }) {
        Object.assign(this, { handle, isBlocked, onWait, onLag });
        this.scans = [];
        this.mutex = new Mutex();
    }

    push(code) {
        return this.add({ id: uuid(), code });
    }

    /** Adds a scan that was kept, under the name it has. */
    add(scan) {
        this.scans.push(scan);
        if (this.scans.length > 1) {
            this.onLag();
        }
        return this.drain();
    }

    /** Goes on where it was held up. */
    drain() {
        return this.mutex.exec(() => this.work());
    }

    /** Leaves what waits to whoever has kept it. */
    forget() {
        this.scans = [];
        this.onWait(this.scans);
    }

    /** Does something else between scans, never at the same time. */
    do(work) {
        return this.mutex.exec(work);
    }

    async work() {
        while (this.scans.length && !this.isBlocked()) {
            // It stays in the queue until it is dealt with.
            const [scan] = this.scans;
            await this.handle(scan);
            this.scans = this.scans.filter((other) => other !== scan);
        }
        this.onWait(this.scans);
    }
}
