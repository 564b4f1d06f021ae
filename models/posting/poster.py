import logging
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import FAR, POSTING_CHUNK
from ..shared.keys import sql_rows
from ..shared.signals import send

_logger = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What became of the checked lines.

    ``counts`` has ``posted``, ``moves``, ``held``, ``superseded``, ``failed``,
    ``taken`` (posted by somebody else meanwhile) and ``unreserved`` (product units).
    ``stopped`` are the ids of lines that go no further in this posting, ``problems``
    the kind of exception that a failed one raises, ``moved`` the units that location
    moves brought, by line id. ``reserved`` is what other moves had reserved before.
    """

    counts: Counter = field(default_factory=Counter)
    stopped: set = field(default_factory=set)
    moved: Counter = field(default_factory=Counter)
    move_ids: list = field(default_factory=list)
    problems: dict = field(default_factory=dict)
    reserved: dict = field(default_factory=dict)

    def stop(self, kind, lines):
        """The lines go no further; ``kind`` says why."""
        self.counts[kind] += len(lines)
        self.stopped.update(lines.ids)

    def resume(self, kind, lines):
        """The lines go on after all: what they were stopped for may be settled."""
        self.counts[kind] -= len(lines)
        self.stopped.difference_update(lines.ids)

    def going_on(self, lines):
        """The lines that were not stopped."""
        return lines.browse(i for i in lines.ids if i not in self.stopped)


class StockCountPoster(models.AbstractModel):
    """The one door through which counts change stock, as done stock moves.

    A line without a variance costs nothing: the count itself is the evidence.
    """

    _name = "stock.count.poster"
    _description = "Count Poster"

    # === BUSINESS METHODS === #

    @api.model
    def _post(self, session):
        """Post the checked, counted lines of a session.

        Rights have been checked; everything else is recomputed here, in the transaction
        that posts, never taken from a screen.

        :rtype: Outcome
        :raise UserError: when no counted line is checked
        """
        # In sudo mode because a counting lead need not be an Inventory user.
        poster = self.sudo().with_company(session.company_id)
        session = session.sudo()
        session._lock()
        checked = self.env["stock.count.line"].sudo()._find_postable(session)
        if not checked:
            raise UserError(
                self.env._(
                    "No counted line is checked to be posted: tick Post on the lines,"
                    " or use Check All."
                )
            )
        outcome = poster._post_lines(checked)
        poster._finish(session, outcome.counts)
        poster._finish_lines(session, checked, outcome)
        return outcome

    @api.model
    def _post_some(self, session, line_ids):
        """Post those of the lines that are still checked and counted.

        What was unchecked, withdrawn or posted since the job was started is left.

        :return: Counter of what became of them
        """
        Line = self.env["stock.count.line"]
        domain = [*Line._postable_domain(session), ("id", "in", line_ids)]
        lines = Line.search_fetch(domain, ["location_id", "lot_id", "lot_name"])
        outcome = self._post_lines(lines)
        self._finish_lines(session, lines, outcome)
        return outcome.counts

    @api.model
    def _post_lines(self, lines):
        """Post checked lines, all that belong together among them.

        :rtype: Outcome
        """
        outcome = Outcome()
        # PostgreSQL would compile what reads thousands of lines longer than it runs.
        self.env.cr.execute("SET LOCAL jit = off")
        self._close_fence_of_unbooked(lines)
        self._create_lots(lines, outcome)
        lines = outcome.going_on(lines)
        places = self._read_places(lines)
        self._close_fences(lines, places)
        verdicts = self._judge(lines, outcome)
        if self._post_moves(lines, places, verdicts, outcome):
            # What was moved changed the book at both ends.
            outcome.resume("held", self._of_kind(lines, verdicts, "held"))
            verdicts = self._judge(outcome.going_on(lines), outcome)
        self._await_sightings(outcome.going_on(lines), verdicts, outcome)
        self._post_variances(outcome.going_on(lines), verdicts, outcome)
        return outcome

    @api.model
    def _close_fence_of_unbooked(self, lines):
        """Nobody else makes a lot or books a serial number that is not booked anywhere.

        It has no place yet whose fence two sessions could meet at, so they meet where
        what is found comes from.
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT line.product_id
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE line.id = ANY(%s)
                   AND (line.lot_name <> '' OR line.variance_qty > 0)
                   AND (line.lot_name <> '' OR template.tracking = 'serial')
                """,
                lines.ids,
            )
        )
        ids = [product_id for (product_id,) in self.env.cr.fetchall()]
        products = self.env["product.product"].browse(ids)
        if products:
            self.env["stock.count.fence"]._close(products.property_stock_inventory.ids)

    @api.model
    def _close_fences(self, lines, places):
        """Nothing else corrects or counts these places until this is committed."""
        elsewhere = {row["location_id"] for rows in places.values() for row in rows}
        self.env["stock.count.fence"]._close(elsewhere.union(lines.location_id.ids))

    @api.model
    def _finish(self, session, counts):
        """What is done once for the session."""
        session.write(
            {"posted_at": fields.Datetime.now(), "posted_by_id": self.env.uid}
        )
        session._update_state_after_posting()
        session._log_action(session._describe_outcome(counts))

    @api.model
    def _finish_lines(self, session, lines, outcome):
        """What is done once for the lines of a transaction, not once per chunk."""
        lines._keep_serial2()
        self._reserve_what_was_found(outcome)
        Promises = self.env["stock.count.promise"]
        lost = Promises._read_lost(outcome.reserved)
        if lost:
            session._log_action(
                self.env._("Reservations freed: %s", Promises._describe(lost))
            )
        send(self.env, "posted", session, lines, outcome, lost)

    @api.model
    def _reserve_what_was_found(self, outcome):
        """Let transfers that wait have what is there now, once for each thing."""
        moves = self.env["stock.move"].browse(outcome.move_ids)
        found = moves.filtered(lambda move: move.location_dest_id.usage != "inventory")
        things = found.grouped(lambda move: (move.product_id, move.location_dest_id))
        moves.browse(same[:1].id for same in things.values())._trigger_assign()

    # === VARIANCES === #

    @api.model
    def _judge(self, lines, outcome):
        """Judge the lines now; what must not be posted is stopped and says why.

        :return: dict line id → (Facts, Verdict)
        """
        # One posting has the lines of one session, and reading them all takes time.
        lines[:1].session_id._check_bookable()
        Verdicts = self.env["stock.count.verdicts"]
        verdicts = Verdicts._read_verdicts(lines.ids)
        # A line that its location move settled keeps the variance that it had.
        Verdicts._write_verdicts(
            {i: v for i, v in verdicts.items() if i not in outcome.moved}
        )
        for kind in ("held", "superseded"):
            outcome.stop(kind, self._of_kind(lines, verdicts, kind))
        for line in self._of_kind(lines, verdicts, "disturbed"):
            self._fail(line, self._disturbed_message(), outcome)
        self._refuse_on_hold(outcome.going_on(lines), outcome)
        if not outcome.move_ids:
            self._return_uncovered(outcome.going_on(lines), verdicts, outcome)
            self._refuse_impossible(outcome.going_on(lines), verdicts, outcome)
        return verdicts

    @api.model
    def _of_kind(self, lines, verdicts, kind):
        return lines.browse(i for i in lines.ids if verdicts[i][1].kind == kind)

    @api.model
    def _post_variances(self, lines, verdicts, outcome):
        """Post what each line's verdict says, in chunks of some hundred, and write the
        history."""
        # Before: what is posted explains itself no more.
        causes = self._read_codes_of_causes(lines, verdicts, outcome)
        settled = self._of_kind(lines, verdicts, "nothing")
        if settled:
            self._mark_posted(settled.ids, outcome.moved, outcome)
        to_post = self._of_kind(lines, verdicts, "post")
        for start in range(0, len(to_post), POSTING_CHUNK):
            self._isolate(
                list(to_post[start : start + POSTING_CHUNK]),
                lambda some: self._post_chunk(some, verdicts, outcome),
                outcome,
            )
        self.env["stock.count.history"]._record(lines, causes)

    @api.model
    def _read_codes_of_causes(self, lines, verdicts, outcome):
        """The most probable cause of each line that differs or moved, by line id."""
        differing = lines.browse(
            i for i in lines.ids if verdicts[i][1].variance or i in outcome.moved
        )
        found = self.env["stock.count.cause"]._read_causes(differing)
        return {line_id: best[0].code for line_id, best in found.items() if best}

    @api.model
    def _refuse_on_hold(self, lines, outcome):
        """A hold keeps its lines from being posted, and says by whom and why."""
        held = self.env["stock.count.hold"]._read_held(lines.ids)
        for line_id, (name, reason, holder) in held.items():
            message = self.env._(
                "%(name)s is on hold by %(holder)s: %(reason)s. Release the hold"
                " first.",
                name=name,
                holder=holder or self.env._("nobody known"),
                reason=reason,
            )
            self._fail(lines.browse(line_id), message, outcome, kind="hold")

    @api.model
    def _return_uncovered(self, lines, verdicts, outcome):
        """Only what an approval covers as it is now goes on, where one is needed."""
        asked = self._find_needing_approval(lines, verdicts)
        if not asked:
            return
        Approval = self.env["stock.count.approval"]
        uncovered = asked.browse(Approval._read_uncovered(asked))
        rejected = Approval._read_rejected(uncovered)
        for line in uncovered:
            over = line.tolerance_ratio > 1
            self._fail(
                line,
                rejected.get(line.id) or self._uncovered_message(line),
                outcome,
                kind="over_tolerance" if over else "post_error",
            )

    @api.model
    def _find_needing_approval(self, lines, verdicts):
        """With Option 170 all lines; without it what is over its tolerance and was not
        counted again since it was posted last.

        For a module to ask for approval in other cases, override this method.
        """
        if lines[:1].company_id.count_require_approval:
            return lines
        # Few of many: the database finds them.
        differing = [i for i in lines.ids if verdicts[i][1].variance]
        return lines.search(
            [
                ("id", "in", differing),
                ("tolerance_ratio", ">", 1),
                ("is_recounted", "=", False),
            ]
        )

    @api.model
    def _uncovered_message(self, line):
        if line.company_id.count_require_approval:
            return self.env._(
                "No approval covers this quantity: it was not submitted, or it changed"
                " since. Submit it again."
            )
        if line.tolerance_ratio >= FAR:
            return self.env._(
                "Far over its tolerance: ask for a recount, or submit it for approval."
            )
        return self.env._(
            "Over its tolerance %s times: ask for a recount, or submit it for"
            " approval.",
            round(line.tolerance_ratio, 1),
        )

    @api.model
    def _disturbed_message(self):
        return self.env._(
            "The booked quantity changed since the count without a stock move: count it"
            " again."
        )

    @api.model
    def _post_chunk(self, units, verdicts, outcome):
        """Mark, move and check some lines; whatever fails here is rolled back with
        them."""
        lines = self.env["stock.count.line"].union(*units)
        self._apply_given_costs(lines.filtered("given_cost"))
        variances = {line.id: verdicts[line.id][1].variance for line in lines}
        totals = {i: qty + outcome.moved[i] for i, qty in variances.items()}
        taken_over = self._mark_posted(lines.ids, totals, outcome)
        mine = lines.filtered(lambda line: line.id in taken_over)
        self._do_moves(
            [self._prepare_adjustment(line, variances[line.id]) for line in mine],
            outcome,
        )
        self._check_books(mine, verdicts)

    @api.model
    def _mark_posted(self, line_ids, variances, outcome):
        """Take the lines for this posting; a line somebody else took is not posted
        again.

        :param dict variances: line id → product units moved; nothing where missing
        :return: set of the ids that this posting got
        """
        rows = [
            {"id": i, "qty": variances.get(i, 0), "moved": outcome.moved[i]}
            for i in line_ids
        ]
        ids = self.env["stock.count.line"]._update_states(
            sql_rows(rows, "id int, qty numeric, moved numeric"),
            SQL("'posted'"),
            SQL(
                """
                posted_round = line.round, to_post = FALSE,
                posted_qty = COALESCE(line.posted_qty, 0) + rows.qty,
                moved_qty = rows.moved,
                variance_value = round(
                    (line.variance_qty - rows.moved) * COALESCE(line.unit_cost, 0), %s),
                posted_found_qty = line.found_qty,
                posted_counted_at = line.counted_at,
                posted_stamp = line.counted_stamp,
                posted_at = now() AT TIME ZONE 'UTC', posted_by_id = %s,
                post_error = NULL
                """,
                self.env.company.currency_id.decimal_places,
                self.env.uid,
            ),
            where=SQL("line.posted_round < line.round"),
        )
        outcome.counts["posted"] += len(ids)
        outcome.counts["taken"] += len(line_ids) - len(ids)
        return ids

    @api.model
    def _prepare_adjustment(self, line, variance):
        """Values of the issue or receipt that makes the book what was found."""
        loss = line.product_id.with_company(line.company_id).property_stock_inventory.id
        package = line.package_id.id
        if variance > 0:
            ends = {"location_id": loss, "location_dest_id": line.location_id.id}
            packages = {"package_id": False, "result_package_id": package}
        else:
            ends = {"location_id": line.location_id.id, "location_dest_id": loss}
            packages = {"package_id": package, "result_package_id": False}
        self._check_reason(line, variance)
        return self._prepare_move(
            line,
            abs(variance),
            product_id=line.product_id.id,
            lot_id=line.lot_id.id,
            owner_id=line.owner_id.id,
            # After a location move what is left may have the other sign.
            reason=self._reason(line, variance),
            **ends,
            **packages,
        )

    # === ISOLATION === #

    @api.model
    def _isolate(self, units, work, outcome, fail=None):
        """Do the work for all units; a unit that fails is found by halving.

        :param list units: recordsets, usually of lines that belong together
        :param work: called with a list of units, under a savepoint
        :param fail: called with a unit, the message and the outcome; ``_fail`` by
            default
        """
        if not units:
            return
        before = deepcopy(outcome)
        try:
            with self.env.cr.savepoint():
                work(units)
        except OperationalError:
            # Not a line's error: the whole transaction is retried.
            raise
        except Exception as error:  # Whatever fails, it is these lines'
            vars(outcome).update(vars(before))
            if len(units) == 1:
                (fail or self._fail)(units[0], self._error_text(error), outcome)
                return
            half = len(units) // 2
            self._isolate(units[:half], work, outcome, fail)
            self._isolate(units[half:], work, outcome, fail)

    @api.model
    def _error_text(self, error):
        if isinstance(error, IntegrityError):
            return self.env["stock.count.line"]._sql_error_to_message(error)
        if not isinstance(error, UserError):
            _logger.warning("A counted line could not be posted", exc_info=error)
        return str(error.args[0] if error.args else error)

    @api.model
    def _fail(self, lines, message, outcome, kind="post_error"):
        """Keep the problem with the lines; they stay checked, the others go on.

        :param str kind: of the exception that it raises
        """
        lines._set_state("failed", post_error=message)
        outcome.problems.update(dict.fromkeys(lines.ids, kind))
        outcome.stop("failed", lines)
