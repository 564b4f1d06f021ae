from odoo import api, fields, models

from ..const import LEAD, WORKING_STATES
from ..rights import check_lead

CRON = "stock_count.ir_cron_keep_reports"


class StockCountSession(models.Model):
    """The reports of a session: those that are kept, and those that are printed."""

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
        """Download a report of these sessions as an Excel file.

        :param str name: name of the report's model
        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when there is no such report
        """
        check_lead(self, "write")
        report = self.env["stock.count.report"]._find_report(name)
        return report.action_excel({"session_ids": self.ids})

    def action_print_report(self, name):
        """Print a report of these sessions.

        :param str name: name of the report's model
        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when there is no such report, or the server cannot make PDF
        :raise RedirectWarning: when there are too many lines for PDF; offers Excel
        """
        check_lead(self, "write")
        report = self.env["stock.count.report"]._find_report(name)
        return report.action_pdf({"session_ids": self.ids})

    # === BUSINESS METHODS === #

    @api.model
    def _keep_reports_of(self, sessions, state):
        """Wake the scheduled action that keeps reports, after posting or undoing."""
        if state in (*WORKING_STATES, "posted"):
            cron = self.env.ref(CRON, raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()
