from odoo import api, fields, models


class StockCountReportChoice(models.Model):
    """The last choice of a user for a report, which its dialog offers again."""

    _name = "stock.count.report.choice"
    _description = "Last Choice of a Count Report"
    _rec_name = "report"
    _log_access = False

    user_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    report = fields.Char(required=True, readonly=True)
    values = fields.Json(readonly=True)

    _one_per_report = models.UniqueIndex(
        "(user_id, company_id, report)", "A user's last choice of a report is one."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _recall(self, report):
        """The user's last choice in this company.

        :return: dict; empty without one
        """
        return self._find(report).values or {}

    @api.model
    def _remember(self, report, values):
        """Replace the user's last choice."""
        choice = self._find(report)
        if choice:
            choice.values = values
        else:
            choice.create({**self._key(report), "values": values})

    @api.model
    def _find(self, report):
        # In sudo mode because users need no right to write their own choice.
        domain = [(name, "=", value) for name, value in self._key(report).items()]
        return self.sudo().search(domain, limit=1)

    @api.model
    def _key(self, report):
        return {
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            "report": report,
        }
