import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { ViewButton } from "@web/views/view_button/view_button";

/**
 * What a person should know about a line: why it was not posted, or which transfer would explain
 * it, with the two readings as buttons.
 */
export class CountRemarkField extends Component {
    static template = "stock_count.CountRemarkField";
    static components = { ViewButton };
    static props = { ...standardFieldProps };

    get problem() {
        return this.props.record.data[this.props.name];
    }

    get isHeld() {
        return this.props.record.data.state === "held";
    }

    get explanation() {
        return this.props.record.data.hold_text;
    }

    get readings() {
        const isMissing = this.props.record.data.variance_qty < 0;
        return [
            {
                name: "action_accept_transfer",
                string: _t("Explained"),
                title: _t("The transfer explains it: nothing is posted for this line"),
            },
            {
                name: "action_accept_variance",
                string: isMissing ? _t("Really missing") : _t("Really there"),
                title: isMissing
                    ? _t("It is really missing: post the shortage")
                    : _t("It is really there: post the overage"),
            },
        ];
    }
}

export const countRemarkField = {
    component: CountRemarkField,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "hold_text", type: "char", readonly: true },
        { name: "variance_qty", type: "float", readonly: true },
    ],
};

registry.category("fields").add("count_remark", countRemarkField);
