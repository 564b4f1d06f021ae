import { SearchModel } from "@web/search/search_model";

/** The session that a sheet is opened for. After a reload only the URL's active_id is left. */
export function getSessionId(context) {
    return context.count_session_id || context.active_id || false;
}

/** Every search of a sheet stays in its session, also after a reload of the page. */
export class CountSheetSearchModel extends SearchModel {
    async load(config) {
        const sessionId = getSessionId(config.context);
        await super.load({
            ...config,
            domain: [["session_id", "=", sessionId]],
            context: { ...config.context, default_session_id: sessionId },
        });
    }

    /** Shows one of the five views instead of the others. */
    switchView(name) {
        const items = this.viewItems;
        const others = new Set(items.map((item) => item.id));
        this.query = this.query.filter((element) => !others.has(element.searchItemId));
        this.toggleSearchItem(items.find((item) => item.name === name).id);
    }

    get viewItems() {
        return Object.values(this.searchItems).filter((item) => item.name?.startsWith("view_"));
    }

    /** The names of the views that are on; nothing chosen means all items. */
    get activeViews() {
        const active = new Set(this.query.map((element) => element.searchItemId));
        const names = this.viewItems.filter((item) => active.has(item.id)).map(({ name }) => name);
        return names.length ? names : ["view_all"];
    }

    /** Narrows the search to records below the given ones, as facets that can be taken away. */
    narrow(fieldName, records) {
        const item = Object.values(this.searchItems).find(
            (item) => item.fieldName === fieldName && item.operator === "child_of"
        );
        for (const { id, label } of records) {
            this.addAutoCompletionValues(item.id, { value: id, label, operator: "child_of" });
        }
    }
}
