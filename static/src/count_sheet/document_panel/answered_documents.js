import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatSigned } from "./document_words";

/** What was answered about documents, by whom and when; it can be taken back. */
export class AnsweredDocuments extends Component {
    static template = "stock_count.AnsweredDocuments";
    static props = {
        answered: Array,
        canWithdraw: Boolean,
        open: Function,
        withdraw: Function,
    };

    who({ at, by_rule, who }) {
        const when = deserializeDateTime(at).toRelative();
        return by_rule ? _t("By operation type · %s", when) : `${who} · ${when}`;
    }

    /** For example "−3 Screw · Bin A". */
    describeLines({ lines }) {
        return lines.map((line) => `${formatSigned(line.explained)} ${line.name}`).join(", ");
    }

    /** What it explains, where that is one number. */
    total({ lines: [line, other] }) {
        return line && !other ? formatSigned(line.explained) : "";
    }
}
