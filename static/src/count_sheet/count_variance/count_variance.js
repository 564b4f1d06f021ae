import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { roundDecimals } from "@web/core/utils/numbers";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

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
export function getVariance({ data, dirty, fields }) {
    if (!data.is_counted) {
        return null;
    }
    if (!dirty) {
        return data.variance_qty;
    }
    const variance = data.found_qty - data.expected_qty - data.corrected_qty;
    return roundDecimals(variance, fields.variance_qty?.digits?.[1] ?? 2);
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

    get isMoney() {
        return this.props.record.fields[this.props.name].type === "monetary";
    }

    get value() {
        const { data, dirty } = this.props.record;
        const variance = getVariance(this.props.record);
        if (variance === null || !this.isMoney) {
            return variance;
        }
        return dirty ? variance * data.unit_cost : data[this.props.name];
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
    ],
};

registry.category("fields").add("count_variance", countVarianceField);
