from odoo import fields, models


class StockMove(models.Model):
    """A move that a count books on another day is done on that day."""

    _inherit = "stock.move"

    count_booked_at = fields.Datetime(
        string="Booked On",
        readonly=True,
        copy=False,
        help="When it is booked instead of when it was posted.",
    )

    def write(self, vals):
        """Where Odoo says that a move is done now, a booked one was done then."""
        if vals.get("state") != "done" or "date" not in vals:
            return super().write(vals)
        for booked_at, moves in self.grouped("count_booked_at").items():
            when = {"date": booked_at} if booked_at else {}
            super(StockMove, moves).write({**vals, **when})
        return True

    def _count_finish(self):
        """Finish the moves of a count; their journal entries have the same day."""
        for booked_at, moves in self.grouped("count_booked_at").items():
            # Without a day of its own nobody else's counts either.
            day = booked_at and booked_at.date()
            moves.with_context(force_period_date=day)._action_done()
