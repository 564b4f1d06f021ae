import { Component } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { CommentDialog } from "../comment_dialog/comment_dialog";
import { useSessionCalls } from "../session_calls";
import { askCancel, askPosting, askRecount, askRestAsZero, askUndoPosting } from "./confirmations";
import { describeNothingToPost, describePosting } from "./posting_text";
import { readPermissions } from "./sheet_permissions";

const OVER_TOLERANCE = [["tolerance_ratio", ">", 1]];

/** The buttons of the sheet's header: everything that can be done with a session. */
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
        this.calls = useSessionCalls();
    }

    get can() {
        return readPermissions(this.props.header);
    }

    // --- Handlers ---

    async onCheckAll() {
        const changed = await this.calls.callOnShown("action_check_all");
        if (changed !== false) {
            this.notify(_t("%s lines checked to post.", changed));
        }
    }

    async onDeselectAll() {
        const changed = await this.calls.callOnShown("action_uncheck_all");
        if (changed !== false) {
            this.notify(_t("%s lines are not checked any more.", changed));
        }
    }

    onCountRestAsZero() {
        this.confirm(askRestAsZero(), () => this.calls.callOnShown("action_count_rest_as_zero"));
    }

    onRequestRecount() {
        const { over_tolerance: lines } = this.props.header.counts;
        this.confirm(askRecount(lines), () =>
            this.calls.call("action_request_recount", OVER_TOLERANCE)
        );
    }

    onUndoPosting() {
        this.confirm(askUndoPosting(), () => this.calls.run("action_undo_posting"));
    }

    async onPost() {
        await this.calls.settle();
        const header = (await this.props.save()) && (await this.props.reload());
        if (header && !header.counts.to_post) {
            this.notify(describeNothingToPost(header), "warning");
        } else if (header) {
            const body = `${describePosting(header)}\n\n${await this.calls.preview()}`;
            this.confirm(askPosting(body), () => this.calls.run("action_post"));
        }
    }

    onCancel() {
        const isPartial = this.props.header.state === "partial";
        this.confirm(askCancel(isPartial), () => this.calls.run("action_cancel"));
    }

    onApprove() {
        this.decide("action_approve", _t("Approve"));
    }

    onReject() {
        this.decide("action_reject", _t("Reject"));
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

    // --- Helpers ---

    /** Decides on a request for approval, with a comment that is kept. */
    decide(method, title) {
        this.dialog.add(CommentDialog, {
            title,
            isRequired: method === "action_reject",
            confirm: (comment) => this.calls.call(method, comment),
        });
    }

    confirm(words, confirm) {
        this.dialog.add(ConfirmationDialog, { cancel: () => {}, ...words, confirm });
    }

    notify(message, type = "info") {
        this.notification.add(message, { title: this.props.header.name, type });
    }
}
