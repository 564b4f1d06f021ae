/** Dates as GS1 writes them: YYMMDD. The twin of domain/codes/dates.py. */

import { isDigits } from "./gtin";

/** The year of two digits (General Specifications, 7.12): up to 50 ahead of now and 49 back. */
export function fullYear(yy, now) {
    const century = now - (now % 100);
    const ahead = yy - (now % 100);
    if (ahead >= 51) {
        return century - 100 + yy;
    }
    return ahead <= -50 ? century + 100 + yy : century + yy;
}

/**
 * @param {string} text YYMMDD; day 00 is the last day of its month
 * @param {number} now the year of today
 * @returns {string | undefined} the day as 2027-12-31, undefined for one that is none
 */
export function readDay(text, now) {
    if (text.length !== 6 || !isDigits(text)) {
        return undefined;
    }
    const year = fullYear(Number(text.slice(0, 2)), now);
    const month = Number(text.slice(2, 4));
    const day = Number(text.slice(4));
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    if (month < 1 || month > 12 || day > last) {
        return undefined;
    }
    const pad = (number) => String(number).padStart(2, "0");
    return `${year}-${pad(month)}-${pad(day || last)}`;
}
