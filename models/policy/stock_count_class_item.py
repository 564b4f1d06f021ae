from odoo import fields, models


class StockCountClassItem(models.Model):
    """The class of an item in a warehouse, computed from its usage."""

    _name = "stock.count.class.item"
    _description = "Class of an Item"
    _order = "warehouse_id, usage_value desc, id"
    _rec_name = "product_id"
    _log_access = False

    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    categ_id = fields.Many2one(related="product_id.categ_id")
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    class_id = fields.Many2one(
        string="Computed Class",
        comodel_name="stock.count.class",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    override_id = fields.Many2one(
        string="Class by Hand", related="product_id.product_tmpl_id.count_class_id"
    )
    usage_value = fields.Monetary(
        readonly=True, help="What left the warehouse in a year, at today's cost."
    )
    share = fields.Float(
        string="Higher %",
        readonly=True,
        aggregator=None,
        help="The share of the warehouse's usage value that is used of other items, of"
        " which more is used.",
    )
    computed_at = fields.Datetime(string="Computed On", readonly=True)

    _one_per_warehouse = models.UniqueIndex(
        "(warehouse_id, product_id)", "An item has one class in a warehouse."
    )
