import { messages } from "../core/messages";
import { answerByScan, takesScans } from "../counting/scan_answers";
import { ScanQueue } from "../counting/scan_queue";
import { REFUSING, SCANNING } from "./screens";

/** Where scans enter the app: each is refused, held, or handled in its turn. */
export class ScanIntake {
    /** @param {import("./app_state").AppState} app */
    constructor(app) {
        this.app = app;
        this.queue = new ScanQueue({
            handle: (scan) => app.guard(() => this.handle(scan)),
            isBlocked: () => !this.isOpen,
            onWait: (scans) => this.hold(scans),
            onLag: () => app.keeper.keepAtOnce(),
        });
    }

    /** @param {string} code from a scanner or the camera */
    onScan(code) {
        const { state, isOpening } = this.app;
        return REFUSING.has(state.screen) && !isOpening
            ? this.app.say(messages.noCount())
            : this.queue.push(code);
    }

    /** Whether a scan can be handled now. */
    get isOpen() {
        const { overlay, screen } = this.app.state;
        return overlay ? takesScans(overlay.name) : SCANNING.has(screen);
    }

    async handle({ id, code }) {
        const { recorder } = this.app.count;
        recorder.scanId = id;
        try {
            await this.route(code);
        } finally {
            recorder.scanId = undefined;
        }
    }

    async route(code) {
        const { app } = this;
        const { overlay } = app.state;
        if (overlay) {
            await answerByScan(app, overlay, code);
        } else if (app.isClosed) {
            // The scan cannot be counted any more, but the Review tab lists it.
            await app.count.recorder.miss(code, app.count.draft.state.location_id);
            app.say(messages.closed());
        } else {
            app.state.screen = "count";
            await app.scanner.handle(code);
        }
    }

    /** Keeps the waiting scans on the device, and says so when there are more of them. */
    hold(scans) {
        const { state, count, keeper } = this.app;
        const isMore = scans.length > state.scansWaiting;
        state.scansWaiting = scans.length;
        if (count && scans.length) {
            keeper.keep();
        }
        if (isMore) {
            const isAsked = Boolean(state.overlay);
            this.app.say(messages.scanWaits({ count: scans.length, isAsked }));
        }
    }
}
