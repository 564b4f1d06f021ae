/** The brightness of a picture. It goes into the worker as text, as ZxingReader does. */
export class GrayPicture {
    /** @param {{ gray: Uint8ClampedArray, width: number, height: number }} picture */
    constructor({ gray, width, height }) {
        Object.assign(this, { gray, width, height });
    }

    /** @param {{ pixels: Uint8ClampedArray, width: number, height: number }} image as RGBA */
    static fromPixels({ pixels, width, height }) {
        const gray = new Uint8ClampedArray(width * height);
        for (let i = 0, j = 0; i < gray.length; i++, j += 4) {
            gray[i] = (pixels[j] * 77 + pixels[j + 1] * 151 + pixels[j + 2] * 28) >> 8;
        }
        return new this({ gray, width, height });
    }

    /** With rows and columns exchanged. */
    turn() {
        const { gray, width, height } = this;
        const turned = new Uint8ClampedArray(gray.length);
        for (let y = 0, i = 0; y < height; y++) {
            for (let x = 0; x < width; x++, i++) {
                turned[x * height + y] = gray[i];
            }
        }
        return new this.constructor({ gray: turned, width: height, height: width });
    }

    /** Makes a place white, with a margin around it. */
    paintOver({ x, y, width, height }, margin = 0) {
        const left = Math.max(0, Math.floor(x - margin));
        const right = Math.min(this.width, Math.ceil(x + width + margin));
        const bottom = Math.min(this.height, y + height + margin);
        for (let row = Math.max(0, Math.floor(y - margin)); row < bottom; row++) {
            this.gray.fill(255, row * this.width + left, row * this.width + right);
        }
    }
}
