from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...domain.reconcile import Movement
from ..shared.keys import (
    KEY_COLUMNS,
    booked_qty,
    is_booked,
    key_rows,
    moves_of,
    same_key,
    sql_rows,
)

# A transaction that drew its stamp before a count but commits after it is looked for
# this far back; Odoo's own limits end a request long before.
HORIZON = timedelta(hours=1)

# The entry that counts last of the row ``line``, for a lateral join. Looked up line by
# line (OFFSET 0 sees to that): before PostgreSQL has statistics of a first large import
# it would join everything else to each entry first, for minutes.
LAST_ENTRY = SQL(
    "(SELECT * FROM stock_count_entry WHERE id = line.last_entry_id OFFSET 0) entry"
)


class StockCountBook(models.AbstractModel):
    """What the book says and what moved since: gathered in bulk for
    domain.reconcile."""

    _name = "stock.count.book"
    _description = "Book at a Count"

    # === SQL === #

    @api.model
    def _traces_of(self, alias, since):
        """SQL: what the move lines at the key of row ``alias`` were, after a time.

        With the columns of _movement_columns(). Their ids are negative.
        """
        columns = SQL(
            """
            -ml.id, ml.count_picked_at, NULL::timestamp, NULL::varchar, ml.opened_at,
            ml.opened_at, FALSE, FALSE, ml.gone_at
            """
        )
        return moves_of(
            alias, columns, SQL("ml.gone_at >= %s", since), table="stock_count_trace"
        )

    @api.model
    def _is_after(self, entry):
        """SQL: the done move line ``ml`` was not in the book that the entry kept.

        A later stamp settles it. A line of a transaction that had drawn its stamp but
        was not committed yet is told by PostgreSQL's own snapshot. For a late entry the
        book was rolled back over everything done since it was counted.
        """
        return SQL(
            """
            (ml.count_stamp > %(entry)s.stamp
             OR (ml.count_xid <> %(entry)s.xid
                 AND ml.count_done_at > %(entry)s.recorded_at - %(horizon)s
                 AND NOT pg_visible_in_snapshot(
                     ml.count_xid::xid8, %(entry)s.snapshot::pg_snapshot))
             OR (%(entry)s.late AND ml.count_done_at > %(entry)s.counted_at))
            """,
            entry=SQL.identifier(entry),
            horizon=HORIZON,
        )

    @api.model
    def _done_after(self, entry):
        """SQL: ``ml`` is done and came after the entry; starts with what an index
        finds."""
        return SQL(
            "ml.count_stamp IS NOT NULL AND ml.state = 'done'"
            " AND ml.count_done_at > %s.counted_at - %s AND %s",
            SQL.identifier(entry),
            HORIZON,
            self._is_after(entry),
        )

    # === BUSINESS METHODS - COUNT === #

    @api.model
    def _flush(self):
        """Let SQL see what the ORM still holds back."""
        for model in (
            "stock.quant",
            "stock.move",
            "stock.move.line",
            "stock.count.line",
        ):
            self.env[model].flush_model()

    @api.model
    def _read_books(self, keys):
        """What is booked, and what is ticked as picked but open, for each key now.

        :param list keys: tuples of the natural key
        :return: dict key → (book, picked); picked is negative or 0
        """
        rows = key_rows(keys)
        self.env.cr.execute(
            SQL(
                """
                SELECT rows.i,
                       %(book)s,
                       (SELECT COALESCE(-sum(ml.quantity_product_uom), 0)
                          FROM stock_move_line ml
                         WHERE %(same)s AND %(booked)s AND NOT (%(dest)s)
                           AND ml.picked AND ml.state NOT IN ('done', 'cancel'))
                  FROM %(rows)s
                """,
                book=booked_qty("rows"),
                booked=is_booked("rows"),
                same=same_key("ml", "rows"),
                dest=same_key(
                    "ml",
                    "rows",
                    location="location_dest_id",
                    package="result_package_id",
                ),
                rows=sql_rows(rows, f"i int, {KEY_COLUMNS}"),
            )
        )
        return {keys[i]: (book, picked) for i, book, picked in self.env.cr.fetchall()}

    @api.model
    def _read_lot_ids(self, company, names):
        """The lots of these names.

        Looked up by product: Odoo's index of lot names is one for parts of words, and
        takes a hundred times as long for whole ones.

        :param set names: pairs (product id, name)
        :return: dict (product id, name) → lot id; the company's own where it shares a
            name with one of no company
        """
        self.env["stock.lot"].flush_model()
        rows = [{"product_id": product, "name": name} for product, name in names]
        self.env.cr.execute(
            SQL(
                """
                SELECT lot.product_id, rows.name, lot.id
                  FROM %s
                  JOIN stock_lot lot ON lot.product_id = rows.product_id
                   AND lot.name || '' = rows.name
                 WHERE lot.company_id IS NULL OR lot.company_id = %s
                 ORDER BY lot.company_id NULLS FIRST, lot.id DESC
                """,
                sql_rows(rows, "product_id int, name text"),
                company.id,
            )
        )
        return {
            (product, name): lot_id for product, name, lot_id in self.env.cr.fetchall()
        }

    @api.model
    def _read_movements_since(self, counts):
        """The move lines of each key that were done after a time, or are open.

        :param list counts: pairs (key, counted_at) of late entries
        :return: list of lists of Movement, in the same order
        """
        rows = key_rows([key for key, _counted_at in counts])
        for row, (_key, counted_at) in zip(rows, counts, strict=True):
            row["counted_at"] = counted_at
        condition = SQL(
            "ml.state <> 'cancel' AND (ml.count_done_at > rows.counted_at"
            " OR ml.state <> 'done')"
        )
        self.env.cr.execute(
            SQL(
                "SELECT rows.i, found.* FROM %s, LATERAL (%s UNION ALL %s) found",
                sql_rows(rows, f"i int, counted_at timestamp, {KEY_COLUMNS}"),
                moves_of("rows", self._movement_columns(SQL("TRUE")), condition),
                self._traces_of("rows", SQL("rows.counted_at")),
            )
        )
        movements = [[] for _count in counts]
        for i, *row in self.env.cr.fetchall():
            movements[i].append(self._movement(row))
        return movements

    @api.model
    def _movement_columns(self, after):
        return SQL(
            """
            ml.id, ml.count_picked_at, ml.count_done_at, ml.count_correction,
            (SELECT create_date FROM stock_move WHERE id = ml.move_id) AS opened_at,
            ml.create_date, ml.state = 'done' AND %s AS after,
            ml.state = 'done' AS done, NULL::timestamp AS gone_at
            """,
            after,
        )

    @api.model
    def _movement(self, row):
        qty, ml_id, picked_at, done_at, correction, opened_at, *rest = row
        created, after, done, gone_at = rest
        return Movement(
            id=ml_id,
            qty=qty,
            opened_at=opened_at or created,
            picked_at=picked_at,
            done_at=(done_at or created) if done else None,
            after=bool(after),
            correction=bool(correction),
            gone_at=gone_at,
        )

    # === BUSINESS METHODS - REVIEW === #

    @api.model
    def _read_moved_packages(self, line_ids):
        """Which lines counted goods in a package that were moved in or out of it, or
        with it, after the count; from wherever the book had it.

        :return: dict line id → the transfer's name
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, max(move.reference)
                  FROM stock_count_line line
                  CROSS JOIN LATERAL %s
                  JOIN stock_move_line ml ON ml.product_id = line.product_id
                   AND line.package_id IN (ml.package_id, ml.result_package_id)
                  JOIN stock_move move ON move.id = ml.move_id
                 WHERE line.id = ANY(%s) AND ml.count_correction IS NULL
                   AND ml.quantity_product_uom <> 0 AND %s
                 GROUP BY line.id
                """,
                LAST_ENTRY,
                line_ids,
                self._done_after("entry"),
            )
        )
        return dict(self.env.cr.fetchall())
