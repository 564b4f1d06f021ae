from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .engine.definition import Column, Figure, Totals

# The groups of the report: up to how many days before its expiry date a lot is in each.
SOON, LATER = 30, 90
URGENCIES = ("expired", "soon", "later", "distant")


@dataclass
class ExpiryTotals(Totals):
    """Sums over lots, with the value at risk in each group."""

    at_risk: dict[str, float] = field(default_factory=dict)

    def add(self, row):
        Totals.add(self, row)
        bucket = row["bucket"]
        self.at_risk[bucket] = self.at_risk.get(bucket, 0) + row["at_risk"]


class StockCountExpiryReport(models.AbstractModel):
    """Report RX1: lots by expiration date, as last counted.

    It has the last count of each lot at each place, so that no stock is in it twice.
    With chosen sessions, it has the last count among these.
    """

    _name = "report.stock_count.report_expiry_document"
    _inherit = ["report.stock_count.report_review_document"]
    _description = "Cycle Counts by Expiration Date"

    _report_number = "RX1"
    _report_by_session = False
    _report_filters = (
        *("date_from", "date_to", "session_ids", "session_states", "warehouse_ids"),
        *("location_ids", "product_ids", "categ_ids", "supplier_ids", "days"),
    )
    _report_groups = ("urgency", "location", "category")

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Cycle Counts by Expiration Date")

    @api.model
    def _is_available(self):
        if "expiration_date" in self.env["stock.lot"]._fields:
            return True
        return self.env._(
            "Lots have no expiration dates here: install Odoo's “Products Expiration"
            " Date” (product_expiry) and switch it on for the products."
        )

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("urgency", _("Expiry"), width=12),
            Column("expires", _("Expires"), "date", width=9),
            Column("days", _("Days Left"), "integer", width=5),
            Column("item", _("Item ID"), width=9),
            Column("description", _("Description"), width=18),
            Column("lot", _("Serial/Lot"), width=10),
            Column("location", _("Location"), width=16),
            Column("category", _("Category"), width=20, printed=False),
            Column("expected", _("Expected"), "quantity", 13),
            Column("found", _("Counted"), "quantity", 13),
            Column("variance", _("Variance"), "difference", 12),
            Column("unit", _("Unit"), width=5),
            Column("cost", _("Unit Cost"), "money", width=10),
            Column("at_risk", _("Value at Risk"), "money", 13, True),
            Column("value", _("Variance Value"), "money", 13, True),
            Column("session", _("Cycle Count"), width=8),
            Column("counted_at", _("Counted At"), "datetime", 14, printed=False),
        ]

    @api.model
    def _get_domain(self, filters):
        domain = super()._get_domain(filters) & Domain("lot_id", "!=", False)
        if self._is_available() is not True:
            return Domain.FALSE
        domain &= Domain("lot_id.expiration_date", "!=", False)
        if filters.days:
            today = fields.Date.context_today(self)
            end = self._to_utc(fields.Date.add(today, days=filters.days + 1))
            domain &= Domain("lot_id.expiration_date", "<", end)
        return domain if filters.session_ids else self._keep_last(domain)

    @api.model
    def _find(self, filters, offset, limit, order):
        """Ids of lines, the first expiration date first."""
        query = self.env["stock.count.line"]._search(self._get_domain(filters))
        self.env["stock.lot"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id FROM stock_count_line line
                  JOIN stock_lot lot ON lot.id = line.lot_id
                 WHERE line.id IN %s
                 ORDER BY lot.expiration_date, line.product_id, line.location_id,
                          line.id
                OFFSET %s LIMIT %s
                """,
                query.subselect(),
                offset,
                limit,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _prepare_row(self, line, facts):
        row = super()._prepare_row(line, facts)
        # In sudo mode because a counting lead need not be an Inventory user.
        expires = self._to_local(line.sudo().lot_id.expiration_date).date()
        days = (expires - fields.Date.context_today(self)).days
        quantity = facts["found_qty" if facts["is_counted"] else "expected_qty"]
        bucket = self._get_bucket(days)
        currency = line.currency_id
        return {
            **row,
            "expires": expires,
            "days": days,
            "bucket": bucket,
            "urgency": self._get_urgencies()[bucket],
            "at_risk": currency.round(max(quantity, 0) * facts["unit_cost"]),
        }

    @api.model
    def _get_bucket(self, days):
        limits = zip((-1, SOON, LATER), URGENCIES, strict=False)
        return next((name for limit, name in limits if days <= limit), URGENCIES[-1])

    @api.model
    def _get_urgencies(self):
        _ = self.env._
        return {
            "expired": _("Expired"),
            "soon": _("Within %s days", SOON),
            "later": _("Within %s days", LATER),
            "distant": _("Later"),
        }

    @api.model
    def _get_group_labels(self):
        return {**super()._get_group_labels(), "urgency": self.env._("Expiry")}

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _new_totals(self):
        return ExpiryTotals()

    @api.model
    def _get_figures(self, totals):
        kept = ("lines", "counted", "open", "shortages", "overages")
        figures = [f for f in super()._get_figures(totals) if f.key in kept]
        return [*figures, *self._get_risks(totals), *self._get_values(totals)]

    @api.model
    def _get_risks(self, totals):
        labels = self._get_urgencies()
        return [
            Figure(name, labels[name], "money", totals.at_risk.get(name, 0.0))
            for name in URGENCIES
        ]

    @api.model
    def _get_subtotal(self, totals):
        at_risk = sum(totals.at_risk.values())
        sentence, *values = super()._get_subtotal(totals)
        risk = Figure("at_risk", self.env._("Value at risk"), "money", at_risk)
        return [sentence, risk, *values]
