import { _t } from "@web/core/l10n/translation";
import { formatMoney, formatShare, formatWhole } from "./dashboard_formats";

/**
 * The figures of the dashboard in words, as props of DashboardTile.
 *
 * @typedef {{ label: string, value: string, text: string, more: string, help: string,
 *   bar?: number | null, change?: Object | null, isAlarm?: boolean, isDisabled?: boolean }} Tile
 */

/**
 * @param {Object} data of read_dashboard
 * @param {Object | null} coverage of read_coverage, null while it is being loaded
 * @returns {{ accuracy: Tile, coverage: Tile, overdue: Tile, shrinkage: Tile }}
 */
export function makeTiles({ accuracy, work, shrinkage, currency_id }, coverage) {
    return {
        accuracy: makeAccuracyTile(accuracy),
        coverage: makeCoverageTile(coverage),
        overdue: makeOverdueTile(work),
        shrinkage: makeShrinkageTile(shrinkage, currency_id),
    };
}

function makeAccuracyTile({ share, low, high, counted, previous }) {
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
        change: describeChange(share, previous),
        isDisabled: !counted,
        help: _t("Counted lines without a variance, or within their tolerance"),
    };
}

/** The change against the days before, in percentage points; null without one of the shares. */
function describeChange(share, previous) {
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

function makeCoverageTile(coverage) {
    const label = _t("Coverage");
    if (!coverage) {
        const text = _t("Looking at all stock…");
        return { label, value: "…", text, more: "", help: text, isDisabled: true };
    }
    const { places, counted, share } = coverage;
    return {
        label,
        value: formatShare(share, 0),
        text: describeCoverage(places, counted),
        more: places > counted ? _t("%s not counted", formatWhole(places - counted)) : "",
        bar: share,
        isDisabled: places === counted,
        help: _t("A place is a product at a location"),
    };
}

function describeCoverage(places, counted) {
    return places
        ? _t("%(counted)s of %(places)s places with stock were counted", {
              counted: formatWhole(counted),
              places: formatWhole(places),
          })
        : _t("There is no stock to count");
}

function makeOverdueTile({ overdue, days_late, overdue_lines }) {
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

function makeShrinkageTile({ lines, shortage, overage, net, share }, currencyId) {
    const money = (value) => formatMoney(value, currencyId);
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
