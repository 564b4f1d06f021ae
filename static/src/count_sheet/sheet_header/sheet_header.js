import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { CountJob } from "../../count_job/count_job";
import { SheetActions } from "../sheet_actions/sheet_actions";
import { SheetSaved } from "../sheet_saved/sheet_saved";
import { SheetScope } from "../sheet_scope/sheet_scope";
import { SheetViews } from "../sheet_views/sheet_views";

const STATE_COLORS = {
    open: "info",
    pending_approval: "warning",
    partial: "warning",
    posted: "success",
    cancelled: "secondary",
};

/** The header of the sheet: owner, last count, next step, progress, and all actions. */
export class SheetHeader extends Component {
    static template = "stock_count.SheetHeader";
    static components = { CountJob, SheetActions, SheetSaved, SheetScope, SheetViews };
    static props = {
        header: Object,
        // Saves the row in edition. Returns false if that is not possible.
        save: Function,
        // Loads lines and header again. Returns the new header.
        reload: Function,
        // How many quantities the browser keeps for the server, with Option 526.
        unsent: { type: [Object, { value: null }], optional: true },
    };

    setup() {
        this.action = useService("action");
    }

    onOpenSession() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "stock.count.session",
            res_id: this.props.header.id,
            views: [[false, "form"]],
        });
    }

    async onJobChange() {
        if (await this.props.save()) {
            await this.props.reload();
        }
    }

    get stateClass() {
        return `text-bg-${STATE_COLORS[this.props.header.state]}`;
    }

    get progress() {
        const { all, counted } = this.props.header.counts;
        return all ? Math.floor((100 * counted) / all) : 0;
    }

    get lastCounted() {
        const { last } = this.props.header;
        return (
            last &&
            _t("last counted %(when)s by %(who)s", {
                when: deserializeDateTime(last.at).toRelative(),
                who: last.user,
            })
        );
    }
}
