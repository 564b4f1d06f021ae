import json

from odoo import api, models
from odoo.tools import SQL

from ..domain.entries import Draft, read_entry
from ..domain.reconcile import (
    Entry,
    Facts,
    book_at,
    fold,
    picked_at_count,
    variance_of,
)
from .stock_count_book import KEY_COLUMNS, LAST_ENTRY
from .stock_count_generator import COUNT_COLUMNS

SOURCES = ("sheet", "app", "import", "api")

ENTRY_ROW = """
    id int, line_id int, uuid text, round int, operation text, qty numeric,
    uom_id int, product_qty numeric, withdrawn_id int, serial2 text, rfid text,
    note text, counted_at timestamp, device text, parts text, digest text,
    book_qty numeric, picked_qty numeric, stamp int, late boolean
"""


# What a line is that nobody has counted.
NEW_LINE = {"round": 1, "first_round": 1, "posted_round": 0, "state": "to_count"}


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
        key = draft.key
        if not recorder._read_line_ids(session, [key]):
            recorder.env["stock.count.generator"]._insert_keys(session.sudo(), [key])
        known = recorder._read_line_ids(session, [key])
        return self.env["stock.count.line"].browse(known[key])

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
        fresh = self._find_lines(session, counts)
        by_uuid = {draft.uuid: draft for draft in counts}
        for draft in withdrawals:
            draft.line_id = draft.line_id or by_uuid[draft.withdraws].line_id
        known = {draft.line_id for draft in drafts} - fresh.keys()
        lines = {**self._read_lines(known), **fresh}
        self.env["stock.count.fence"]._share(
            {row["location_id"] for row in lines.values()}
        )
        self._lock_lines(known)
        rounds = {line_id: self._round_of(row) for line_id, row in lines.items()}
        origin = self._origin(session, source)
        rows = self._prepare_entries(drafts, lines, rounds, origin)
        counts = self._insert(session, rows, fresh, origin)
        for draft in drafts:
            draft.status = "recorded"
        # What belongs to an earlier round leaves its line as it is.
        counted = {draft.line_id for draft in drafts if not draft.earlier}
        lines = {line_id: row for line_id, row in lines.items() if line_id in counted}
        if lines:
            left = {i: row for i, row in lines.items() if i not in counts}
            counts.update(self._fold_lines(left, rounds))
            self._after_recording(session, lines, rounds, counts)

    @api.model
    def _find_lines(self, session, drafts):
        """Give each draft the line of its key.

        :return: the lines that are to be inserted, by id
        """
        keys = {draft.key for draft in drafts if not draft.line_id}
        if not keys:
            return {}
        known = self._read_line_ids(session, keys)
        missing = [key for key in keys if key not in known]
        fresh = {}
        if missing:
            lines = self.env["stock.count.generator"]._prepare_lines(session, missing)
            fresh = {line["id"]: {**line, **NEW_LINE} for line in lines}
            known.update({self._key_of(line): line["id"] for line in lines})
        for draft in drafts:
            draft.line_id = draft.line_id or known[draft.key]
        return fresh

    @api.model
    def _read_line_ids(self, session, keys):
        Book = self.env["stock.count.book"]
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, rows.* FROM stock_count_line line JOIN %s
                    ON %s AND COALESCE(line.lot_name, '') = rows.lot_name
                 WHERE line.session_id = %s
                """,
                Book._rows(Book._key_rows(keys), KEY_COLUMNS),
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
        keys = [self._key_of(lines[draft.line_id]) for draft in drafts]
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
        digits = self.env["stock.count.book"]._digits()
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
        insertion = self.env["stock.count.generator"]._insertion(session, lines)
        self.env.cr.execute(
            SQL(
                """
                %(lines)s
                INSERT INTO stock_count_entry (%(names)s, %(common)s, snapshot)
                SELECT %(names)s, %(values)s, (SELECT pg_current_snapshot()::text)
                  FROM %(rows)s ORDER BY id
                    ON CONFLICT (uuid) DO NOTHING
                """,
                lines=SQL("WITH lines AS (%s)", insertion) if lines else SQL(),
                names=SQL(", ").join(map(SQL.identifier, names)),
                common=SQL(", ").join(map(SQL.identifier, origin)),
                values=SQL(", ").join(SQL("%s", value) for value in origin.values()),
                rows=self.env["stock.count.book"]._rows(rows, ENTRY_ROW),
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

    # === ADDING UP === #

    @api.model
    def _fold_lines(self, lines, rounds):
        """Write what the entries of each line add up to.

        :return: what was written, by the line's id
        """
        if not lines:
            return {}
        entries, details = self._read_entries(list(lines))
        digits = self.env["stock.count.book"]._digits()
        counts = {
            line_id: self._count(
                row, rounds[line_id], entries.get(line_id, ()), details, digits
            )
            for line_id, row in lines.items()
        }
        # Serial numbers that are free again first: each is seen in one place only.
        for seen in (False, True):
            part = [row for row in counts.values() if row["serial_seen"] == seen]
            if part:
                self._write_lines(part)
        return counts

    @api.model
    def _count(self, line, number, entries, details, digits):
        """What a line says when these entries of a round have been counted."""
        count = fold(entries)
        values = {"id": line["id"], "round": number}
        if not count:
            state = "recount" if number > 1 else "to_count"
            return {**values, "state": state, "is_counted": False, "serial_seen": False}
        last = details[count.last.id]
        values.update(
            state="counted",
            is_counted=True,
            found_qty=round(count.found, digits),
            serial_seen=self._is_serial(line) and count.found > 0,
            counted_at=last["counted_at"],
            counted_stamp=last["stamp"],
            counted_by_id=last["user_id"],
            first_counted_at=count.first.counted_at,
            last_entry_id=count.last.id,
            book_qty=last["book_qty"],
            picked_qty=last["picked_qty"],
            late=last["late"],
            is_sum=count.first.id != count.last.id,
        )
        return values

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
                       entry.book_qty, entry.picked_qty, entry.round, entry.late
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
            entries.setdefault(row["line_id"], []).append(self._entry(row))
            details[row["id"]] = row
        return entries, details

    @api.model
    def _entry(self, row):
        return Entry(
            row["id"],
            row["operation"],
            row["product_qty"],
            row["counted_at"],
            row["stamp"],
            row["withdrawn_id"],
        )

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
                       first_counted_at = rows.first_counted_at,
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
                self.env["stock.count.book"]._rows(rows, COUNT_COLUMNS),
            ),
            log_exceptions=False,
        )
        self.env["stock.count.line"].invalidate_model()
        self.env["stock.count.entry"].invalidate_model()

    @api.model
    def _after_recording(self, session, lines, rounds, counts):
        """Variances, holds, and word about counts that came after posting."""
        Line = self.env["stock.count.line"]
        self._mark_moved_while_counting(counts)
        first = {i for i, c in counts.items() if self._is_first(lines[i], c)}
        differing = self._find_differing({i: counts[i] for i in first})
        self.env["stock.count.book"]._judge_first(differing)
        others = Line.browse(counts.keys() - first)
        self.env["stock.count.match"]._forget_proposed(others.ids)
        self.env["stock.count.book"]._refresh_verdicts(others)
        self.env["stock.count.recount"]._after_recording(session, Line.browse(lines))
        # A phone may bring what nobody knew of when the count was closed.
        late = [
            line_id
            for line_id, row in lines.items()
            if session.state == "posted" or rounds[line_id] > row["round"]
        ]
        if late:
            session._reopen_for(Line.browse(late))
        self.env["stock.count.watch"]._watch_lines(others + Line.browse(differing))

    @api.model
    def _is_first(self, line, count):
        """Whether a line was counted for the first time, and just now: there is nothing
        that a count before it left, and nothing came after it."""
        is_new = line["state"] in ("to_count", "skipped")
        return is_new and count["is_counted"] and not count["late"]

    @api.model
    def _find_differing(self, counts):
        """Those of these first counts that are not what was booked.

        :return: dict line id → (Facts, counted_at)
        """
        digits = self.env["stock.count.book"]._digits()
        facts = {
            line_id: Facts(
                found=count["found_qty"],
                book=count["book_qty"],
                picked=count["picked_qty"],
                book_now=count["book_qty"],
            )
            for line_id, count in counts.items()
        }
        return {
            line_id: (fact, counts[line_id]["counted_at"])
            for line_id, fact in facts.items()
            if variance_of(fact, digits)
        }

    @api.model
    def _mark_moved_while_counting(self, counts):
        """Several entries add up only if nothing moved between the first and the
        last."""
        line_ids = [i for i, count in counts.items() if count.get("is_sum")]
        if not line_ids:
            return
        Book = self.env["stock.count.book"]
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line SET moved_while_counting = TRUE
                 WHERE id IN (
                       SELECT line.id
                         FROM stock_count_line line
                        CROSS JOIN LATERAL %s
                        WHERE line.id = ANY(%s) AND EXISTS (%s))
                """,
                LAST_ENTRY,
                line_ids,
                Book._moves_of(
                    "line",
                    SQL("ml.id"),
                    SQL(
                        "ml.count_done_at > line.first_counted_at"
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
