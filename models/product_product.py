from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "stock.count.guard"]

    _count_costs = frozenset({"standard_price", "avg_cost", "total_value"})

    count_line_count = fields.Integer(
        string="Counts", compute="_compute_count_line_count"
    )
    count_supplier_ids = fields.Many2many(
        string="Suppliers of the Variant",
        comodel_name="res.partner",
        compute="_compute_count_supplier_ids",
        search="_search_count_supplier_ids",
        help="Who sells this very variant to the companies that are worked in, the main"
        " supplier first.",
    )

    # === COMPUTE METHODS === #

    def _compute_count_line_count(self):
        self.env["stock.count.line"]._assign_counted_sessions(self, "product_id")

    @api.depends("seller_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_count_supplier_ids(self):
        self.env["product.supplierinfo"].flush_model()
        suppliers = {}
        self.env.cr.execute(
            SQL(
                """
                SELECT product.id, seller.partner_id
                  FROM product_product product
                  JOIN product_supplierinfo seller ON %s
                 WHERE product.id = ANY(%s)
                 ORDER BY %s
                """,
                self._count_sold_by("product", self.env.companies.ids),
                self._origin.ids,
                self._count_seller_order(),
            )
        )
        for product_id, partner_id in self.env.cr.fetchall():
            suppliers.setdefault(product_id, {})[partner_id] = True
        for product in self:
            product.count_supplier_ids = [*suppliers.get(product._origin.id, ())]

    def _search_count_supplier_ids(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS or operator == "any":
            return NotImplemented
        field = "id" if operator == "in" else "display_name"
        partners = self.env["res.partner"]._search(Domain(field, operator, value))
        self.env["product.supplierinfo"].flush_model()
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "EXISTS (SELECT FROM product_supplierinfo seller"
                " WHERE %s AND seller.partner_id IN %s)",
                model._count_sold_by(alias, model.env.companies.ids),
                partners.subselect(),
            )
        )

    # === ACTION METHODS === #

    def action_view_counts(self):
        """Open the count lines of this product, newest session first."""
        return self.env["stock.count.line"]._action_view_for("product_id", self.ids)

    # === BUSINESS METHODS === #

    @api.model
    def _count_sold_by(self, alias, companies):
        """SQL condition: the row ``seller`` is a supplier of the product of the row
        ``alias``, not of another variant, and of one of these companies or of all.

        :param companies: ids, or SQL of one
        """
        if not isinstance(companies, SQL):
            companies = SQL("ANY(%s)", list(companies))
        return SQL(
            """
            (seller.product_tmpl_id = %(template)s
             AND COALESCE(seller.product_id, %(product)s) = %(product)s
             AND (seller.company_id IS NULL OR seller.company_id = %(companies)s))
            """,
            template=SQL.identifier(alias, "product_tmpl_id"),
            product=SQL.identifier(alias, "id"),
            companies=companies,
        )

    @api.model
    def _count_seller_order(self):
        """SQL: suppliers as a product sorts them, the main one first."""
        return SQL("seller.sequence, seller.min_qty DESC, seller.price, seller.id")
