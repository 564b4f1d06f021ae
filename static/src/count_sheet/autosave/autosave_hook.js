import { onMounted, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { Autosave } from "./autosave";

/**
 * Auto-save (Option 526): lets the sheet's model keep typed quantities in the browser, and sends the
 * kept ones when the sheet is opened, when the network is back, and every few seconds.
 *
 * @param {import("../sheet_model").CountSheetModel} model
 * @param {{ header: Object, loadSoon: Function }} sheet see useCountSheet
 * @returns {{ unsent: { count: number } | null }} how many quantities the browser keeps, null
 *   without auto-save
 */
export function useAutosave(model, sheet) {
    const services = { orm: useService("orm"), notification: useService("notification") };
    const state = useState({ unsent: null });
    const autosave = new Autosave({ model, sheet, state, ...services });
    useExternalListener(window, "online", () => autosave.sendKept());
    onMounted(() => autosave.start());
    onWillUnmount(() => autosave.stop());
    return state;
}
