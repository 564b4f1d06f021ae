from odoo import api, fields, models
from odoo.tools import SQL

from .stock_count_entry import LEAD


class StockCountLine(models.Model):
    """What an import says that a thing costs: opening stock has no other cost yet."""

    _inherit = "stock.count.line"

    given_cost = fields.Float(
        digits="Product Price",
        readonly=True,
        groups=LEAD,
        aggregator=None,
        help="Cost of one product unit as imported. It becomes the cost of an item of"
        " which there is no stock yet.",
    )

    @api.model
    def _give_costs(self, costs):
        """Value lines at an imported cost.

        :param dict costs: line id → cost of one product unit
        """
        rows = [{"id": line_id, "cost": cost} for line_id, cost in costs.items()]
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET given_cost = rows.cost, unit_cost = rows.cost,
                       variance_value = round(line.variance_qty * rows.cost, %s)
                  FROM %s
                 WHERE line.id = rows.id
                """,
                self.env.company.currency_id.decimal_places,
                self.env["stock.count.book"]._rows(rows, "id int, cost numeric"),
            )
        )
        self.invalidate_model(["given_cost", "unit_cost", "variance_value"])
