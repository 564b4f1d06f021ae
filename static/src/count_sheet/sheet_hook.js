import { onWillStart, useComponent, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { KeepLast } from "@web/core/utils/concurrency";
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
    const last = new KeepLast();
    const sheet = useState({ header: null, load, loadSoon: useDebounced(load, HEADER_DELAY) });

    async function load() {
        const sessionId = getSessionId(env.searchModel.globalContext);
        if (sessionId) {
            const args = [[sessionId]];
            sheet.header = await last.add(
                orm.call("stock.count.session", "get_sheet_header", args)
            );
            // After a reload of the page the breadcrumb has lost which count it is.
            env.config.setDisplayName?.(_t("%s · Count Sheet", sheet.header.name));
        }
    }

    onWillStart(load);
    return sheet;
}
