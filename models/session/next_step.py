from collections import Counter

from odoo import api, fields, models

from ...const import LEAD, OPEN_STATES


class StockCountSession(models.Model):
    """Texts about a session: its next step, and the result of posting and undoing."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    next_step = fields.Char(compute="_compute_next_step")

    # === COMPUTE METHODS === #

    @api.depends("state", "line_ids.state", "approval_ids.state")
    def _compute_next_step(self):
        for session in self:
            session.next_step = session._describe_next_step()

    # === BUSINESS METHODS - NEXT STEP === #

    def _describe_next_step(self):
        """One or two sentences: who has to do what next."""
        return (
            self._describe_job()
            or f"{self._describe_counting()} {self._describe_day()}"
        ).strip()

    def _describe_job(self):
        """A sentence on the job that works on the session or has failed, or ""."""
        job = self._shown_job() if self.ids else None
        is_lead = self.env.user.has_group(LEAD)
        if not job or (job.state == "failed" and not is_lead):
            return ""
        if not is_lead:
            return self.env._("Being worked on in the background; count on meanwhile.")
        label = job.with_env(self.env)._label()
        if job.state == "failed":
            return self.env._(
                "%s stopped: look at its problem, then retry or dismiss it.", label
            )
        # A bar beside this sentence shows the progress.
        return self.env._("%s in the background: count on meanwhile.", label)

    def _describe_day(self):
        """A sentence on the accounting date, if posting comes next, or ""."""
        session = self.sudo()
        is_next = session.counted_count == session.line_count and not session.held_count
        if self.state in OPEN_STATES and session.to_post_count and is_next:
            return session._booked_text()
        return ""

    def _describe_counting(self):
        """A sentence on what the states of session and lines ask for."""
        return self._describe_state() or self._describe_lines()

    def _describe_state(self):
        """What a session asks for that nobody counts now, or ""."""
        _ = self.env._
        if self.state == "cancelled":
            return _("Cancelled. Count Again makes a new count of the same scope.")
        if self.state == "posted":
            return _(
                "Everything is posted. Count Again makes a new count of the scope."
            )
        return _("Waiting for an approver.") if self.state == "pending_approval" else ""

    def _describe_lines(self):
        """What the lines of an open session ask for."""
        _ = self.env._
        session = self.sudo()
        left = session.line_count - session.counted_count
        is_lead = self.env.user.has_group(LEAD)
        if is_lead and session.approval_id.state == "rejected":
            return session._describe_rejection()
        if session.held_count and is_lead:
            return session._describe_held()
        if not session.line_count:
            return _("Nothing to count in this scope: widen it and refresh.")
        if left:
            return _("Lines left to count: %s.", left)
        if not is_lead:
            # Held or ticked lines would show a counter what was expected.
            return _("Everything is counted: the owner reviews it.")
        if session.to_post_count:
            return session._describe_posting_step()
        return _("Everything is counted: review the variances and check what to post.")

    def _describe_held(self):
        """The documents that held lines wait for, or else the lines themselves."""
        Documents = self.env["stock.count.document"]
        documents = len(Documents._find_open(Documents._find_asked_lines(self)))
        if documents == 1:
            return self.env._("1 document to confirm.")
        if documents:
            return self.env._("%s documents to confirm.", documents)
        return self.env._(
            "Held lines to answer: %s. Does the transfer explain them?",
            self.held_count,
        )

    def _describe_posting_step(self):
        """Whether ticked lines have to be submitted or posted next."""
        if self.require_approval and self.approval_id.state != "approved":
            return self.env._(
                "Checked lines to submit for approval: %s.", self.to_post_count
            )
        return self.env._("Checked lines to post: %s.", self.to_post_count)

    def _describe_rejection(self):
        answer = self.approval_id
        who, comment = answer.approver_id.name, answer.comment
        if comment:
            why = self.env._(
                "Rejected by %(who)s: “%(comment)s”.", who=who, comment=comment
            )
        else:
            why = self.env._("Rejected by %s.", who)
        what = self.env._("Count again or correct it, then submit it again.")
        return f"{why} {what}"

    # === BUSINESS METHODS - RESULT === #

    def _describe_outcome(self, outcome: Counter):
        """The result of a posting, in sentences."""
        _ = self.env._
        sentences = [
            _("%s lines posted.", outcome["posted"]),
            outcome["moves"] and _("%s stock moves made.", outcome["moves"]),
            outcome["held"]
            and _("%s held: a transfer would explain them.", outcome["held"]),
            outcome["superseded"]
            and _("%s superseded by a newer count.", outcome["superseded"]),
            outcome["failed"]
            and _("%s not posted: see their problem.", outcome["failed"]),
            outcome["taken"] and _("%s posted by somebody else.", outcome["taken"]),
            outcome["unreserved"]
            and _("%s units of reserved stock were freed.", outcome["unreserved"]),
            outcome["moves"] and self.sudo()._booked_text(),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _describe_undo(self, counts):
        """The result of undoing, in sentences."""
        _ = self.env._
        again = self._count_standing(("state", "!=", "posted"))
        sentences = [
            _("Posting undone: %s lines.", counts["undone"]),
            counts["failed"]
            and _("%s not undone: see their problem.", counts["failed"]),
            again
            and _(
                "%s were counted again since and keep their posting: post that count.",
                again,
            ),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _notify_posted(self, outcome):
        """A notification with the result of a posting."""
        return self._notify(
            "success" if outcome["posted"] else "warning",
            self._describe_outcome(outcome),
            sticky=bool(outcome["held"] or outcome["failed"]),
        )

    def _notify(self, kind, message, *, sticky=False):
        """A notification, after which the client reloads the view."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": message,
                "type": kind,
                "sticky": sticky,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
