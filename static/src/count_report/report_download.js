import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";

/**
 * Downloads a report. If the server refuses, its reason is shown in a dialog. The report's own
 * dialog stays open, so that the user can change the filters.
 */
async function downloadReport(env, action) {
    env.services.ui.block();
    try {
        await download({ url: action.params.url, data: {} });
    } finally {
        env.services.ui.unblock();
    }
}

registry.category("actions").add("stock_count.report_download", downloadReport);
