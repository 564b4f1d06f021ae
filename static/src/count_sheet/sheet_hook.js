import { onWillStart, useComponent, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { isOutOfReach } from "./sheet_errors";
import { getSessionId } from "./sheet_search_model";

/** How long the header waits for more lines to be saved before it counts again. */
const HEADER_DELAY = 400;

/**
 * What the header of a sheet shows, loaded in one call and again after changes.
 *
 * @returns {{ header: Object | null, load: Function, loadSoon: Function }}
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
            // An answer that was overtaken is not shown, but whoever waits for it goes on.
            if (turn > shown) {
                shown = turn;
                sheet.header = header;
            }
            // After a reload of the page the breadcrumb has lost which count it is.
            env.config.setDisplayName?.(_t("%s · Count Sheet", sheet.header.name));
        }
    }

    /** After a save, which tells by itself that the server cannot be reached. */
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
