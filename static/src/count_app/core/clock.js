/** From here on a wrong clock is worth a word, milliseconds. */
const NOTABLE = 2 * 60 * 1000;

/**
 * The device's clock, and how far the server's is from it. Entries tell the device's time and when
 * they were sent by the same clock, so the server sets them right; people are told.
 */
export class Clock {
    offset = 0;

    /** A time as entries tell it: UTC, with parts of a second. */
    tell(date = new Date()) {
        return date.toISOString().replace("T", " ").replace("Z", "");
    }

    /** Learns from an answer of the server how late or early the device is. */
    learn(serverNow, received = Date.now()) {
        const server = Date.parse(toIso(serverNow));
        if (!Number.isNaN(server)) {
            this.offset = server - received;
        }
        return this.isWrong;
    }

    get isWrong() {
        return Math.abs(this.offset) > NOTABLE;
    }
}

/** Odoo's times have neither T nor zone, and are UTC. */
export function toIso(text) {
    const iso = String(text).replace(" ", "T");
    return /Z$|[+-]\d\d:?\d\d$/.test(iso) ? iso : `${iso}Z`;
}
