import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

/** Asks for a comment, which is kept with the action that follows. */
export class CommentDialog extends Component {
    static template = "stock_count.CommentDialog";
    static components = { Dialog };
    static props = {
        title: String,
        isRequired: { type: Boolean, optional: true },
        confirm: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ comment: "" });
        useAutofocus({ refName: "comment" });
    }

    get isMissing() {
        return Boolean(this.props.isRequired && !this.state.comment.trim());
    }

    async onConfirm() {
        await this.props.confirm(this.state.comment.trim());
        this.props.close();
    }
}
