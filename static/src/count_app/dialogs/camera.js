import { onMounted, onWillUnmount, useRef } from "@odoo/owl";
import { describeProblem } from "../camera/camera_stream";
import { CameraWatch } from "../camera/camera_watch";
import { Question } from "./question";

/**
 * Scans with the device's camera. It stays open if each scan is one unit.
 *
 * Odoo's BarcodeVideoScanner reports the first code of a picture and nothing of a picture without
 * one, so nobody knows when a code has left; it has no torch, it loses FNC1, and it reads on the
 * page's own thread, about a second for each picture without a code. Of Odoo stays the ZXing library.
 */
export class CameraQuestion extends Question {
    static template = "stock_count.CameraQuestion";

    setup() {
        super.setup();
        Object.assign(this.view, {
            problem: null,
            hasTorch: false,
            isLit: false,
            // What is in the picture: its size, and where codes are.
            size: [16, 9],
            boxes: [],
            // Several codes in one picture, to choose from.
            offer: [],
        });
        this.video = useRef("video");
        onMounted(() => this.open());
        onWillUnmount(() => this.watch.close());
    }

    async open() {
        this.view.problem = null;
        this.watch?.close();
        const watch = new CameraWatch({
            video: this.video.el,
            onRead: (codes, inView) => this.onRead(codes, inView),
            onLost: (error) => this.onLost(error),
        });
        this.watch = watch;
        try {
            await watch.open();
            this.view.hasTorch = Boolean(watch.stream?.hasTorch);
        } catch (error) {
            if (!watch.isClosed) {
                this.onLost(error);
            }
        }
    }

    onLost(error) {
        this.watch.close();
        Object.assign(this.view, { problem: describeProblem(error), boxes: [], hasTorch: false });
    }

    async onRead(codes, { inPicture }) {
        const { width, height } = this.watch.glass.canvas;
        Object.assign(this.view, { size: [width, height], boxes: inPicture });
        if (codes.length && inPicture.length > 1) {
            this.watch.pause();
            this.view.offer = codes;
        } else if (codes.length) {
            await this.take(codes[0]);
        }
    }

    /** Hands a code on; where it closes the camera, no other is read meanwhile. */
    async take(code) {
        if (this.counting.scanMode !== "each") {
            this.watch.close();
        }
        await this.app.intake.onScan(code);
    }

    // ---- Several codes ----

    /** What a code means, for the person who chooses. */
    describe(code) {
        const { product, location, package: pack } = this.count.resolver.resolve(code);
        return (product || location || pack)?.name;
    }

    choose(code) {
        this.view.offer = this.view.offer.filter((other) => other !== code);
        if (!this.view.offer.length) {
            this.goOn();
        }
        return this.take(code);
    }

    goOn() {
        this.view.offer = [];
        this.watch.resume();
    }

    // ---- Other buttons ----

    async toggleTorch() {
        await this.watch.stream.setTorch(!this.view.isLit);
        this.view.isLit = !this.view.isLit;
    }

    search() {
        this.do(() => {
            this.app.close();
            this.app.ask("item");
        });
    }
}
