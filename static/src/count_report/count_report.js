import { _t } from "@web/core/l10n/translation";
import { Layout } from "@web/search/layout";
import { Pager } from "@web/core/pager/pager";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Component, onMounted, onWillStart, useState } from "@odoo/owl";

/** Rows of a page. */
const PAGE = 80;
/** The longest text that is never broken into lines. */
const SHORT = 12;

/** A count report on screen: its sums, and its rows a page at a time. */
export class CountReport extends Component {
    static template = "stock_count.CountReport";
    static components = { Layout, Pager };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ screen: null, rows: [], offset: 0, limit: PAGE, order: "" });
        onWillStart(() => this.load());
        onMounted(() => this.keepInAddress());
    }

    //---- Data ----

    /** The model of the report. After a reload of the page it comes from the address. */
    get report() {
        return this.props.action.params?.report;
    }

    /** The values of the report's dialog; from the address they come as text. */
    get filters() {
        const { filters } = this.props.action.params || {};
        return typeof filters === "string" ? JSON.parse(filters) : filters || {};
    }

    async load() {
        const [screen, rows] = await Promise.all([
            this.orm.call(this.report, "get_screen", [this.filters]),
            this.readRows(),
        ]);
        Object.assign(this.state, { screen, rows });
        this.env.config.setDisplayName(screen.title);
    }

    /** Keeps report and filters over a reload of the page. */
    keepInAddress() {
        const filters = JSON.stringify(this.filters);
        this.props.updateActionState?.({ report: this.report, filters });
    }

    readRows() {
        const { offset, limit, order } = this.state;
        return this.orm.call(this.report, "get_rows", [this.filters, offset, limit, order]);
    }

    async reload() {
        this.state.rows = await this.keepLast.add(this.readRows());
    }

    //---- Handlers ----

    onPage({ offset, limit }) {
        Object.assign(this.state, { offset, limit });
        return this.reload();
    }

    onSort(column) {
        if (column.order) {
            const order = this.state.order === column.key ? `-${column.key}` : column.key;
            Object.assign(this.state, { order, offset: 0 });
            return this.reload();
        }
    }

    async onOpen(row) {
        if (this.state.screen.opens && row.id) {
            this.action.doAction(await this.orm.call(this.report, "action_open_row", [row.id]));
        }
    }

    async onFile(method) {
        this.action.doAction(await this.orm.call(this.report, method, [this.filters]));
    }

    onFilters() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: this.state.screen.title,
            res_model: "stock.count.report.wizard",
            views: [[false, "form"]],
            target: "new",
            context: { default_report: this.report },
        });
    }

    //---- Getters ----

    get empty() {
        return _t("The filters leave nothing to report.");
    }

    /** Numbers and codes would otherwise break at their dashes. */
    isShort(cell) {
        return cell.length <= SHORT;
    }

    sortIcon(column) {
        const { order } = this.state;
        if (order === column.key) {
            return "fa-sort-asc";
        }
        return order === `-${column.key}` ? "fa-sort-desc" : "fa-sort text-muted opacity-50";
    }
}

registry.category("actions").add("stock_count.report", CountReport);
