from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import COUNTED_USAGES, UNCOUNTED_STATES, UNPOSTED_COUNT_STATES
from ..shared.keys import (
    KEY_COLUMNS,
    KEY_NAMES,
    is_booked,
    key_rows,
    same_key,
    sql_rows,
)
from ..shared.signals import ask

# Columns of a line that counting writes.
COUNT_COLUMNS = """
    id int, round int, state text, is_counted boolean, found_qty numeric,
    serial_seen boolean, counted_at timestamp, counted_stamp int, counted_by_id int,
    first_counted_at timestamp, last_entry_id int, book_qty numeric,
    picked_qty numeric
"""


class StockCountGenerator(models.AbstractModel):
    """Makes the lines of a session from the stock in its scope, in one statement.

    Quantities are in the product's unit.
    """

    _name = "stock.count.generator"
    _description = "Count Line Generator"

    # === BUSINESS METHODS === #

    @api.model
    def _generate(self, session):
        """Add a line for each key with stock in the scope. Existing lines stay.

        :return: number of lines that were added
        """
        self._flush(session)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_line (
                       session_id, company_id, product_id, location_id, lot_id,
                       package_id, owner_id, expected_qty, book_qty, unit_cost,
                       found_qty, variance_qty, variance_value, round, first_round,
                       posted_round, is_counted, to_post, serial_seen, state)
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
        """Bring lines up to the stock that is booked now, and add new ones.

        What was counted does not change; its variances are judged again.
        """
        self._generate(session)
        self._refresh_uncounted(session)
        self._invalidate(session)
        domain = [
            ("session_id", "=", session.id),
            ("is_counted", "=", True),
            ("state", "in", (*UNPOSTED_COUNT_STATES, "superseded")),
        ]
        counted = self.env["stock.count.line"].sudo().search(domain)
        self.env["stock.count.verdicts"]._refresh_verdicts(counted)

    @api.model
    def _refresh_uncounted(self, session):
        """Write what is booked now to the lines that nobody has counted."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET expected_qty = now.quantity, book_qty = now.quantity
                  FROM (SELECT key.id, COALESCE(sum(quant.quantity), 0) AS quantity
                          FROM stock_count_line key
                          LEFT JOIN stock_quant quant ON %(same)s AND %(booked)s
                         WHERE key.session_id = %(session)s AND NOT key.is_counted
                           AND key.state IN %(uncounted)s
                         GROUP BY key.id
                        HAVING COALESCE(sum(quant.quantity), 0) <> key.expected_qty
                       ) now
                 WHERE line.id = now.id
                """,
                same=same_key("quant", "key"),
                booked=is_booked("key"),
                session=session.id,
                uncounted=UNCOUNTED_STATES,
            )
        )

    @api.model
    def _count_scope(self, session):
        """Number of lines that the scope would make, without making them."""
        self._flush(session)
        self.env.cr.execute(
            SQL("SELECT count(*) FROM (%s) scope", self._scope(session))
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _has_more_quants(self, session, limit):
        """Whether the company has more quants than a limit.

        A quick check, because a scope never makes more lines than there are quants.
        """
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
        """Number of lines that each location of the scope would have.

        :return: list of pairs (location id, number), in the order of locations
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
        """Insert lines for keys that the session did not expect.

        :param list keys: natural keys, tuples in the order of ``KEY_NAMES``
        """
        rows = self._prepare_lines(session, keys)
        books = self.env["stock.count.book"]._read_books(keys)
        for row in rows:
            row["book_qty"], _picked = books[tuple(row[name] for name in KEY_NAMES)]
        # Two people who find the same new thing conflict here. The second call is
        # retried, so the error is not worth a log message.
        self.env.cr.execute(self._insertion(session, rows), log_exceptions=False)
        self._invalidate(session)

    @api.model
    def _prepare_lines(self, session, keys):
        """Prepare new lines, with ids in walking order like those of ``_generate``.

        The order also prevents a deadlock between two people who find the same things.

        :param list keys: natural keys
        :return: list of dicts with the columns of the key, ``id``, ``tracking`` and
            ``unit_cost`` (company currency)
        """
        self.env["stock.count.book"]._flush()
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
        """SQL: insert new lines, some of them counted already.

        :param list rows: see ``_prepare_lines``, with ``book_qty``; those that are
            counted have the other ``COUNT_COLUMNS``, too
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
            -- Ignores only a second line of a key. A second find of a serial number
            -- raises an error.
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
        # Without archived locations, an archived choice would mean "all locations".
        chosen = session.with_context(active_test=False).location_ids
        roots = chosen or session.warehouse_id.view_location_id
        step_ids = self.env.context.get("count_location_ids")
        if isinstance(step_ids, frozenset):
            # A chunk of a job makes the lines of some locations. A client cannot set
            # this: its context is JSON, which has no frozenset.
            domain = [*domain, ("id", "in", list(step_ids))]
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
        """Domain of the products that a session counts.

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
        """Domain of the products that the session's warehouse counts (Option 504)."""
        if not session.company_id.sudo().count_warehouse_items:
            return Domain.TRUE
        return Domain("count_warehouse_ids", "=", False) | Domain(
            "count_warehouse_ids", "in", session.warehouse_id.ids
        )

    @api.model
    def _find_left_out(self, session):
        """Products with stock in the scope that are assigned to other warehouses."""
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
        """SQL condition: the session has no line for the key of row ``alias``.

        The unique index would refuse known lines, too, but each of them would take as
        long as a new one. The index is still needed where two people refresh at once.
        """
        return SQL(
            "NOT EXISTS (SELECT FROM stock_count_line known WHERE known.session_id = %s"
            " AND known.lot_name IS NULL AND %s)",
            session.id,
            same_key("known", alias),
        )

    @api.model
    def _scope(self, session, *, new_only=False):
        """SQL: the keys of the scope that the type of the count chooses, with what is
        booked.

        :param bool new_only: leave out keys that have a line already
        """
        new = self._is_new(session, "quant") if new_only else SQL("TRUE")
        products = self._scope_products(session)
        Selection = self.env["stock.count.selection"]
        if session.count_type == "zero_balance":
            scope = Selection._emptied(session, products, new)
        else:
            scope = self._booked(session, products, new)
        return Selection._choose(session, scope, self._limit(session, new_only))

    @api.model
    def _scope_products(self, session):
        """SQL subselect: ids of the products in the scope, archived ones included."""
        Product = self.env["product.product"].sudo()
        # A supplier of another company does not widen the scope.
        Product = Product.with_context(
            active_test=False, allowed_company_ids=session.company_id.ids
        )
        domain = self._scope_product_domain(session) & self._assigned_domain(session)
        return Product._search(domain).subselect()

    @api.model
    def _limit(self, session, new_only):
        """The largest number of lines to choose; None for all.

        A refresh only fills up to the session's limit.
        """
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
        """SQL: the keys with stock in the session's locations, with what is booked."""
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
        """SQL: the cost of one product unit, in company currency.

        A lot that is valued by itself has its own cost.
        """
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
