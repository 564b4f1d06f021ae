from odoo import api, models
from odoo.tools import format_date


class StockCountUndo(models.AbstractModel):
    """An undo is booked on the day of what it undoes."""

    _inherit = "stock.count.undo"

    @api.model
    def _prepare_reverse(self, move):
        return {
            **super()._prepare_reverse(move),
            "count_booked_at": move.count_booked_at,
        }

    @api.model
    def _explain_later_moves(self, lines, outcome):
        self._explain_closed_periods(lines, outcome)
        return super()._explain_later_moves(outcome.going_on(lines), outcome)

    @api.model
    def _explain_closed_periods(self, lines, outcome):
        """What was booked in a period that is closed now stays booked there."""
        booked = lines.move_ids.filtered(
            lambda move: move.count_booked_at and not move.count_undone_by_ids
        )
        for booked_at, moves in booked.grouped("count_booked_at").items():
            session = moves.count_session_id[:1]
            day = booked_at.date()
            if session._is_locked(day):
                message = self.env._(
                    "Not undone: it was booked on %s, and the books are closed on that"
                    " day now. Count it again instead.",
                    format_date(self.env, day),
                )
                self._explain(moves.count_line_id, message, outcome)
