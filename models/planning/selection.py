from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..shared.keys import same_key

# Types that choose some lines of the scope, and so need a number of lines.
SELECTIONS = (
    "fast",
    "slow",
    "low_value",
    "high_value",
    "random",
    "least_recent",
    "zero_balance",
    "negative",
)
KEY = SQL(
    "scope.location_id, scope.product_id, scope.lot_id, scope.package_id,"
    " scope.owner_id"
)


class StockCountSelection(models.AbstractModel):
    """Chooses the lines of a scope by the type of the count, in one statement."""

    _name = "stock.count.selection"
    _description = "Count Selection"

    # === BUSINESS METHODS === #

    @api.model
    def _choose(self, session, scope, limit):
        """SQL: the rows of a scope that the session's type chooses, best first.

        :param SQL scope: rows with a natural key and ``quantity``
        :param int limit: largest number of rows; None for all
        """
        if session.count_type not in SELECTIONS and limit is None:
            return scope
        joins, condition, order = self._rule(session)
        return SQL(
            "SELECT scope.* FROM (%s) scope %s WHERE %s ORDER BY %s, %s %s",
            scope,
            joins,
            condition,
            order,
            KEY,
            SQL() if limit is None else SQL("LIMIT %s", limit),
        )

    @api.model
    def _rule(self, session):
        """The rule by which a type chooses rows.

        For a module to add a type of count, override this method.

        :return: tuple of three SQL: joins to ``scope``, condition, order
        """
        rule = getattr(self, f"_rule_{session.count_type}", self._rule_full)
        return rule(session)

    @api.model
    def _rule_full(self, _session):
        """All rows in walking order, for a scope that is only limited."""
        location = SQL("JOIN stock_location place ON place.id = scope.location_id")
        return location, SQL("TRUE"), SQL("place.complete_name")

    @api.model
    def _rule_fast(self, session):
        return (
            self._join_moves(session),
            SQL("moved.number > 0"),
            SQL("moved.number DESC"),
        )

    @api.model
    def _rule_slow(self, session):
        """Rows with few moves first, also those without any."""
        return self._join_moves(session), SQL("TRUE"), SQL("COALESCE(moved.number, 0)")

    @api.model
    def _rule_low_value(self, session):
        limit = session.company_id.sudo().count_low_value
        return self._join_cost(session), SQL("cost.unit < %s", limit), SQL("cost.unit")

    @api.model
    def _rule_high_value(self, session):
        """Rows by the cost of one unit.

        By the value of the whole stock, the choice would show a counter how many units
        are expected.
        """
        limit = session.company_id.sudo().count_high_value
        cost = self._join_cost(session)
        return cost, SQL("cost.unit > %s", limit), SQL("cost.unit DESC")

    @api.model
    def _rule_random(self, session):
        """The same seed and stock choose the same lines, on any machine."""
        text = SQL("concat_ws(':', %s::text, %s)", str(session.seed), KEY)
        return SQL(), SQL("TRUE"), SQL("md5(%s)", text)

    @api.model
    def _rule_least_recent(self, _session):
        """Rows that were never counted first, then those counted long ago."""
        last = SQL(
            """
            CROSS JOIN LATERAL (
                SELECT max(posted.posted_counted_at) AS at
                  FROM stock_count_line posted
                 WHERE posted.posted_round > 0 AND %s
            ) counted
            """,
            same_key("posted", "scope"),
        )
        return last, SQL("TRUE"), SQL("counted.at NULLS FIRST")

    @api.model
    def _rule_zero_balance(self, _session):
        """All rows of ``_emptied``."""
        return SQL(), SQL("TRUE"), SQL("scope.quantity")

    @api.model
    def _rule_negative(self, _session):
        return SQL(), SQL("scope.quantity < 0"), SQL("scope.quantity")

    @api.model
    def _join_moves(self, session):
        """SQL: join the ``number`` of physical moves of each product in the session's
        locations, within the mover window."""
        locations = self.env["stock.count.generator"]._scope_locations(session).ids
        return SQL(
            """
            LEFT JOIN (
                SELECT done.product_id, count(*) AS number
                  FROM stock_move_line done
                  JOIN stock_move move ON move.id = done.move_id
                 WHERE done.state = 'done' AND done.date >= %(since)s
                   AND move.is_inventory IS NOT TRUE
                   AND (done.location_id = ANY(%(places)s)
                        OR done.location_dest_id = ANY(%(places)s))
                 GROUP BY done.product_id
            ) moved ON moved.product_id = scope.product_id
            """,
            since=self._since(session),
            places=locations,
        )

    @api.model
    def _since(self, session):
        days = session.company_id.sudo().count_mover_days
        return fields.Datetime.now() - timedelta(days=days)

    @api.model
    def _join_cost(self, session):
        """SQL: join the cost of one product ``unit`` (company currency, 0 for none)."""
        return SQL(
            """
            JOIN product_product product ON product.id = scope.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN stock_lot lot ON lot.id = scope.lot_id
            CROSS JOIN LATERAL (SELECT COALESCE((%s)::numeric, 0) AS unit) cost
            """,
            self.env["stock.count.generator"]._unit_cost(session),
        )

    @api.model
    def _emptied(self, session, products, condition):
        """SQL: keys from which goods moved away, within the mover window, and that have
        no stock now.

        :param SQL products: subselect of the products in the scope
        :param SQL condition: further conditions on the rows ``quant``
        """
        return SQL(
            """
            SELECT quant.*, 0::numeric AS quantity
              FROM (SELECT DISTINCT product_id, location_id, lot_id,
                           NULL::int AS package_id, owner_id
                      FROM stock_move_line
                     WHERE state = 'done' AND date >= %(since)s
                       AND location_id = ANY(%(places)s)
                       AND product_id IN %(products)s) quant
             WHERE %(condition)s AND NOT EXISTS (
                   SELECT FROM stock_quant booked
                    WHERE booked.quantity <> 0 AND %(same)s)
            """,
            since=self._since(session),
            places=self.env["stock.count.generator"]._scope_locations(session).ids,
            products=products,
            condition=condition,
            same=same_key("booked", "quant"),
        )
