import { browser } from "@web/core/browser/browser";
import { delay } from "@web/core/utils/concurrency";
import { BrowserReader } from "./browser_reader";
import { CameraStream } from "./camera_stream";
import { CodesInView } from "./codes_in_view";
import { LibraryReader } from "./library_reader";
import { LookingGlass } from "./looking_glass";

/** The time from one reading to the next, at least: ten in a second are enough. */
const PACE = 100;
/** The time that the page has for itself between two readings, in milliseconds. */
const REST = 30;

/** Watches the camera's picture, and reports which codes come into it. */
export class CameraWatch {
    /**
     * @param {Object} parts
     * @param {HTMLVideoElement} parts.video shows the picture
     * @param {(codes: string[], view: CodesInView) => Promise<void>} parts.onRead called after each
     *   reading with the codes that are new; the next one waits for it
     * @param {(error: Error) => void} parts.onLost called when the camera or the reader stops
     */
    constructor({ video, onRead, onLost }) {
        Object.assign(this, { video, onRead, onLost });
        this.view = new CodesInView();
        this.glass = new LookingGlass(video);
        this.isPaused = false;
        this.isClosed = false;
    }

    /** Starts the camera and the reader; the readings go on until the watch is closed. */
    async open() {
        const stream = await CameraStream.open();
        if (this.isClosed) {
            return stream.close(); // The question was closed while the browser asked.
        }
        this.stream = stream;
        stream.track.onended = () => this.onLost(new DOMException("", "AbortError"));
        this.video.srcObject = stream.stream;
        const reader = (await BrowserReader.find()) || (await LibraryReader.load());
        if (this.isClosed) {
            return reader.close();
        }
        this.reader = reader;
        await this.video.play();
        this.run();
    }

    async run() {
        try {
            while (!this.isClosed) {
                const begin = browser.performance.now();
                if (!this.isPaused && this.glass.take()) {
                    await this.read();
                }
                const spent = browser.performance.now() - begin;
                await delay(Math.max(REST, PACE - spent));
            }
        } catch (error) {
            if (!this.isClosed) {
                this.onLost(error);
            }
        }
    }

    async read() {
        const sights = await this.reader.read(this.glass.canvas);
        if (!this.isClosed) {
            await this.onRead(
                this.view.see(sights, (box) => this.glass.look(box)),
                this.view
            );
        }
    }

    /** Holds the picture while a person chooses. */
    pause() {
        this.isPaused = true;
        this.video.pause();
    }

    resume() {
        this.isPaused = false;
        return this.video.play();
    }

    close() {
        this.isClosed = true;
        this.stream?.close();
        this.reader?.close();
    }
}
