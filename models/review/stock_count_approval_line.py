from odoo import api, fields, models
from odoo.tools import SQL

# How many earlier counts of an item and bin an approver sees.
HISTORY = 3


class StockCountApprovalLine(models.Model):
    """A line of an approval: a count line as it was submitted.

    Quantities are in the product's unit, values in the company's currency.
    """

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
    expected_qty = fields.Float(string="Expected", digits="Product Unit", readonly=True)
    found_qty = fields.Float(string="Found", digits="Product Unit", readonly=True)
    variance_qty = fields.Float(string="Variance", digits="Product Unit", readonly=True)
    variance_value = fields.Monetary(readonly=True)
    tolerance_ratio = fields.Float(
        digits=(12, 2),
        readonly=True,
        aggregator="max",
        help="How much of its tolerance the variance uses; above 1 is over it.",
    )
    refused = fields.Boolean(string="Rejected", readonly=True)

    # Fields that an approver needs for a decision
    approval_state = fields.Selection(related="approval_id.state", string="Answer")
    product_id = fields.Many2one(related="line_id.product_id")
    location_id = fields.Many2one(related="line_id.location_id")
    lot_display = fields.Char(related="line_id.lot_display")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    round = fields.Integer(related="line_id.round")
    cause = fields.Char(related="line_id.cause")
    other_causes = fields.Char(related="line_id.other_causes")
    reason_id = fields.Many2one(related="line_id.reason_id")
    reserved_qty = fields.Float(related="line_id.reserved_qty")
    counted_by_id = fields.Many2one(related="line_id.counted_by_id")
    is_changed = fields.Boolean(
        string="Changed Since",
        compute="_compute_is_changed",
        help="Counted, moved or given another reason after it was submitted: this"
        " answer does not cover it.",
    )
    standing = fields.Selection(
        string="Status",
        selection=[
            ("submitted", "Submitted"),
            ("changed", "Changed"),
            ("refused", "Rejected"),
        ],
        compute="_compute_standing",
        help="Whether the answer to the request covers the line.",
    )
    history = fields.Char(
        string="Earlier Counts",
        compute="_compute_history",
        help="What was posted for the item in this bin before, latest first.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "line_id.variance_qty",
        "line_id.found_qty",
        "line_id.round",
        "line_id.reason_id",
    )
    def _compute_is_changed(self):
        Approval = self.env["stock.count.approval"]
        Approval._flush_covered()
        self.env.cr.execute(
            SQL(
                """
                SELECT covered.id FROM stock_count_approval_line covered
                  JOIN stock_count_line line ON line.id = covered.line_id
                 WHERE covered.id = ANY(%s) AND line.posted_round < line.round
                   AND covered.digest <> %s
                """,
                self.ids,
                Approval._digest(),
            )
        )
        changed = {line_id for (line_id,) in self.env.cr.fetchall()}
        for line in self:
            line.is_changed = line.id in changed

    @api.depends("refused", "is_changed")
    def _compute_standing(self):
        for line in self:
            changed = "changed" if line.is_changed else "submitted"
            line.standing = "refused" if line.refused else changed

    @api.depends("line_id")
    def _compute_history(self):
        earlier = self._read_earlier()
        for line in self:
            line.history = (
                ", ".join(
                    f"{fields.Date.to_string(date)} {name}: "
                    + (f"{qty:+g}" if qty else "0")
                    for date, name, qty in earlier.get(line.id, ())
                )
                or False
            )

    def _read_earlier(self):
        """Read the last posted counts of the same item and bin.

        :return: dict id → list of [time of posting, session, posted quantity], latest
            first
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT covered.id, past.posted_at, session.name,
                       COALESCE(past.posted_qty, 0)
                  FROM stock_count_approval_line covered
                  JOIN stock_count_line line ON line.id = covered.line_id
                 CROSS JOIN LATERAL (
                       SELECT other.* FROM stock_count_line other
                        WHERE other.product_id = line.product_id
                          AND other.location_id = line.location_id
                          AND other.id <> line.id AND other.posted_round > 0
                          AND other.company_id = line.company_id
                          AND other.lot_id IS NOT DISTINCT FROM line.lot_id
                        ORDER BY other.posted_at DESC LIMIT %s) past
                  JOIN stock_count_session session ON session.id = past.session_id
                 WHERE covered.id = ANY(%s)
                 ORDER BY covered.id, past.posted_at DESC
                """,
                HISTORY,
                self.ids,
            )
        )
        earlier = {}
        for line_id, *count in self.env.cr.fetchall():
            earlier.setdefault(line_id, []).append(count)
        return earlier

    # === ACTION METHODS === #

    def action_refuse(self):
        """Reject these lines. Approving the rest does not cover them.

        :raise AccessError: when the user is no approver, or counted or submitted it
        :raise UserError: when the request is answered already
        """
        return self._write_refused(True, self.env._("Lines rejected: %s"))

    def action_accept(self):
        """Withdraw the rejection of these lines.

        :raise AccessError: when the user is no approver, or counted or submitted it
        :raise UserError: when the request is answered already
        """
        return self._write_refused(False, self.env._("Lines no longer rejected: %s"))

    def action_request_recount(self):
        """Ask for a recount of these lines. The approval does not cover them any more.

        :raise AccessError: when the user is no approver, or counted or submitted it
        :raise UserError: when the request is answered already, or a line is posted
        """
        self.approval_id._check_pending()
        return self.line_id.action_request_recount()

    def _write_refused(self, refused, text):
        self.approval_id._check_pending()
        # In sudo mode because approvals are answered by verbs, never written.
        self.sudo().refused = refused
        for approval, lines in self.grouped("approval_id").items():
            approval.session_id._log_action(text % lines.line_id._names())
        return True

    def action_view_entries(self):
        """Open the entries of these lines, of all rounds.

        :return: action
        """
        return self.line_id.action_view_entries()
