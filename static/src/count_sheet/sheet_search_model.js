import { SearchModel } from "@web/search/search_model";

/**
 * The session of a sheet. When the page is reloaded, only the URL's `active_id` is left.
 *
 * @param {Object} context
 * @returns {number | false}
 */
export function getSessionId(context) {
    return context.count_session_id || context.active_id || false;
}

/** The search of a sheet, which finds lines of the sheet's session only. */
export class CountSheetSearchModel extends SearchModel {
    async load(config) {
        const sessionId = getSessionId(config.context);
        await super.load({
            ...config,
            domain: [["session_id", "=", sessionId]],
            context: { ...config.context, default_session_id: sessionId },
        });
    }

    /**
     * Shows one of the five views instead of the others.
     *
     * @param {string} name such as "view_shortages"
     */
    switchView(name) {
        const items = this.viewItems;
        const others = new Set(items.map((item) => item.id));
        this.query = this.query.filter((element) => !others.has(element.searchItemId));
        this.toggleSearchItem(items.find((item) => item.name === name).id);
    }

    /** @returns {Object[]} the search items of the five views */
    get viewItems() {
        return Object.values(this.searchItems).filter((item) => item.name?.startsWith("view_"));
    }

    /** @returns {string[]} the names of the active views, "view_all" if there is none */
    get activeViews() {
        const active = new Set(this.query.map((element) => element.searchItemId));
        const names = this.viewItems.filter((item) => active.has(item.id)).map(({ name }) => name);
        return names.length ? names : ["view_all"];
    }

    /**
     * Adds facets for records and all records below them.
     *
     * @param {string} fieldName
     * @param {{ id: number, label: string }[]} records
     */
    narrow(fieldName, records) {
        const item = Object.values(this.searchItems).find(
            (item) => item.fieldName === fieldName && item.operator === "child_of"
        );
        for (const { id, label } of records) {
            this.addAutoCompletionValues(item.id, { value: id, label, operator: "child_of" });
        }
    }
}
