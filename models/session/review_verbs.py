from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import UNPOSTED_COUNT_STATES, WORKING_STATES
from ...rights import check_approver, check_lead
from ..shared.hostile_values import check_texts


class StockCountSession(models.Model):
    """The verbs between counting and posting: review, recount, submit, approve.

    Each public method checks the user's rights and the state of the session.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === ACTION METHODS === #

    def action_review(self):
        """Print the Cycle Count Review (report 146) of this session.

        :return: report action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")
        return self.env.ref("stock_count.report_review").report_action(self)

    def action_request_recount(self, domain=None):
        """Ask for a recount of the lines with a variance that a search shows.

        :param list domain: the sheet's search; None for the whole session
        :raise AccessError: when the user is no counting lead
        :raise UserError: when no line that is shown is counted and has a variance
        """
        check_lead(self, "write")
        self.ensure_one()
        Line = self.env["stock.count.line"]
        lines = Line.search(
            Line._session_domain(self, domain)
            & Domain("is_counted", "=", True)
            & Domain("state", "in", UNPOSTED_COUNT_STATES)
            & Domain("variance_qty", "!=", 0)
        )
        if not lines:
            raise UserError(
                self.env._("No counted line here has a variance to recount.")
            )
        return lines.action_request_recount()

    def action_propose_moves(self):
        """Propose location moves, which pair a shortage with an overage elsewhere.

        :return: a notification with the number of proposals
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        self._check_countable()
        matches = self.env["stock.count.match"]._propose(self)
        if not matches:
            message = self.env._("Nothing that is missing is too much anywhere else.")
            return self._notify("info", message)
        message = self.env._(
            "%s location moves proposed: accept them by line.", len(matches)
        )
        return self._notify("success", message)

    def action_submit(self):
        """Submit the lines that are ticked and counted for approval.

        Lines that need a recount are sent back instead.

        :return: True, or a notification when all lines were sent back
        :raise AccessError: when the user is no counting lead
        :raise UserError: when no line is ticked, or a session is waiting or closed
        """
        self._refuse_busy()
        check_lead(self, "write")
        for session in self:
            if session.state == "pending_approval":
                raise UserError(
                    self.env._("%s is waiting for approval already.", session.name)
                )
            session._lock()
            sent = session._send_all_to_recount()
            if sent:
                return session._notify_sent_to_recount(sent)
            session._request_approval()
        return True

    def _send_all_to_recount(self):
        """Send back lines that need a recount.

        :return: these lines if no other line is left to be posted, else none
        """
        sent = self.env["stock.count.recount"]._send_due(self)
        left = sent and self.env["stock.count.line"].sudo()._find_postable(self)
        return sent.browse() if left else sent

    def _request_approval(self):
        self._set_state(WORKING_STATES, "pending_approval")
        approval = self.env["stock.count.approval"]._request(self)
        approval._schedule_activities()
        self._log_action(
            self.env._("Submitted for approval: %s lines.", approval.line_count)
        )

    def _notify_sent_to_recount(self, lines):
        message = self.env._(
            "%s lines have to be counted again first: nothing else is checked.",
            len(lines),
        )
        return self._notify("warning", message)

    def action_approve(self, comment=None):
        """Approve the quantities that were submitted.

        :param str comment: is kept with the approval
        :raise AccessError: when the user is no approver
        :raise UserError: when nothing is waiting for approval
        """
        return self._answer_approval("approved", comment)

    def action_reject(self, comment=None):
        """Reject the quantities that were submitted.

        :param str comment: required; is kept with the approval
        :raise AccessError: when the user is no approver
        :raise UserError: when nothing is waiting for approval, and without a comment
        """
        return self._answer_approval("rejected", comment)

    def _answer_approval(self, answer, comment):
        """Answer the open approval of each session.

        :param str answer: ``approved`` or ``rejected``
        """
        self._refuse_busy()
        check_approver(self, "write")
        for session in self:
            if session.state != "pending_approval":
                raise UserError(
                    self.env._("%s is not waiting for approval.", session.name)
                )
            approval = session.sudo().approval_id
            approval._check_segregation()
            check_texts(self.env, comment)
            self._check_comment(answer, comment)
            approval._answer(answer, comment and str(comment))
            session._end_approval(answer, comment)
        return True

    def _end_approval(self, answer, comment):
        """Set the state after an answer, and log it."""
        posted = self.sudo().line_ids.filtered("posted_round")
        self._set_state(("pending_approval",), "partial" if posted else "open")
        labels = {
            "approved": self.env._("Approved"),
            "rejected": self.env._("Rejected"),
        }
        label = labels[answer]
        self._log_action(f"{label}: {comment}" if comment else label)

    def _check_comment(self, answer, comment):
        if answer == "rejected" and not str(comment or "").strip():
            raise UserError(
                self.env._(
                    "Say why it is rejected, so that whoever counts again knows what to"
                    " look at."
                )
            )
