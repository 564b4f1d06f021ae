from odoo import fields, models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "stock.count.guard", "stock.count.hold"]

    _count_costs = frozenset({"standard_price", "avg_cost", "total_value"})

    count_line_count = fields.Integer(
        string="Counts", compute="_compute_count_line_count"
    )

    # === COMPUTE METHODS === #

    def _compute_count_line_count(self):
        for template in self:
            template.count_line_count = sum(
                template.product_variant_ids.mapped("count_line_count")
            )

    # === ACTION METHODS === #

    def action_view_counts(self):
        """Open the count lines of all variants, newest session first."""
        return self.product_variant_ids.action_view_counts()
