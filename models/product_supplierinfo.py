from odoo import models


class ProductSupplierinfo(models.Model):
    _name = "product.supplierinfo"
    _inherit = ["product.supplierinfo", "stock.count.guard"]

    _count_costs = frozenset({"display_name", "price", "price_discounted", "discount"})
