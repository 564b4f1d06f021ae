import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CountJob } from "./count_job";

/** The background job of a record in its form. The form is loaded again when the job ends. */
export class CountJobWidget extends Component {
    static template = "stock_count.CountJobWidget";
    static components = { CountJob };
    static props = standardWidgetProps;

    get sessionId() {
        return this.props.record.resId;
    }

    get model() {
        return this.props.record.resModel;
    }

    async onChange() {
        // A reload would discard what the user is typing.
        if (!this.props.record.dirty) {
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("count_job", { component: CountJobWidget });
