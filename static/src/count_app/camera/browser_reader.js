/** The formats to read, by the names of the Barcode Detection API. */
const FORMATS = [
    "ean_13",
    "ean_8",
    "upc_a",
    "upc_e",
    "code_128",
    "code_39",
    "itf",
    "qr_code",
    "data_matrix",
];
/** Without one of these the browser's reader is of no use in a warehouse. */
const NEEDED = ["ean_13", "code_128", "qr_code", "data_matrix"];

/** Reads codes with the browser's own reader, where it has one. */
export class BrowserReader {
    /** @returns {Promise<BrowserReader | null>} null if the browser cannot read what is needed */
    static async find() {
        const supported = (await window.BarcodeDetector?.getSupportedFormats()) || [];
        const isUseful = NEEDED.every((format) => supported.includes(format));
        return isUseful
            ? new BrowserReader(FORMATS.filter((format) => supported.includes(format)))
            : null;
    }

    constructor(formats) {
        this.detector = new window.BarcodeDetector({ formats });
    }

    /**
     * @param {HTMLCanvasElement} canvas a picture
     * @returns {Promise<import("./zxing_reader").Sight[]>}
     */
    async read(canvas) {
        const codes = await this.detector.detect(canvas);
        return codes.map(({ rawValue, boundingBox }) => ({ code: rawValue, box: boundingBox }));
    }

    close() {}
}
