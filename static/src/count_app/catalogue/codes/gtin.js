/** Numbers with a check digit: GTIN, SSCC and GLN. The twin of domain/codes/gtin.py. */

export const LENGTHS = [8, 12, 13, 14];

export function isDigits(text) {
    return /^[0-9]+$/.test(text);
}

/** @returns {string} the digit that belongs behind these */
export function checkDigit(digits) {
    let sum = 0;
    for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) {
        sum += weight * Number(digits[i]);
    }
    return String((10 - (sum % 10)) % 10);
}

/** Whether a number of digits ends with the right check digit. */
export function isChecked(digits) {
    return isDigits(digits) && checkDigit(digits.slice(0, -1)) === digits.at(-1);
}

/** @returns {string | undefined} the GTIN-14 of a UPC-E with number system and check digit */
export function expandUpcE(digits) {
    if (!/^[01][0-9]{7}$/.test(digits)) {
        return undefined;
    }
    const full = `00${digits[0]}${expandBody(digits.slice(1, 7))}${digits[7]}`;
    return isChecked(full) ? full : undefined;
}

function expandBody(body) {
    const last = body[5];
    switch (last) {
        case "0":
        case "1":
        case "2":
            return `${body.slice(0, 2)}${last}0000${body.slice(2, 5)}`;
        case "3":
            return `${body.slice(0, 3)}00000${body.slice(3, 5)}`;
        case "4":
            return `${body.slice(0, 4)}00000${body[4]}`;
        default:
            return `${body.slice(0, 5)}0000${last}`;
    }
}
