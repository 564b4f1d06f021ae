from odoo import fields, models

from ..const import LEAD
from .review.posting_block import BLOCK_INDEX


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "stock.count.guard", "stock.count.hold"]

    _count_costs = frozenset({"standard_price", "avg_cost", "total_value"})

    count_warehouse_ids = fields.Many2many(
        string="Counted In",
        comodel_name="stock.warehouse",
        relation="stock_count_product_warehouse_rel",
        groups=LEAD,
        help="With Option 504, the product is counted in these warehouses only. Empty:"
        " in all of them.",
    )
    count_class_id = fields.Many2one(
        comodel_name="stock.count.class",
        company_dependent=True,
        groups="stock_count.group_count_manager",
        domain="[('company_id', '=', allowed_company_ids[0])]",
        help="Given by hand, it goes before the class that is computed from the usage"
        " in each warehouse.",
    )
    count_line_count = fields.Integer(
        string="Counts", compute="_compute_count_line_count"
    )

    _count_hold_index = models.Index(BLOCK_INDEX)

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
