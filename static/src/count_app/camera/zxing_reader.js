/**
 * Reads the codes of a picture with ZXing: several of them, anywhere in it, upright or tilted. It
 * runs in a worker from the text of this class (see library_reader.js), so it uses nothing from
 * outside but what it is given.
 *
 * @typedef {{ x: number, y: number, width: number, height: number }} Box in pixels
 * @typedef {{ code: string, box: Box }} Sight a code and where it was seen
 */
export class ZxingReader {
    /** @param {Object} ZXing Odoo's ZXing library */
    constructor(ZXing) {
        this.ZXing = ZXing;
        const formats = ZXing.BarcodeFormat;
        const bars = ["EAN_13", "EAN_8", "UPC_A", "UPC_E", "CODE_128", "CODE_39", "ITF"];
        this.bars = this.make(bars.map((name) => formats[name]));
        this.qr = this.make([formats.QR_CODE]);
        this.matrix = this.make([formats.DATA_MATRIX]);
        this.always = [this.readBars, this.readSquares, this.readMatrixAt(0.5, 0.5)];
        // Each picture gets one of these in turn, and those that found something in the last one.
        this.others = [
            this.readUprightBars,
            ...[0.2, 0.5, 0.8].flatMap((x) => [0.25, 0.75].map((y) => this.readMatrixAt(x, y))),
            ...[0.2, 0.8].map((x) => this.readMatrixAt(x, 0.5)),
        ];
        this.lucky = new Set();
        this.turn = 0;
    }

    make(formats) {
        const { DecodeHintType, MultiFormatReader } = this.ZXing;
        const reader = new MultiFormatReader();
        reader.setHints(
            new Map([
                [DecodeHintType.POSSIBLE_FORMATS, formats],
                // Keeps FNC1 in Code 128: "]C1" at the start, \x1d between values.
                [DecodeHintType.ASSUME_GS1, true],
                // ITF has no checksum, and part of a label reads as a shorter one.
                [DecodeHintType.ALLOWED_LENGTHS, [14]],
            ])
        );
        return reader;
    }

    /**
     * @param {import("./gray_picture").GrayPicture} picture
     *   which is painted over where codes are found
     * @returns {Sight[]} each code once
     */
    read(picture) {
        const found = new Map();
        const next = this.others[this.turn++ % this.others.length];
        for (const way of new Set([...this.always, ...this.lucky, next])) {
            const sights = way.call(this, picture);
            for (const sight of sights) {
                found.has(sight.code) || found.set(sight.code, sight);
                // The next way could take parts of this code for one of its own.
                picture.paintOver(sight.box);
            }
            this.lucky[sights.length ? "add" : "delete"](way);
        }
        return [...found.values()];
    }

    /** Bar codes that lie, in bands over the whole picture: ZXing reads the middle of each. */
    readBars(picture) {
        const { width, height } = picture;
        const tops = [0, 1, 2, 3, 4].map((sixth) => Math.floor((sixth * height) / 6));
        const band = { x: 0, width, height: Math.floor(height / 3) };
        return tops.flatMap((y) => this.readBand(picture, { ...band, y }));
    }

    /** The bar codes of a band, also those beside each other. */
    readBand(picture, area) {
        // The shortest code has 51 bars and gaps.
        const hit = area.width > 90 && this.decode(this.bars, picture, area);
        if (!hit) {
            return [];
        }
        const { x, width } = hit.box;
        const right = Math.ceil(x + width);
        // Only a line of the code is known; a label is about a third as tall as wide.
        hit.box = { x, y: hit.box.y - width / 6, width, height: width / 3 };
        return [
            hit,
            ...this.readBand(picture, { ...area, width: Math.floor(x) - area.x }),
            ...this.readBand(picture, { ...area, x: right, width: area.x + area.width - right }),
        ];
    }

    /** Bar codes that stand. */
    readUprightBars(picture) {
        const sights = this.readBars(picture.turn());
        for (const { box } of sights) {
            [box.x, box.y, box.width, box.height] = [box.y, box.x, box.height, box.width];
        }
        return sights;
    }

    /** QR codes: each is painted over, so that the next one is found. */
    readSquares(picture) {
        const found = [];
        let hit;
        while (found.length < 4 && (hit = this.decodeSquare(picture))) {
            found.push(hit);
            // The box ends in the middle of the corners' marks.
            picture.paintOver(hit.box, Math.max(hit.box.width, hit.box.height) / 4);
        }
        return found;
    }

    /** Light that is uneven needs one way to tell black from white, a grainy picture the other. */
    decodeSquare(picture) {
        const { HybridBinarizer, GlobalHistogramBinarizer } = this.ZXing;
        return (
            this.decode(this.qr, picture, undefined, HybridBinarizer) ||
            this.decode(this.qr, picture, undefined, GlobalHistogramBinarizer)
        );
    }

    /** A way to read a Data Matrix at a point of the picture: ZXing looks at the middle only. */
    readMatrixAt(atX, atY) {
        const span = (size, at) => {
            const half = Math.floor(size * Math.min(at, 1 - at));
            return [Math.floor(size * at) - half, 2 * half];
        };
        return (picture) => {
            const [x, width] = span(picture.width, atX);
            const [y, height] = span(picture.height, atY);
            return [this.decode(this.matrix, picture, { x, y, width, height })].filter(Boolean);
        };
    }

    /** @returns {Sight | null} what a ZXing reader finds in a part of a picture */
    decode(reader, picture, area = { x: 0, y: 0, ...picture }, Binarizer) {
        const { BinaryBitmap, HybridBinarizer, RGBLuminanceSource } = this.ZXing;
        const { gray, width, height } = picture;
        const part = [area.width, area.height, width, height, area.x, area.y];
        const black = new (Binarizer || HybridBinarizer)(new RGBLuminanceSource(gray, ...part));
        try {
            const result = reader.decodeWithState(new BinaryBitmap(black));
            const points = result.getResultPoints();
            const span = (all) => [Math.min(...all), Math.max(...all) - Math.min(...all)];
            const [x, w] = span(points.map((point) => point.getX() + area.x));
            const [y, h] = span(points.map((point) => point.getY() + area.y));
            return { code: result.getText(), box: { x, y, width: w, height: h } };
        } catch {
            return null; // ZXing throws where it finds nothing.
        }
    }
}
