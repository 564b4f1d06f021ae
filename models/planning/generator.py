from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import COUNTED_USAGES
from ..shared.keys import (
    KEY_COLUMNS,
    KEY_NAMES,
    is_booked,
    key_rows,
    same_key,
    sql_rows,
)
from ..shared.signals import ask

# What counting writes on a line.
COUNT_COLUMNS = """
    id int, round int, state text, is_counted boolean, found_qty numeric,
    serial_seen boolean, counted_at timestamp, counted_stamp int, counted_by_id int,
    first_counted_at timestamp, last_entry_id int, book_qty numeric,
    picked_qty numeric
"""


class StockCountGenerator(models.AbstractModel):
    """Makes the lines of a session from the stock in its scope, in one statement."""

    _name = "stock.count.generator"
    _description = "Count Line Generator"

    # === BUSINESS METHODS === #

    @api.model
    def _generate(self, session):
        """Add a line for each key with stock in scope; lines that are there stay."""
        self._flush(session)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_line (
                    session_id, company_id, product_id, location_id, lot_id, package_id,
                    owner_id, expected_qty, book_qty, unit_cost, found_qty,
                        variance_qty,
                    variance_value, round, first_round, posted_round, is_counted,
                        to_post, serial_seen,
                    state)
                SELECT %(session)s, %(company)s, scope.product_id, scope.location_id,
                       scope.lot_id, scope.package_id, scope.owner_id, scope.quantity,
                       scope.quantity, %(cost)s, 0, 0, 0, 1, 1, 0, FALSE, FALSE, FALSE,
                           'to_count'
                  FROM (%(scope)s) scope
                  JOIN product_product product ON product.id = scope.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                  JOIN stock_location location ON location.id = scope.location_id
                  LEFT JOIN stock_lot lot ON lot.id = scope.lot_id
                 WHERE %(new)s
                 ORDER BY location.complete_name, product.default_code, product.id,
                       lot.name
                ON CONFLICT DO NOTHING
                """,
                new=self._is_new(session, "scope"),
                session=session.id,
                company=session.company_id.id,
                cost=self._unit_cost(session),
                scope=self._scope(session, new_only=True),
            )
        )
        self._invalidate(session)
        return self.env.cr.rowcount

    @api.model
    def _refresh(self, session):
        """Take over stock that changed, add new keys, keep everything entered."""
        self._generate(session)
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET expected_qty = now.quantity, book_qty = now.quantity
                  FROM (SELECT key.id, COALESCE(sum(quant.quantity), 0) AS quantity
                          FROM stock_count_line key
                          LEFT JOIN stock_quant quant ON %(same)s AND %(booked)s
                         WHERE key.session_id = %(session)s AND NOT key.is_counted
                           AND key.state IN ('to_count', 'skipped', 'recount')
                         GROUP BY key.id
                        HAVING COALESCE(sum(quant.quantity), 0) <> key.expected_qty
                       ) now
                 WHERE line.id = now.id
                """,
                same=same_key("quant", "key"),
                booked=is_booked("key"),
                session=session.id,
            )
        )
        self._invalidate(session)
        counted = (
            self.env["stock.count.line"]
            .sudo()
            .search(
                [
                    ("session_id", "=", session.id),
                    ("is_counted", "=", True),
                    ("state", "in", ("counted", "held", "superseded", "failed")),
                ]
            )
        )
        self.env["stock.count.verdicts"]._refresh_verdicts(counted)

    @api.model
    def _count_scope(self, session):
        """How many lines the scope would make, without making them."""
        self._flush(session)
        self.env.cr.execute(
            SQL("SELECT count(*) FROM (%s) scope", self._scope(session))
        )
        return self.env.cr.fetchone()[0]

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
    def _insert_keys(self, session, keys):
        """Lines for things to be counted, where none was expected.

        :param list keys: tuples of the natural key, 0 and "" for none
        """
        rows = self._prepare_lines(session, keys)
        books = self.env["stock.count.book"]._read_books(keys)
        for row in rows:
            row["book_qty"], _picked = books[tuple(row[name] for name in KEY_NAMES)]
        # Two counters finding the same new thing conflict here; one is retried.
        self.env.cr.execute(self._insertion(session, rows), log_exceptions=False)
        self._invalidate(session)

    @api.model
    def _prepare_lines(self, session, keys):
        """Lines that are not there yet, with ids shelf by shelf as a count is
        generated; in one order, so that two who find the same do not wait for each
        other in a circle.

        :return: list of dicts of the key's columns, ``id``, ``tracking`` and
            ``unit_cost``
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        rows = key_rows(keys)
        self.env.cr.execute(
            SQL(
                """
                SELECT ordered.*, nextval('stock_count_line_id_seq')::int
                  FROM (SELECT rows.i, template.tracking, %(cost)s
                          FROM %(rows)s
                          JOIN product_product product ON product.id = rows.product_id
                          JOIN product_template template
                              ON template.id = product.product_tmpl_id
                          LEFT JOIN stock_lot lot ON lot.id = rows.lot_id
                          JOIN stock_location location
                              ON location.id = rows.location_id
                         ORDER BY location.complete_name, product.default_code,
                               product.id, rows.lot_id, rows.lot_name, rows.package_id,
                               rows.owner_id) ordered
                """,
                cost=self._unit_cost(session),
                rows=sql_rows(rows, f"i int, {KEY_COLUMNS}"),
            )
        )
        names = ("tracking", "unit_cost", "id")
        return [
            {**rows[i], **dict(zip(names, values, strict=True))}
            for i, *values in self.env.cr.fetchall()
        ]

    @api.model
    def _insertion(self, session, rows):
        """SQL: insert prepared lines; those with ``is_counted`` as they were counted.

        :param list rows: see _prepare_lines(), with ``book_qty`` and the other
            COUNT_COLUMNS
        """
        return SQL(
            """
            INSERT INTO stock_count_line (
                id, session_id, company_id, product_id, location_id, lot_id, lot_name,
                package_id, owner_id, expected_qty, book_qty, picked_qty, unit_cost,
                found_qty, corrected_qty, variance_qty, variance_value, tolerance_ratio,
                explained_qty, round, first_round, posted_round, is_counted, to_post,
                state, serial_seen, counted_at, counted_stamp, counted_by_id,
                first_counted_at, last_entry_id)
            SELECT id, %(session)s, %(company)s, product_id, location_id,
                   NULLIF(lot_id, 0), NULLIF(lot_name, ''), NULLIF(package_id, 0),
                   NULLIF(owner_id, 0), book_qty + COALESCE(picked_qty, 0), book_qty,
                   COALESCE(picked_qty, 0), unit_cost, COALESCE(found_qty, 0), 0, 0, 0,
                   0, 0, 1, 1, 0, COALESCE(is_counted, FALSE), FALSE,
                   COALESCE(state, 'to_count'), COALESCE(serial_seen, FALSE),
                   counted_at, counted_stamp, counted_by_id, first_counted_at,
                   last_entry_id
              FROM %(rows)s
             ORDER BY id
            -- Only of the same thing: a serial number that was counted elsewhere just
            -- now is refused.
            ON CONFLICT (session_id, product_id, location_id, COALESCE(lot_id, 0),
                         COALESCE(lot_name, ''), COALESCE(package_id, 0),
                         COALESCE(owner_id, 0)) DO NOTHING
            """,
            session=session.id,
            company=session.company_id.id,
            rows=sql_rows(rows, f"{KEY_COLUMNS}, unit_cost numeric, {COUNT_COLUMNS}"),
        )

    # === SCOPE === #

    @api.model
    def _scope_locations(self, session, domain=()):
        """The locations of a session: those of its warehouse that hold stock, or what
        was chosen: transit, subcontractors and places of no company, too.

        :param domain: narrows the result further
        """
        # An archived location must not turn "this one" into "all of them".
        chosen = session.with_context(active_test=False).location_ids
        roots = chosen or session.warehouse_id.view_location_id
        step_ids = self.env.context.get("count_location_ids")
        if step_ids is not None:
            # A step of a job makes the lines of some locations.
            domain = [*domain, ("id", "in", step_ids)]
        return self.env["stock.location"].search(
            Domain(list(domain))
            & Domain("id", "child_of", roots.ids)
            & Domain("usage", "in", COUNTED_USAGES)
            & Domain("company_id", "in", (session.company_id.id, False))
        )

    @api.model
    def _find_archived(self, session):
        """Archived locations of the scope that stock is booked in: nobody counts
        them until they are restored."""
        chosen = session.with_context(active_test=False).location_ids
        roots = chosen or session.warehouse_id.view_location_id
        archived = self.env["stock.location"].with_context(active_test=False)
        return archived.search(
            Domain("active", "=", False)
            & Domain("id", "child_of", roots.ids)
            & Domain("usage", "in", COUNTED_USAGES)
            & Domain("quant_ids.quantity", "!=", 0)
        )

    @api.model
    def _scope_product_domain(self, session):
        """Which products a session counts.

        For a module to narrow or widen what is counted, override this method.
        """
        domain = Domain("is_storable", "=", True)
        if session.categ_ids:
            domain &= Domain("categ_id", "child_of", session.categ_ids.ids)
        if session.supplier_ids:
            domain &= Domain("count_supplier_ids", "in", session.supplier_ids.ids)
        return Domain.AND([domain, *ask(self.env, "products_in_scope", session)])

    @api.model
    def _assigned_domain(self, session):
        """Which products may be counted in the session's warehouse (Option 504)."""
        if not session.company_id.sudo().count_warehouse_items:
            return Domain.TRUE
        return Domain("count_warehouse_ids", "=", False) | Domain(
            "count_warehouse_ids", "in", session.warehouse_id.ids
        )

    @api.model
    def _find_left_out(self, session):
        """Products with stock in scope that are assigned to other warehouses."""
        assigned = self._assigned_domain(session)
        if assigned.is_true():
            return self.env["product.product"]
        Product = self.env["product.product"].sudo()
        Product = Product.with_context(
            active_test=False, allowed_company_ids=session.company_id.ids
        )
        locations = self._scope_locations(session)
        return Product.search(
            self._scope_product_domain(session)
            & ~assigned
            & Domain("stock_quant_ids.location_id", "in", locations.ids)
        )

    @api.model
    def _is_new(self, session, alias):
        """SQL condition: the session has no line for the key of the row ``alias``.

        Refused one by one by the unique index, known lines would cost as much as new
        ones; the index still stands against somebody else's refresh.
        """
        return SQL(
            "NOT EXISTS (SELECT FROM stock_count_line known WHERE known.session_id = %s"
            " AND known.lot_name IS NULL AND %s)",
            session.id,
            same_key("known", alias),
        )

    @api.model
    def _scope(self, session, *, new_only=False):
        """SQL: the keys with stock in scope, and what is booked for each.

        :param bool new_only: may leave out what the session has a line for already
        """
        new = self._is_new(session, "quant") if new_only else SQL("TRUE")
        products = (
            self.env["product.product"]
            .sudo()
            # A supplier of another company does not widen the scope.
            .with_context(active_test=False, allowed_company_ids=session.company_id.ids)
            ._search(
                self._scope_product_domain(session) & self._assigned_domain(session)
            )
            .subselect()
        )
        Selection = self.env["stock.count.selection"]
        if session.count_type == "zero_balance":
            scope = Selection._emptied(session, products, new)
        else:
            scope = self._booked(session, products, new)
        return Selection._choose(session, scope, self._limit(session, new_only))

    @api.model
    def _limit(self, session, new_only):
        """How many lines may be chosen, None for all: a refresh fills up what is
        missing, or each would add as many again."""
        if not session.lots_to_count:
            return None
        known = new_only and session._origin and self._count_lines(session)
        return max(session.lots_to_count - (known or 0), 0)

    @api.model
    def _count_lines(self, session):
        Line = self.env["stock.count.line"].sudo()
        return Line.search_count([("session_id", "=", session.id)])

    @api.model
    def _booked(self, session, products, condition):
        """SQL: the keys with stock in the session's places, and what is booked."""
        return SQL(
            """
            SELECT quant.product_id, quant.location_id, quant.lot_id, quant.package_id,
                   quant.owner_id, sum(quant.quantity) AS quantity
              FROM stock_quant quant
             WHERE quant.location_id = ANY(%s) AND quant.product_id IN %s AND %s
             GROUP BY quant.product_id, quant.location_id, quant.lot_id,
                   quant.package_id, quant.owner_id
            HAVING sum(quant.quantity) <> 0 OR sum(quant.reserved_quantity) <> 0
            """,
            list(self._scope_locations(session).ids),
            products,
            condition,
        )

    @api.model
    def _unit_cost(self, session):
        """SQL: the cost of one product unit; lots have their own where they are
        valued."""
        company = session.company_id
        Product = self.env["product.product"].with_company(company)
        product_cost = Product._field_to_sql("product", "standard_price")
        if "lot_valuated" not in self.env["product.template"]._fields:
            return product_cost
        Lot = self.env["stock.lot"].with_company(company)
        return SQL(
            "CASE WHEN template.lot_valuated AND lot.id IS NOT NULL THEN %s ELSE %s"
            " END",
            Lot._field_to_sql("lot", "standard_price"),
            product_cost,
        )

    @api.model
    def _flush(self, session):
        self.env["stock.count.book"]._flush()
        self.env.flush_all()

    @api.model
    def _invalidate(self, session):
        self.env["stock.count.line"].invalidate_model()
        session.invalidate_recordset(["line_ids"])
