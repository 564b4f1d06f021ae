import json

from odoo import api, models
from odoo.tools import SQL

from ...domain.reconcile import book_at, picked_at_count
from ..shared.keys import key_of, sql_rows
from ..shared.quantities import quantity_digits

ENTRY_ROW = """
    id int, line_id int, uuid text, round int, operation text, qty numeric,
    uom_id int, product_qty numeric, withdrawn_id int, serial2 text, rfid text,
    note text, counted_at timestamp, device text, parts text, digest text,
    book_qty numeric, picked_qty numeric, stamp int, late boolean
"""
# Columns that a draft has under the same name.
DRAFTED = (
    "line_id",
    "uuid",
    "operation",
    "qty",
    "uom_id",
    "product_qty",
    "withdraws",
    "serial2",
    "rfid",
    "note",
    "device",
)


class StockCountRecorder(models.AbstractModel):
    """Writes drafts as entries, together with the lines that are new."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _read_origin(self, session, source):
        """The columns that all entries of a call have in common."""
        _stamp, now, xid = self.env["stock.count.fence"]._draw()
        return {
            "session_id": session.id,
            "user_id": self.env.uid,
            "source": source,
            "recorded_at": now,
            "xid": xid,
        }

    @api.model
    def _prepare_entries(self, drafts, lines, rounds, origin):
        """Rows of the entries, with the book as this transaction reads it.

        :param list drafts: each with its ``line_id``
        :param dict lines: line id → row of its key
        :param dict rounds: line id → number of its round
        :param dict origin: see ``_read_origin``
        :return: list of dicts, in the order of the drafts, see ``ENTRY_ROW``
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        keys = [key_of(lines[draft.line_id]) for draft in drafts]
        books = Book._read_books(list(dict.fromkeys(keys)))
        drawn = self._draw_entries(len(drafts))
        rows = []
        for draft, key, (entry_id, stamp) in zip(drafts, keys, drawn, strict=True):
            line, number = lines[draft.line_id], rounds[draft.line_id]
            if draft.earlier:
                number = self._round_before(line)
            row = self._prepare_entry(draft, entry_id, number, origin)
            book, picked = books[key]
            row.update(book_qty=book, picked_qty=picked, stamp=stamp)
            rows.append(row)
        self._roll_back_late(rows, keys)
        return rows

    @api.model
    def _prepare_entry(self, draft, entry_id, number, origin):
        """One row with its digest, without stamp and book.

        :param int number: of the round
        """
        now = origin["recorded_at"]
        row = {
            **{name: origin[name] for name in ("session_id", "user_id", "source")},
            **{name: getattr(draft, name) for name in DRAFTED},
            "id": entry_id,
            "round": number,
            "counted_at": self._counted_at(draft, now),
            "parts": draft.parts and json.dumps(draft.parts),
        }
        row["digest"] = self.env["stock.count.entry"]._digest(row)
        row.update(withdrawn_id=None, late=row["counted_at"] < now)
        return row

    @api.model
    def _draw_entries(self, number):
        """Draw ids and stamps for a number of entries.

        :return: list of pairs (id, stamp)
        """
        self.env.cr.execute(
            """
            SELECT nextval('stock_count_entry_id_seq')::int,
                   nextval('stock_count_stamp')::int
              FROM generate_series(1, %s)
            """,
            [number],
        )
        return self.env.cr.fetchall()

    @api.model
    def _roll_back_late(self, rows, keys):
        """Set book and picked quantity of late entries to those at the count.

        A late entry comes from a phone that had no network when it was counted.

        :param list rows: of entries
        :param list keys: their natural keys
        """
        late = [
            (row, key)
            for row, key in zip(rows, keys, strict=True)
            if row["late"] and row["operation"] != "withdraw"
        ]
        if not late:
            return
        movements = self.env["stock.count.book"]._read_movements_since(
            [(key, row["counted_at"]) for row, key in late]
        )
        for (row, _key), moved in zip(late, movements, strict=True):
            row["book_qty"] = book_at(row["book_qty"], moved)
            row["picked_qty"] = picked_at_count(moved, row["counted_at"])

    @api.model
    def _insert(self, session, rows, fresh, origin):
        """Insert entries, and the lines that are new with them.

        :param list rows: of entries
        :param dict fresh: line id → row of the lines to be inserted
        :return: dict line id → values, see ``_count``; of new lines, except where they
            have to be added up from the database
        """
        entries = [row for row in rows if row["operation"] != "withdraw"]
        withdrawals = [row for row in rows if row["operation"] == "withdraw"]
        # A withdrawal may free a serial number for another line, so all entries are
        # inserted first and added up afterwards.
        counts = {} if withdrawals else self._count_fresh(fresh, entries)
        books = {row["line_id"]: row["book_qty"] for row in entries}
        lines = [
            {**line, "book_qty": books[line_id], **counts.get(line_id, {})}
            for line_id, line in fresh.items()
        ]
        self._insert_entries(session, entries, origin, lines)
        self._link_withdrawals(session, withdrawals)
        self._insert_entries(session, withdrawals, origin)
        return counts

    @api.model
    def _count_fresh(self, fresh, rows):
        """What new lines say after their first entries.

        :return: dict line id → values, see ``_count``
        """
        by_line = {line_id: [] for line_id in fresh}
        for row in rows:
            if row["line_id"] in fresh:
                by_line[row["line_id"]].append(row)
        details = {row["id"]: row for row in rows}
        digits = quantity_digits(self.env)
        return {
            line_id: self._count(
                fresh[line_id], 1, map(self._entry, entries), details, digits
            )
            for line_id, entries in by_line.items()
        }

    @api.model
    def _insert_entries(self, session, rows, origin, lines=()):
        """Insert entries, in one statement with the lines that are new.

        :param list rows: of entries
        :param list lines: rows of their new lines
        """
        if not rows:
            return
        self.env.cr.execute(
            self._entry_insertion(session, rows, origin, lines),
            # A conflict here means that one entry was sent twice at once, or that two
            # people found the same new thing. The second call is repeated.
            log_exceptions=False,
        )
        if lines:
            self.env["stock.count.generator"]._invalidate(session)

    @api.model
    def _entry_insertion(self, session, rows, origin, lines):
        """SQL: insert entries, see ``_insert_entries``."""
        with_lines = SQL()
        if lines:
            insertion = self.env["stock.count.generator"]._insertion(session, lines)
            with_lines = SQL("WITH lines AS (%s)", insertion)
        names = [part.split()[0] for part in ENTRY_ROW.split(",")]
        return SQL(
            """
            %(lines)s
            INSERT INTO stock_count_entry (%(names)s, %(common)s, snapshot)
            SELECT %(names)s, %(values)s, (SELECT pg_current_snapshot()::text)
              FROM %(rows)s ORDER BY id
                ON CONFLICT (uuid) DO NOTHING
            """,
            lines=with_lines,
            names=SQL(", ").join(map(SQL.identifier, names)),
            common=SQL(", ").join(map(SQL.identifier, origin)),
            values=SQL(", ").join(SQL("%s", value) for value in origin.values()),
            rows=sql_rows(rows, ENTRY_ROW),
        )

    @api.model
    def _link_withdrawals(self, session, rows):
        """Set ``withdrawn_id`` of withdrawals, whose entries may be of this call."""
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                "SELECT uuid, id FROM stock_count_entry"
                " WHERE session_id = %s AND uuid = ANY(%s)",
                session.id,
                [row["withdraws"] for row in rows],
            )
        )
        ids = dict(self.env.cr.fetchall())
        for row in rows:
            row["withdrawn_id"] = ids[row["withdraws"]]
