import uuid
from collections import Counter
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...const import OPEN_STATES, UNCOUNTED_STATES
from ...domain.entries import Refused, read_time
from ...domain.events import (
    BIN_KINDS,
    LINE_KINDS,
    MAX_BATCH,
    read_batch,
    read_event,
    with_defaults,
)
from ...domain.reconcile import corrected_time
from ..shared.keys import sql_rows

_lt = LazyTranslate(__name__)

# A claim of a bin ends after this time: its user may have gone home without leaving it.
CLAIMED_FOR = timedelta(hours=12)
# How far before the last answer we look for changes: others may have recorded something
# while that answer was made.
OVERLAP = timedelta(seconds=30)
EVENT_ROW = """
    position int, uuid text, session_id int, kind text, line_id int, location_id int,
    product_id int, exception_id int, barcode text, note text, happened_at timestamp,
    recorded_at timestamp, user_id int, device text
"""

# By code: why a batch or an event is refused; entries have their own.
REFUSALS = {
    "bad_batch": _lt("The batch must be an object with entries and events."),
    "too_many": _lt("Send at most %(limit)s entries and events at once."),
    "bad_event": _lt("An event is an object with a uuid and a kind."),
    "unknown_kind": _lt("The event %(value)s is not known: update the app."),
    "unknown_location": _lt(
        "Location %(value)s does not exist any more: load the count again."
    ),
    "bin_locked": _lt(
        "You began elsewhere and this count is locked to it (Option 345): let"
        " somebody else finish %(location)s."
    ),
    "zero_off": _lt(
        "Lines left in this bin: %(left)s. Count them first: zero counts are"
        " not used here (Option 325)."
    ),
}


class StockCountAppSync(models.AbstractModel):
    """Records a batch from a device: its entries, then its events."""

    _name = "stock.count.app.sync"
    _description = "Synchronisation of the Counting App"

    # === BUSINESS METHODS === #

    @api.model
    def _sync(self, session, batch):
        """Record a batch in one transaction, see ``docs/count_app.md``.

        :param session: of a user who may count it
        :param batch: what the device sent, of any type
        :return: dict with ``results`` of entries, ``events``, and what is new
        """
        code, entries, raw_events = read_batch(batch)
        if code:
            return self._refuse_batch(session, code)
        entries = [with_defaults(entry, batch) for entry in entries]
        events = [read_event(with_defaults(event, batch)) for event in raw_events]
        results = session.record_entries(entries, source="app") if entries else []
        # In sudo mode because counters read neither lines nor events; who may count
        # the session has been checked.
        sync, session_sudo = self.sudo(), session.sudo()
        zeros = sync._record_events(session_sudo, events)
        self._finish_bins(session, events, zeros)
        line_ids = [answer["line_id"] for answer in results if answer["line_id"]]
        line_ids += [event.line_id for event in events if event.status != "refused"]
        news = sync._read_news(session_sudo, line_ids, events, batch.get("since"))
        answers = [sync._answer(event) for event in events]
        done = {"status": "done", "code": "", "message": ""}
        return {**done, "results": results, "events": answers, **news}

    @api.model
    def _refuse_batch(self, session, code):
        """The answer to a batch that is refused as a whole."""
        return {
            "status": "refused",
            "code": code,
            "message": self._messages()[code] % {"limit": MAX_BATCH},
            "session_state": session.sudo().state,
            **{name: [] for name in ("results", "events", "lines", "claims")},
            **{name: [] for name in ("finished", "progress")},
        }

    # === EVENTS === #

    @api.model
    def _record_events(self, session, events):
        """Record the events that are neither known nor wrong.

        :return: dict uuid of an event → ids of uncounted lines in the finished bin
        """
        if not events:
            return {}
        self._mark_known(session, events)
        self._check_session(session, events)
        self._check_lines(session, events)
        self._check_bins(session, events)
        zeros = self._find_uncounted(session, events)
        pending = self._open(events)
        self._insert(session, pending)
        self._mark_skipped(session, pending)
        for event in pending:
            event.status = "done"
        return zeros

    @api.model
    def _open(self, events):
        """The events that are neither refused nor duplicates."""
        return [event for event in events if not event.status]

    @api.model
    def _mark_known(self, session, events):
        """Mark events whose uuid is recorded already, or twice in this batch."""
        rows = self.env.execute_query(
            SQL(
                "SELECT uuid, session_id = %s FROM stock_count_event"
                " WHERE uuid = ANY(%s)",
                session.id,
                [event.uuid for event in self._open(events)],
            )
        )
        known = dict(rows)
        for event in self._open(events):
            if not known.get(event.uuid, True):
                event.refuse("uuid_of_another_count")
            elif event.uuid in known:
                event.status = "duplicate"
            known[event.uuid] = True

    @api.model
    def _check_session(self, session, events):
        if session.state not in OPEN_STATES:
            for event in self._open(events):
                event.refuse("session_closed", session=session.name)

    @api.model
    def _check_lines(self, session, events):
        asked = [event for event in self._open(events) if event.kind in LINE_KINDS]
        lines = self.env["stock.count.line"].search(
            [
                ("id", "in", [event.line_id for event in asked]),
                ("session_id", "=", session.id),
            ]
        )
        for event in asked:
            if event.line_id not in lines._ids:
                event.refuse("unknown_line", value=event.line_id)

    @api.model
    def _check_bins(self, session, events):
        asked = [event for event in self._open(events) if event.kind in BIN_KINDS]
        if not asked:
            return
        ids = {event.location_id for event in asked}
        known = self.env["stock.location"].browse(ids).exists()
        scope = self.env["stock.count.recorder"]._scope_location_ids(session, ids)
        for event in asked:
            place = known.browse(event.location_id)
            if place not in known:
                event.refuse("unknown_location", value=event.location_id)
            elif event.location_id not in scope:
                event.refuse(
                    "outside_session",
                    location=place.display_name,
                    session=session.name,
                )

    @api.model
    def _find_uncounted(self, session, events):
        """Find the uncounted lines of finished bins; refuse to finish a bin where the
        user may not count them as 0.

        :return: dict uuid of an event → line ids
        """
        finished = [e for e in self._open(events) if e.kind == "bin_finished"]
        if not finished:
            return {}
        domain = [
            ("session_id", "=", session.id),
            ("location_id", "in", [event.location_id for event in finished]),
            ("state", "in", UNCOUNTED_STATES),
        ]
        lines = self.env["stock.count.line"].search_fetch(domain, ["location_id"])
        by_place = lines.grouped(lambda line: line.location_id.id)
        zeros = {}
        for event in finished:
            left = by_place.get(event.location_id, lines.browse())
            code = left and self._refuses_zeros(session, event.location_id)
            if code:
                place = left.location_id[:1].display_name
                event.refuse(code, left=len(left), location=place)
            else:
                zeros[event.uuid] = by_place.pop(event.location_id, left).ids
        return zeros

    @api.model
    def _refuses_zeros(self, session, location_id):
        """Code of the refusal to count the rest of a bin as 0; None if allowed."""
        company = session.company_id
        if not company.count_allow_zero:
            return "zero_off"
        Recorder = self.env["stock.count.recorder"]
        locked = company.count_lock_location and Recorder._read_first_location(session)
        return "bin_locked" if locked and locked != location_id else None

    @api.model
    def _insert(self, session, events):
        """Insert events. If two connections send one uuid at once, the second request
        is repeated."""
        if not events:
            return
        now = self._now()
        rows = [
            {
                "position": i,
                "uuid": event.uuid,
                "session_id": session.id,
                "kind": event.kind,
                "line_id": event.line_id,
                "location_id": event.location_id,
                "happened_at": self._when(event, now),
                "recorded_at": now,
                "user_id": self.env.uid,
                "device": event.device,
            }
            for i, event in enumerate(events)
        ]
        self._insert_rows(rows)

    @api.model
    def _insert_rows(self, rows):
        """Insert events in one statement.

        :param list rows: of ``EVENT_ROW``
        """
        names = [part.split()[0] for part in EVENT_ROW.split(",")][1:]
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_event (%s) SELECT %s FROM %s ORDER BY position
                    ON CONFLICT (uuid) DO NOTHING
                """,
                columns,
                columns,
                sql_rows(rows, EVENT_ROW),
            ),
            log_exceptions=False,
        )
        self.env["stock.count.event"].invalidate_model()

    @api.model
    def _now(self):
        """The database's time (UTC, microseconds)."""
        [[now]] = self.env.execute_query(
            SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        )
        return now

    @api.model
    def _when(self, event, now):
        """The time of an event (UTC), corrected for the device's clock."""
        offset = event.sent_at - now if event.sent_at else timedelta()
        return corrected_time(event.at, now, offset)

    @api.model
    def _mark_skipped(self, session, events):
        """Write which lines are skipped. The last event of a line counts."""
        last = {e.line_id: e.kind for e in events if e.kind in LINE_KINDS}
        if not last:
            return
        rows = [{"id": i, "skipped": kind == "skip"} for i, kind in last.items()]
        self.env["stock.count.line"]._update_states(
            sql_rows(rows, "id int, skipped boolean"),
            SQL(
                "CASE WHEN rows.skipped THEN 'skipped' WHEN line.round > 1 THEN"
                " 'recount' ELSE 'to_count' END"
            ),
            SQL("is_counted = FALSE"),
            where=SQL(
                "line.session_id = %s AND line.state IN %s",
                session.id,
                UNCOUNTED_STATES,
            ),
        )

    # === FINISHED BINS === #

    @api.model
    def _finish_bins(self, session, events, zeros):
        """Count the uncounted lines of finished bins as 0, and log it."""
        entries = [
            self._prepare_zero(event, line_id)
            for event in events
            for line_id in zeros.get(event.uuid, ())
            if event.kind == "bin_finished" and event.status == "done"
        ]
        if not entries:
            return
        answers = session._record_entries(entries, "app")
        refused = [a["message"] for a in answers if a["status"] == "refused"]
        session._log_action(self._describe_finished(events, zeros, refused))

    @api.model
    def _prepare_zero(self, event, line_id):
        """The entry of a line that nobody counted. It has the same uuid when the event
        is sent again."""
        return {
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{event.uuid}:{line_id}")),
            "operation": "set",
            "qty": 0,
            "line_id": line_id,
            "counted_at": event.at,
            "sent_at": event.sent_at,
            "device": event.device,
        }

    @api.model
    def _describe_finished(self, events, zeros, refused):
        left = Counter()
        for event in events:
            left[event.location_id] += len(zeros.get(event.uuid, ()))
        places = (
            self.env["stock.location"].sudo().browse([k for k, n in left.items() if n])
        )
        text = self.env._(
            "%(who)s finished %(places)s. Lines nobody had counted, taken for 0:"
            " %(number)s.",
            who=self.env.user.name,
            places=", ".join(places.mapped("display_name")),
            number=sum(left.values()) - len(refused),
        )
        return " ".join([text, *refused[:3]])

    # === NEWS === #

    @api.model
    def _read_news(self, session, line_ids, events, since):
        """What is new for a device: changed lines, bins and progress.

        :param list line_ids: lines of the batch
        :param since: when the device got its last answer, as it was sent
        """
        Catalogue = self.env["stock.count.app.catalogue"]
        session.invalidate_recordset(["state"])
        self.env.flush_all()
        since = self._read_since(since)
        changed = self._changed(session, line_ids, events, since)
        lines = self.env.execute_query_dict(Catalogue._select_lines(session, changed))
        places = {line["location_id"] for line in lines} if since else None
        return {
            "session_state": session.state,
            "lines": [
                {name: False if v is None else v for name, v in line.items()}
                for line in lines
            ],
            **self._read_bins(session),
            "progress": Catalogue._read_progress(session, places),
        }

    @api.model
    def _read_since(self, value):
        """When the device got its last answer (UTC); None if it sent no valid time."""
        try:
            return read_time({"since": value}, "since")
        except Refused:
            return None

    @api.model
    def _changed(self, session, line_ids, events, since):
        """SQL condition: lines of this batch, lines that others counted or skipped
        since, and all lines in recount."""
        bins = [e.location_id for e in events if e.kind == "bin_finished"]
        parts = [
            SQL("SELECT unnest(%s::int[])", [i for i in line_ids if i]),
            SQL(
                "SELECT id FROM stock_count_line"
                " WHERE session_id = %s AND location_id = ANY(%s)",
                session.id,
                [location_id for location_id in bins if location_id],
            ),
        ]
        if since:
            parts += self._changed_since(session, since - OVERLAP)
        # Each part has its own index. With OR, all lines of the session would be read.
        return SQL("line.id IN (%s)", SQL(" UNION ALL ").join(parts))

    @api.model
    def _changed_since(self, session, since):
        return [
            SQL(
                "SELECT id FROM stock_count_line"
                " WHERE session_id = %s AND round > 1 AND state = 'recount'",
                session.id,
            ),
            SQL(
                "SELECT line_id FROM stock_count_entry"
                " WHERE session_id = %s AND recorded_at >= %s",
                session.id,
                since,
            ),
            SQL(
                "SELECT line_id FROM stock_count_event WHERE session_id = %s"
                " AND recorded_at >= %s AND kind IN ('skip', 'unskip')",
                session.id,
                since,
            ),
        ]

    @api.model
    def _read_bins(self, session):
        """Who counts in which bin, and which bins are finished."""
        now = self._now()
        claims = self.env.execute_query_dict(
            SQL(
                """
                SELECT location_id, partner.name AS user_name,
                       last.user_id = %(uid)s AS is_me,
                       to_char(happened_at, 'YYYY-MM-DD HH24:MI:SS') AS at
                  FROM (SELECT DISTINCT ON (location_id, user_id)
                               location_id, user_id, kind, happened_at
                          FROM stock_count_event
                         WHERE session_id = %(session)s AND kind IN %(kinds)s
                         ORDER BY location_id, user_id, happened_at DESC, id DESC) last
                  JOIN res_users users ON users.id = last.user_id
                  JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE kind = 'bin_claim' AND happened_at > %(since)s
                 ORDER BY location_id, happened_at
                """,
                uid=self.env.uid,
                session=session.id,
                kinds=BIN_KINDS,
                since=now - CLAIMED_FOR,
            )
        )
        return {"claims": claims, "finished": self._read_finished(session)}

    @api.model
    def _read_finished(self, session):
        """Ids of bins that were finished and not claimed since."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT location_id
                  FROM (SELECT DISTINCT ON (location_id) location_id, kind
                          FROM stock_count_event
                         WHERE session_id = %s AND kind IN ('bin_claim', 'bin_finished')
                         ORDER BY location_id, happened_at DESC, id DESC) last
                 WHERE kind = 'bin_finished'
                """,
                session.id,
            )
        )
        return [location_id for [location_id] in rows]

    # === ANSWERS === #

    @api.model
    def _answer(self, event):
        refused = event.status == "refused"
        return {
            "uuid": event.uuid,
            "status": event.status,
            "code": event.code,
            "message": self._message(event) if refused else "",
        }

    @api.model
    def _message(self, event):
        """Why an event was refused."""
        known = {**self.env["stock.count.recorder"]._messages(), **self._messages()}
        return known.get(event.code, event.code) % (event.params or {})

    @api.model
    def _messages(self):
        """By code, why a batch or an event is refused, in the user's language."""
        return {code: self.env._(text) for code, text in REFUSALS.items()}
