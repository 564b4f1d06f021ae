from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...const import APPROVER

ACTIVITY = "stock_count.mail_activity_type_approval"


class StockCountApproval(models.Model):
    """One request to post what was counted, and its answer.

    It covers exactly what was submitted: each line with a digest of its quantities. A
    line that changes afterwards is covered no more, the others are.
    """

    _name = "stock.count.approval"
    _description = "Count Approval"
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
        """Approve what was submitted, but for the lines that were rejected.

        :param str comment: kept with the approval
        :raise AccessError: for whoever is not an approver, or counted or submitted it
        :raise UserError: when it is answered already
        """
        self._check_pending()
        return self.session_id.action_approve(comment)

    def action_reject(self, comment=None):
        """Send everything that was submitted back to counting.

        :param str comment: what to do about it, kept with the approval; required
        :raise AccessError: for whoever is not an approver, or counted or submitted it
        :raise UserError: when it is answered already, and without a comment
        """
        self._check_pending()
        return self.session_id.action_reject(comment)

    def action_answer(self):
        """Ask for the comment of an answer.

        :raise AccessError: for whoever is not a counting lead
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_answer_action"
        )
        action["context"] = {"default_approval_id": self.id}
        return action

    def action_view_lines(self):
        """Open the covered lines, to decide on many of them at once."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_approval_line_action"
        )
        action["domain"] = [("approval_id", "=", self.id)]
        action["display_name"] = f"{self.display_name} · {self.env._('Lines')}"
        return action

    # === BUSINESS METHODS === #

    def _check_pending(self):
        """Who may answer, and whether there is anything to answer.

        :raise AccessError: for whoever is not an approver, or counted or submitted it
        :raise UserError: when it is answered already
        """
        if not self.env.su and not self.env.user.has_group(APPROVER):
            raise AccessError(self.env._("Only an approver may do this."))
        self.check_access("read")
        self._lock()
        for approval in self:
            approval._check_segregation()
            if approval.state != "pending":
                raise UserError(self.env._("This request was answered already."))

    def _lock(self):
        """One approver at a time: what somebody else has answered stays answered."""
        self.env.cr.execute(
            "SELECT id FROM stock_count_approval WHERE id = ANY(%s) ORDER BY id"
            " FOR UPDATE",
            [self.ids],
            log_exceptions=False,
        )
        self.invalidate_recordset(["state"])

    # === BUSINESS METHODS - ACTIVITIES === #

    def _find_approvers(self):
        """Who may answer the request.

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
        """Who counted what is covered."""
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT entry.user_id
                  FROM stock_count_approval_line covered
                  JOIN stock_count_entry entry ON entry.line_id = covered.line_id
                 WHERE covered.approval_id = %s AND entry.operation <> 'withdraw'
                """,
                self.id,
            )
        )
        return self.env["res.users"].browse(row[0] for row in self.env.cr.fetchall())

    def _schedule_activities(self):
        """Ask each approver for an answer."""
        for approval in self:
            for user in approval._find_approvers():
                approval.session_id.sudo().activity_schedule(
                    ACTIVITY,
                    user_id=user.id,
                    note=self.env._(
                        "%(lines)s lines, shortages of %(minus)s and overages of"
                        " %(plus)s, submitted by %(user)s.",
                        lines=approval.line_count,
                        minus=approval.currency_id.format(approval.shortage_value),
                        plus=approval.currency_id.format(approval.overage_value),
                        user=approval.requested_by_id.name,
                    ),
                )

    def _close_activities(self):
        self.session_id.sudo().activity_unlink([ACTIVITY])

    @api.model
    def _cron_remind(self):
        """Remind the approvers of what waits longer than a day, once a day."""
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
        """Tell the approvers again that this count waits for them."""
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

    # === BUSINESS METHODS - COVERING === #

    @api.model
    def _digest(self):
        """SQL: what an approval covers of the count line ``line``."""
        return SQL(
            """
            encode(sha256(convert_to(concat_ws('|', line.id, line.round,
                line.found_qty, line.counted_stamp, line.variance_qty,
                line.hold_answer, line.explained_qty), 'UTF8')), 'hex')
            """
        )

    @api.model
    def _request(self, session):
        """Ask for approval of the checked, counted lines of a session.

        :raise UserError: when no counted line is checked
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
        """Keep a digest of each checked line, and the sums that the approver decides
        on."""
        self.env["stock.count.line"].flush_model()
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
                   AND line.state IN ('counted', 'held', 'failed')
                """,
                self.id,
                self._digest(),
                self.session_id.id,
            )
        )
        self.invalidate_recordset(["line_ids"])
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
        self.invalidate_recordset()

    def _check_segregation(self):
        """Nobody answers for their own count, unless the company wants it so.

        :raise AccessError: for whoever counted or submitted what is covered
        """
        self.ensure_one()
        if self.env.uid == SUPERUSER_ID or not self.company_id.count_segregation:
            return
        counted = self.env["stock.count.entry"].search_count(
            [
                ("line_id", "in", self.line_ids.line_id.ids),
                ("user_id", "=", self.env.uid),
                ("operation", "!=", "withdraw"),
            ],
            limit=1,
        )
        if counted or self.requested_by_id == self.env.user:
            raise AccessError(
                self.env._(
                    "You counted or submitted some of it yourself: another approver"
                    " has to answer."
                )
            )

    def _answer(self, state, comment):
        """Approve, reject or void the request; the first answer stands.

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
        """Which lines no approval covers as they are now; the last answer counts.

        :return: set of line ids
        """
        self.env["stock.count.line"].flush_model()
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
                          AND NOT EXISTS (
                              SELECT FROM stock_count_approval_line later
                                JOIN stock_count_approval answer
                                  ON answer.id = later.approval_id
                               WHERE later.line_id = line.id
                                 AND answer.id > approval.id
                                 AND (later.refused OR answer.state = 'rejected')))
                """,
                lines.ids,
                self._digest(),
            )
        )
        return {line_id for (line_id,) in self.env.cr.fetchall()}

    @api.model
    def _read_rejected(self, lines):
        """Which lines were rejected as they are now, and by whom.

        :return: dict line id → message
        """
        if not lines:
            return {}
        self.env["stock.count.line"].flush_model()
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
        answers = self.env.cr.fetchall()
        self.browse(answer for _line, answer, _no in answers).fetch(["approver_id"])
        return {
            line_id: self.env._(
                "Rejected by %s: count it again, or correct it, then submit it again.",
                self.browse(answer).approver_id.name,
            )
            for line_id, answer, refused in answers
            if refused
        }

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("An approval is answered, never edited."))
        return super().write(vals)
