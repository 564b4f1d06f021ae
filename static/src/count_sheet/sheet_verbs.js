import { useComponent } from "@odoo/owl";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

const SESSION = "stock.count.session";
/** Characters that fit on a dialog. */
const PREVIEW_LENGTH = 1500;

/**
 * Calls the verbs of the session of a sheet. Each saves the row in edition first, does nothing
 * when that is refused, and shows what is there afterwards.
 *
 * The component's props are those of the sheet's header.
 */
export function useSheetVerbs() {
    const component = useComponent();
    const action = useService("action");
    const orm = useService("orm");
    // Whoever clicks fast gets one verb after the other, each on what the last one left.
    const mutex = new Mutex();

    async function call(method, ...args) {
        const { header, reload, save } = component.props;
        if (!(await save())) {
            return false;
        }
        const result = await orm.call(SESSION, method, [[header.id], ...args]);
        await reload();
        return result;
    }

    /** On everything that the search shows, not on the page only. */
    function callOnShown(method) {
        return call(method, component.env.searchModel.domain);
    }

    /** As a button does: the verb may answer with an action to show next. */
    async function run(name) {
        const { header, reload, save } = component.props;
        if (await save()) {
            await action.doActionButton({
                type: "object",
                name,
                resModel: SESSION,
                resId: header.id,
                context: {},
                onClose: reload,
            });
        }
    }

    /** What posting would do, promises to customers included; of a long list its beginning. */
    async function preview() {
        const { header } = component.props;
        const text = await orm.call(SESSION, "get_posting_preview", [[header.id]]);
        return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH)}…` : text;
    }

    return {
        call: (...args) => mutex.exec(() => call(...args)),
        callOnShown: (method) => mutex.exec(() => callOnShown(method)),
        preview,
        run: (name) => mutex.exec(() => run(name)),
        settle: () => mutex.getUnlockedDef(),
    };
}
