import { browser } from "@web/core/browser/browser";

/**
 * Signals that a person understands without looking at the screen: tones as [hertz, milliseconds],
 * vibration as milliseconds on and off.
 */
const SIGNALS = {
    hit: { tones: [[1320, 70]], vibration: [35] },
    miss: {
        tones: [
            [196, 220],
            [147, 320],
        ],
        vibration: [220, 90, 220],
    },
    wait: {
        tones: [
            [660, 90],
            [660, 90],
        ],
        vibration: [90, 60, 90],
    },
    info: { tones: [], vibration: [] },
};
/** The pause between two tones, in milliseconds. */
const GAP = 60;
const MUTED = "stock_count.muted";

/** Sound and vibration. Neither may ever stop a count. */
export class Feedback {
    constructor() {
        this.muted = browser.localStorage.getItem(MUTED) === "1";
        this.context = null;
    }

    /** @param {"hit"|"miss"|"wait"|"info"} severity */
    signal(severity) {
        const { tones, vibration } = SIGNALS[severity];
        if (vibration.length) {
            browser.navigator.vibrate?.(vibration);
        }
        if (tones.length && !this.muted) {
            this.play(tones);
        }
    }

    /** @param {boolean} muted vibration goes on */
    setMuted(muted) {
        this.muted = muted;
        browser.localStorage.setItem(MUTED, muted ? "1" : "0");
    }

    play(tones) {
        const Context = window.AudioContext;
        try {
            this.context ??= new Context();
            this.context.resume();
            let start = this.context.currentTime;
            for (const [frequency, duration] of tones) {
                beep(this.context, frequency, start, duration / 1000);
                start += (duration + GAP) / 1000;
            }
        } catch {
            // This device has no sound.
        }
    }
}

function beep(context, frequency, start, duration) {
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.type = frequency < 400 ? "sawtooth" : "square";
    oscillator.frequency.value = frequency;
    volume.gain.value = 0.25;
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + duration);
}
