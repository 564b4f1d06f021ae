from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...const import APPROVER, UNPOSTED_COUNT_STATES
from ...rights import check_approver
from ..shared.signals import ask

ACTIVITY = "stock_count.mail_activity_type_approval"


class StockCountApproval(models.Model):
    """An approval: the request to post counted lines, and its answer.

    It covers each line with a digest of its quantities. If a line changes afterwards,
    the approval does not cover it any more. It still covers the others.

    Values are in the company's currency, times in UTC.
    """

    _name = "stock.count.approval"
    _description = "Count Approval"
    _inherit = ["stock.count.one.record"]
    _order = "id desc"
    _rec_name = "session_id"

    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="session_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        string="Status",
        selection=[
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("void", "Void"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    requested_by_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True
    )
    approver_id = fields.Many2one(
        string="Answered By", comodel_name="res.users", readonly=True
    )
    answered_at = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)
    line_ids = fields.One2many(
        string="Covered Lines",
        comodel_name="stock.count.approval.line",
        inverse_name="approval_id",
    )
    line_count = fields.Integer(string="Lines", readonly=True)
    shortage_value = fields.Monetary(readonly=True)
    overage_value = fields.Monetary(readonly=True)
    reminded_at = fields.Datetime(readonly=True)

    _one_pending_per_session = models.UniqueIndex(
        "(session_id) WHERE state = 'pending'",
        "The count is waiting for approval already.",
    )

    # === ACTION METHODS === #

    def action_approve(self, comment=None):
        """Approve the submitted lines, except those that were rejected one by one.

        :param str comment: is kept with the approval
        :raise AccessError: when the user is no approver, or counted or submitted it
        :raise UserError: when it is answered already
        """
        self._check_pending()
        return self.session_id.action_approve(comment)

    def action_reject(self, comment=None):
        """Reject all submitted lines.

        :param str comment: required; is kept with the approval
        :raise AccessError: when the user is no approver, or counted or submitted it
        :raise UserError: when it is answered already, or without a comment
        """
        self._check_pending()
        return self.session_id.action_reject(comment)

    def action_answer(self):
        """Open the dialog to approve or reject with a comment.

        :return: action
        :raise AccessError: for everybody but counting leads
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_answer_action"
        )
        action["context"] = {"default_approval_id": self.id}
        return action

    def action_view_lines(self):
        """Open the list of covered lines, to decide on many of them at once.

        :return: action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_approval_line_action"
        )
        action["domain"] = [("approval_id", "=", self.id)]
        action["display_name"] = f"{self.display_name} · {self.env._('Lines')}"
        return action

    # === BUSINESS METHODS === #

    def _check_pending(self):
        """Check that this user may answer these approvals, and that they are pending.

        :raise AccessError: when the user is no approver, or counted or submitted it
        :raise UserError: when it is answered already
        """
        check_approver(self, "read")
        self._lock()
        for approval in self:
            approval._check_segregation()
            if approval.state != "pending":
                raise UserError(self.env._("This request was answered already."))

    def _lock(self):
        """Lock these approvals, so that only one approver answers each of them."""
        self.env.cr.execute(
            "SELECT id FROM stock_count_approval WHERE id = ANY(%s) ORDER BY id"
            " FOR UPDATE",
            [self.ids],
            log_exceptions=False,
        )
        self.invalidate_recordset(["state"])

    # === BUSINESS METHODS - ACTIVITIES === #

    def _find_approvers(self):
        """The users who may answer this approval.

        For a module to send requests to certain people, override this method.
        """
        self.ensure_one()
        users = (
            self.env.ref(APPROVER)
            .sudo()
            .all_user_ids.filtered(
                lambda user: user.active and self.company_id in user.company_ids
            )
        )
        if self.company_id.count_segregation:
            users -= self.requested_by_id | self._find_counters()
        return users.filtered(lambda user: user.id != SUPERUSER_ID)

    def _find_counters(self):
        """The users who counted, withdrew or brought in what is covered."""
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT entry.user_id
                  FROM stock_count_approval_line covered
                  JOIN stock_count_entry entry ON entry.line_id = covered.line_id
                 WHERE covered.approval_id = %s
                """,
                self.id,
            )
        )
        users = self.env["res.users"].browse(row[0] for row in self.env.cr.fetchall())
        lines = self.sudo().line_ids.line_id
        return users.union(*ask(self.env, "counters", lines))

    def _schedule_activities(self):
        """Schedule an activity for each user who may answer."""
        for approval in self:
            note = approval._describe_request()
            for user in approval._find_approvers():
                approval.session_id.sudo()._give_task(user, kind=ACTIVITY, note=note)

    def _describe_request(self):
        """A sentence with the numbers that the approver decides on."""
        return self.env._(
            "%(lines)s lines, shortages of %(minus)s and overages of %(plus)s,"
            " submitted by %(user)s.",
            lines=self.line_count,
            minus=self.currency_id.format(self.shortage_value),
            plus=self.currency_id.format(self.overage_value),
            user=self.requested_by_id.name,
        )

    def _close_activities(self):
        self.session_id.sudo().activity_unlink([ACTIVITY])

    @api.model
    def _cron_remind(self):
        """Remind the approvers, once a day, of approvals older than a day."""
        domain = self._reminder_domain()
        left = self.sudo().search_count(domain)
        for approval in self.sudo().search(domain):
            approval._remind()
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    @api.model
    def _reminder_domain(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        return (
            fields.Domain("state", "=", "pending")
            & fields.Domain("create_date", "<", yesterday)
            & (
                fields.Domain("reminded_at", "=", False)
                | fields.Domain("reminded_at", "<", yesterday)
            )
        )

    def _remind(self):
        """Notify the approvers that this approval is waiting for them."""
        self.ensure_one()
        self.reminded_at = fields.Datetime.now()
        self.session_id.message_notify(
            partner_ids=self._find_approvers().partner_id.ids,
            subject=self.env._("%s waits for approval", self.session_id.name),
            body=self.env._(
                "%(lines)s lines wait for an answer since %(date)s.",
                lines=self.line_count,
                date=fields.Date.to_string(self.create_date),
            ),
        )

    # === BUSINESS METHODS - COVERAGE === #

    @api.model
    def _digest(self):
        """SQL: the digest of what an approval covers of the count line ``line``: what
        would be posted, and why.

        A line without a reason has the default reason of its company.
        """
        return SQL(
            """
            encode(sha256(convert_to(jsonb_build_array(line.id, line.round,
                line.found_qty, line.counted_stamp, line.variance_qty,
                line.hold_answer, line.explained_qty, COALESCE(line.reason_id,
                    (SELECT CASE WHEN line.variance_qty > 0
                                 THEN company.count_overage_reason_id
                                 ELSE company.count_shortage_reason_id END
                       FROM res_company company
                      WHERE company.id = line.company_id))
                )::text, 'UTF8')), 'hex')
            """
        )

    @api.model
    def _flush_covered(self):
        """Write to the database what ``_digest`` reads."""
        self.env["stock.count.line"].flush_model()
        self.env["res.company"].flush_model()

    @api.model
    def _request(self, session):
        """Request approval of the lines of a session that are ticked and counted.

        :rtype: stock.count.approval
        :raise UserError: when no counted line is ticked
        """
        lines = self.env["stock.count.line"].sudo()._find_postable(session)
        self.env["stock.count.verdicts"]._refresh_verdicts(lines)
        approval = self.sudo().create(
            {"session_id": session.id, "requested_by_id": self.env.uid}
        )
        approval._cover()
        if not approval.line_count:
            raise UserError(
                self.env._("No counted line is checked: tick Post on what to submit.")
            )
        return approval

    def _cover(self):
        """Cover each ticked line, and write the sums that the approver decides on."""
        self._flush_covered()
        self._insert_covered_lines()
        self._sum_up_covered_lines()
        self.invalidate_recordset()

    def _insert_covered_lines(self):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_approval_line
                    (approval_id, line_id, digest, expected_qty, found_qty,
                     variance_qty, variance_value, tolerance_ratio, refused)
                SELECT %s, line.id, %s, line.expected_qty, line.found_qty,
                       line.variance_qty, line.variance_value,
                       COALESCE(line.tolerance_ratio, 0), FALSE
                  FROM stock_count_line line
                 WHERE line.session_id = %s AND line.to_post AND line.is_counted
                   AND line.state IN %s
                """,
                self.id,
                self._digest(),
                self.session_id.id,
                UNPOSTED_COUNT_STATES,
            )
        )

    def _sum_up_covered_lines(self):
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_approval
                   SET line_count = sums.lines, shortage_value = -sums.shortage,
                       overage_value = sums.overage
                  FROM (SELECT count(*) AS lines,
                               COALESCE(sum(LEAST(variance_value, 0)), 0) AS shortage,
                               COALESCE(sum(GREATEST(variance_value, 0)), 0) AS overage
                          FROM stock_count_approval_line WHERE approval_id = %s) sums
                 WHERE id = %s
                """,
                self.id,
                self.id,
            )
        )

    def _check_segregation(self):
        """Check that this user neither counted nor submitted any covered line.

        The company may switch segregation of duties off.

        :raise AccessError: when the user did
        """
        self.ensure_one()
        if self.env.uid == SUPERUSER_ID or not self.company_id.count_segregation:
            return
        if self.env.user in self.requested_by_id | self._find_counters():
            raise AccessError(
                self.env._(
                    "You counted or submitted some of it yourself: another approver"
                    " has to answer."
                )
            )

    def _answer(self, state, comment):
        """Write the answer, unless another user has answered.

        :param str state: ``approved``, ``rejected`` or ``void``
        :raise UserError: when it is answered already
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_approval
                   SET state = %s, approver_id = %s, comment = %s,
                       answered_at = now() AT TIME ZONE 'UTC'
                 WHERE id = %s AND state = 'pending' RETURNING id
                """,
                state,
                self.env.uid,
                comment or None,
                self.id,
            )
        )
        answered = self.env.cr.fetchone()
        self.invalidate_recordset()
        if not answered:
            raise UserError(self.env._("This request was answered already."))
        self._close_activities()

    @api.model
    def _read_uncovered(self, lines):
        """Find lines that no approval covers as they are now.

        If several approvals have the same digest of a line, the last answer counts.

        :return: set of line ids
        """
        self._flush_covered()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id FROM stock_count_line line
                 WHERE line.id = ANY(%s) AND NOT EXISTS (
                       SELECT FROM stock_count_approval_line covered
                         JOIN stock_count_approval approval
                           ON approval.id = covered.approval_id
                        WHERE covered.line_id = line.id AND approval.state = 'approved'
                          AND covered.digest = %s AND NOT covered.refused
                          AND NOT %s)
                """,
                lines.ids,
                self._digest(),
                self._is_rejected_later(),
            )
        )
        return {line_id for (line_id,) in self.env.cr.fetchall()}

    @api.model
    def _is_rejected_later(self):
        """SQL condition: ``line`` was rejected after an ``approval``."""
        return SQL(
            """
            EXISTS (SELECT FROM stock_count_approval_line later
                      JOIN stock_count_approval answer ON answer.id = later.approval_id
                     WHERE later.line_id = line.id AND answer.id > approval.id
                       AND (later.refused OR answer.state = 'rejected'))
            """
        )

    @api.model
    def _read_rejected(self, lines):
        """Find lines that were rejected as they are now.

        :return: dict line id → message that says who rejected it
        """
        if not lines:
            return {}
        answers = self._read_answers(lines)
        self.browse(answer for _line, answer, _no in answers).fetch(["approver_id"])
        return {
            line_id: self.env._(
                "Rejected by %s: count it again, or correct it, then submit it again.",
                self.browse(answer).approver_id.name,
            )
            for line_id, answer, refused in answers
            if refused
        }

    @api.model
    def _read_answers(self, lines):
        """Read the last answer to each line as it is now.

        :return: rows (line id, approval id, whether the line was rejected)
        """
        self._flush_covered()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (line.id) line.id, approval.id,
                       covered.refused OR approval.state = 'rejected'
                  FROM stock_count_line line
                  JOIN stock_count_approval_line covered ON covered.line_id = line.id
                  JOIN stock_count_approval approval
                    ON approval.id = covered.approval_id
                 WHERE line.id = ANY(%s) AND covered.digest = %s
                   AND approval.state IN ('approved', 'rejected')
                 ORDER BY line.id, approval.id DESC
                """,
                lines.ids,
                self._digest(),
            )
        )
        return self.env.cr.fetchall()

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("An approval is answered, never edited."))
        return super().write(vals)
