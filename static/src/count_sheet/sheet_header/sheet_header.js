import { Component } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { CommentDialog } from "../comment_dialog/comment_dialog";
import { SheetScope } from "../sheet_scope/sheet_scope";
import { SheetViews } from "../sheet_views/sheet_views";

const SESSION = "stock.count.session";
const COUNTABLE = ["open", "partial"];
const STATE_COLORS = {
    open: "info",
    pending_approval: "warning",
    partial: "warning",
    posted: "success",
    cancelled: "secondary",
};

function describePosting({ counts, currency_id }) {
    const posted = _t(
        "%(lines)s checked lines are posted; %(moves)s of them differ and make stock moves, net %(value)s.",
        {
            lines: counts.to_post,
            moves: counts.to_move,
            value: formatMonetary(counts.to_post_value, { currencyId: currency_id }),
        }
    );
    return counts.held
        ? `${posted} ${_t("%s held lines wait for their answer.", counts.held)}`
        : posted;
}

/** Who owns this count, what changed, what is next; and everything that can be done with it. */
export class SheetHeader extends Component {
    static template = "stock_count.SheetHeader";
    static components = { Dropdown, DropdownItem, SheetScope, SheetViews };
    static props = {
        header: Object,
        // Saves the row in edition; false when it cannot be saved.
        save: Function,
        reload: Function,
    };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
    }

    // --- Handlers ---

    async onCheckAll() {
        const changed = await this.callOnShown("action_check_all");
        this.tell(_t("%s lines checked to post.", changed));
    }

    async onDeselectAll() {
        const changed = await this.callOnShown("action_uncheck_all");
        this.tell(_t("%s lines are not checked any more.", changed));
    }

    async onCountRestAsZero() {
        this.confirm({
            title: _t("Count the Rest as Zero"),
            body: _t(
                "Every line shown here that nobody has counted is recorded as counted, 0 found. Posting then takes its stock away."
            ),
            confirmLabel: _t("Count as Zero"),
            confirmClass: "btn-danger",
            confirm: () => this.callOnShown("action_count_rest_as_zero"),
        });
    }

    async onPost() {
        const header = await this.refresh();
        if (!header) {
            return;
        }
        if (!header.counts.to_post) {
            return this.tell(
                header.counts.held
                    ? _t(
                          "The checked lines are held: answer first whether a transfer explains them."
                      )
                    : _t("Check the counted lines that are to be posted first."),
                "warning"
            );
        }
        this.confirm({
            title: _t("Post Receipts and Issues"),
            body: describePosting(header),
            confirmLabel: _t("Post"),
            confirm: () => this.run("action_post"),
        });
    }

    onCancel() {
        const isPartial = this.props.header.state === "partial";
        this.confirm({
            title: isPartial ? _t("Close this count?") : _t("Cancel this count?"),
            body: isPartial
                ? _t("What is posted stays posted, the rest is dropped.")
                : _t("What was counted stays as evidence and is not posted."),
            confirmLabel: isPartial ? _t("Close Count") : _t("Cancel Count"),
            cancelLabel: _t("Keep Counting"),
            confirm: () => this.run("action_cancel"),
        });
    }

    onApprove() {
        this.answer("action_approve", _t("Approve"));
    }

    onReject() {
        this.answer("action_reject", _t("Reject"));
    }

    async onAddLine() {
        if (await this.props.save()) {
            this.dialog.add(FormViewDialog, {
                title: _t("Add what was found and not expected"),
                resModel: "stock.count.line",
                context: {
                    default_session_id: this.props.header.id,
                    form_view_ref: "stock_count.stock_count_line_view_form_add",
                },
                canExpand: false,
                size: "md",
                onRecordSaved: () => this.props.reload(),
            });
        }
    }

    onOpenSession() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: SESSION,
            res_id: this.props.header.id,
            views: [[false, "form"]],
        });
    }

    // --- Getters ---

    get isCountable() {
        return COUNTABLE.includes(this.props.header.state);
    }

    get isPending() {
        return this.props.header.state === "pending_approval";
    }

    get canApprove() {
        return this.isPending && this.props.header.may_approve;
    }

    get canPost() {
        return this.isCountable && this.props.header.may_post;
    }

    get canSubmit() {
        return this.isCountable && this.props.header.require_approval;
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

    // --- Helpers ---

    /** Calls a verb of the session on everything that the search shows, not on the page only. */
    async callOnShown(method) {
        if (!(await this.props.save())) {
            return;
        }
        const { domain } = this.env.searchModel;
        const result = await this.orm.call(SESSION, method, [[this.props.header.id], domain]);
        await this.props.reload();
        return result;
    }

    /** Runs a verb of the session as a button does, and shows what is there afterwards. */
    async run(name) {
        if (await this.props.save()) {
            await this.action.doActionButton({
                type: "object",
                name,
                resModel: SESSION,
                resId: this.props.header.id,
                context: {},
                onClose: () => this.props.reload(),
            });
        }
    }

    /** Answers a request for approval, with a comment that is kept. */
    answer(method, title) {
        this.dialog.add(CommentDialog, {
            title,
            confirm: async (comment) => {
                await this.orm.call(SESSION, method, [[this.props.header.id], comment]);
                await this.props.reload();
            },
        });
    }

    /** @returns {Promise<Object | false>} the header as it is now */
    async refresh() {
        return (await this.props.save()) && this.props.reload();
    }

    confirm(props) {
        this.dialog.add(ConfirmationDialog, { cancel: () => {}, ...props });
    }

    tell(message, type = "info") {
        this.notification.add(message, { title: this.props.header.name, type });
    }
}
