from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError


class StockQuant(models.Model):
    _inherit = "stock.quant"

    count_may_apply = fields.Boolean(compute="_compute_count_may_apply")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends("company_id")
    def _compute_count_may_apply(self):
        allowed = {
            company: self._count_may_apply(company)
            for company in self.company_id | self.env.company
        }
        for quant in self:
            quant.count_may_apply = allowed[quant.company_id or self.env.company]

    # === BUSINESS METHODS === #

    def _apply_inventory(self, date=None):
        """With Option 170 on, stock is corrected by counts that were approved."""
        for company in self.company_id or self.env.company:
            if not self._count_may_apply(company):
                raise AccessError(
                    self.env._(
                        "Option 170 is on in %s: stock is corrected by cycle counts that"
                        " were approved. Run a new cycle count instead.",
                        company.name,
                    )
                )
        return super()._apply_inventory(date)

    @api.model
    def _count_may_apply(self, company):
        # The user, not sudo: Odoo's own buttons run in sudo mode for whoever clicks them.
        if self.env.uid == SUPERUSER_ID or not company.sudo().count_require_approval:
            return True
        return self.env.user._may_post_counts(company)
