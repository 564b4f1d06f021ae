from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ..shared.keys import key_of, moves_of, same_key
from ..shared.quantities import quantity_digits
from ..shared.signals import send
from .poster import Outcome


class StockCountUndo(models.AbstractModel):
    """Reverses what a session posted, by moves the other way, in the history as
    such."""

    _name = "stock.count.undo"
    _description = "Undo of a Count Posting"

    # === BUSINESS METHODS === #

    @api.model
    def _undo(self, session):
        """Reverse the posting of each line where nothing has built on it since.

        A line whose stock moved since, or which a later posted count stands on, is
        explained and left as it is: undoing it would make the book wrong again.

        :rtype: Outcome, ``counts`` with ``undone`` and ``failed``
        :raise UserError: when the session has posted nothing
        """
        # In sudo mode like posting; who may undo has been checked.
        undo = self.sudo().with_company(session.company_id)
        session._lock()
        lines = undo._find_lines(session)
        if not lines:
            raise UserError(self.env._("%s has no posted line to undo.", session.name))
        return undo._undo_lines(lines)

    @api.model
    def _undo_some(self, session, line_ids):
        """Undo those of the lines that are still posted.

        :return: Counter of what became of them
        """
        domain = [
            ("session_id", "=", session.id),
            ("state", "=", "posted"),
            ("id", "in", line_ids),
        ]
        return self._undo_lines(self.env["stock.count.line"].search(domain)).counts

    @api.model
    def _find_lines(self, session):
        return session.sudo().line_ids.filtered(lambda line: line.state == "posted")

    @api.model
    def _undo_lines(self, lines):
        """Undo posted lines, all that belong together among them.

        :rtype: Outcome
        """
        outcome = Outcome()
        self._close_fences(lines)
        self._explain_later_counts(lines, outcome)
        self._explain_closed_periods(outcome.going_on(lines), outcome)
        self._explain_changed_moves(outcome.going_on(lines), outcome)
        self._explain_later_moves(outcome.going_on(lines), outcome)
        self.env["stock.count.poster"]._isolate(
            self._units(outcome.going_on(lines)),
            lambda some: self._reverse(some, outcome),
            outcome,
            self._explain,
        )
        self.env["stock.count.poster"]._reserve_what_was_found(outcome)
        send(self.env, "undone", outcome.going_on(lines))
        return outcome

    @api.model
    def _close_fences(self, lines):
        moves = lines.move_ids
        locations = lines.location_id | moves.location_id | moves.location_dest_id
        self.env["stock.count.fence"]._close(
            locations.filtered(lambda location: location.usage != "inventory").ids
        )

    @api.model
    def _units(self, lines):
        """Lines that one move binds together, a package's or a matched pair's, are
        undone together."""
        bound = {line: line.package_id or line for line in lines}
        for match in self._posted_matches(lines):
            ends = match.shortage_line_id, match.overage_line_id
            if all(end in bound for end in ends):
                ours, theirs = (bound[end] for end in ends)
                bound = {
                    line: theirs if key == ours else key for line, key in bound.items()
                }
        return list(lines.grouped(bound.get).values())

    @api.model
    def _posted_matches(self, lines):
        return self.env["stock.count.match"].search(
            [
                ("state", "=", "posted"),
                "|",
                ("shortage_line_id", "in", lines.ids),
                ("overage_line_id", "in", lines.ids),
            ]
        )

    # === WHAT STANDS IN THE WAY === #

    @api.model
    def _explain_later_counts(self, lines, outcome):
        """A later count of the same thing was posted: it knows better than an undo."""
        Book = self.env["stock.count.book"]
        Book._flush()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, session.name
                  FROM stock_count_line line
                  JOIN stock_count_line rival ON rival.id <> line.id
                       AND rival.posted_round > 0 AND %s
                       AND (rival.posted_counted_at, rival.posted_stamp)
                           > (line.posted_counted_at, line.posted_stamp)
                  JOIN stock_count_session session ON session.id = rival.session_id
                 WHERE line.id = ANY(%s)
                """,
                same_key("rival", "line"),
                lines.ids,
            )
        )
        for line_id, name in dict(self.env.cr.fetchall()).items():
            self._explain(
                lines.browse(line_id),
                self.env._("Not undone: %s counted it later and was posted.", name),
                outcome,
            )

    @api.model
    def _explain_changed_moves(self, lines, outcome):
        """A stock move that somebody edited after it was posted is no longer what this
        line posted: reversing it would book what was never counted."""
        for line in lines.filtered("move_ids"):
            changed = line.move_ids.filtered(self._is_changed)
            if changed:
                message = self.env._(
                    "Not undone: its stock move %s was changed after posting. Correct"
                    " that move, or count it again instead.",
                    ", ".join(changed.mapped("display_name")),
                )
                self._explain(line, message, outcome)

    @api.model
    def _is_changed(self, move):
        """Whether a posted move has another quantity or place than it was made with."""
        ml = move.move_line_ids
        if move.state != "done" or len(ml) != 1:
            return True
        ends = (ml.location_id, ml.location_dest_id)
        return bool(
            ends != (move.location_id, move.location_dest_id)
            or move.product_uom.compare(move.quantity, move.product_uom_qty)
        )

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

    @api.model
    def _explain_later_moves(self, lines, outcome):
        """Stock that moved since the posting is not forced back."""
        # A native adjustment that changed nothing still says what is there.
        since = SQL(
            "ml.state = 'done' AND ml.count_stamp > own.stamp"
            " AND (ml.quantity_product_uom <> 0 OR ml.count_correction = 'native')"
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, array_agg(DISTINCT found.id)
                  FROM stock_count_line line
                 CROSS JOIN LATERAL (
                       SELECT max(ml.count_stamp) AS stamp FROM stock_move_line ml
                         JOIN stock_move move ON move.id = ml.move_id
                        WHERE move.count_line_id = line.id) own
                 CROSS JOIN LATERAL (%s) found
                 WHERE line.id = ANY(%s) AND own.stamp IS NOT NULL
                 GROUP BY line.id
                """,
                moves_of("line", SQL("ml.id"), since),
                lines.ids,
            )
        )
        for line_id, ml_ids in self.env.cr.fetchall():
            moved = self.env["stock.move.line"].browse(ml_ids)
            names = dict.fromkeys(moved.mapped(lambda ml: ml.reference or ml.id))
            message = self.env._(
                "Not undone: the stock moved since, by %s. Count it again instead.",
                ", ".join(map(str, names)),
            )
            self._explain(lines.browse(line_id), message, outcome)

    @api.model
    def _explain(self, lines, message, outcome):
        """The lines stay posted, and say why."""
        lines._internal().write({"post_error": message})
        outcome.stop("failed", lines)

    # === REVERSING === #

    @api.model
    def _reverse(self, units, outcome):
        """Move back what the lines' last round moved, and open their next round."""
        poster = self.env["stock.count.poster"]
        lines = self.env["stock.count.line"].union(*units)
        moves = lines.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and not move.count_undoes_id
                and not move.count_undone_by_ids
            )
        )
        before = self._read_books(lines)
        poster._do_moves([self._prepare_reverse(move) for move in moves], outcome)
        poster._put_back_in_containers(moves)
        self._check_books(lines, before)
        self._posted_matches(lines).state = "void"
        self._reopen(lines)
        outcome.counts["undone"] += len(lines)

    @api.model
    def _prepare_reverse(self, move):
        """Values of the move back; it belongs to the line and names what it undoes."""
        ml = move.move_line_ids
        return {
            **self.env["stock.count.poster"]._prepare_move(
                move.count_line_id,
                ml.quantity_product_uom,
                product_id=move.product_id.id,
                location_id=ml.location_dest_id.id,
                location_dest_id=ml.location_id.id,
                lot_id=ml.lot_id.id,
                owner_id=ml.owner_id.id,
                package_id=ml.result_package_id.id,
                result_package_id=ml.package_id.id,
            ),
            "count_reason_id": move.count_reason_id.id,
            "count_undoes_id": move.id,
            # An undo is booked on the day of what it undoes.
            "count_booked_at": move.count_booked_at,
        }

    @api.model
    def _read_books(self, lines):
        Book = self.env["stock.count.book"]
        Book._flush()
        rows = lines._read_keys(lines.ids).values()
        keys = {row["id"]: key_of(row) for row in rows}
        books = Book._read_books(list(dict.fromkeys(keys.values())))
        return {line_id: books[key][0] for line_id, key in keys.items()}

    @api.model
    def _check_books(self, lines, before):
        """The book of each key must have gone back by what was posted.

        :raise ValidationError: rolls the lines back
        """
        after = self._read_books(lines)
        digits = quantity_digits(self.env)
        for line in lines:
            if round(after[line.id] - before[line.id] + line.posted_qty, digits):
                raise ValidationError(
                    self.env._(
                        "Undoing did not lead back to the earlier quantity: count it"
                        " again instead."
                    )
                )

    @api.model
    def _reopen(self, lines):
        """The lines are counted and not posted again, with the count time they had."""
        self.env["stock.count.history"]._take_back(lines)
        lines._update_states(
            lines._rows(),
            SQL("'counted'"),
            SQL(
                """
                round = round + 1, to_post = FALSE, posted_qty = 0, moved_qty = 0,
                posted_found_qty = 0, posted_counted_at = NULL, posted_stamp = NULL,
                posted_at = NULL, posted_by_id = NULL, post_error = NULL
                """
            ),
        )
        self.env["stock.count.verdicts"]._refresh_verdicts(lines)
