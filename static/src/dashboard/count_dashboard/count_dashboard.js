import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DashboardBars } from "../dashboard_bars/dashboard_bars";
import { DashboardTile } from "../dashboard_tile/dashboard_tile";
import { DashboardTrend } from "../dashboard_trend/dashboard_trend";
import { formatMoney, formatShare, formatWhole } from "../dashboard_formats";

const FILTERS_KEY = "stock_count.dashboard";

/** How good the inventory record is, and what needs doing; each figure opens its records. */
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

    //--------------------------------------------------------------------------
    // Data
    //--------------------------------------------------------------------------

    /** Starts with what was chosen last; a warehouse may have gone meanwhile. */
    async loadRemembered() {
        const remembered = this.recallFilters();
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

    /** Coverage looks at all stock there is: the rest does not wait for it. */
    async loadCoverage(filters) {
        this.state.coverage = null;
        this.state.coverage = await this.lastCoverage.add(
            this.orm.call("stock.count.dashboard", "read_coverage", [filters])
        );
    }

    recallFilters() {
        try {
            return JSON.parse(browser.localStorage.getItem(FILTERS_KEY)) || {};
        } catch {
            return {};
        }
    }

    get filters() {
        const { warehouse_id, period } = this.state.data.filters;
        return { warehouse_id, period };
    }

    //--------------------------------------------------------------------------
    // Handlers
    //--------------------------------------------------------------------------

    onWarehouse(ev) {
        return this.narrow({ warehouse_id: Number(ev.target.value) });
    }

    onPeriod(ev) {
        return this.narrow({ period: ev.target.value });
    }

    async narrow(changed) {
        const filters = { ...this.filters, ...changed };
        browser.localStorage.setItem(FILTERS_KEY, JSON.stringify(filters));
        await this.load(filters);
    }

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

    //--------------------------------------------------------------------------
    // Getters
    //--------------------------------------------------------------------------

    get isEmpty() {
        const { accuracy, work } = this.state.data;
        return !accuracy.counted && !work.open;
    }

    get isAllAccurate() {
        return this.state.data.accuracy.share === 1;
    }

    get accuracyTile() {
        const { share, low, high, counted, previous } = this.state.data.accuracy;
        return {
            label: _t("Record accuracy"),
            value: formatShare(share),
            text: counted
                ? _t("95% sure: %(low)s to %(high)s", {
                      low: formatShare(low),
                      high: formatShare(high),
                  })
                : _t("Nothing was posted in this period"),
            more: counted ? _t("%s lines counted", formatWhole(counted)) : "",
            change: this.describeChange(share, previous),
            isDisabled: !counted,
            help: _t("Counted lines without a variance, or within their tolerance"),
        };
    }

    /** The difference to the days before, in points of a percent. */
    describeChange(share, previous) {
        if (share === null || previous === null) {
            return null;
        }
        const points = Math.round(1000 * (share - previous)) / 10;
        const size = formatWhole(Math.abs(points), 1);
        return {
            way: Math.sign(points),
            isGood: points >= 0,
            size,
            text: _t("%s points against the days before", size),
        };
    }

    get coverageTile() {
        const label = _t("Coverage");
        if (!this.state.coverage) {
            const text = _t("Looking at all stock…");
            return { label, value: "…", text, more: "", help: text, isDisabled: true };
        }
        const { places, counted, share } = this.state.coverage;
        return {
            label,
            value: formatShare(share, 0),
            text: places
                ? _t("%(counted)s of %(places)s places with stock were counted", {
                      counted: formatWhole(counted),
                      places: formatWhole(places),
                  })
                : _t("There is no stock to count"),
            more: places > counted ? _t("%s not counted", formatWhole(places - counted)) : "",
            bar: share,
            isDisabled: places === counted,
            help: _t("A place is a product at a location"),
        };
    }

    get overdueTile() {
        const { overdue, days_late, overdue_lines } = this.state.data.work;
        return {
            label: _t("Overdue counts"),
            value: formatWhole(overdue),
            text: overdue
                ? _t("The oldest is %s days late", formatWhole(days_late))
                : _t("No count is late"),
            more: overdue ? _t("%s lines left to count", formatWhole(overdue_lines)) : "",
            isAlarm: Boolean(overdue),
            isDisabled: !overdue,
            help: _t("Open counts whose due date has passed"),
        };
    }

    get shrinkageTile() {
        const { lines, shortage, overage, net, share } = this.state.data.shrinkage;
        const money = (value) => formatMoney(value, this.state.data.currency_id);
        return {
            label: _t("Shrinkage"),
            value: money(shortage),
            text: lines
                ? _t("Overages %(overage)s, net %(net)s", {
                      overage: money(overage),
                      net: money(net),
                  })
                : _t("Nothing differed in this period"),
            more: share === null ? "" : _t("%s of what was expected", formatShare(share, 2)),
            isDisabled: !lines,
            help: _t("The value of posted shortages"),
        };
    }

    get workRows() {
        const { work } = this.state.data;
        const rows = [
            ["open", _t("Open counts"), "fa-folder-open-o"],
            ["pending", _t("Waiting for approval"), "fa-check-square-o"],
            ["held", _t("With held lines"), "fa-hand-paper-o"],
        ];
        return rows.map(([key, label, icon]) => ({ key, label, icon, count: work[key] }));
    }

    get linesLeft() {
        return _t("%s lines left to count", formatWhole(this.state.data.work.lines_left));
    }

    get ageRows() {
        const { ages } = this.state.data.exceptions;
        const most = Math.max(1, ...ages.map((age) => age.count));
        return ages.map(({ key, label, count }) => ({
            key,
            name: label,
            text: formatWhole(count),
            bar: count / most,
            isDisabled: !count,
        }));
    }

    get lateExceptions() {
        return _t("%s past their deadline", formatWhole(this.state.data.exceptions.late));
    }

    get problemLists() {
        const { problems } = this.state.data;
        return [
            { kind: "location", title: _t("Problem locations") },
            { kind: "item", title: _t("Problem items") },
            { kind: "category", title: _t("Problem categories") },
            { kind: "reason", title: _t("Reasons given"), isPareto: true },
            { kind: "cause", title: _t("Probable causes"), isPareto: true },
        ].map((list) => ({
            ...list,
            rows: problems[list.kind].map((row) => this.describeProblem(row, list.isPareto)),
        }));
    }

    describeProblem(row, isPareto) {
        const value = formatMoney(row.value, this.state.data.currency_id);
        const lines = row.lines === 1 ? _t("1 line") : _t("%s lines", formatWhole(row.lines));
        return {
            key: row.key,
            name: row.name,
            text: value,
            more:
                isPareto && row.cumulative !== null
                    ? _t("%(lines)s · together %(share)s", {
                          lines,
                          share: formatShare(row.cumulative, 0),
                      })
                    : lines,
            bar: row.bar,
        };
    }
}

registry.category("actions").add("stock_count_dashboard", CountDashboard);
