from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import (
    CLOSED_STATES,
    FAR,
    OPEN_EXCEPTION_STATES,
    PROBLEM_STATES,
    UNPOSTED_COUNT_STATES,
)

# Kinds that follow from the state of a line.
LINE_KINDS = (
    "over_tolerance",
    "serial_elsewhere",
    "superseded",
    "hold",
    "post_error",
    "counted_after_posting",
)
# How long a move line may be ticked as picked before it becomes an exception.
PICKED_FOR = timedelta(hours=24)
# How many exceptions the scheduled action escalates before it commits.
BATCH = 200


class StockCountWatch(models.AbstractModel):
    """Raises exceptions, for many lines at once, and closes those that are solved."""

    _name = "stock.count.watch"
    _description = "Watch over Counts"

    # === BUSINESS METHODS - LINES === #

    @api.model
    def _watch_lines(self, lines, problems=None, left=None):
        """Raise exceptions about these lines, and close those that are solved.

        :param dict problems: line id → kind of the exception of a line that failed
        :param left: the lines that were not posted, if the others were; None for all
        """
        if not lines:
            return
        watch = self.sudo()
        doubtful = lines if left is None else left
        found = watch._read_problems(doubtful.ids, problems or {})
        if found:
            company = lines[:1].sudo().company_id
            watch._in_words_of(company)._raise_for_lines(found)
        watch._close_for_lines(lines.ids, found)

    @api.model
    def _in_words_of(self, company):
        """The watch in sudo mode and in the company's language.

        The same evidence must have the same text, whatever the user's language is.
        """
        lang = company.partner_id.lang or self.env.lang
        return self.sudo().with_context(lang=lang)

    @api.model
    def _read_problems(self, line_ids, problems):
        """Find what is wrong with lines.

        :param dict problems: see ``_watch_lines``
        :return: set of pairs (line id, kind)
        """
        found = set()
        for line_id, state, over, again in self._read_suspects(line_ids):
            if state == "failed":
                found.add((line_id, problems.get(line_id, "post_error")))
            elif state == "superseded":
                found.add((line_id, "superseded"))
            if over:
                found.add((line_id, "over_tolerance"))
            if again:
                found.add((line_id, "counted_after_posting"))
        return found

    @api.model
    def _read_suspects(self, line_ids):
        """Read the lines that may have a problem.

        :return: rows (line id, state, whether it is over its tolerance, whether it was
            counted after its posting)
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id, state,
                       tolerance_ratio > 1 AND is_recounted IS NOT TRUE AND is_counted
                           AND state IN %s AS over,
                       posted_round > 0 AND posted_counted_at IS NOT NULL
                           AND round > posted_round AND is_counted AS again
                  FROM stock_count_line
                 WHERE id = ANY(%s) AND (state IN %s OR tolerance_ratio > 1
                       OR (posted_round > 0 AND round > posted_round))
                """,
                UNPOSTED_COUNT_STATES,
                list(line_ids),
                PROBLEM_STATES,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _raise_for_lines(self, found):
        """Raise exceptions about lines.

        :param set found: pairs (line id, kind)
        """
        lines = self.env["stock.count.line"].browse({i for i, _kind in found})
        by_id = {line.id: line for line in lines}
        promises = self.env["stock.count.promise"]._read_promises(lines)
        self.env["stock.count.exception"]._raise(
            [
                self._prepare_for_line(by_id[line_id], kind, promises)
                for line_id, kind in sorted(found)
            ]
        )

    @api.model
    def _prepare_for_line(self, line, kind, promises):
        promised = promises.get(line.id, ())
        return {
            **self._prepare_about(line.session_id),
            "kind": kind,
            "key": f"line:{line.id}",
            "name": line.display_name,
            "evidence": self._describe_line(line, kind),
            "impact_value": abs(line.variance_value),
            "impact_orders": len({promise.move.picking_id for promise in promised}),
            "line_id": line.id,
            "product_id": line.product_id.id,
            "location_id": line.location_id.id,
            "lot_id": line.lot_id.id or None,
        }

    @api.model
    def _prepare_about(self, session):
        """Values of an exception about a session."""
        return {
            "company_id": session.company_id.id,
            "warehouse_id": session.warehouse_id.id or None,
            "session_id": session.id,
        }

    @api.model
    def _describe_line(self, line, kind):
        """The evidence of a line's problem. The same problem has the same text."""
        values = {
            "found": f"{line.found_qty:g}",
            "expected": f"{line.found_qty - line.variance_qty:g}",
            "uom": line.product_uom_id.name,
            "who": line.counted_by_id.name or self.env._("nobody known"),
        }
        found = self.env._(
            "%(found)s %(uom)s found by %(who)s, %(expected)s expected.", **values
        )
        if line.post_error and kind != "over_tolerance":
            return f"{line.post_error} {found}"
        return f"{found} {self._describe_kind(kind, line.tolerance_ratio)}".strip()

    @api.model
    def _describe_kind(self, kind, ratio):
        """A sentence on what a kind of exception means for a line, or ""."""
        if kind == "over_tolerance":
            if ratio >= FAR:
                return self.env._("That is far more than what is tolerated.")
            return self.env._(
                "That is %(ratio)s times what is tolerated.", ratio=round(ratio, 1)
            )
        if kind == "superseded":
            return self.env._(
                "A newer count of the same thing was posted, or it was moved since."
            )
        if kind == "counted_after_posting":
            return self.env._(
                "Counted again after it was posted: it needs another look."
            )
        return ""

    @api.model
    def _close_for_lines(self, line_ids, found):
        """Close exceptions of lines that are not found any more.

        :param set found: pairs (line id, kind)
        """
        # Fetch all at once: there may be thousands.
        open_ = self.env["stock.count.exception"].search_fetch(
            [
                ("line_id", "in", list(line_ids)),
                ("kind", "in", LINE_KINDS),
                ("state", "in", OPEN_EXCEPTION_STATES),
            ],
            ["line_id", "kind"],
        )
        open_.filtered(lambda x: (x.line_id.id, x.kind) not in found)._close_solved()

    # === BUSINESS METHODS - RECORDING === #

    @api.model
    def _watch_refusals(self, session, drafts):
        """Raise an exception for each unknown barcode among refused drafts."""
        unknown = [draft for draft in drafts if draft.code == "unknown_barcode"]
        if not unknown:
            return
        watch = self._in_words_of(session.sudo().company_id)
        watch.env["stock.count.exception"]._raise(
            [watch._prepare_unknown(session.sudo(), draft) for draft in unknown]
        )

    @api.model
    def _prepare_unknown(self, session, draft):
        barcode = str(draft.params["value"])
        place = self.env["stock.location"].browse(draft.location_id).exists()
        evidence = self.env._(
            "%(barcode)s was scanned by %(who)s in %(session)s. Nothing has it.",
            barcode=barcode,
            who=self.env.user.name,
            session=session.name,
        )
        extra = [place.display_name, draft.note, draft.device]
        return {
            **self._prepare_about(session),
            "kind": "unknown_barcode",
            "key": f"session:{session.id}:{barcode}",
            "name": barcode,
            "evidence": " · ".join([evidence, *(text for text in extra if text)]),
            "impact_value": 0,
            "impact_orders": 0,
            "location_id": place.id or None,
            "barcode": barcode,
        }

    # === BUSINESS METHODS - POSTING === #

    @api.model
    def _after_posting(self, session, lines, outcome, lost):
        """Raise the problems that a posting left, and close those that it solved.

        :param list lost: ``Promise`` that the posting broke
        """
        watch = self._in_words_of(session.company_id)
        left = lines - outcome.going_on(lines)
        watch._watch_lines(lines, outcome.problems, left)
        watch._raise_broken(session, lost)
        watch._raise_transfers_of_held(session, left)
        watch._watch_repeats(lines)

    @api.model
    def _after_undoing(self, lines):
        """What a posting took from transfers is reserved for them again, and what was
        raised for it is closed (P28)."""
        broken = (
            self.sudo()
            .env["stock.count.exception"]
            .search(
                [
                    ("kind", "=", "broken_reservation"),
                    ("line_id", "in", lines.ids),
                    ("state", "in", OPEN_EXCEPTION_STATES),
                ]
            )
        )
        moves = broken.picking_id.move_ids | broken.move_id
        waiting = ("confirmed", "waiting", "partially_available")
        moves.filtered(lambda move: move.state in waiting)._action_assign()
        self._close_cleared([("id", "in", broken.ids)])

    @api.model
    def _raise_broken(self, session, lost):
        """Raise an exception for each transfer that lost reserved stock."""
        by_transfer = {}
        for promise in lost:
            by_transfer.setdefault(promise.move.picking_id or promise.move, []).append(
                promise
            )
        self.env["stock.count.exception"]._raise(
            [
                self._prepare_broken(session, transfer, promises)
                for transfer, promises in by_transfer.items()
            ]
        )

    @api.model
    def _prepare_broken(self, session, transfer, promises):
        Promises = self.env["stock.count.promise"]
        moves = self.env["stock.move"].union(*(promise.move for promise in promises))
        picking = moves.picking_id[:1]
        products = moves.product_id
        values = [self._value_of(promise, session.company_id) for promise in promises]
        return {
            **self._prepare_about(session),
            "kind": "broken_reservation",
            "key": f"{transfer._name}:{transfer.id}",
            "name": Promises._name_of(moves[0]),
            "evidence": self.env._(
                "Posting %(session)s took reserved stock: %(lost)s.",
                session=session.name,
                lost=Promises._describe(promises),
            ),
            "impact_value": sum(values),
            "line_id": promises[0].line_id,
            "product_id": products.id if len(products) == 1 else None,
            "location_id": moves[0].location_id.id,
            "move_id": None if picking else moves[0].id,
            **self._prepare_order(picking),
        }

    @api.model
    def _value_of(self, promise, company):
        """The cost of what a promise loses, in company currency."""
        product = promise.move.product_id.with_company(company)
        return promise.qty * product.standard_price

    @api.model
    def _prepare_order(self, picking):
        """Values of an exception about a transfer: the order that it breaks."""
        return {
            "impact_orders": 1,
            "picking_id": picking.id or None,
            "partner_id": picking.partner_id.id or None,
            "order_name": self.env["stock.count.promise"]._order_of(picking) or None,
        }

    @api.model
    def _raise_transfers_of_held(self, session, lines):
        """Raise an exception for each open transfer that would explain a held line: it
        waits to be validated."""
        held = self._read_transfers_of_held(lines)
        held_lines = {line.id: line for line in lines.browse(held.values())}
        self.env["stock.count.exception"]._raise(
            [
                self._prepare_explaining(session, picking, held_lines[held[picking.id]])
                for picking in self.env["stock.picking"].browse(held)
            ]
        )

    @api.model
    def _prepare_explaining(self, session, picking, line):
        return {
            **self._prepare_for_transfer(picking),
            **self._prepare_about(session),
            "evidence": self.env._(
                "It would explain the variance of %(line)s.", line=line.display_name
            ),
            "impact_value": abs(line.variance_value),
            "line_id": line.id,
            "product_id": line.product_id.id,
            "location_id": line.location_id.id,
        }

    @api.model
    def _read_transfers_of_held(self, lines):
        """Open transfers that would explain held lines.

        :return: dict transfer id → id of one of these lines
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT ml.picking_id, min(line.id)
                  FROM stock_count_line line
                  JOIN stock_count_line_hold_rel hold
                    ON hold.stock_count_line_id = line.id
                  JOIN stock_move_line ml ON ml.id = hold.stock_move_line_id
                   AND ml.state NOT IN ('done', 'cancel')
                   AND ml.picking_id IS NOT NULL
                 WHERE line.id = ANY(%s) AND line.state = 'held'
                 GROUP BY ml.picking_id
                """,
                lines.ids,
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _prepare_for_transfer(self, picking):
        """Values of an exception about a transfer that waits to be validated."""
        whose = [picking.name, picking.partner_id.display_name]
        return {
            "company_id": picking.company_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id or None,
            "kind": "picked_not_validated",
            "key": f"stock.picking:{picking.id}",
            "name": ", ".join(part for part in whose if part),
            "impact_value": 0,
            **self._prepare_order(picking),
        }

    # === BUSINESS METHODS - SCHEDULED ACTION === #

    @api.model
    def _cron_watch(self):
        """Raise what only time shows (overdue counts, forgotten transfers), close what
        is solved, and escalate what is overdue."""
        watch = self.sudo()
        watch._close_cleared([])
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            watch._in_words_of(company)._raise_overdue(company)
            watch._in_words_of(company)._raise_picked(company)
        watch._escalate()

    @api.model
    def _escalate(self):
        Exceptions = self.env["stock.count.exception"]
        while overdue := Exceptions._find_overdue(BATCH):
            overdue._escalate()
            left = len(Exceptions._find_overdue(1))
            if not self.env["ir.cron"]._commit_progress(len(overdue), remaining=left):
                break

    @api.model
    def _raise_overdue(self, company):
        sessions = self.env["stock.count.session"].search(
            [
                ("company_id", "=", company.id),
                ("state", "not in", CLOSED_STATES),
                ("date_due", "<", fields.Date.today()),
            ]
        )
        self.env["stock.count.exception"]._raise(
            [self._prepare_overdue(session) for session in sessions]
        )

    @api.model
    def _prepare_overdue(self, session):
        return {
            **self._prepare_about(session),
            "kind": "overdue_count",
            "key": f"session:{session.id}",
            "name": session.display_name,
            "evidence": self.env._(
                "It was due on %(date)s; %(owner)s answers for it.",
                date=session.date_due,
                owner=session.user_id.name or self.env._("nobody"),
            ),
            "impact_value": 0,
            "impact_orders": 0,
        }

    @api.model
    def _raise_picked(self, company):
        """Raise transfers of counted warehouses that are picked for a day and not
        validated."""
        rows = self._read_picked(company)
        pickings = self.env["stock.picking"].browse(i for i, _since in rows)
        since = dict(rows)
        self.env["stock.count.exception"]._raise(
            [
                {
                    **self._prepare_for_transfer(picking),
                    "evidence": self.env._(
                        "Picked since %s UTC and not validated: the book still has"
                        " what has left.",
                        f"{since[picking.id]:%Y-%m-%d %H:%M}",
                    ),
                }
                for picking in pickings
            ]
        )

    @api.model
    def _read_picked(self, company):
        """Pairs of a transfer's id and the time (UTC) since when it is picked."""
        counted = self.env["stock.count.session"].search(
            [("company_id", "=", company.id), ("state", "!=", "cancelled")]
        )
        groups = self.env["stock.move.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("picked", "=", True),
                ("state", "not in", ("done", "cancel")),
                ("count_picked_at", "<", fields.Datetime.now() - PICKED_FOR),
                (
                    "picking_id.picking_type_id.warehouse_id",
                    "in",
                    counted.warehouse_id.ids,
                ),
            ],
            ["picking_id"],
            ["count_picked_at:min"],
        )
        return [(picking.id, since) for picking, since in groups]
