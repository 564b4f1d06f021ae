import { browser } from "@web/core/browser/browser";
import { GrayPicture } from "./gray_picture";
import { ZxingReader } from "./zxing_reader";

export const LIBRARY = "/web/static/lib/zxing-library/zxing-library.js";

/** Gets pictures as messages and answers with what it reads. */
function serve(Picture, Reader) {
    // ZXing throws thousands of errors for a picture; without their stacks it is much faster.
    Error.stackTraceLimit = 0;
    const reader = new Reader(self.ZXing);
    self.onmessage = ({ data }) => self.postMessage(reader.read(Picture.fromPixels(data)));
}

/**
 * Reads codes with Odoo's ZXing library, for browsers without a reader of their own. It works in a
 * worker of its own, so that the page stays quick. The worker is made from text and has no address,
 * so that the service worker can answer for the library without a network.
 */
export class LibraryReader {
    /** @returns {Promise<LibraryReader>} rejected if the library is neither kept nor reachable */
    static async load() {
        const response = await browser.fetch(LIBRARY);
        if (!response.ok) {
            throw new Error(`${LIBRARY}: ${response.status}`);
        }
        return new LibraryReader(await response.text());
    }

    /** @param {string} library the text of ZXing */
    constructor(library) {
        const text = `${library}\n;(${serve})(${GrayPicture}, ${ZxingReader});`;
        this.url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        this.worker = new Worker(this.url);
    }

    /**
     * @param {HTMLCanvasElement} canvas a picture
     * @returns {Promise<import("./zxing_reader").Sight[]>}
     */
    read(canvas) {
        const { width, height } = canvas;
        const { data: pixels } = canvas.getContext("2d").getImageData(0, 0, width, height);
        return new Promise((resolve, reject) => {
            this.worker.onmessage = ({ data }) => resolve(data);
            this.worker.onerror = ({ message }) => reject(new Error(message));
            this.worker.postMessage({ pixels, width, height }, [pixels.buffer]);
        });
    }

    close() {
        this.worker.terminate();
        URL.revokeObjectURL(this.url);
    }
}
