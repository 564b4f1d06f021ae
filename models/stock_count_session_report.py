from odoo import fields, models

from .stock_count_entry import LEAD

CRON = "stock_count.ir_cron_keep_reports"


class StockCountSession(models.Model):
    """The reports of a count: those that are kept with it, those that are printed."""

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
        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when there is no such report
        """
        self._check_lead()
        report = self.env["stock.count.report"]._find_report(name)
        return report.action_excel({"session_ids": self.ids})

    def action_print_report(self, name):
        """Print a report of these counts.

        :param str name: model of the report
        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when there is no such report, or paper cannot take it
        """
        self._check_lead()
        report = self.env["stock.count.report"]._find_report(name)
        return report.action_pdf({"session_ids": self.ids})

    # === BUSINESS METHODS === #

    def _set_state(self, allowed, target):
        """Posting and undoing it end with a state: then there is something to keep."""
        result = super()._set_state(allowed, target)
        if target in ("open", "partial", "posted"):
            cron = self.env.ref(CRON, raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()
        return result
