import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { roundDecimals } from "@web/core/utils/numbers";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The ratio of a variance where none is allowed, as domain/tolerance.py has it. */
export const NO_ALLOWANCE = 999;
const ICONS = { shortage: "fa-caret-down", overage: "fa-caret-up", match: "fa-check" };

/**
 * How a line stands: "uncounted", "match", "shortage" or "overage". One answer for the colour of
 * the row, the icon and the sign.
 */
export function getStanding(record) {
    const variance = getVariance(record);
    if (variance === null) {
        return "uncounted";
    }
    return variance < 0 ? "shortage" : variance > 0 ? "overage" : "match";
}

/** The variance as it will be: computed here while somebody types, the server's otherwise. */
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

/** Whether the server found that a variance uses more than its tolerance. */
export function isOverTolerance({ data, dirty, isUnsent = dirty }) {
    return Boolean(data.is_counted) && !isUnsent && data.tolerance_ratio > 1;
}

/** How much of its tolerance a variance uses, in words; without any allowance there is no ratio. */
export function describeTolerance({ data }) {
    return data.tolerance_ratio < NO_ALLOWANCE
        ? _t("%s × tolerance", formatFloat(data.tolerance_ratio, { digits: [16, 1] }))
        : _t("No tolerance");
}

/** A variance in units or in money, with a sign and an icon so that colour is never alone. */
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
