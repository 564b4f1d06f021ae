import { onWillStart, useComponent, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { isOutOfReach } from "./sheet_errors";
import { getSessionId } from "./sheet_search_model";

/** How long the header waits for more saves before it is loaded again, in milliseconds. */
const HEADER_DELAY = 400;

/**
 * Loads the data of the sheet's header, in one call.
 *
 * @returns {{ header: Object | null, load: () => Promise<void>, loadSoon: () => void }} the answer
 *   of get_sheet_header, and functions to load it again
 */
export function useCountSheet() {
    const orm = useService("orm");
    const { env } = useComponent();
    let asked = 0;
    let shown = 0;
    const sheet = useState({ header: null, load, loadSoon: useDebounced(refresh, HEADER_DELAY) });

    async function load() {
        const sessionId = getSessionId(env.searchModel.globalContext);
        if (sessionId) {
            const turn = ++asked;
            const args = [[sessionId]];
            const header = await orm.call("stock.count.session", "get_sheet_header", args);
            // An answer that arrives after a newer one is not shown.
            if (turn > shown) {
                shown = turn;
                sheet.header = header;
            }
            // The breadcrumb loses the count's name when the page is reloaded.
            env.config.setDisplayName?.(_t("%s · Count Sheet", sheet.header.name));
        }
    }

    /** Loads after a save, which has shown already if the server cannot be reached. */
    async function refresh() {
        try {
            await load();
        } catch (error) {
            if (!isOutOfReach(error)) {
                throw error;
            }
        }
    }

    onWillStart(load);
    return sheet;
}
