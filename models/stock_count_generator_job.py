from odoo import api, models
from odoo.tools import SQL


class StockCountGenerator(models.AbstractModel):
    """Makes the lines of some locations of a scope."""

    _inherit = "stock.count.generator"

    @api.model
    def _has_more_quants(self, session, limit):
        """A quick look: where there are fewer quants, there are fewer lines."""
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FROM (SELECT FROM stock_quant WHERE company_id = %s"
                " LIMIT %s) quants",
                session.company_id.id,
                limit + 1,
            )
        )
        return self.env.cr.fetchone()[0] > limit

    @api.model
    def _count_places(self, session):
        """How many lines each location of the scope would have, in their order.

        :return: list of (location id, lines)
        """
        self._flush(session)
        self.env.cr.execute(
            SQL(
                """
                SELECT location.id, count(*)
                  FROM (%s) scope
                  JOIN stock_location location ON location.id = scope.location_id
                 GROUP BY location.id
                 ORDER BY location.complete_name, location.id
                """,
                self._scope(session),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _scope_locations(self, session, domain=()):
        location_ids = self.env.context.get("count_location_ids")
        if location_ids is not None:
            domain = [*domain, ("id", "in", location_ids)]
        return super()._scope_locations(session, domain)
