from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..domain.accuracy import measure_accuracy
from ..rights import is_lead

DASHBOARD = "stock_count.stock_count_dashboard_action"
FIGURES = ("accuracy", "shortages", "overages", "overdue")


class DigestDigest(models.Model):
    """Figures of the stock record in Odoo's digest mails."""

    _inherit = "digest.digest"

    kpi_stock_count_accuracy = fields.Boolean(string="Stock Record Accuracy %")
    kpi_stock_count_accuracy_value = fields.Float(
        compute="_compute_kpi_stock_count_accuracy_value"
    )
    kpi_stock_count_shortages = fields.Boolean(string="Stock Shortages Posted")
    kpi_stock_count_shortages_value = fields.Monetary(
        compute="_compute_kpi_stock_count_shortages_value"
    )
    kpi_stock_count_overages = fields.Boolean(string="Stock Overages Posted")
    kpi_stock_count_overages_value = fields.Monetary(
        compute="_compute_kpi_stock_count_overages_value"
    )
    kpi_stock_count_overdue = fields.Boolean(string="Overdue Cycle Counts")
    kpi_stock_count_overdue_value = fields.Integer(
        compute="_compute_kpi_stock_count_overdue_value"
    )

    # === COMPUTE METHODS === #

    def _compute_kpi_stock_count_accuracy_value(self):
        [[counted, accurate]] = self._read_posted_counts("__count", "accuracy:sum")
        share = measure_accuracy(round((accurate or 0) / 100), counted).share
        self.kpi_stock_count_accuracy_value = 100 * (share or 0)

    def _compute_kpi_stock_count_shortages_value(self):
        [[value]] = self._read_posted_counts("shortage_value:sum")
        self.kpi_stock_count_shortages_value = value or 0

    def _compute_kpi_stock_count_overages_value(self):
        [[value]] = self._read_posted_counts("overage_value:sum")
        self.kpi_stock_count_overages_value = value or 0

    def _compute_kpi_stock_count_overdue_value(self):
        """Count the sessions that were overdue at the end of the mail's period."""
        self._check_count_lead()
        _start, end, companies = self._get_kpi_compute_parameters()
        self.kpi_stock_count_overdue_value = self.env[
            "stock.count.session"
        ].search_count(
            Domain("company_id", "in", companies.ids)
            & Domain("date_due", "<", end)
            & Domain("create_date", "<", end)
            & (Domain("closed_at", "=", False) | Domain("closed_at", ">=", end))
        )

    # === BUSINESS METHODS === #

    def _read_posted_counts(self, *aggregates):
        """Sums over the history of the mail's period."""
        self._check_count_lead()
        start, end, companies = self._get_kpi_compute_parameters()
        return self.env["stock.count.history"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("posted_at", ">=", start),
                ("posted_at", "<", end),
            ],
            [],
            aggregates,
        )

    def _check_count_lead(self):
        """Check that the user is a counting lead. Odoo leaves out figures that raise.

        :raise AccessError: when the user is none
        """
        if not is_lead(self.env):
            raise AccessError(self.env._("Only a counting lead may see count figures."))

    def _compute_kpis(self, company, user):
        """Show no accuracy for a period without counts, instead of 0."""
        kpis = super()._compute_kpis(company, user)
        for kpi in kpis:
            if kpi["kpi_name"] == "kpi_stock_count_accuracy":
                self._blank_uncounted(kpi, company)
        return kpis

    def _blank_uncounted(self, kpi, company):
        # In sudo mode because the user's right to see the figure was checked.
        History = self.env["stock.count.history"].sudo()
        for n, (_name, (days, _before)) in enumerate(self._compute_timeframes(company)):
            start, end = (fields.Datetime.to_string(moment) for moment in days)
            counted = [("posted_at", ">=", start), ("posted_at", "<", end)]
            counted.append(("company_id", "in", (self.company_id or company).ids))
            if not History.search_count(counted, limit=1):
                kpi[f"kpi_col{n + 1}"].update(value="–", margin=0.0)

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("stock_count.menu_count_dashboard_app").id
        link = f"{DASHBOARD}?menu_id={menu}"
        return {
            **actions,
            **{f"kpi_stock_count_{figure}": link for figure in FIGURES},
        }
