import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CountJob } from "./count_job";

/** The background work of a count in its form, which is loaded again when it has ended. */
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
        // What somebody is typing is not thrown away for new numbers.
        if (!this.props.record.dirty) {
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("count_job", { component: CountJobWidget });
