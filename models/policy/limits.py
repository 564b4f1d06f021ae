from odoo import fields, models

from ...domain.tolerance import Tolerance

LIMITS = ("percent_minus", "percent_plus", "value_minus", "value_plus")


class StockCountLimits(models.AbstractModel):
    """Limits of a count's variance, for tolerances and classes. 0 does not limit."""

    _name = "stock.count.limits"
    _description = "Limits of a Count"
    _inherit = ["stock.count.named.records", "stock.count.audited"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    percent_minus = fields.Float(
        string="Shortage %", help="Of the expected quantity; 0 does not limit."
    )
    percent_plus = fields.Float(
        string="Overage %", help="Of the expected quantity; 0 does not limit."
    )
    value_minus = fields.Monetary(
        string="Shortage Value", help="In the company's currency; 0 does not limit."
    )
    value_plus = fields.Monetary(
        string="Overage Value", help="In the company's currency; 0 does not limit."
    )

    _limits_are_not_negative = models.Constraint(
        "CHECK (LEAST(percent_minus, percent_plus, value_minus, value_plus) >= 0)",
        "A tolerance cannot be negative: enter how far off a count may be.",
    )

    # === BUSINESS METHODS === #

    def _limits(self):
        """These limits for domain.tolerance.

        :rtype: domain.tolerance.Tolerance
        """
        self.ensure_one()
        return Tolerance(*(self[limit] or None for limit in LIMITS))
