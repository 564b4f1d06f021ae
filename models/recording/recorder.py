from odoo import api, models
from odoo.tools import SQL

from ...domain.entries import Draft, read_entry
from ...rights import is_lead
from ..shared.keys import KEY_COLUMNS, key_of, key_rows, same_key, sql_rows
from ..shared.signals import send

SOURCES = ("sheet", "app", "import", "api")

# Values of a line that is not counted yet.
NEW_LINE = {"round": 1, "first_round": 1, "posted_round": 0, "state": "to_count"}


class StockCountRecorder(models.AbstractModel):
    """The recorder: turns what a client sends into entries and counted lines.

    One entry or ten thousand take the same number of queries. Who waits for whom is in
    ``docs/concurrency.md``.
    """

    _name = "stock.count.recorder"
    _description = "Count Recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, session, entries, source):
        """Record entries of one session, see ``stock.count.session.record_entries``.

        Options 325 and 345 apply to the app, and to counters whatever they use.

        :param list entries: what the client sent, of any type
        :param str source: one of ``SOURCES``
        :return: list of answers in the order of the entries, see ``_answer``
        """
        strict = source == "app" or not is_lead(self.env)
        recorder = self.with_context(count_app_rules=strict)
        return self.env["stock.count.fence"]._insist(
            lambda: recorder._record_once(session, entries, source)
        )

    @api.model
    def _record_once(self, session, entries, source):
        """One try of ``_record``; a conflict with another transaction raises."""
        if source not in SOURCES:
            source = "api"
        if not isinstance(entries, list | tuple):
            entries = [entries]
        drafts = [read_entry(raw) for raw in entries]
        # In sudo mode because counters read neither stock nor expected quantities; who
        # may count the session has been checked.
        recorder, session = self.sudo(), session.sudo()
        has_answers = recorder._share_session(session)
        recorder = recorder.with_context(count_has_answers=has_answers)
        recorder._refuse(session, drafts)
        pending = [draft for draft in drafts if not draft.status]
        if pending:
            recorder._write(session, pending, source)
        recorder._answer_twins(drafts)
        send(recorder.env, "refused", session, drafts)
        return [recorder._answer(draft) for draft in drafts]

    @api.model
    def _refuse(self, session, drafts):
        """Find the records that drafts name, and refuse the drafts that are wrong."""
        self._mark_duplicates(session, drafts)
        self._check_session(session, drafts)
        self._resolve(session, drafts)
        self._mark_read_tags(session, drafts)
        self._check(session, drafts)
        self._check_withdrawals(drafts)

    @api.model
    def _find_or_add_line(self, session, values):
        """Find the line of a natural key, or add it. Nothing is counted.

        :param dict values: the key as in an entry, without a quantity
        :rtype: stock.count.line
        :raise ValidationError: when the key is wrong or outside the session
        """
        draft = read_entry({**values, "uuid": session._new_uuid(), "qty": 0})
        recorder = self.sudo()
        for step in (recorder._check_session, recorder._resolve, recorder._check):
            step(session.sudo(), [draft])
        if draft.status:
            session._raise_refusal(recorder._answer(draft), values)
        keys = [draft.key]
        known = recorder._read_line_ids(session, keys)
        if not known:
            recorder.env["stock.count.generator"]._insert_keys(session.sudo(), keys)
            known = recorder._read_line_ids(session, keys)
        return self.env["stock.count.line"].browse(known[draft.key])

    @api.model
    def _share_session(self, session):
        """Lock out posting and closing of the session until this transaction ends.

        Other people who record are not locked out. Waits while somebody posts, closes
        or changes the session.

        :return: whether documents were asked about for this count
        """
        session.flush_recordset()
        self.env["stock.count.fence"]._pass_gate(session)
        self.env.cr.execute(
            SQL(
                """
                SELECT EXISTS (SELECT FROM stock_count_document
                                WHERE session_id = session.id)
                  FROM stock_count_session session WHERE id = %s FOR SHARE
                """,
                session.id,
            ),
            log_exceptions=False,
        )
        session.invalidate_recordset(["state", "closed_at"])
        return any(answers for (answers,) in self.env.cr.fetchall())

    @api.model
    def _open(self, drafts, *, withdrawals=False):
        """The drafts that are neither refused nor duplicates.

        :param bool withdrawals: those that withdraw an entry, or all others
        """
        return [
            draft
            for draft in drafts
            if not draft.status and (draft.operation == "withdraw") == withdrawals
        ]

    # === WRITING === #

    @api.model
    def _write(self, session, drafts, source):
        """Write entries, and what their lines say after them, behind the fences."""
        lines, fresh = self._lock_or_make_lines(session, drafts)
        rounds = {line_id: self._round_of(row) for line_id, row in lines.items()}
        origin = self._read_origin(session, source)
        rows = self._prepare_entries(drafts, lines, rounds, origin)
        counts = self._insert(session, rows, fresh, origin)
        for draft in drafts:
            draft.status = "recorded"
        # An entry of an earlier round does not change its line.
        counted = {draft.line_id for draft in drafts if not draft.earlier}
        lines = {line_id: row for line_id, row in lines.items() if line_id in counted}
        if lines:
            left = {i: row for i, row in lines.items() if i not in counts}
            counts.update(self._fold_lines(left, rounds))
            self._after_recording(session, lines, rounds, counts)

    @api.model
    def _lock_or_make_lines(self, session, drafts):
        """Give each draft its line, close out corrections, and lock the lines.

        :return: two dicts line id → row of its key: of all lines, and of those that
            have to be inserted
        """
        counts = self._open(drafts)
        fresh = self._find_lines(session, counts)
        by_uuid = {draft.uuid: draft for draft in counts}
        for draft in self._open(drafts, withdrawals=True):
            draft.line_id = draft.line_id or by_uuid[draft.withdraws].line_id
        known = {draft.line_id for draft in drafts} - fresh.keys()
        lines = {**self.env["stock.count.line"]._read_keys(known), **fresh}
        places = {row["location_id"] for row in lines.values()}
        self.env["stock.count.fence"]._share(places)
        self._lock_lines(known)
        return lines, fresh

    @api.model
    def _find_lines(self, session, drafts):
        """Give each draft the line of its key, or the id of a line to be inserted.

        :return: dict line id → row of the lines to be inserted
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
            known.update({key_of(line): line["id"] for line in lines})
        for draft in drafts:
            draft.line_id = draft.line_id or known[draft.key]
        return fresh

    @api.model
    def _read_line_ids(self, session, keys):
        """Which of these natural keys have a line in the session.

        :return: dict natural key → line id
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, rows.* FROM stock_count_line line JOIN %s
                    ON %s AND COALESCE(line.lot_name, '') = rows.lot_name
                 WHERE line.session_id = %s
                """,
                sql_rows(key_rows(keys), KEY_COLUMNS),
                same_key("line", "rows"),
                session.id,
            )
        )
        return {tuple(key): line_id for line_id, *key in self.env.cr.fetchall()}

    @api.model
    def _lock_lines(self, line_ids):
        """Lock lines in the order of their ids: in different orders, two people who
        count the same lines would wait for each other."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM stock_count_line WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE",
                list(line_ids),
            ),
            # Two people who count one line conflict here. The second call is repeated,
            # so the error is not worth a log message.
            log_exceptions=False,
        )

    @api.model
    def _round_of(self, row):
        """The round of an entry of now: of a posted line, the next one."""
        posted = row["posted_round"] >= row["round"]
        return row["posted_round"] + 1 if posted else row["round"]

    @api.model
    def _round_before(self, row):
        """The round of an entry that was counted before the line's last recount was
        asked for."""
        return row["first_round"] - 1

    # === ANSWERS === #

    @api.model
    def _answer(self, draft: Draft):
        """What the client gets for a draft: never an expected quantity.

        :return: dict with ``uuid``, ``status`` (``recorded``, ``duplicate`` or
            ``refused``), ``line_id``, ``code`` and ``message``
        """
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
        """Why a draft is refused, and what to do, in the user's language."""
        text = self._messages().get(draft.code, draft.code)
        return text % (draft.params or {})
