from datetime import datetime, time

from odoo import api, models
from odoo.tools import SQL

from ..shared.keys import booked_qty, moves_of
from ..shared.quantities import quantity_digits


class StockCountPoster(models.AbstractModel):
    """Checks that a correction was possible on the accounting date of its session."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

    @api.model
    def _refuse_impossible(self, lines, verdicts, outcome):
        """Fail the lines that cannot have differed on their accounting date.

        :param dict verdicts: line id → (Facts, Verdict)
        """
        session = lines[:1].session_id
        differing = self._of_kind(lines, verdicts, "post")
        if not session._booked_at() or not differing:
            return
        digits = quantity_digits(self.env)
        end = datetime.combine(session.accounting_date, time.max)
        for line_id, book, reference in self._read_books_at(differing, end):
            variance = verdicts[line_id][1].variance
            message = None
            if reference:
                message = self._settled_message(session, reference)
            elif variance < 0 and round(book + variance, digits) < 0:
                message = self._too_early_message(session, book)
            if message:
                self._fail(lines.browse(line_id), message, outcome)

    @api.model
    def _read_books_at(self, lines, moment):
        """Read what was booked for each line at a time, and a correction since.

        :param datetime moment: UTC
        :return: list of tuples (line id, quantity in product units, name of a
            correction or None)
        """
        self.env["stock.count.book"]._flush()
        since = moves_of(
            "line",
            SQL(
                "CASE WHEN ml.count_correction IS NOT NULL"
                " AND move.count_undoes_id IS NULL AND NOT EXISTS (SELECT"
                " FROM stock_move back WHERE back.count_undoes_id = move.id)"
                " THEN COALESCE(move.origin, move.reference, '?') END AS correction"
            ),
            SQL("ml.state = 'done' AND ml.date > %s", moment),
            joins=SQL("LEFT JOIN stock_move move ON move.id = ml.move_id"),
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, %s - COALESCE(since.qty, 0), since.correction
                  FROM stock_count_line line
                 CROSS JOIN LATERAL (SELECT sum(qty) AS qty,
                       max(correction) AS correction FROM (%s) moves) since
                 WHERE line.id = ANY(%s)
                """,
                booked_qty("line"),
                since,
                lines.ids,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _settled_message(self, session, reference):
        """Why a line fails that was corrected after the accounting date."""
        return self.env._(
            "It was corrected by %(reference)s after %(day)s, so nothing is left to be"
            " booked on that day. Post it without an accounting date.",
            reference=reference,
            **session._date_facts(),
        )

    @api.model
    def _too_early_message(self, session, book):
        """Why a line fails that lacks more than was booked on the accounting date."""
        return self.env._(
            "Only %(qty)g were booked here on %(day)s: what is missing came later. Post"
            " it without an accounting date.",
            qty=book,
            **session._date_facts(),
        )
