from odoo import api, models
from odoo.fields import Domain

from .engine.definition import Column, Figure


class StockCountDifferencesReport(models.AbstractModel):
    """Report 158: the lines with a variance.

    A line that a newer count superseded is left out, unless its status is chosen: its
    variance is not true any more.
    """

    _name = "report.stock_count.report_differences_document"
    _inherit = ["report.stock_count.report_review_document"]
    _description = "Cycle Count Differences"

    _report_number = "158"
    # Differences are compared, not signed off.
    _report_by_session = False

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Cycle Count Differences")

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("session", _("Cycle Count"), width=8),
            Column("location", _("Location"), width=20, order="location_id"),
            Column("category", _("Category"), width=20, printed=False),
            Column("item", _("Item ID"), width=10),
            Column("description", _("Description"), width=18, order="product_id"),
            Column("lot", _("Serial/Lot"), width=9, order="lot_id"),
            Column("expected", _("Expected"), "quantity", 12, order="expected_qty"),
            Column("found", _("Found"), "quantity", 12, order="found_qty"),
            Column("variance", _("Variance"), "difference", 11, order="variance_qty"),
            Column("unit", _("Unit"), width=5),
            Column("cost", _("Unit Cost"), "money", width=10, order="unit_cost"),
            Column("shortage", _("Shortage"), "money", 13, True, "variance_value"),
            Column("overage", _("Overage"), "money", 13, True, "variance_value"),
            Column("status", _("Status"), width=8, order="state"),
            Column("reason", _("Reason"), width=9, order="reason_id"),
            Column("counter", _("Counted By"), width=10, printed=False),
            Column("counted_at", _("Counted At"), "datetime", 14, printed=False),
            Column("note", _("Remarks"), width=30, printed=False),
        ]

    @api.model
    def _get_domain(self, filters):
        differing = Domain("is_counted", "=", True) & Domain("variance_qty", "!=", 0)
        if not filters.states:
            differing &= Domain("state", "!=", "superseded")
        return super()._get_domain(filters) & differing

    @api.model
    def _get_figures(self, totals):
        """Leave out figures that make no sense for lines with a variance only."""
        pointless = {"counted", "open", "matching", "accuracy"}
        figures = super()._get_figures(totals)
        return [figure for figure in figures if figure.key not in pointless]

    @api.model
    def _get_subtotal(self, totals):
        sentence = self.env._("Lines with a variance: %s", totals.differing)
        return [Figure("sentence", "", "text", sentence), *self._get_values(totals)]

    @api.model
    def _prepare_row(self, line, facts):
        value, variance = facts["variance_value"], facts["variance_qty"]
        return {
            **super()._prepare_row(line, facts),
            "shortage": -value if variance < 0 else None,
            "overage": value if variance > 0 else None,
        }
