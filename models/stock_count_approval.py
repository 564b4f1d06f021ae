from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

APPROVER = "stock_count.group_count_approver"


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

    _one_pending_per_session = models.UniqueIndex(
        "(session_id) WHERE state = 'pending'",
        "The count is waiting for approval already.",
    )

    # === BUSINESS METHODS === #

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
        lines = self.env["stock.count.poster"].sudo()._find_lines(session)
        self.env["stock.count.book"]._refresh_verdicts(lines)
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
                    (approval_id, line_id, digest, variance_qty, variance_value)
                SELECT %s, line.id, %s, line.variance_qty, line.variance_value
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

    @api.model
    def _read_uncovered(self, lines):
        """Which lines no approval covers as they are now.

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
                          AND covered.digest = %s)
                """,
                lines.ids,
                self._digest(),
            )
        )
        return {line_id for (line_id,) in self.env.cr.fetchall()}

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("An approval is answered, never edited."))
        return super().write(vals)


class StockCountApprovalLine(models.Model):
    """One line as it was submitted."""

    _name = "stock.count.approval.line"
    _description = "Count Approval Line"
    _log_access = False
    _rec_name = "line_id"

    approval_id = fields.Many2one(
        comodel_name="stock.count.approval",
        required=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        comodel_name="stock.count.line", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="line_id.company_id")
    currency_id = fields.Many2one(related="line_id.currency_id")
    digest = fields.Char(required=True, readonly=True)
    variance_qty = fields.Float(string="Variance", digits="Product Unit", readonly=True)
    variance_value = fields.Monetary(readonly=True)
