/** The longest side of a picture to read, in pixels; cameras may give more than was asked for. */
const LONGEST = 1280;
/** How many brightnesses describe a place, in each direction. */
const GRID = 6;

/** Takes single pictures of a video, and looks at places in them. */
export class LookingGlass {
    /** @param {HTMLVideoElement} video */
    constructor(video) {
        this.video = video;
        this.canvas = document.createElement("canvas");
        this.context = this.canvas.getContext("2d", { willReadFrequently: true });
        const small = Object.assign(document.createElement("canvas"), {
            width: GRID,
            height: GRID,
        });
        this.small = small.getContext("2d", { willReadFrequently: true });
        this.small.imageSmoothingQuality = "high";
    }

    /** @returns {boolean} whether there was a picture to take */
    take() {
        const { canvas, video } = this;
        const { videoWidth, videoHeight } = video;
        if (!videoWidth || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
            return false;
        }
        const scale = Math.min(1, LONGEST / Math.max(videoWidth, videoHeight));
        const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
        if (canvas.width !== width || canvas.height !== height) {
            Object.assign(canvas, { width, height });
        }
        this.context.drawImage(video, 0, 0, width, height);
        return true;
    }

    /**
     * @param {import("./zxing_reader").Box} box
     * @returns {number[]} the brightness of the box, left to right and top to bottom, 0 to 255
     */
    look({ x, y, width, height }) {
        const size = [Math.max(1, width), Math.max(1, height)];
        this.small.clearRect(0, 0, GRID, GRID);
        this.small.drawImage(this.canvas, x, y, ...size, 0, 0, GRID, GRID);
        const { data } = this.small.getImageData(0, 0, GRID, GRID);
        return Array.from({ length: GRID * GRID }, (_, i) => data[i * 4 + 1]);
    }
}
