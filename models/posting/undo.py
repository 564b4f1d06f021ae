from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ..shared.keys import key_of, moves_of, same_key
from ..shared.quantities import quantity_digits
from ..shared.signals import send
from .poster import Outcome


class StockCountUndo(models.AbstractModel):
    """Undoes the posting of lines, by moves in the other direction.

    The move that is undone and the one that undoes it both stay in the stock history.
    """

    _name = "stock.count.undo"
    _description = "Undo of a Count Posting"

    # === BUSINESS METHODS === #

    @api.model
    def _undo(self, session):
        """Undo the posting of a session.

        A line whose stock has moved or was counted since stays posted and says why:
        undoing it would make the book wrong again.

        :return: Outcome, whose ``counts`` have ``undone`` and ``failed``
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
        """Undo the lines of a job's chunk that are still posted.

        :return: Counter with ``undone`` and ``failed``
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
        """Undo posted lines.

        :param lines: lines that one move binds together are all among them
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
        """Lock out entries and corrections of all locations that are moved."""
        moves = lines.move_ids
        locations = lines.location_id | moves.location_id | moves.location_dest_id
        self.env["stock.count.fence"]._close(
            locations.filtered(lambda location: location.usage != "inventory").ids
        )

    @api.model
    def _units(self, lines):
        """Group the lines that have to be undone together: those of one package, and
        both lines of a posted match.

        :return: list of recordsets
        """
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

    # === OBSTACLES === #

    @api.model
    def _explain_later_counts(self, lines, outcome):
        """Leave lines posted whose key was counted later by a posted count."""
        self.env["stock.count.book"]._flush()
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
        """Leave lines posted that were booked in a period that is closed now."""
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
        """Leave lines posted whose stock has moved since."""
        for line_id, ml_ids in self._read_later_moves(lines):
            moved = self.env["stock.move.line"].browse(ml_ids)
            names = dict.fromkeys(moved.mapped(lambda ml: ml.reference or ml.id))
            message = self.env._(
                "Not undone: the stock moved since, by %s. Count it again instead.",
                ", ".join(map(str, names)),
            )
            self._explain(lines.browse(line_id), message, outcome)

    @api.model
    def _read_later_moves(self, lines):
        """Pairs of a line id and the ids of move lines done after its posting."""
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
        return self.env.cr.fetchall()

    @api.model
    def _explain(self, lines, message, outcome):
        """Leave lines posted, and write why."""
        lines._internal().write({"post_error": message})
        outcome.stop("failed", lines)

    # === REVERSING === #

    @api.model
    def _reverse(self, units, outcome):
        """Move back what the last posting of these lines moved, and open their next
        round.

        :param list units: recordsets of lines, see ``_units``
        """
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
        """Values of the move that undoes another move of a count."""
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
            # It is booked on the day of the move that it undoes.
            "count_booked_at": move.count_booked_at,
        }

    @api.model
    def _read_books(self, lines):
        """Dict line id → what is booked for its key now, in product units."""
        Book = self.env["stock.count.book"]
        Book._flush()
        rows = lines._read_keys(lines.ids).values()
        keys = {row["id"]: key_of(row) for row in rows}
        books = Book._read_books(list(dict.fromkeys(keys.values())))
        return {line_id: books[key][0] for line_id, key in keys.items()}

    @api.model
    def _check_books(self, lines, before):
        """Check that the book of each key changed back by what was posted.

        :param dict before: line id → what was booked before the moves
        :raise ValidationError: when it did not; these lines are rolled back
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
        """Make these lines counted and not posted, with the time of their count."""
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
