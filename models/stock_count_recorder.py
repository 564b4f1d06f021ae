import json

from odoo import api, models
from odoo.tools import SQL

from ..domain.entries import Draft, read_entry
from ..domain.reconcile import (
    Entry,
    book_at,
    fold,
    picked_at_count,
)
from .stock_count_book import LAST_ENTRY

SOURCES = ("sheet", "app", "import", "api")

LINE_ROW = """
    id int, round int, state text, is_counted boolean, found_qty numeric,
    serial_seen boolean, counted_at timestamp, counted_stamp int, counted_by_id int,
    first_entry_id int, last_entry_id int, book_qty numeric, picked_qty numeric
"""
ENTRY_ROW = """
    position int, line_id int, session_id int, uuid text, round int, operation text,
    qty numeric, uom_id int, product_qty numeric, withdrawn_id int, serial2 text,
        rfid text,
    note text, counted_at timestamp, recorded_at timestamp, user_id int, device text,
    source text, parts text, digest text, book_qty numeric, picked_qty numeric,
    stamp int, xid text, late boolean
"""


class StockCountRecorder(models.AbstractModel):
    """The one door's inside: from what a client sent to entries and counted lines.

    Takes one entry or ten thousand at a number of queries that does not grow with them.
    """

    _name = "stock.count.recorder"
    _inherit = [
        "stock.count.recorder.resolve",
        "stock.count.recorder.checks",
        "stock.count.recorder.words",
    ]
    _description = "Count Recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, session, entries, source):
        """Record entries of one session, see ``stock.count.session.record_entries``."""
        return self.env["stock.count.fence"]._insist(
            lambda: self._record_once(session, entries, source)
        )

    @api.model
    def _record_once(self, session, entries, source):
        if source not in SOURCES:
            source = "api"
        if not isinstance(entries, list | tuple):
            entries = [entries]
        drafts = [read_entry(raw) for raw in entries]
        # In sudo mode because counters read neither stock nor expected quantities; who
        # may count the session has been checked.
        recorder, session = self.sudo(), session.sudo()
        recorder._share_session(session)
        recorder._mark_duplicates(session, drafts)
        recorder._check_session(session, drafts)
        recorder._resolve(session, drafts)
        recorder._check(session, drafts)
        recorder._check_withdrawals(drafts)
        pending = [draft for draft in drafts if not draft.status]
        if pending:
            recorder._write(session, pending, source)
        recorder._answer_twins(drafts)
        recorder.env["stock.count.watch"]._watch_refusals(session, drafts)
        return [recorder._answer(draft) for draft in drafts]

    @api.model
    def _find_or_add_line(self, session, values):
        """The line of a natural key, made when missing; nothing is counted by it.

        :param dict values: the key as in an entry, without a quantity
        :raise ValidationError: saying what is wrong with it
        """
        draft = read_entry({**values, "uuid": session._new_uuid(), "qty": 0})
        recorder = self.sudo()
        for step in (recorder._check_session, recorder._resolve, recorder._check):
            step(session.sudo(), [draft])
        if draft.status:
            session._raise_refusal(recorder._answer(draft), values)
        recorder._find_lines(session.sudo(), [draft])
        return self.env["stock.count.line"].browse(draft.line_id)

    @api.model
    def _share_session(self, session):
        """Keep posting and closing of the session apart from recording, counters
        not."""
        session.flush_recordset()
        self.env["stock.count.fence"]._pass_gate(session)
        self.env.cr.execute(
            SQL(
                "SELECT id FROM stock_count_session WHERE id = %s FOR SHARE", session.id
            ),
            log_exceptions=False,
        )
        session.invalidate_recordset(["state", "closed_at"])

    @api.model
    def _open(self, drafts, *, withdrawals=False):
        return [
            draft
            for draft in drafts
            if not draft.status and (draft.operation == "withdraw") == withdrawals
        ]

    # === WRITING === #

    @api.model
    def _write(self, session, drafts, source):
        """Write entries and what their lines add up to, behind the fence."""
        counts = self._open(drafts)
        withdrawals = self._open(drafts, withdrawals=True)
        self._find_lines(session, counts)
        by_uuid = {draft.uuid: draft for draft in counts}
        for draft in withdrawals:
            draft.line_id = draft.line_id or by_uuid[draft.withdraws].line_id
        lines = self._read_lines({draft.line_id for draft in drafts})
        self.env["stock.count.fence"]._share(
            {row["location_id"] for row in lines.values()}
        )
        self._lock_lines(lines)
        rounds = {line_id: self._round_of(row) for line_id, row in lines.items()}
        rows = self._prepare_entries(session, drafts, source, lines, rounds)
        self._insert_entries([row for row in rows if row["operation"] != "withdraw"])
        self._link_withdrawals(session, rows)
        self._insert_entries([row for row in rows if row["operation"] == "withdraw"])
        for draft in drafts:
            draft.status = "recorded"
        # What belongs to an earlier round leaves its line as it is.
        counted = {draft.line_id for draft in drafts if not draft.earlier}
        lines = {line_id: row for line_id, row in lines.items() if line_id in counted}
        if lines:
            self._fold_lines(lines, rounds)
            self._after_recording(session, lines, rounds)

    @api.model
    def _find_lines(self, session, drafts):
        """Give each draft the line of its key, making the lines that are missing."""
        keys = {draft.key for draft in drafts if not draft.line_id}
        if not keys:
            return
        known = self._read_line_ids(session, keys)
        missing = [key for key in keys if key not in known]
        if missing:
            self.env["stock.count.generator"]._insert_keys(session, missing)
            known = self._read_line_ids(session, keys)
        for draft in drafts:
            draft.line_id = draft.line_id or known[draft.key]

    @api.model
    def _read_line_ids(self, session, keys):
        Book = self.env["stock.count.book"]
        names = (
            "product_id",
            "location_id",
            "lot_id",
            "lot_name",
            "package_id",
            "owner_id",
        )
        rows = [dict(zip(names, key, strict=True)) for key in keys]
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, rows.* FROM stock_count_line line JOIN %s
                    ON %s AND COALESCE(line.lot_name, '') = rows.lot_name
                 WHERE line.session_id = %s
                """,
                Book._rows(
                    rows,
                    "product_id int, location_id int, lot_id int, lot_name text,"
                    " package_id int, owner_id int",
                ),
                Book._same_key("line", "rows"),
                session.id,
            )
        )
        return {tuple(key): line_id for line_id, *key in self.env.cr.fetchall()}

    @api.model
    def _read_lines(self, line_ids):
        """The lines as they are now, by id; dicts, because ten thousand are nothing."""
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.product_id, line.location_id, line.lot_id,
                       line.lot_name, line.package_id, line.owner_id, line.round,
                       line.first_round, line.posted_round, line.state,
                       template.tracking
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 WHERE line.id = ANY(%s)
                """,
                list(line_ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _lock_lines(self, line_ids):
        """In one order, or two who count the same things would wait for each other."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM stock_count_line WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE",
                list(line_ids),
            ),
            # Two counters on one line conflict here, and the second is retried.
            log_exceptions=False,
        )

    @api.model
    def _round_of(self, row):
        """The round an entry belongs to: a posted line opens its next one."""
        posted = row["posted_round"] >= row["round"]
        return row["posted_round"] + 1 if posted else row["round"]

    @api.model
    def _round_before(self, row):
        """The round before the last recount of a line was asked for."""
        return row["first_round"] - 1

    @api.model
    def _key_of(self, row):
        return (
            row["product_id"],
            row["location_id"],
            row["lot_id"] or 0,
            row["lot_name"] or "",
            row["package_id"] or 0,
            row["owner_id"] or 0,
        )

    @api.model
    def _prepare_entries(self, session, drafts, source, lines, rounds):
        """The rows of the entries: time, stamp, and the book as this transaction sees
        it."""
        self.env["stock.count.book"]._flush()
        stamp, now, xid = self.env["stock.count.fence"]._draw()
        stamps = [stamp, *self._draw_more(len(drafts) - 1)]
        keys = [self._key_of(lines[draft.line_id]) for draft in drafts]
        books = self.env["stock.count.book"]._read_books(list(dict.fromkeys(keys)))
        rows = []
        for i, (draft, key) in enumerate(zip(drafts, keys, strict=True)):
            counted_at = self._counted_at(draft, now)
            book, picked = books[key]
            row = {
                "position": i,
                "line_id": draft.line_id,
                "session_id": session.id,
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
                "user_id": self.env.uid,
                "device": draft.device,
                "source": source,
                "parts": draft.parts and json.dumps(draft.parts),
            }
            row["digest"] = self.env["stock.count.entry"]._digest(row)
            row.update(
                withdrawn_id=None,
                recorded_at=now,
                book_qty=book,
                picked_qty=picked,
                stamp=stamps[i],
                xid=xid,
                late=counted_at < now,
            )
            rows.append(row)
        self._roll_back_late(rows, keys)
        return rows

    @api.model
    def _draw_more(self, number):
        self.env.cr.execute(
            "SELECT nextval('stock_count_stamp')::int FROM generate_series(1, %s)",
            [number],
        )
        return [stamp for (stamp,) in self.env.cr.fetchall()]

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
    def _insert_entries(self, rows):
        if not rows:
            return
        names = [part.split()[0] for part in ENTRY_ROW.split(",")][1:]
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_entry (%s, snapshot)
                SELECT %s, pg_current_snapshot()::text FROM %s ORDER BY position
                    ON CONFLICT (uuid) DO NOTHING
                """,
                columns,
                columns,
                self.env["stock.count.book"]._rows(rows, ENTRY_ROW),
            ),
            # One entry sent twice at once conflicts here: the second is retried, and
            # then is a duplicate.
            log_exceptions=False,
        )

    @api.model
    def _link_withdrawals(self, session, rows):
        """Name the entries taken back, which may have come in the same call."""
        asked = [row for row in rows if row["operation"] == "withdraw"]
        if not asked:
            return
        self.env.cr.execute(
            SQL(
                "SELECT uuid, id FROM stock_count_entry"
                " WHERE session_id = %s AND uuid = ANY(%s)",
                session.id,
                [row["withdraws"] for row in asked],
            )
        )
        ids = dict(self.env.cr.fetchall())
        for row in asked:
            row["withdrawn_id"] = ids[row["withdraws"]]

    # === ADDING UP === #

    @api.model
    def _fold_lines(self, lines, rounds):
        """Write what the entries of each line add up to."""
        entries, details = self._read_entries(list(lines))
        digits = self.env["stock.count.book"]._digits()
        rows = []
        for line_id, row in lines.items():
            count = fold(entries.get(line_id, ()))
            values = {"id": line_id, "round": rounds[line_id]}
            if count:
                last = details[count.last.id]
                values.update(
                    state="counted",
                    is_counted=True,
                    found_qty=round(count.found, digits),
                    serial_seen=self._is_serial(row) and count.found > 0,
                    counted_at=count.last.counted_at,
                    counted_stamp=count.last.stamp,
                    counted_by_id=last["user_id"],
                    first_entry_id=count.first.id,
                    last_entry_id=count.last.id,
                    book_qty=last["book_qty"],
                    picked_qty=last["picked_qty"],
                )
            else:
                again = rounds[line_id] > 1
                values.update(
                    state="recount" if again else "to_count",
                    is_counted=False,
                    serial_seen=False,
                )
            rows.append(values)
        # Serial numbers that are free again first: each is seen in one place only.
        for seen in (False, True):
            part = [row for row in rows if row["serial_seen"] == seen]
            if part:
                self._write_lines(part)

    @api.model
    def _is_serial(self, row):
        return row["tracking"] == "serial" and bool(row["lot_id"] or row["lot_name"])

    @api.model
    def _read_entries(self, line_ids, *, all_rounds=False):
        """The entries that count for the lines, and their details by id.

        :param bool all_rounds: those of earlier rounds that are not posted, too
        """
        first = SQL("posted_round + 1") if all_rounds else SQL("first_round")
        self.env.cr.execute(
            SQL(
                """
                SELECT entry.line_id, entry.id, entry.operation, entry.product_qty,
                       entry.counted_at, entry.stamp, entry.withdrawn_id, entry.user_id,
                       entry.book_qty, entry.picked_qty, entry.round
                  FROM stock_count_entry entry
                  JOIN stock_count_line line ON line.id = entry.line_id
                 WHERE entry.line_id = ANY(%s) AND entry.round >= line.%s
                """,
                line_ids,
                first,
            )
        )
        entries, details = {}, {}
        for row in self.env.cr.dictfetchall():
            entry = Entry(
                row["id"],
                row["operation"],
                row["product_qty"],
                row["counted_at"],
                row["stamp"],
                row["withdrawn_id"],
            )
            entries.setdefault(row["line_id"], []).append(entry)
            details[row["id"]] = row
        return entries, details

    @api.model
    def _write_lines(self, rows):
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET round = rows.round, state = rows.state,
                       is_counted = rows.is_counted,
                       found_qty = COALESCE(rows.found_qty, 0),
                       serial_seen = rows.serial_seen,
                       counted_at = rows.counted_at, counted_stamp = rows.counted_stamp,
                       counted_by_id = rows.counted_by_id,
                       first_entry_id = rows.first_entry_id,
                       last_entry_id = rows.last_entry_id,
                       book_qty = COALESCE(rows.book_qty, line.book_qty),
                       picked_qty = COALESCE(rows.picked_qty, 0),
                       expected_qty = COALESCE(rows.book_qty, line.book_qty)
                           + COALESCE(rows.picked_qty, 0),
                       variance_qty = 0, variance_value = 0, corrected_qty = 0,
                       tolerance_ratio = 0,
                       hold_answer = NULL, explained_qty = 0, post_error = NULL,
                       moved_while_counting = FALSE,
                       is_recounted = line.is_recounted AND line.round = rows.round
                  FROM %s
                 WHERE line.id = rows.id
                """,
                self.env["stock.count.book"]._rows(rows, LINE_ROW),
            ),
            log_exceptions=False,
        )
        self.env["stock.count.line"].invalidate_model()
        self.env["stock.count.entry"].invalidate_model()

    @api.model
    def _after_recording(self, session, lines, rounds):
        """Variances, holds, and word about counts that came after posting."""
        records = self.env["stock.count.line"].browse(lines)
        self.env["stock.count.match"]._forget_proposed(lines)
        self._mark_moved_while_counting(list(lines))
        self.env["stock.count.book"]._refresh_verdicts(records)
        self.env["stock.count.recount"]._after_recording(session, records)
        # A phone may bring what nobody knew of when the count was closed.
        late = records.filtered(
            lambda line: (
                session.state == "posted" or rounds[line.id] > lines[line.id]["round"]
            )
        )
        if late:
            session._reopen_for(late)
        self.env["stock.count.watch"]._watch_lines(records)

    @api.model
    def _mark_moved_while_counting(self, line_ids):
        """Several entries add up only if nothing moved between the first and the
        last."""
        Book = self.env["stock.count.book"]
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line SET moved_while_counting = TRUE
                 WHERE id IN (
                       SELECT line.id
                         FROM stock_count_line line
                        CROSS JOIN LATERAL (
                              SELECT counted_at FROM stock_count_entry
                               WHERE id = line.first_entry_id OFFSET 0) first
                        CROSS JOIN LATERAL %s
                        WHERE line.id = ANY(%s)
                          AND line.first_entry_id <> line.last_entry_id
                          AND EXISTS (%s))
                """,
                LAST_ENTRY,
                line_ids,
                Book._moves_of(
                    "line",
                    SQL("ml.id"),
                    SQL(
                        "ml.count_done_at > first.counted_at"
                        " AND ml.count_done_at <= entry.counted_at"
                    ),
                ),
            )
        )
        self.env["stock.count.line"].invalidate_model(["moved_while_counting"])

    # === ANSWERS === #

    @api.model
    def _answer(self, draft: Draft):
        """What the client is told; never an expected quantity."""
        message = self._message(draft) if draft.status == "refused" else ""
        return {
            "uuid": draft.uuid,
            "status": draft.status,
            "line_id": draft.line_id or False,
            "code": draft.code,
            "message": message,
        }

    @api.model
    def _message(self, draft):
        """The refusal in words: what is wrong, where, and what to do."""
        text = self._messages().get(draft.code, draft.code)
        return text % (draft.params or {})
