/** A code counts when it was read this often: one reading alone may be wrong. */
const SURE = 2;
/** Codes that were read within so many pictures of each other are in one picture. */
const TOGETHER = 2;
/** After so many pictures without it a code has left. */
const LEFT = 5;
/** A picture that looks the same where the code was, only blurred, says this little of leaving. */
const BLURRED = 0.2;
/** Up to this difference of brightness, of 255, a place looks the same. */
const ALIKE = 22;

/**
 * Knows which codes are in the camera's picture. Each is told once, until it has left the picture
 * and comes again: no time is measured, a box may be held in view for as long as it takes.
 */
export class CodesInView {
    constructor() {
        this.reading = 0;
        /** What is in view, by code: how often and where it was seen, and whether it was told. */
        this.views = new Map();
    }

    /**
     * @param {import("./zxing_reader").Sight[]} sights what was read in one picture
     * @param {(box: import("./zxing_reader").Box) => number[]} look the brightness of a place in
     *   the picture, as a few numbers
     * @returns {string[]} codes that were not told before: one to count, or several to choose from
     */
    see(sights, look) {
        this.reading++;
        for (const { code, box } of sights) {
            const view = this.views.get(code) || { code, times: 0, isTold: false };
            const seen = { box, look: look(box), absence: 0, reading: this.reading };
            this.views.set(code, Object.assign(view, seen, { times: view.times + 1 }));
        }
        this.forgetLeft(look);
        return this.tell();
    }

    forgetLeft(look) {
        for (const view of this.views.values()) {
            if (view.reading !== this.reading) {
                view.absence += isAlike(view.look, look(view.box)) ? BLURRED : 1;
            }
            if (view.absence >= LEFT) {
                this.views.delete(view.code);
            }
        }
    }

    tell() {
        const fresh = this.inPicture.filter((view) => !view.isTold);
        // One that was read only once is waited for: it is read again, or it was wrong.
        if (fresh.some((view) => view.times < SURE)) {
            return [];
        }
        fresh.forEach((view) => (view.isTold = true));
        return fresh.map((view) => view.code);
    }

    /** What was read in this picture or the one before: no reader finds all in each. */
    get inPicture() {
        return [...this.views.values()].filter((view) => this.reading - view.reading < TOGETHER);
    }
}

/** Whether two looks are the same but for the light, which changes both as a whole. */
function isAlike(one, other) {
    const shift = mean(other) - mean(one);
    return mean(one.map((value, i) => Math.abs(other[i] - shift - value))) < ALIKE;
}

function mean(numbers) {
    return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
