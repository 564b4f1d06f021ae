/**
 * Converts the measures of codes into the units of items. The twin of models/codes/measures.py.
 */
export class Measures {
    /**
     * @param {{ units: Object<string, [number, number][]>, digits: number }} measures for each unit
     *   of a code, pairs of a root unit and how many of it that is; and the decimals of a quantity
     * @param {import("./table").Table} uoms
     */
    constructor({ units, digits } = { units: {}, digits: 2 }, uoms) {
        this.units = units;
        this.scale = 10 ** digits;
        this.uoms = uoms;
        this.roots = new Set(Object.values(units).flatMap((pairs) => pairs.map(([root]) => root)));
    }

    /** Whether an item's unit is a weight, length, area or volume. */
    isMeasured({ uom_id }) {
        return this.roots.has(this.uoms.get(uom_id)?.root_id);
    }

    /**
     * @param {Object} product
     * @param {number} value
     * @param {string} unit of the code, such as "kg"
     * @returns {number | undefined} in the item's unit; undefined where that is of another kind
     */
    convert({ uom_id }, value, unit) {
        const own = this.uoms.get(uom_id);
        const pair = (this.units[unit] || []).find(([root]) => root === own?.root_id);
        return pair && Math.floor(((value * pair[1]) / own.factor) * this.scale + 0.5) / this.scale;
    }
}
