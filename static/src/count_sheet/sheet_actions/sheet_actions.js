import { Component } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { isActive } from "../../count_job/job_hook";
import { CommentDialog } from "../comment_dialog/comment_dialog";
import { useSheetVerbs } from "../sheet_verbs";

const OVER_TOLERANCE = [["tolerance_ratio", ">", 1]];

/** Everything that can be done with a count: the buttons of the sheet's header. */
export class SheetActions extends Component {
    static template = "stock_count.SheetActions";
    static components = { Dropdown, DropdownItem };
    static props = {
        header: Object,
        save: Function,
        reload: Function,
    };

    setup() {
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.verbs = useSheetVerbs();
    }

    // --- Handlers ---

    async onCheckAll() {
        const changed = await this.verbs.callOnShown("action_check_all");
        if (changed !== false) {
            this.tell(_t("%s lines checked to post.", changed));
        }
    }

    async onDeselectAll() {
        const changed = await this.verbs.callOnShown("action_uncheck_all");
        if (changed !== false) {
            this.tell(_t("%s lines are not checked any more.", changed));
        }
    }

    onCountRestAsZero() {
        this.confirm({
            title: _t("Count the Rest as Zero"),
            body: _t(
                "Every line shown here that nobody has counted is recorded as counted, 0 found. Posting then takes its stock away."
            ),
            confirmLabel: _t("Count as Zero"),
            confirmClass: "btn-danger",
            confirm: () => this.verbs.callOnShown("action_count_rest_as_zero"),
        });
    }

    onRequestRecount() {
        const { over_tolerance: lines } = this.props.header.counts;
        this.confirm({
            title: _t("Request Recount"),
            body: _t(
                "All lines over their tolerance (%s) are counted again. The counts so far stay as evidence.",
                lines
            ),
            confirmLabel: _t("Request Recount"),
            confirm: () => this.verbs.call("action_request_recount", OVER_TOLERANCE),
        });
    }

    onUndoPosting() {
        this.confirm({
            title: _t("Undo Posting"),
            body: _t(
                "What this count posted is reversed by moves the other way. Lines whose stock has moved since stay posted and say why."
            ),
            confirmLabel: _t("Undo Posting"),
            confirmClass: "btn-danger",
            confirm: () => this.verbs.run("action_undo_posting"),
        });
    }

    async onPost() {
        await this.verbs.settle();
        const header = (await this.props.save()) && (await this.props.reload());
        if (header && !header.counts.to_post) {
            this.tell(describeNothingToPost(header), "warning");
        } else if (header) {
            this.confirm({
                title: _t("Post Receipts and Issues"),
                body: `${describePosting(header)}\n\n${await this.verbs.preview()}`,
                confirmLabel: _t("Post"),
                confirm: () => this.verbs.run("action_post"),
            });
        }
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
            confirm: () => this.verbs.run("action_cancel"),
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
                    default_company_id: this.props.header.company_id,
                    form_view_ref: "stock_count.stock_count_line_view_form_add",
                },
                canExpand: false,
                size: "md",
                onRecordSaved: () => this.props.reload(),
            });
        }
    }

    // --- Getters ---

    get isCountable() {
        return ["open", "partial"].includes(this.props.header.state);
    }

    get canUndo() {
        const { may_undo, state } = this.props.header;
        return may_undo && !this.isBusy && ["partial", "posted"].includes(state);
    }

    get hasOverTolerance() {
        return this.isCountable && this.props.header.counts.over_tolerance > 0;
    }

    /** While a job works on the count, what would run into it waits. */
    get isBusy() {
        return isActive(this.props.header.job);
    }

    get isPending() {
        return this.props.header.state === "pending_approval";
    }

    get canApprove() {
        return this.isPending && this.props.header.may_approve;
    }

    get canPost() {
        return this.isCountable && !this.isBusy && this.props.header.may_post;
    }

    /** Without Option 170 an approver decides on what is over its tolerance (A2). */
    get canSubmit() {
        const needed = this.props.header.require_approval || this.hasOverTolerance;
        return this.isCountable && !this.isBusy && needed;
    }

    /** What everything waits for is the main button. */
    get isSubmitNext() {
        return this.canSubmit && this.props.header.require_approval;
    }

    // --- Helpers ---

    /** Answers a request for approval, with a comment that is kept. */
    answer(method, title) {
        this.dialog.add(CommentDialog, {
            title,
            isRequired: method === "action_reject",
            confirm: (comment) => this.verbs.call(method, comment),
        });
    }

    confirm(props) {
        this.dialog.add(ConfirmationDialog, { cancel: () => {}, ...props });
    }

    tell(message, type = "info") {
        this.notification.add(message, { title: this.props.header.name, type });
    }
}

function describeNothingToPost({ counts }) {
    return counts.held
        ? _t("The checked lines are held: answer first whether a transfer explains them.")
        : _t("Check the counted lines that are to be posted first.");
}

function describePosting({ counts, currency_id }) {
    const posted = _t(
        "%(lines)s checked lines are posted; %(moves)s of them differ and make stock moves, net %(value)s.",
        {
            lines: counts.to_post,
            moves: counts.to_move,
            value: formatMonetary(counts.to_post_value, { currencyId: currency_id }),
        }
    );
    const held = _t("%s held lines wait for their answer.", counts.held);
    return counts.held ? `${posted} ${held}` : posted;
}
