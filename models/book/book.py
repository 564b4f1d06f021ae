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
    same_dest_key,
    same_key,
    sql_rows,
)

# How far before a count we look for transactions that drew their stamp before the count
# and committed after it. Odoo's own limits end a request long before that.
HORIZON = timedelta(hours=1)

# The last entry of row ``line``, for a lateral join. OFFSET 0 makes PostgreSQL look up
# the entry of each line. After a first large import it has no statistics yet, and would
# join all other tables to all entries first, for minutes.
LAST_ENTRY = SQL(
    "(SELECT * FROM stock_count_entry WHERE id = line.last_entry_id OFFSET 0) entry"
)


class StockCountBook(models.AbstractModel):
    """Booked quantities and movements of many keys at once, for domain.reconcile.

    Quantities are in the product's unit, times in UTC.
    """

    _name = "stock.count.book"
    _description = "Book at a Count"

    # === SQL === #

    @api.model
    def _traces_of(self, alias, since):
        """SQL: the traces of move lines to or from the key of row ``alias``.

        Columns are those of ``_movement_columns``. The id is negative, which marks a
        line that no longer exists.

        :param SQL since: only lines that were still open at this time
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
        """SQL condition: the book that an entry kept did not contain line ``ml``.

        The move line ``ml`` is done. The book did not contain it in three cases:

        - The line has a later stamp than the entry.
        - The line has an earlier stamp, but its transaction was not committed when the
          entry read the book. The entry kept PostgreSQL's snapshot to decide this.
        - The entry is late (it came from a phone without network), and the line was
          done after the count. The book of a late entry is rolled back to the count.

        :param str entry: alias of the entry
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
        """SQL condition: move line ``ml`` was done after an entry.

        The first conditions are there for an index; ``_is_after`` decides.

        :param str entry: alias of the entry
        """
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
        """Write pending changes to the database, so that SQL reads them."""
        for model in (
            "stock.quant",
            "stock.move",
            "stock.move.line",
            "stock.count.line",
        ):
            self.env[model].flush_model()

    @api.model
    def _read_books(self, keys):
        """What is booked now for each key, and what open transfers have picked from it.

        :param list keys: natural keys, tuples in the order of ``KEY_NAMES``
        :return: dict key → (book, picked). ``picked`` is what open transfers have
            ticked as picked from this key: negative or 0
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
                dest=same_dest_key("ml", "rows"),
                rows=sql_rows(rows, f"i int, {KEY_COLUMNS}"),
            )
        )
        return {keys[i]: (book, picked) for i, book, picked in self.env.cr.fetchall()}

    @api.model
    def _read_lot_ids(self, company, names):
        """Find lots by their names.

        The query looks lots up by product. Odoo's index of lot names is made for parts
        of words and takes a hundred times as long for a whole name.

        :param company: lots of this company, or of no company, are found
        :param set names: pairs (product id, name)
        :return: dict (product id, name) → lot id. Of two lots of one name, the
            company's own lot comes first
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
        """The movements of each key that are open, or were done after a time.

        :param list counts: pairs (natural key, counted_at) of late entries
        :return: for each pair, in the same order, a list of ``Movement``
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
        """SQL: the columns of move line ``ml`` that ``_movement`` reads, without
        ``qty``.

        :param SQL after: whether the book at the count did not contain the line
        """
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
        """A ``Movement`` of a row with ``qty`` and the ``_movement_columns``."""
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
        """Lines whose package was moved, filled or emptied after the count.

        A line is one of them wherever its package was booked.

        :param list line_ids: ids of counted lines
        :return: dict line id → name of a transfer that did so
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
