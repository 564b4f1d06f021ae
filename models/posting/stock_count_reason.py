from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockCountReason(models.Model):
    _name = "stock.count.reason"
    _description = "Count Reason"
    _inherit = [
        "stock.count.named.records",
        "stock.count.shared.records",
        "stock.count.audited",
    ]
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short code, printed in reports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    sign = fields.Selection(
        string="Applies To",
        selection=[
            ("shortage", "Shortages"),
            ("overage", "Overages"),
            ("both", "Shortages and overages"),
        ],
        required=True,
        default="both",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        default=lambda self: self._default_company(),
        help="Leave empty to share the reason between all companies.",
    )

    _code_is_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "The code of a reason is unique."
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = f"{reason.code} · {reason.name}"

    # === BUSINESS METHODS === #

    def _check_fits(self, variance):
        """Check that this reason is for variances of this sign.

        :param float variance: in product units; positive is an overage
        :raise ValidationError: naming the reason
        """
        self.ensure_one()
        sign = "overage" if variance > 0 else "shortage"
        if self.sign not in ("both", sign):
            labels = dict(self._fields["sign"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "Reason %(reason)s is for %(sign)s only: choose another one.",
                    reason=self.display_name,
                    sign=labels[self.sign].lower(),
                )
            )
