from odoo import api, fields, models

from ..const import LEAD
from ..rights import check_lead

CRON = "stock_count.ir_cron_keep_reports"


class StockCountSession(models.Model):
    """The reports of a count: those that are kept with it, those that are printed."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    kept_report_ids = fields.One2many(
        string="Adjustment Reports",
        comodel_name="stock.count.kept.report",
        inverse_name="session_id",
        readonly=True,
        groups=LEAD,
    )

    # === ACTION METHODS === #

    def action_report_excel(self, name):
        """Download a report of these counts as an Excel file.

        :param str name: model of the report
        :raise AccessError: when the user is no counting lead
        :raise UserError: when there is no such report
        """
        check_lead(self, "write")
        report = self.env["stock.count.report"]._find_report(name)
        return report.action_excel({"session_ids": self.ids})

    def action_print_report(self, name):
        """Print a report of these counts.

        :param str name: model of the report
        :raise AccessError: when the user is no counting lead
        :raise UserError: when there is no such report, or paper cannot take it
        """
        check_lead(self, "write")
        report = self.env["stock.count.report"]._find_report(name)
        return report.action_pdf({"session_ids": self.ids})

    # === BUSINESS METHODS === #

    @api.model
    def _keep_reports_of(self, sessions, state):
        """Posting and undoing it end with a state: then there is a report to keep."""
        if state in ("open", "partial", "posted"):
            cron = self.env.ref(CRON, raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()
