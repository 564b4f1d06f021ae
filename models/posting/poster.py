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
    """The result of a posting, while it is made and afterwards.

    :param counts: ``posted``, ``moves``, ``held``, ``superseded``, ``failed``,
        ``taken`` (posted by another transaction) and ``unreserved`` (product units)
    :param stopped: ids of lines that are not posted
    :param moved: line id → product units that location moves brought
    :param move_ids: ids of the stock moves
    :param problems: line id → kind of the exception that a failed line raises
    :param reserved: what other moves had reserved before, see ``stock.count.promise``
    """

    counts: Counter = field(default_factory=Counter)
    stopped: set = field(default_factory=set)
    moved: Counter = field(default_factory=Counter)
    move_ids: list = field(default_factory=list)
    problems: dict = field(default_factory=dict)
    reserved: dict = field(default_factory=dict)

    def stop(self, kind, lines):
        """Take lines out of the posting; ``kind`` says why."""
        self.counts[kind] += len(lines)
        self.stopped.update(lines.ids)

    def resume(self, kind, lines):
        """Take lines back into the posting, to judge them again."""
        self.counts[kind] -= len(lines)
        self.stopped.difference_update(lines.ids)

    def going_on(self, lines):
        """Those of the lines that are still to be posted."""
        return lines.browse(i for i in lines.ids if i not in self.stopped)


class StockCountPoster(models.AbstractModel):
    """The poster: the only code by which counts change stock, as done stock moves.

    A line without a variance gets no move: its count is the evidence.
    """

    _name = "stock.count.poster"
    _description = "Count Poster"

    # === BUSINESS METHODS === #

    @api.model
    def _post(self, session):
        """Post the lines of a session that are ticked and counted.

        The caller has checked the user's rights. All figures are computed again here,
        in the transaction that posts.

        :rtype: Outcome
        :raise UserError: when no counted line is ticked
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
        """Post the lines of a job's chunk that are still ticked, counted and unposted.

        :return: Counter, see ``Outcome``
        """
        Line = self.env["stock.count.line"]
        domain = [*Line._postable_domain(session), ("id", "in", line_ids)]
        lines = Line.search_fetch(domain, ["location_id", "lot_id", "lot_name"])
        outcome = self._post_lines(lines)
        self._finish_lines(session, lines, outcome)
        return outcome.counts

    @api.model
    def _post_lines(self, lines):
        """Post lines, see ``_post``.

        :param lines: lines that one move binds together are all among them
        :rtype: Outcome
        """
        outcome = Outcome()
        # PostgreSQL would take longer to compile these statements than to run them.
        self.env.cr.execute("SET LOCAL jit = off")
        self._close_fence_of_unbooked(lines)
        self._create_lots(lines, outcome)
        lines = outcome.going_on(lines)
        places = self._read_places(lines)
        self._close_fences(lines, places)
        verdicts = self._judge(lines, outcome)
        if self._post_moves(lines, places, verdicts, outcome):
            # Location moves have changed the books at both ends.
            outcome.resume("held", self._of_kind(lines, verdicts, "held"))
            verdicts = self._judge(outcome.going_on(lines), outcome)
        self._await_sightings(outcome.going_on(lines), verdicts, outcome)
        self._post_variances(outcome.going_on(lines), verdicts, outcome)
        return outcome

    @api.model
    def _close_fence_of_unbooked(self, lines):
        """Lock out other postings that create a lot or book an unbooked serial number.

        Such a thing has no location yet, whose fence would keep two sessions apart. So
        they use the fence of the location that overages come from.
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
        """Lock out entries and corrections of all locations of these lines and things.

        :param dict places: see ``_read_places``
        """
        elsewhere = {row["location_id"] for rows in places.values() for row in rows}
        self.env["stock.count.fence"]._close(elsewhere.union(lines.location_id.ids))

    @api.model
    def _finish(self, session, counts):
        """Write the posting to the session, once after all of its lines.

        :param Counter counts: see ``Outcome``
        """
        session.write(
            {"posted_at": fields.Datetime.now(), "posted_by_id": self.env.uid}
        )
        session._update_state_after_posting()
        session._log_action(session._describe_outcome(counts))

    @api.model
    def _finish_lines(self, session, lines, outcome):
        """Do what follows a posting, once for all lines of the transaction."""
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
        """Let waiting transfers reserve overages, once by product and location."""
        moves = self.env["stock.move"].browse(outcome.move_ids)
        found = moves.filtered(lambda move: move.location_dest_id.usage != "inventory")
        things = found.grouped(lambda move: (move.product_id, move.location_dest_id))
        moves.browse(same[:1].id for same in things.values())._trigger_assign()

    # === VARIANCES === #

    @api.model
    def _judge(self, lines, outcome):
        """Judge lines, and stop those that must not be posted.

        :return: dict line id → (Facts, Verdict)
        """
        # All lines are of one session, and reading it from each of them takes time.
        lines[:1].session_id._check_bookable()
        Verdicts = self.env["stock.count.verdicts"]
        verdicts = Verdicts._read_verdicts(lines.ids)
        # A line with a location move keeps the variance from before that move.
        Verdicts._write_verdicts(
            {i: v for i, v in verdicts.items() if i not in outcome.moved}
        )
        for kind in ("held", "superseded"):
            outcome.stop(kind, self._of_kind(lines, verdicts, kind))
        for line in self._of_kind(lines, verdicts, "disturbed"):
            self._fail(line, self._disturbed_message(), outcome)
        self._refuse_blocked(outcome.going_on(lines), outcome)
        if not outcome.move_ids:
            self._return_uncovered(outcome.going_on(lines), verdicts, outcome)
            self._refuse_impossible(outcome.going_on(lines), verdicts, outcome)
        return verdicts

    @api.model
    def _of_kind(self, lines, verdicts, kind):
        return lines.browse(i for i in lines.ids if verdicts[i][1].kind == kind)

    @api.model
    def _post_variances(self, lines, verdicts, outcome):
        """Post each line by its verdict, in chunks, and write the history."""
        # Read causes first: nothing explains a line that is posted.
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
        """The most probable cause of each line with a variance or a location move.

        :return: dict line id → code
        """
        differing = lines.browse(
            i for i in lines.ids if verdicts[i][1].variance or i in outcome.moved
        )
        found = self.env["stock.count.cause"]._read_causes(differing)
        return {line_id: best[0].code for line_id, best in found.items() if best}

    @api.model
    def _refuse_blocked(self, lines, outcome):
        """Fail the lines that a person has blocked."""
        blocked = self.env["stock.count.hold"]._read_blocked(lines.ids)
        for line_id, (name, reason, holder) in blocked.items():
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
        """Fail lines that need an approval and have none for exactly this variance."""
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
        """The lines that need an approval.

        With Option 170 these are all lines. Without it, these are lines over their
        tolerance that were not recounted since they were last posted.

        For a module to ask for approval in other cases, override this method.
        """
        if lines[:1].company_id.count_require_approval:
            return lines
        # Only few of many lines: let the database find them.
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
        """Why a line without an approval fails."""
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
        """Why a line fails whose book was changed without a move."""
        return self.env._(
            "The booked quantity changed since the count without a stock move: count it"
            " again."
        )

    @api.model
    def _post_chunk(self, units, verdicts, outcome):
        """Post lines under a savepoint: an error rolls all of them back.

        :param list units: recordsets of lines
        """
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
        """Write lines as posted, except those that another transaction has posted.

        :param dict variances: line id → product units moved; 0 by default
        :return: set of the ids that were written
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
        """Values of the issue or receipt that posts a variance (product units)."""
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
            # After a location move, the rest may have the other sign.
            reason=self._reason(line, variance),
            **ends,
            **packages,
        )

    # === ISOLATION === #

    @api.model
    def _isolate(self, units, work, outcome, fail=None):
        """Do some work for all units. If it fails, halve the units to find the one that
        fails, and do it for all others.

        :param list units: recordsets, usually of lines that belong together
        :param work: function of a list of units; runs under a savepoint
        :param fail: function of a unit, the message and the outcome; by default
            ``_fail``
        """
        if not units:
            return
        before = deepcopy(outcome)
        try:
            with self.env.cr.savepoint():
                work(units)
        except OperationalError:
            # A conflict is no error of a line: the whole request is retried.
            raise
        except Exception as error:  # Any other error belongs to a unit
            vars(outcome).update(vars(before))
            if len(units) == 1:
                (fail or self._fail)(units[0], self._error_text(error), outcome)
                return
            half = len(units) // 2
            self._isolate(units[:half], work, outcome, fail)
            self._isolate(units[half:], work, outcome, fail)

    @api.model
    def _error_text(self, error):
        """The message of an error, for the lines that it belongs to."""
        if isinstance(error, IntegrityError):
            return self.env["stock.count.line"]._sql_error_to_message(error)
        if not isinstance(error, UserError):
            _logger.warning("A counted line could not be posted", exc_info=error)
        return str(error.args[0] if error.args else error)

    @api.model
    def _fail(self, lines, message, outcome, kind="post_error"):
        """Fail lines: they keep the message and their tick, and are not posted.

        :param str kind: of the exception that they raise
        """
        lines._set_state("failed", post_error=message)
        outcome.problems.update(dict.fromkeys(lines.ids, kind))
        outcome.stop("failed", lines)
