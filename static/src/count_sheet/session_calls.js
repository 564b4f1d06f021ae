import { useComponent } from "@odoo/owl";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

const SESSION = "stock.count.session";
/** Characters of a preview that fit into a dialog. */
const PREVIEW_LENGTH = 1500;

/**
 * Calls methods of the sheet's session. Each call saves the row in edition first, does nothing if
 * that row cannot be saved, and reloads the sheet afterwards. Calls run one after another, so fast
 * clicks do not meet.
 */
class SessionCalls {
    /**
     * @param {import("@odoo/owl").Component} component with the props of the sheet's header
     * @param {Object} services
     */
    constructor(component, { action, orm }) {
        this.component = component;
        this.action = action;
        this.orm = orm;
        this.mutex = new Mutex();
    }

    /**
     * @param {string} method
     * @param {...any} args after the session
     * @returns {Promise<any>} the method's result, false if the row could not be saved
     */
    call(method, ...args) {
        return this.mutex.exec(() => this.saveAndCall(method, args));
    }

    /** Calls a method with the search domain: on all lines of the search, not only of the page. */
    callOnShown(method) {
        const { searchModel } = this.component.env;
        return this.mutex.exec(() => this.saveAndCall(method, [searchModel.domain]));
    }

    /** Runs a method as a button does: it may return an action to open. */
    run(method) {
        return this.mutex.exec(() => this.saveAndRun(method));
    }

    /** @returns {Promise<string>} what posting would do; of a long text its beginning */
    async preview() {
        const { header } = this.component.props;
        const text = await this.orm.call(SESSION, "get_posting_preview", [[header.id]]);
        return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH)}…` : text;
    }

    /** Waits for the calls that were made before. */
    settle() {
        return this.mutex.getUnlockedDef();
    }

    async saveAndCall(method, args) {
        const { header, reload, save } = this.component.props;
        if (!(await save())) {
            return false;
        }
        const result = await this.orm.call(SESSION, method, [[header.id], ...args]);
        await reload();
        return result;
    }

    async saveAndRun(method) {
        const { header, reload, save } = this.component.props;
        if (await save()) {
            await this.action.doActionButton({
                type: "object",
                name: method,
                resModel: SESSION,
                resId: header.id,
                context: {},
                onClose: reload,
            });
        }
    }
}

/** @returns {SessionCalls} for a component with the props of the sheet's header */
export function useSessionCalls() {
    const services = { action: useService("action"), orm: useService("orm") };
    return new SessionCalls(useComponent(), services);
}
