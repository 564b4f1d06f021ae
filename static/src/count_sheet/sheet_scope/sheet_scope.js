import { Component } from "@odoo/owl";
import { RecordAutocomplete } from "@web/core/record_selectors/record_autocomplete";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** Fields that narrow the sheet by location, category or supplier. Each choice becomes a facet. */
export class SheetScope extends Component {
    static template = "stock_count.SheetScope";
    static components = { RecordAutocomplete };
    static props = { warehouseId: Number };

    setup() {
        this.nameService = useService("name");
    }

    get selectors() {
        return [
            {
                name: "location_id",
                resModel: "stock.location",
                placeholder: _t("Location…"),
                domain: [["warehouse_id", "=", this.props.warehouseId]],
            },
            { name: "categ_id", resModel: "product.category", placeholder: _t("Category…") },
            { name: "seller_id", resModel: "res.partner", placeholder: _t("Supplier…") },
        ];
    }

    async onChoose({ name, resModel }, ids) {
        const labels = await this.nameService.loadDisplayNames(resModel, ids);
        const records = ids.map((id) => ({ id, label: labels[id] }));
        this.env.searchModel.narrow(name, records);
    }
}
