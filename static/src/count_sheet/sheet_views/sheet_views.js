import { Component } from "@odoo/owl";
import { useBus } from "@web/core/utils/hooks";

/** The five views of a sheet as tabs, with their numbers of lines. */
export class SheetViews extends Component {
    static template = "stock_count.SheetViews";
    static props = { counts: Object };

    setup() {
        useBus(this.env.searchModel, "update", () => this.render());
    }

    get views() {
        const active = this.env.searchModel.activeViews;
        return this.env.searchModel.viewItems.map(({ name, description }) => ({
            name,
            description,
            count: this.props.counts[name.replace("view_", "")],
            isActive: active.includes(name),
        }));
    }

    onSwitch(name) {
        this.env.searchModel.switchView(name);
    }
}
