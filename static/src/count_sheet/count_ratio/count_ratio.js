import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { NO_ALLOWANCE } from "../../const";
import { describeTolerance } from "../count_variance/count_variance";

/** How many times its tolerance a variance is, with an icon if it is over (A2). */
export class CountRatioField extends Component {
    static template = "stock_count.CountRatioField";
    static props = { ...standardFieldProps };

    get ratio() {
        return this.props.record.data[this.props.name];
    }

    get isOver() {
        return this.ratio > 1;
    }

    get text() {
        const hasRatio = this.ratio && this.ratio < NO_ALLOWANCE;
        const ratio = hasRatio ? `${formatFloat(this.ratio, { digits: [16, 1] })} ×` : _t("none");
        return this.ratio ? ratio : "";
    }

    get title() {
        return describeTolerance({ data: { tolerance_ratio: this.ratio } });
    }
}

registry.category("fields").add("count_ratio", {
    component: CountRatioField,
    supportedTypes: ["float"],
});
