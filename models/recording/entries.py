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


class StockCountRecorder(models.AbstractModel):
    """From drafts to entries, written with the lines that were not there."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _origin(self, session, source):
        """What all entries of a call have in common."""
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
        """The rows of the entries: time, stamp, and the book as this transaction sees
        it."""
        self.env["stock.count.book"]._flush()
        keys = [key_of(lines[draft.line_id]) for draft in drafts]
        books = self.env["stock.count.book"]._read_books(list(dict.fromkeys(keys)))
        digest, now = self.env["stock.count.entry"]._digest, origin["recorded_at"]
        common = {name: origin[name] for name in ("session_id", "user_id", "source")}
        drawn = self._draw_entries(len(drafts))
        rows = []
        for draft, key, (entry_id, stamp) in zip(drafts, keys, drawn, strict=True):
            counted_at = self._counted_at(draft, now)
            book, picked = books[key]
            row = {
                **common,
                "id": entry_id,
                "line_id": draft.line_id,
                "uuid": draft.uuid,
                "round": self._round_before(lines[draft.line_id])
                if draft.earlier
                else rounds[draft.line_id],
                "operation": draft.operation,
                "qty": draft.qty,
                "uom_id": draft.uom_id,
                "product_qty": draft.product_qty,
                "withdraws": draft.withdraws,
                "serial2": draft.serial2,
                "rfid": draft.rfid,
                "note": draft.note,
                "counted_at": counted_at,
                "device": draft.device,
                "parts": draft.parts and json.dumps(draft.parts),
            }
            row["digest"] = digest(row)
            row.update(
                withdrawn_id=None,
                book_qty=book,
                picked_qty=picked,
                stamp=stamp,
                late=counted_at < now,
            )
            rows.append(row)
        self._roll_back_late(rows, keys)
        return rows

    @api.model
    def _draw_entries(self, number):
        """The ids of so many entries, and their stamps."""
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
        """What book and ticked lines said when a late entry was counted."""
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
        """Insert entries, and with them the lines that were not there.

        :return: what was counted on these lines, by id; without those that have yet to
            be added up
        """
        entries = [row for row in rows if row["operation"] != "withdraw"]
        withdrawals = [row for row in rows if row["operation"] == "withdraw"]
        # What is taken back is not counted, and frees serial numbers for other lines.
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
        """What the first entries of lines add up to, by the line's id."""
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
        """:param lines: those of the entries that are not there yet"""
        if not rows:
            return
        names = [part.split()[0] for part in ENTRY_ROW.split(",")]
        with_lines = SQL()
        if lines:
            insertion = self.env["stock.count.generator"]._insertion(session, lines)
            with_lines = SQL("WITH lines AS (%s)", insertion)
        self.env.cr.execute(
            SQL(
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
            ),
            # One entry sent twice at once conflicts here, and so do two who find the
            # same new thing: the second is retried, and then is a duplicate.
            log_exceptions=False,
        )
        if lines:
            self.env["stock.count.generator"]._invalidate(session)

    @api.model
    def _link_withdrawals(self, session, rows):
        """Name the entries taken back, which may have come in the same call."""
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
