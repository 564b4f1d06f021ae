from odoo import api, models
from odoo.tools import SQL


class StockCountPoster(models.AbstractModel):
    """Values opening stock at the cost that was imported with it (I10).

    Costs are of one product unit, in company currency.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

    @api.model
    def _apply_given_costs(self, lines):
        """Write the imported cost to products without stock, and to their lots.

        Existing stock has a value, which a count must not change.
        """
        for (company, session), group in lines.grouped(
            lambda line: (line.company_id, line.session_id)
        ).items():
            products = group.product_id.with_company(company)
            fresh = products - self._read_stocked(company, products)
            self._write_costs(fresh, self._read_given_costs(session, fresh))

    @api.model
    def _read_stocked(self, company, products):
        """The products of which the company has stock."""
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", company.id),
                ("location_id.usage", "in", ("internal", "transit")),
                ("quantity", "!=", 0),
            ],
            ["product_id"],
        )
        return products.browse([product.id for (product,) in groups])

    @api.model
    def _read_given_costs(self, session, products):
        """Read imported costs by product and lot.

        :return: rows (product id, lot id, found quantity, value of that quantity)
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, lot_id, sum(found_qty), sum(found_qty * given_cost)
                  FROM stock_count_line
                 WHERE session_id = %s AND product_id = ANY(%s)
                   AND given_cost > 0 AND found_qty > 0
                 GROUP BY product_id, lot_id
                """,
                session.id,
                products.ids,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _write_costs(self, products, rows):
        """Write the mean cost of each product, and of lots with a cost of their own.

        :param list rows: see ``_read_given_costs``
        """
        totals = {}
        for product_id, lot_id, qty, value in rows:
            product = products.browse(product_id)
            if lot_id and self._has_lot_costs(product):
                lot = self.env["stock.lot"].browse(lot_id)
                lot.with_company(products.env.company).standard_price = value / qty
            total = totals.setdefault(product_id, [0, 0])
            total[0] += qty
            total[1] += value
        for product_id, (qty, value) in totals.items():
            products.browse(product_id).standard_price = value / qty

    @api.model
    def _has_lot_costs(self, product):
        return "lot_valuated" in product._fields and product.lot_valuated
