import { _t } from "@web/core/l10n/translation";
import { formatMoney, formatShare, formatWhole } from "./dashboard_formats";

/**
 * @param {Object} work of read_dashboard
 * @returns {{ key: string, label: string, icon: string, count: number }[]}
 */
export function makeWorkRows(work) {
    const rows = [
        ["open", _t("Open counts"), "fa-folder-open-o"],
        ["pending", _t("Waiting for approval"), "fa-check-square-o"],
        ["held", _t("With held lines"), "fa-hand-paper-o"],
    ];
    return rows.map(([key, label, icon]) => ({ key, label, icon, count: work[key] }));
}

/**
 * The open exceptions by age, as rows of DashboardBars.
 *
 * @param {{ key: string, label: string, count: number }[]} ages of read_dashboard
 * @returns {Object[]}
 */
export function makeAgeRows(ages) {
    const most = Math.max(1, ...ages.map((age) => age.count));
    return ages.map(({ key, label, count }) => ({
        key,
        name: label,
        text: formatWhole(count),
        bar: count / most,
        isDisabled: !count,
    }));
}

/**
 * What differed most, as lists of rows of DashboardBars.
 *
 * @param {Object} problems of read_dashboard
 * @param {number} currencyId
 * @returns {{ kind: string, title: string, rows: Object[] }[]}
 */
export function makeProblemLists(problems, currencyId) {
    return [
        { kind: "location", title: _t("Problem locations") },
        { kind: "item", title: _t("Problem items") },
        { kind: "category", title: _t("Problem categories") },
        { kind: "reason", title: _t("Reasons given"), isPareto: true },
        { kind: "cause", title: _t("Probable causes"), isPareto: true },
    ].map((list) => ({
        ...list,
        rows: problems[list.kind].map((row) => describeProblem(row, list.isPareto, currencyId)),
    }));
}

/** A row of a Pareto list also shows the share of all rows up to this one. */
function describeProblem({ key, name, value, lines, bar, cumulative }, isPareto, currencyId) {
    const count = lines === 1 ? _t("1 line") : _t("%s lines", formatWhole(lines));
    const more =
        isPareto && cumulative !== null
            ? _t("%(lines)s · together %(share)s", {
                  lines: count,
                  share: formatShare(cumulative, 0),
              })
            : count;
    return { key, name, text: formatMoney(value, currencyId), more, bar };
}
