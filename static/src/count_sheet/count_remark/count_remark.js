import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What a person should know about a line: why it was not posted, or what would explain it. */
export class CountRemarkField extends Component {
    static template = "stock_count.CountRemarkField";
    static props = { ...standardFieldProps };

    get problem() {
        return this.props.record.data[this.props.name];
    }

    get explanation() {
        const { state, hold_text } = this.props.record.data;
        return state === "held" ? hold_text : "";
    }
}

export const countRemarkField = {
    component: CountRemarkField,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "hold_text", type: "char", readonly: true },
    ],
};

registry.category("fields").add("count_remark", countRemarkField);
