import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatMoney, formatShare, formatWhole } from "../dashboard_formats";

/** Where the scale of accuracy may begin: at the highest value that shows all steps. */
const FLOORS = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.25, 0];
/** The most labels below the chart, by the size of the screen. */
const LABELS = { small: 5, large: 8 };

/**
 * Accuracy over time as a line in the band of its interval, with shortages and overages as bars below
 * it. A click on a step opens its lines. A step without a count has no point.
 */
export class DashboardTrend extends Component {
    static template = "stock_count.DashboardTrend";
    static props = { steps: Array, currencyId: Number, onOpen: Function };

    get floor() {
        const lows = this.props.steps.filter((s) => s.share !== null).map((s) => s.low);
        return FLOORS.find((floor) => lows.every((low) => low >= floor));
    }

    get scale() {
        const { floor } = this;
        const decimals = Number.isInteger(Math.round(1000 * floor) / 20) ? 0 : 1;
        return [1, (1 + floor) / 2, floor].map((share) => formatShare(share, decimals));
    }

    /** The distance of a share from the top, in percent of the chart's height. */
    toY(share) {
        return (100 * (1 - share)) / (1 - this.floor);
    }

    toX(index) {
        return (100 * (index + 0.5)) / this.props.steps.length;
    }

    /** The runs of neighboring steps with a count; each run is drawn as one line. */
    get runs() {
        const runs = [];
        let run = null;
        this.props.steps.forEach((step, index) => {
            if (step.share === null) {
                run = null;
                return;
            }
            if (!run) {
                runs.push((run = []));
            }
            run.push({ ...step, x: this.toX(index) });
        });
        return runs;
    }

    get lines() {
        return this.runs.map((run) => run.map((s) => `${s.x},${this.toY(s.share)}`).join(" "));
    }

    get bands() {
        return this.runs.map((run) =>
            [
                ...run.map((step) => `${step.x},${this.toY(step.high)}`),
                ...run.toReversed().map((step) => `${step.x},${this.toY(step.low)}`),
            ].join(" ")
        );
    }

    get columns() {
        const { steps } = this.props;
        const most = Math.max(...steps.map((s) => Math.max(s.shortage, s.overage)));
        const every = Math.ceil(steps.length / LABELS[this.env.isSmall ? "small" : "large"]);
        return steps.map((step, index) => ({
            key: step.key,
            isCounted: step.share !== null,
            title: this.describe(step),
            label: index % every ? "" : step.label,
            y: step.share === null ? 0 : this.toY(step.share),
            low: step.share === null ? 0 : this.toY(step.low),
            high: step.share === null ? 0 : this.toY(step.high),
            shortage: most ? (100 * step.shortage) / most : 0,
            overage: most ? (100 * step.overage) / most : 0,
        }));
    }

    /** A step in words, for a pointer, a screen reader or a long press. */
    describe(step) {
        const days = step.first === step.last ? step.first : `${step.first} – ${step.last}`;
        if (step.share === null) {
            return _t("%s: nothing was posted", days);
        }
        const money = (value) => formatMoney(value, this.props.currencyId);
        return _t(
            "%(days)s: %(share)s accurate (%(low)s to %(high)s) of %(counted)s lines;" +
                " shortages %(shortage)s, overages %(overage)s",
            {
                days,
                share: formatShare(step.share),
                low: formatShare(step.low),
                high: formatShare(step.high),
                counted: formatWhole(step.counted),
                shortage: money(step.shortage),
                overage: money(step.overage),
            }
        );
    }
}
