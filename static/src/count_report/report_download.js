import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";

/**
 * Downloads a report. What the server refuses is shown as a dialog, and the dialog of the
 * report stays open, so that its filters can be changed.
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
