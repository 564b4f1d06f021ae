/** A clock that is off by more than this is shown to the user, in milliseconds. */
const NOTABLE_OFFSET = 2 * 60 * 1000;

/**
 * The device's clock and its offset from the server's clock.
 *
 * Entries carry the device's time of counting and the device's time of sending. The server corrects
 * the one by the other, so a wrong clock never has to be set right here.
 */
export class Clock {
    /** How far the server is ahead of the device, in milliseconds. */
    offset = 0;

    /**
     * Formats a time as the server reads it: UTC, with fractions of a second.
     *
     * @param {Date} [date] now by default
     * @returns {string} such as "2026-01-31 14:05:00.123"
     */
    format(date = new Date()) {
        return date.toISOString().replace("T", " ").replace("Z", "");
    }

    /**
     * Computes the offset from the time in an answer of the server.
     *
     * @param {string} serverNow
     * @param {number} [received] when the answer arrived, as of Date.now()
     * @returns {boolean} whether the device's clock is notably wrong
     */
    learn(serverNow, received = Date.now()) {
        const server = Date.parse(toIso(serverNow));
        if (!Number.isNaN(server)) {
            this.offset = server - received;
        }
        return this.isWrong;
    }

    get isWrong() {
        return Math.abs(this.offset) > NOTABLE_OFFSET;
    }
}

/**
 * Turns a time of Odoo into ISO 8601. Odoo's times have no "T" and no zone, and are UTC.
 *
 * @param {string} text
 * @returns {string}
 */
export function toIso(text) {
    const iso = String(text).replace(" ", "T");
    return /Z$|[+-]\d\d:?\d\d$/.test(iso) ? iso : `${iso}Z`;
}
