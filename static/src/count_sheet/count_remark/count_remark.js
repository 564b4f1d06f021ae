import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { ViewButton } from "@web/views/view_button/view_button";
import { CLOSED_STATES } from "../../const";
import { describeTolerance, isOverTolerance } from "../count_variance/count_variance";

/** The notes on a line, by the field that has the text. */
const NOTES = [
    { name: "on_hold", icon: "fa-lock", label: _t("On hold: not posted until it is released") },
    { name: "promise_text", icon: "fa-handshake-o", label: _t("Posting would break") },
    { name: "cause", icon: "fa-lightbulb-o", label: _t("Probable cause") },
    { name: "other_causes", icon: "fa-ellipsis-h", label: _t("Or") },
];

/** The button for each value of `cause_action`. */
const CAUSE_BUTTONS = {
    recount: { string: _t("Recount"), title: _t("Have it counted again") },
    propose_move: {
        string: _t("Propose a move"),
        title: _t("Pair what is missing in this count with what is too much"),
    },
    check: {
        string: _t("Check"),
        title: _t("Check it to post: it is moved here, not received"),
    },
    open_transfer: { string: _t("Open transfer"), title: _t("See the transfer, validate it") },
    open_receipts: {
        string: _t("Open receipts"),
        title: _t("See what has not been received yet"),
    },
};

const SUPERSEDED = _t(
    "Something newer is known: a count that was posted, or where it was moved to. Count it again if in doubt."
);

/**
 * What a person should know about a line: why it was not posted, how far it is over its tolerance,
 * which transfer may explain it, where the goods may be, why it may differ, and which delivery its
 * posting would break. Buttons do what these notes suggest.
 */
export class CountRemarkField extends Component {
    static template = "stock_count.CountRemarkField";
    static components = { ViewButton };
    static props = { ...standardFieldProps };

    get problem() {
        const { data } = this.props.record;
        return data[this.props.name] || (data.state === "superseded" && SUPERSEDED);
    }

    get isHeld() {
        return this.props.record.data.state === "held";
    }

    get isOver() {
        return isOverTolerance(this.props.record);
    }

    get tolerance() {
        return describeTolerance(this.props.record);
    }

    get move() {
        return this.props.record.data.match_text;
    }

    get isMoveProposed() {
        return this.props.record.data.match_state === "proposed";
    }

    /** The notes of the server, which do not fit an unsaved quantity. */
    get notes() {
        const { data, isUnsent } = this.props.record;
        const notes = isUnsent || data.state === "posted" ? [] : NOTES;
        return notes
            .filter(({ name }) => data[name])
            .map((note) => ({
                ...note,
                text: data[note.name],
                button: note.name === "cause" && this.causeButton,
            }));
    }

    /** The button of the cause, unless it was pressed or the count is closed. */
    get causeButton() {
        const { cause_action, match_text, session_state, to_post } = this.props.record.data;
        const isDone = { propose_move: match_text, check: to_post }[cause_action];
        const isClosed = CLOSED_STATES.includes(session_state);
        const button = !isDone && !isClosed && CAUSE_BUTTONS[cause_action];
        return button && { name: "action_follow_cause", ...button };
    }

    get acceptMoveButton() {
        return {
            name: "action_accept_move",
            string: _t("Accept"),
            title: _t("It was moved, not lost: post one move between the two places"),
        };
    }

    get explanation() {
        return _t("On hold: confirm %s", this.props.record.data.hold_text);
    }

    /** What people said of documents: kept also when the line is posted. */
    get answered() {
        const { data, isUnsent } = this.props.record;
        return !isUnsent && data.document_text;
    }

    /** Documents that explain a part of it are answered above the lines, once for all of them. */
    get holdButtons() {
        const { hold_is_exact } = this.props.record.data;
        return hold_is_exact ? [this.acceptTransfer, this.acceptVariance] : [this.acceptVariance];
    }

    get acceptTransfer() {
        return {
            name: "action_accept_transfer",
            string: _t("Explained"),
            title: _t("The transfer explains it: nothing is posted for this line"),
        };
    }

    get acceptVariance() {
        const isMissing = this.props.record.data.variance_qty < 0;
        return {
            name: "action_accept_variance",
            string: isMissing ? _t("Really missing") : _t("Really there"),
            title: isMissing
                ? _t("It is really missing: post the shortage")
                : _t("It is really there: post the overage"),
        };
    }
}

export const countRemarkField = {
    component: CountRemarkField,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "hold_text", type: "char", readonly: true },
        { name: "hold_is_exact", type: "boolean", readonly: true },
        { name: "document_text", type: "char", readonly: true },
        { name: "variance_qty", type: "float", readonly: true },
        { name: "tolerance_ratio", type: "float", readonly: true },
        { name: "match_text", type: "char", readonly: true },
        { name: "match_state", type: "char", readonly: true },
        { name: "cause", type: "char", readonly: true },
        { name: "cause_action", type: "selection", readonly: true },
        { name: "other_causes", type: "char", readonly: true },
        { name: "promise_text", type: "char", readonly: true },
        { name: "on_hold", type: "char", readonly: true },
    ],
};

registry.category("fields").add("count_remark", countRemarkField);
