import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { roundDecimals } from "@web/core/utils/numbers";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { NO_ALLOWANCE } from "../../const";

const ICONS = { shortage: "fa-caret-down", overage: "fa-caret-up", match: "fa-check" };

/**
 * The standing of a line. It decides the color of the row, the icon and the sign.
 *
 * @param {Object} record
 * @returns {"uncounted"|"match"|"shortage"|"overage"}
 */
export function getStanding(record) {
    const variance = getVariance(record);
    if (variance === null) {
        return "uncounted";
    }
    return variance < 0 ? "shortage" : variance > 0 ? "overage" : "match";
}

/**
 * The variance of a line: of an unsaved quantity computed here, otherwise the server's.
 *
 * @param {Object} record
 * @returns {number | null} null if the line is not counted
 */
export function getVariance({ data, dirty, fields, isUnsent = dirty }) {
    if (!data.is_counted) {
        return null;
    }
    if (!isUnsent) {
        return data.variance_qty;
    }
    const variance = data.found_qty - data.expected_qty - data.corrected_qty;
    return roundDecimals(variance, fields.variance_qty?.digits?.[1] ?? 2);
}

/**
 * Whether the variance is over its tolerance. Of an unsaved quantity that is not known yet.
 *
 * @param {Object} record
 * @returns {boolean}
 */
export function isOverTolerance({ data, dirty, isUnsent = dirty }) {
    return Boolean(data.is_counted) && !isUnsent && data.tolerance_ratio > 1;
}

/**
 * How many times its tolerance a variance is, in words.
 *
 * @param {{ data: { tolerance_ratio: number } }} record
 * @returns {string}
 */
export function describeTolerance({ data }) {
    return data.tolerance_ratio < NO_ALLOWANCE
        ? _t("%s × tolerance", formatFloat(data.tolerance_ratio, { digits: [16, 1] }))
        : _t("No tolerance");
}

/** A variance in units or in money. Sign and icon say the same as the color. */
export class CountVarianceField extends Component {
    static template = "stock_count.CountVarianceField";
    static props = { ...standardFieldProps };

    get standing() {
        return getStanding(this.props.record);
    }

    get icon() {
        return ICONS[this.standing];
    }

    get isOver() {
        return !this.isMoney && isOverTolerance(this.props.record);
    }

    get tolerance() {
        return describeTolerance(this.props.record);
    }

    get isMoney() {
        return this.props.record.fields[this.props.name].type === "monetary";
    }

    get value() {
        const { data, dirty, isUnsent = dirty } = this.props.record;
        const variance = getVariance(this.props.record);
        if (variance === null || !this.isMoney) {
            return variance;
        }
        return isUnsent ? variance * data.unit_cost : data[this.props.name];
    }

    get text() {
        const { value } = this;
        if (value === null) {
            return "";
        }
        const { data, fields } = this.props.record;
        const sign = value > 0 ? "+" : value < 0 ? "-" : "";
        const size = Math.abs(value);
        return this.isMoney
            ? sign + formatMonetary(size, { currencyId: data.currency_id?.id })
            : sign + formatFloat(size, { field: fields[this.props.name], trailingZeros: false });
    }
}

export const countVarianceField = {
    component: CountVarianceField,
    supportedTypes: ["float", "monetary"],
    fieldDependencies: [
        { name: "is_counted", type: "boolean" },
        { name: "found_qty", type: "float" },
        { name: "expected_qty", type: "float", readonly: true },
        { name: "corrected_qty", type: "float", readonly: true },
        { name: "unit_cost", type: "float", readonly: true },
        { name: "tolerance_ratio", type: "float", readonly: true },
    ],
};

registry.category("fields").add("count_variance", countVarianceField);
