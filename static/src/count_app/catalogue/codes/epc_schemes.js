// Written by dev/code_tables from domain/codes/epc_schemes.json: change that file.
export const PREFIX_BITS = [40, 37, 34, 30, 27, 24, 20];
export const FIELDS = ["name", "bits", "second_bits", "second_digits", "serial_bits", "letters"];
export const ROWS = {
    30: ["sgtin", 96, 44, 13, 38, false],
    36: ["sgtin", 198, 44, 13, 140, true],
    31: ["sscc", 96, 58, 17, 0, false],
    32: ["sgln", 96, 41, 12, 41, false],
    39: ["sgln", 195, 41, 12, 140, true],
    33: ["grai", 96, 44, 12, 38, false],
    37: ["grai", 170, 44, 12, 112, true],
    34: ["giai", 96, 82, 0, 0, false],
    38: ["giai", 202, 188, 0, 0, true],
};
