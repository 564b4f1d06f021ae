import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DashboardBars } from "../dashboard_bars/dashboard_bars";
import { recallFilters, rememberFilters } from "../dashboard_filters";
import { formatWhole } from "../dashboard_formats";
import { makeAgeRows, makeProblemLists, makeWorkRows } from "../dashboard_rows";
import { DashboardTile } from "../dashboard_tile/dashboard_tile";
import { makeTiles } from "../dashboard_tiles";
import { DashboardTrend } from "../dashboard_trend/dashboard_trend";

/** The accuracy of the inventory record, and the open work. Each figure opens its records. */
export class CountDashboard extends Component {
    static template = "stock_count.CountDashboard";
    static components = { DashboardBars, DashboardTile, DashboardTrend, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.lastLoad = new KeepLast();
        this.lastCoverage = new KeepLast();
        this.state = useState({ data: null, coverage: null, isLoading: false });
        onWillStart(() => this.loadRemembered());
    }

    // --- Data ---

    /** Loads with the filters of the last time. Their warehouse may not exist any more. */
    async loadRemembered() {
        const remembered = recallFilters();
        try {
            await this.load(remembered);
        } catch (error) {
            if (!remembered.warehouse_id) {
                throw error;
            }
            await this.load({});
        }
    }

    async load(filters) {
        this.state.isLoading = true;
        try {
            const data = await this.lastLoad.add(
                this.orm.call("stock.count.dashboard", "read_dashboard", [filters])
            );
            this.loadCoverage(filters);
            this.state.data = data;
        } finally {
            this.state.isLoading = false;
        }
    }

    /** Coverage takes longer than the rest, because it looks at all stock. */
    async loadCoverage(filters) {
        this.state.coverage = null;
        this.state.coverage = await this.lastCoverage.add(
            this.orm.call("stock.count.dashboard", "read_coverage", [filters])
        );
    }

    get filters() {
        const { warehouse_id, period } = this.state.data.filters;
        return { warehouse_id, period };
    }

    // --- Handlers ---

    onWarehouse(ev) {
        return this.narrow({ warehouse_id: Number(ev.target.value) });
    }

    onPeriod(ev) {
        return this.narrow({ period: ev.target.value });
    }

    async narrow(changed) {
        const filters = { ...this.filters, ...changed };
        rememberFilters(filters);
        await this.load(filters);
    }

    /** Opens the records of a figure, or of one of its rows. */
    async onOpen(figure, key = null) {
        const action = await this.orm.call("stock.count.dashboard", "open_records", [
            figure,
            this.filters,
            key,
        ]);
        return this.action.doAction(action);
    }

    onRunCount() {
        return this.action.doAction("stock_count.stock_count_create_action");
    }

    // --- Getters ---

    get isEmpty() {
        const { accuracy, work } = this.state.data;
        return !accuracy.counted && !work.open;
    }

    get isAllAccurate() {
        return this.state.data.accuracy.share === 1;
    }

    get tiles() {
        return makeTiles(this.state.data, this.state.coverage);
    }

    get workRows() {
        return makeWorkRows(this.state.data.work);
    }

    get linesLeft() {
        return _t("%s lines left to count", formatWhole(this.state.data.work.lines_left));
    }

    get ageRows() {
        return makeAgeRows(this.state.data.exceptions.ages);
    }

    get lateExceptions() {
        return _t("%s past their deadline", formatWhole(this.state.data.exceptions.late));
    }

    get problemLists() {
        const { problems, currency_id } = this.state.data;
        return makeProblemLists(problems, currency_id);
    }
}

registry.category("actions").add("stock_count_dashboard", CountDashboard);
