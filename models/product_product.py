from odoo import fields, models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "stock.count.guard"]

    _count_costs = frozenset({"standard_price", "avg_cost", "total_value"})

    count_line_count = fields.Integer(
        string="Counts", compute="_compute_count_line_count"
    )

    # === COMPUTE METHODS === #

    def _compute_count_line_count(self):
        self.env["stock.count.line"]._assign_counted_sessions(self, "product_id")

    # === ACTION METHODS === #

    def action_view_counts(self):
        """Open the count lines of this product, newest session first."""
        return self.env["stock.count.line"]._action_view_for("product_id", self.ids)
