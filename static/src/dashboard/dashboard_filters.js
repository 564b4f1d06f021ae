import { browser } from "@web/core/browser/browser";

const FILTERS_KEY = "stock_count.dashboard";

/** @returns {{ warehouse_id?: number, period?: string }} the filters that were chosen last */
export function recallFilters() {
    try {
        return JSON.parse(browser.localStorage.getItem(FILTERS_KEY)) || {};
    } catch {
        return {};
    }
}

/** @param {{ warehouse_id: number, period: string }} filters */
export function rememberFilters(filters) {
    browser.localStorage.setItem(FILTERS_KEY, JSON.stringify(filters));
}
