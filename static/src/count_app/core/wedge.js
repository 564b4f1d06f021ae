import { browser } from "@web/core/browser/browser";

/** A person does not type faster than this, milliseconds between keys on average. */
const FAST = 45;
/** A Bluetooth scanner may stutter this long inside a code; one without a suffix ends after it. */
const PAUSE = 150;
/** A clock that rings this much too late tells that the device was busy, milliseconds. */
const LATE = 30;
const SHORTEST = 3;
const END = new Set(["Enter", "Tab"]);
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "AltGraph"]);

/**
 * Tells a scanner that types (keyboard wedge, Bluetooth) from a person who does, by speed alone:
 * a scanner may have any prefix, any suffix or none.
 */
export class Wedge {
    /**
     * @param {Object} handlers
     * @param {(code: string) => void} handlers.onScan
     * @param {(key: string) => void} handlers.onKey what a person typed, key by key
     */
    constructor({ onScan, onKey }) {
        this.onScan = onScan;
        this.onKey = onKey;
        this.forget();
    }

    /** Takes a key; answers whether the browser shall do nothing else with it. */
    take(key, time) {
        if (MODIFIERS.has(key)) {
            return false;
        }
        if (END.has(key)) {
            return this.end(key);
        }
        if (key.length > 1) {
            this.flush();
            this.onKey(key);
            return false;
        }
        this.push(key, time);
        return true;
    }

    /** Takes a piece of text that came at once, as some Android scanners give it. */
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

    /** Ends what was typed after a silence. */
    wait() {
        browser.clearTimeout(this.timer);
        const due = Date.now() + PAUSE;
        this.timer = browser.setTimeout(() => {
            // A busy device looks late: keys that came meanwhile may still stand in line.
            return Date.now() - due > LATE ? this.wait() : this.flush();
        }, PAUSE);
    }

    end(key) {
        if (this.isScan) {
            this.flush();
            return true;
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
