from datetime import UTC, datetime

from odoo import api, models
from odoo.tools import SQL

from ...domain.consensus import agreed
from ...domain.reconcile import Facts, fold, variance_of
from ..shared.quantities import quantity_digits
from ..shared.signals import send


class StockCountRecount(models.AbstractModel):
    """Recounts: which lines are sent back to be counted again, and who may count them.

    A line over its tolerance is sent back up to a number of times. A line of a
    consensus count is sent back until two rounds by different people agree. The entries
    of all rounds are kept.
    """

    _name = "stock.count.recount"
    _description = "Count Recounts"

    # === BUSINESS METHODS === #

    @api.model
    def _mark_earlier(self, session, drafts):
        """Mark drafts that were counted before the recount of their line was asked for.

        A phone that had no network sends them now. They belong to the earlier round. In
        a consensus count they count: they are as independent as any other count.
        """
        timed = [draft for draft in drafts if draft.counted_at]
        asked_at = {} if session.consensus or not timed else self._read_asked(session)
        if not asked_at:
            return
        now = datetime.now(UTC).replace(tzinfo=None)
        Recorder = self.env["stock.count.recorder"]
        line_ids = self._find_line_ids(session, timed)
        for draft, line_id in zip(timed, line_ids, strict=True):
            if line_id in asked_at:
                draft.earlier = Recorder._counted_at(draft, now) < asked_at[line_id]

    @api.model
    def _find_line_ids(self, session, drafts):
        """The id of each draft's line, None where there is no line yet."""
        keys = {draft.key for draft in drafts if not draft.line_id}
        Recorder = self.env["stock.count.recorder"]
        known = Recorder._read_line_ids(session, keys) if keys else {}
        return [draft.line_id or known.get(draft.key) for draft in drafts]

    @api.model
    def _read_asked(self, session):
        """When the last recount of each line was asked for.

        :return: dict line id → time (UTC), without lines that never had one
        """
        self.env["stock.count.line"].flush_model(["recount_at"])
        self.env.cr.execute(
            "SELECT id, recount_at FROM stock_count_line"
            " WHERE session_id = %s AND round > 1 AND recount_at IS NOT NULL",
            [session.id],
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _check_counters(self, session, drafts):
        """Refuse a user who counted the line in an earlier round, where the company or
        a consensus count wants another person."""
        others_only = session.company_id.count_recount_other_counter
        drafts = [draft for draft in drafts if not draft.earlier]
        if not drafts or not (others_only or session.consensus):
            return
        line_ids = self._find_line_ids(session, drafts)
        own = self._read_counted_before(line_ids)
        for draft, line_id in zip(drafts, line_ids, strict=True):
            if line_id in own:
                product = self.env["product.product"].browse(draft.product_id)
                location = self.env["stock.location"].browse(draft.location_id)
                draft.refuse(
                    "same_counter",
                    product=product.display_name,
                    location=location.display_name,
                )

    @api.model
    def _read_counted_before(self, line_ids):
        """The lines that this user counted in an earlier, unposted round.

        A withdrawn count matters, too: the user has seen the bin.

        :return: set of line ids
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT line.id
                  FROM stock_count_line line
                  JOIN stock_count_entry entry ON entry.line_id = line.id
                 WHERE line.id = ANY(%s) AND entry.user_id = %s
                   AND entry.operation <> 'withdraw'
                   AND entry.round > line.posted_round AND entry.round < line.round
                """,
                [line_id for line_id in line_ids if line_id],
                self.env.uid,
            )
        )
        return {line_id for (line_id,) in self.env.cr.fetchall()}

    @api.model
    def _is_on(self, session):
        """Whether the session has automatic recounts."""
        return session.consensus or session.company_id.count_recount_rounds

    @api.model
    def _after_recording(self, session, lines):
        """Send back lines that were set. Lines with added entries may get more of them,
        so they wait until the count is submitted."""
        if self._is_on(session):
            self._send_due(
                session,
                lines.filtered(lambda line: line.last_entry_id.operation == "set"),
            )

    @api.model
    def _send_due(self, session, lines=None):
        """Send back finished lines that need a recount.

        :param lines: the finished lines; by default all of the session that are ticked
            to be posted
        :return: the lines that were sent back
        """
        # In sudo mode because counters read no tolerance and no expected quantity.
        session, recounts = session.sudo(), self.sudo()
        if not recounts._is_on(session):
            return self.env["stock.count.line"]
        if lines is None:
            lines = self.env["stock.count.line"].sudo()._find_postable(session)
            self.env["stock.count.verdicts"]._refresh_verdicts(lines)
        find = recounts._find_open if session.consensus else recounts._find_over
        due = find(session, lines.sudo())
        recounts._start(due)
        return due

    @api.model
    def _find_over(self, session, lines):
        """Lines over their tolerance with a recount left. A line whose transfer was
        answered for stays."""
        rounds = session.company_id.count_recount_rounds
        return lines.filtered(
            lambda line: (
                line.state == "counted"
                and not line.hold_answer
                and line.tolerance_ratio > 1
                and line.round - line.posted_round <= rounds
            )
        )

    @api.model
    def _find_open(self, session, lines):
        """Lines of a consensus count without two rounds that agree."""
        lines = lines.filtered("is_counted")
        digits = quantity_digits(self.env)
        rounds = self._read_rounds(lines)
        return lines.filtered(
            lambda line: agreed(rounds.get(line.id, ()), digits=digits) is None
        )

    @api.model
    def _read_rounds(self, lines):
        """The variance of each unposted round of lines.

        :return: dict line id → list of variances in product units, oldest round first
        """
        Recorder = self.env["stock.count.recorder"]
        entries, details = Recorder._read_entries(lines.ids, all_rounds=True)
        return {
            line_id: self._variances(of_line, details)
            for line_id, of_line in entries.items()
        }

    @api.model
    def _variances(self, entries, details):
        """The variance of each round, oldest first; without withdrawn rounds."""
        by_round = {}
        for entry in entries:
            by_round.setdefault(details[entry.id]["round"], []).append(entry)
        digits = quantity_digits(self.env)
        counts = [fold(by_round[number]) for number in sorted(by_round)]
        return [
            variance_of(self._facts(count, details), digits)
            for count in counts
            if count
        ]

    @api.model
    def _facts(self, count, details):
        last = details[count.last.id]
        book, picked = last["book_qty"], last["picked_qty"]
        return Facts(found=count.found, book=book, picked=picked)

    @api.model
    def _start(self, lines):
        """Open the next round of these lines. Their entries are kept as evidence."""
        if not lines:
            return
        lines._update_states(
            lines._rows(),
            SQL("'recount'"),
            SQL(
                """
                %s, round = line.round + 1, first_round = line.round + 1,
                serial_seen = FALSE, is_recounted = TRUE, recount_at = date_trunc(
                    'second', clock_timestamp() AT TIME ZONE 'UTC')
                """,
                self._uncounted(),
            ),
        )
        send(self.env, "counts_changed", lines.ids)

    @api.model
    def _uncounted(self):
        """SQL: assignments that clear what a count wrote to a line.

        Numbers become 0, booleans false, all other columns NULL.
        """
        Line = self.env["stock.count.line"]
        zero = {"integer": 0, "float": 0, "monetary": 0, "boolean": False}
        return SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), zero.get(Line._fields[name].type))
            for name in Line._uncounted_values()
        )
