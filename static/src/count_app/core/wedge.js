import { browser } from "@web/core/browser/browser";

/** A person types slower than this: milliseconds between two keys, on average. */
const FAST = 45;
/**
 * A Bluetooth scanner may pause this long inside a code, in milliseconds. After a longer pause the
 * code of a scanner without a suffix is complete.
 */
const PAUSE = 150;
/** A timer that is late by more than this shows that the device was busy, in milliseconds. */
const LATE = 30;
/** The fewest characters of a scanned code. */
const SHORTEST = 3;
const END = new Set(["Enter", "Tab"]);
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "AltGraph"]);

/**
 * Tells the keys of a scanner (keyboard wedge, Bluetooth) from those of a person, by speed alone. A
 * scanner may have any prefix and any suffix, or none.
 */
export class Wedge {
    /**
     * @param {Object} handlers
     * @param {(code: string) => void} handlers.onScan
     * @param {(key: string) => void} handlers.onKey a key that a person pressed
     */
    constructor({ onScan, onKey }) {
        this.onScan = onScan;
        this.onKey = onKey;
        /** When the last code ended by a key. */
        this.ended = -Infinity;
        this.forget();
    }

    /**
     * Takes a key.
     *
     * @param {string} key as KeyboardEvent.key
     * @param {number} time of the event, in milliseconds
     * @returns {boolean} whether the browser must not act on the key
     */
    take(key, time) {
        if (MODIFIERS.has(key)) {
            return false;
        }
        if (END.has(key)) {
            return this.end(key, time);
        }
        // A key such as "F1"; a character above U+FFFF has two code units, too.
        if ([...key].length > 1) {
            this.flush();
            this.onKey(key);
            return false;
        }
        this.push(key, time);
        return true;
    }

    /** Takes a text that arrived at once, as some Android scanners send it. */
    takeText(text) {
        this.flush();
        const codes = text.split(/[\r\n\t]+/).filter(Boolean);
        codes.forEach((code) => (code.length >= SHORTEST ? this.onScan(code) : this.type(code)));
    }

    push(key, time) {
        if (this.keys && time - this.last > PAUSE) {
            this.flush();
        }
        this.first ??= time;
        this.last = time;
        this.keys += key;
        this.wait();
    }

    /** Ends the code after a pause. */
    wait() {
        browser.clearTimeout(this.timer);
        const due = Date.now() + PAUSE;
        this.timer = browser.setTimeout(() => {
            // Keys that were pressed while the device was busy may still be in the queue.
            return Date.now() - due > LATE ? this.wait() : this.flush();
        }, PAUSE);
    }

    end(key, time) {
        if (this.isScan) {
            this.flush();
            this.ended = time;
            return true;
        }
        if (!this.keys && time - this.ended <= PAUSE) {
            return true; // The second half of a suffix such as CR+LF.
        }
        const typed = Boolean(this.keys);
        this.flush();
        if (key === "Enter") {
            this.onKey(key);
        }
        return typed || key === "Enter";
    }

    flush() {
        const { keys, isScan } = this;
        this.forget();
        if (isScan) {
            this.onScan(keys);
        } else {
            this.type(keys);
        }
    }

    type(text) {
        [...text].forEach((key) => this.onKey(key));
    }

    forget() {
        browser.clearTimeout(this.timer);
        this.keys = "";
        this.first = this.last = null;
    }

    get isScan() {
        const { length } = this.keys;
        return length >= SHORTEST && (this.last - this.first) / (length - 1) <= FAST;
    }
}
