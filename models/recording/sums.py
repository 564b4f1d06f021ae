from odoo import api, models
from odoo.tools import SQL

from ...const import NEW_STATES
from ...domain.reconcile import Entry, Facts, fold, variance_of
from ..book.book import LAST_ENTRY
from ..planning.generator import COUNT_COLUMNS
from ..shared.keys import moves_of, sql_rows
from ..shared.quantities import quantity_digits
from ..shared.signals import send


class StockCountRecorder(models.AbstractModel):
    """Adds up the entries of each line, writes the line, and judges it."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _fold_lines(self, lines, rounds):
        """Write what the entries of each line add up to.

        :param dict lines: line id → row of its key
        :param dict rounds: line id → number of its round
        :return: dict line id → values that were written, see ``_count``
        """
        if not lines:
            return {}
        entries, details = self._read_entries(list(lines))
        digits = quantity_digits(self.env)
        counts = {
            line_id: self._count(
                row, rounds[line_id], entries.get(line_id, ()), details, digits
            )
            for line_id, row in lines.items()
        }
        # First the lines that lose a serial number: only one line may have it.
        for seen in (False, True):
            part = [row for row in counts.values() if row["serial_seen"] == seen]
            if part:
                self._write_lines(part)
        return counts

    @api.model
    def _count(self, line, number, entries, details, digits):
        """The values of a line after the entries of its round.

        :param dict line: row of its key
        :param int number: of the round
        :param entries: ``Entry`` of each
        :param dict details: entry id → row of the entry
        :param int digits: decimals of a quantity
        :return: dict with columns of the line
        """
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
        """Whether a line counts a serial number, and not all numbers of a product."""
        return row["tracking"] == "serial" and bool(row["lot_id"] or row["lot_name"])

    @api.model
    def _read_entries(self, line_ids, *, all_rounds=False):
        """Read the entries that count for lines.

        :param list line_ids: ids of lines
        :param bool all_rounds: also those of earlier rounds that are not posted
        :return: dict line id → list of ``Entry``, and dict entry id → row of the entry
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
        self.env["stock.count.line"]._update_states(
            sql_rows(rows, COUNT_COLUMNS),
            SQL("rows.state"),
            SQL(
                """
                round = rows.round, is_counted = rows.is_counted,
                found_qty = COALESCE(rows.found_qty, 0), serial_seen = rows.serial_seen,
                counted_at = rows.counted_at, counted_stamp = rows.counted_stamp,
                counted_by_id = rows.counted_by_id,
                first_counted_at = rows.first_counted_at,
                last_entry_id = rows.last_entry_id,
                book_qty = COALESCE(rows.book_qty, line.book_qty),
                picked_qty = COALESCE(rows.picked_qty, 0),
                expected_qty = COALESCE(rows.book_qty, line.book_qty)
                    + COALESCE(rows.picked_qty, 0),
                variance_qty = 0, variance_value = 0, corrected_qty = 0,
                tolerance_ratio = 0, hold_answer = NULL, explained_qty = 0,
                post_error = NULL, moved_while_counting = FALSE,
                is_recounted = line.is_recounted AND line.round = rows.round
                """
            ),
        )
        self.env["stock.count.entry"].invalidate_model()

    @api.model
    def _after_recording(self, session, lines, rounds, counts):
        """Judge the lines that were counted, and act on what follows from it.

        :param dict lines: line id → row of its key before this call
        :param dict rounds: line id → number of the round that was counted
        :param dict counts: line id → values that were written, see ``_count``
        """
        Line = self.env["stock.count.line"]
        self._mark_moved_while_counting(counts)
        first = {i for i, c in counts.items() if self._is_first(lines[i], c)}
        if self.env.context.get("count_has_answers"):
            # What was said of documents holds for these lines, too.
            first = set()
            Documents = self.env["stock.count.document"]
            Documents._apply(session, Line.browse(counts))
        differing = self._find_differing({i: counts[i] for i in first})
        self.env["stock.count.verdicts"]._judge_first(differing)
        others = Line.browse(counts.keys() - first)
        send(self.env, "counts_changed", others.ids)
        self.env["stock.count.verdicts"]._refresh_verdicts(others)
        self.env["stock.count.recount"]._after_recording(session, Line.browse(lines))
        # A phone may send a count that nobody knew of when the session was closed.
        late = [
            line_id
            for line_id, row in lines.items()
            if session.state == "posted" or rounds[line_id] > row["round"]
        ]
        if late:
            session._reopen_for(Line.browse(late))
        send(self.env, "counted", others + Line.browse(differing))

    @api.model
    def _is_first(self, line, count):
        """Whether a line was counted for the first time, and now.

        Then no earlier count left anything on the line, and nothing can have happened
        after this count.
        """
        is_new = line["state"] in NEW_STATES
        return is_new and count["is_counted"] and not count["late"]

    @api.model
    def _find_differing(self, counts):
        """The first counts that differ from the book.

        :param dict counts: line id → values of the line
        :return: dict line id → (Facts, counted_at)
        """
        digits = quantity_digits(self.env)
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
        """Mark lines whose stock moved between their first and their last entry: the
        sum of such entries may be wrong."""
        line_ids = [i for i, count in counts.items() if count.get("is_sum")]
        if not line_ids:
            return
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
                self._moves_while_counting(),
            )
        )
        self.env["stock.count.line"].invalidate_model(["moved_while_counting"])

    @api.model
    def _moves_while_counting(self):
        """SQL: move lines done between the first and the last entry of ``line``."""
        return moves_of(
            "line",
            SQL("ml.id"),
            SQL(
                "ml.count_done_at > line.first_counted_at"
                " AND ml.count_done_at <= entry.counted_at"
            ),
        )
