from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockCountLine(models.Model):
    """Suppliers: a search finds a line by any of them, a list groups it by the main
    one."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    seller_id = fields.Many2one(
        string="Supplier",
        comodel_name="res.partner",
        compute="_compute_seller_id",
        search="_search_seller_id",
    )
    main_seller_id = fields.Many2one(
        string="Main Supplier",
        comodel_name="res.partner",
        compute="_compute_main_seller_id",
        search="_search_main_seller_id",
        help="The first supplier of the item.",
    )

    # === COMPUTE METHODS === #

    @api.depends("product_id")
    def _compute_seller_id(self):
        for line in self:
            company = {"allowed_company_ids": line.company_id.ids}
            product = line.product_id.sudo().with_context(**company)
            line.seller_id = product.count_supplier_ids[:1]

    def _search_seller_id(self, operator, value):
        return [("product_id.count_supplier_ids", operator, value)]

    @api.depends("product_id")
    def _compute_main_seller_id(self):
        self.env.cr.execute(
            SQL(
                "SELECT line.id, %s FROM stock_count_line line WHERE line.id = ANY(%s)",
                self._main_seller_sql("line"),
                self._origin.ids,
            )
        )
        sellers = dict(self.env.cr.fetchall())
        for line in self:
            line.main_seller_id = sellers.get(line._origin.id)

    def _search_main_seller_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = [seller_id for seller_id in value if seller_id]
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "COALESCE(%s, 0) = ANY(%s)",
                model._main_seller_sql(alias),
                # A search for "no supplier" has False among its values.
                ids if len(ids) == len(value) else [*ids, 0],
            )
        )

    # === BUSINESS METHODS === #

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists group by the main supplier, which is not stored."""
        if field_expr == "main_seller_id":
            return self._main_seller_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _main_seller_sql(self, alias):
        """SQL: the id of the first supplier of the product of row ``alias``, in the
        order of the product's own list."""
        self.env["product.supplierinfo"].flush_model()
        Product = self.env["product.product"]
        return SQL(
            """
            (SELECT seller.partner_id
               FROM product_product product
               JOIN product_supplierinfo seller ON %(sold)s
              WHERE product.id = %(product)s
              ORDER BY %(order)s LIMIT 1)
            """,
            sold=Product._count_sold_by("product", SQL.identifier(alias, "company_id")),
            order=Product._count_seller_order(),
            product=SQL.identifier(alias, "product_id"),
        )
