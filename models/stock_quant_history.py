from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

COMPARISONS = ("<", "<=", ">", ">=")


class StockQuant(models.Model):
    """When stock was counted last: a product at a location, whatever its lots."""

    _inherit = "stock.quant"

    count_last_posted_at = fields.Datetime(
        string="Counted On",
        compute="_compute_count_last_posted_at",
        search="_search_count_last_posted_at",
        groups="stock_count.group_count_lead",
        help="When a count of the product at this location was posted last, with or"
        " without a variance.",
    )

    # === COMPUTE METHODS === #

    def _compute_count_last_posted_at(self):
        history = self.env["stock.count.history"]._read_group(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id", "in", self.location_id.ids),
            ],
            ["product_id", "location_id"],
            ["posted_at:max"],
        )
        last = {(product, location): at for product, location, at in history}
        for quant in self:
            quant.count_last_posted_at = last.get((quant.product_id, quant.location_id))

    def _search_count_last_posted_at(self, operator, value):
        if operator == "in" and set(value) == {False}:
            return self._counted_domain(SQL("IS NULL"))
        if operator not in COMPARISONS:
            return NotImplemented
        moment = fields.Datetime.to_datetime(value)
        return self._counted_domain(SQL(f"{operator} %s", moment))

    def _counted_domain(self, condition):
        """Quants whose last count fulfils a condition."""

        def to_sql(_model, alias, _query):
            return SQL(
                """
                (SELECT max(done.posted_at) FROM stock_count_history done
                  WHERE done.product_id = %s AND done.location_id = %s) %s
                """,
                SQL.identifier(alias, "product_id"),
                SQL.identifier(alias, "location_id"),
                condition,
            )

        return Domain.custom(to_sql=to_sql)
