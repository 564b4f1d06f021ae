from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import CLOSED_STATES, FAR, OPEN_EXCEPTION_STATES

# Kinds that a line's own state tells.
LINE_KINDS = (
    "over_tolerance",
    "serial_elsewhere",
    "superseded",
    "hold",
    "post_error",
    "counted_after_posting",
)
# How long something may be ticked as picked without being validated.
PICKED_FOR = timedelta(hours=24)
# So many exceptions are escalated in one go of the scheduled action.
BATCH = 200


class StockCountWatch(models.AbstractModel):
    """What raises exceptions, and what closes them again; everything in bulk."""

    _name = "stock.count.watch"
    _description = "Watch over Counts"

    # === BUSINESS METHODS - LINES === #

    @api.model
    def _watch_lines(self, lines, problems=None, left=None):
        """Raise what is wrong with these lines now, and close what is not any more.

        :param dict problems: line id → kind of why it was not posted
        :param left: those of the lines that were not posted, where the others were
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
        """The watch in sudo mode, speaking the company's language whoever works: the
        same evidence must read the same."""
        lang = company.partner_id.lang or self.env.lang
        return self.sudo().with_context(lang=lang)

    @api.model
    def _read_problems(self, line_ids, problems):
        """Pairs (line id, kind) of what is wrong with lines; most have nothing."""
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id, state,
                       tolerance_ratio > 1 AND is_recounted IS NOT TRUE AND is_counted
                           AND state IN ('counted', 'held', 'failed') AS over,
                       posted_round > 0 AND posted_counted_at IS NOT NULL
                           AND round > posted_round AND is_counted AS again
                  FROM stock_count_line
                 WHERE id = ANY(%s) AND (state IN ('failed', 'superseded')
                       OR tolerance_ratio > 1
                       OR (posted_round > 0 AND round > posted_round))
                """,
                list(line_ids),
            )
        )
        found = set()
        for line_id, state, over, again in self.env.cr.fetchall():
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
    def _raise_for_lines(self, found):
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
        return {
            "company_id": session.company_id.id,
            "warehouse_id": session.warehouse_id.id or None,
            "session_id": session.id,
        }

    @api.model
    def _describe_line(self, line, kind):
        """What is wrong with a line, in words that stay the same while it does."""
        values = {
            "found": f"{line.found_qty:g}",
            "expected": f"{line.found_qty - line.variance_qty:g}",
            "uom": line.product_uom_id.name,
            "who": line.counted_by_id.name or self.env._("nobody known"),
            "ratio": round(line.tolerance_ratio, 1),
        }
        found = self.env._(
            "%(found)s %(uom)s found by %(who)s, %(expected)s expected.", **values
        )
        if line.post_error and kind != "over_tolerance":
            return f"{line.post_error} {found}"
        more = {
            "over_tolerance": self.env._("That is far more than what is tolerated.")
            if line.tolerance_ratio >= FAR
            else self.env._("That is %(ratio)s times what is tolerated.", **values),
            "superseded": self.env._(
                "A newer count of the same thing was posted, or it was moved since."
            ),
            "counted_after_posting": self.env._(
                "Counted again after it was posted: it needs another look."
            ),
        }
        return f"{found} {more.get(kind, '')}".strip()

    @api.model
    def _close_for_lines(self, line_ids, found):
        """Close what these lines had and have not any more."""
        # All of them are read at once: there may be thousands.
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
        """Raise the barcodes that nobody knows: something is there that has no name."""
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
        """Raise what a posting left open, and close what it solved.

        :param list lost: Promises that the posting broke
        """
        watch = self._in_words_of(session.company_id)
        left = lines - outcome.going_on(lines)
        watch._watch_lines(lines, outcome.problems, left)
        watch._raise_broken(session, lost)
        watch._raise_named_by_holds(session, left)
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
        """One for each transfer that lost reserved stock."""
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
            "impact_value": sum(
                promise.qty
                * promise.move.product_id.with_company(
                    session.company_id
                ).standard_price
                for promise in promises
            ),
            "impact_orders": 1,
            "line_id": promises[0].line_id,
            "product_id": products.id if len(products) == 1 else None,
            "location_id": moves[0].location_id.id,
            "picking_id": picking.id or None,
            "move_id": None if picking else moves[0].id,
            "partner_id": picking.partner_id.id or None,
            "order_name": Promises._order_of(picking) or None,
        }

    @api.model
    def _raise_named_by_holds(self, session, lines):
        """The open transfers that held lines name wait for somebody to validate
        them."""
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
        held = dict(self.env.cr.fetchall())
        pickings = self.env["stock.picking"].browse(held)
        by_id = {line.id: line for line in lines.browse(held.values())}
        self.env["stock.count.exception"]._raise(
            [
                {
                    **self._prepare_for_transfer(picking),
                    **self._prepare_about(session),
                    "evidence": self.env._(
                        "It would explain the variance of %(line)s.",
                        line=by_id[held[picking.id]].display_name,
                    ),
                    "impact_value": abs(by_id[held[picking.id]].variance_value),
                    "line_id": held[picking.id],
                    "product_id": by_id[held[picking.id]].product_id.id,
                    "location_id": by_id[held[picking.id]].location_id.id,
                }
                for picking in pickings
            ]
        )

    @api.model
    def _prepare_for_transfer(self, picking):
        Promises = self.env["stock.count.promise"]
        whose = [picking.name, picking.partner_id.display_name]
        return {
            "company_id": picking.company_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id or None,
            "kind": "picked_not_validated",
            "key": f"stock.picking:{picking.id}",
            "name": ", ".join(part for part in whose if part),
            "impact_value": 0,
            "impact_orders": 1,
            "picking_id": picking.id,
            "partner_id": picking.partner_id.id or None,
            "order_name": Promises._order_of(picking) or None,
        }

    # === BUSINESS METHODS - CLEARING === #

    @api.model
    def _find_cleared(self, exceptions):
        """Those of these exceptions whose condition is gone.

        A number of queries for each kind there is, not for each exception.
        """
        exceptions = exceptions.filtered(lambda x: x.state in OPEN_EXCEPTION_STATES)
        if not exceptions:
            return exceptions
        cleared = exceptions.search(
            Domain("id", "in", exceptions.ids) & self._cleared_domain()
        )
        by_kind = (exceptions - cleared).grouped("kind")
        none = exceptions.browse()
        return cleared.union(
            self._released(by_kind.get("hold", none)),
            self._known(by_kind.get("unknown_barcode", none)),
            self._verified(by_kind.get("repeated_variance", none)),
            self._proven(by_kind.get("repeated_cause", none)),
        )

    @api.model
    def _cleared_domain(self):
        """Domain of the exceptions whose condition the records themselves show."""
        return Domain.OR(
            Domain("kind", "=", kind) & gone
            for kind, gone in {
                **self._cleared_lines(),
                **self._cleared_transfers(),
                "overdue_count": Domain("session_id.state", "in", CLOSED_STATES)
                | Domain("session_id.date_due", "=", False)
                | Domain("session_id.date_due", ">=", fields.Date.today()),
            }.items()
        )

    @api.model
    def _cleared_lines(self):
        closed = Domain("session_id.state", "in", CLOSED_STATES)
        went_on = Domain("line_id.state", "!=", "failed")
        return {
            "over_tolerance": closed
            | Domain("line_id.state", "not in", ("counted", "held", "failed"))
            | Domain("line_id.tolerance_ratio", "<=", 1)
            | Domain("line_id.is_recounted", "=", True),
            "serial_elsewhere": closed | went_on,
            "hold": closed | went_on,
            "post_error": closed | went_on,
            # Its session may well be closed: the newer count has settled it.
            "superseded": Domain("session_id.state", "=", "cancelled")
            | Domain("line_id.state", "!=", "superseded"),
            "counted_after_posting": closed
            | Domain("line_id.state", "=", "posted")
            | Domain("line_id.is_counted", "=", False),
        }

    @api.model
    def _cleared_transfers(self):
        over = Domain("picking_id.state", "in", ("done", "cancel"))
        waiting = ("confirmed", "waiting", "partially_available")
        transfer = Domain("picking_id", "!=", False)
        return {
            "broken_reservation": over
            | (transfer & ~Domain("picking_id.move_ids.state", "in", waiting))
            | (~transfer & ~Domain("move_id.state", "in", waiting)),
            "picked_not_validated": over
            | (
                ~Domain("line_id.state", "=", "held")
                & ~Domain("picking_id.move_line_ids", "any", [("picked", "=", True)])
            ),
        }

    @api.model
    def _released(self, exceptions):
        """The exceptions about a block that was released."""
        blocked = self.env["stock.count.hold"]._read_blocked(exceptions.line_id.ids)
        return exceptions.filtered(lambda x: x.line_id.id not in blocked)

    @api.model
    def _known(self, unknown):
        barcodes = unknown.mapped("barcode")
        known = set()
        for model in ("product.product", "stock.location"):
            records = self.env[model].search_fetch(
                [("barcode", "in", barcodes)] if unknown else [(0, "=", 1)], ["barcode"]
            )
            known.update(records.mapped("barcode"))
        return unknown.filtered(lambda x: x.barcode in known)

    @api.model
    def _close_cleared(self, domain):
        """Close the open exceptions of a domain whose condition is gone."""
        Exceptions = self.sudo().env["stock.count.exception"]
        found = Exceptions.search(
            Domain("state", "in", OPEN_EXCEPTION_STATES) & Domain(domain)
        )
        self.sudo()._find_cleared(found)._close_solved()

    @api.model
    def _close_of_closed(self, sessions, state):
        """A count that is closed has nothing open any more."""
        if state in CLOSED_STATES:
            self._close_cleared([("session_id", "in", sessions.ids)])

    # === BUSINESS METHODS - SCHEDULED ACTION === #

    @api.model
    def _cron_watch(self):
        """What only time shows: overdue counts, forgotten transfers, late owners."""
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
        """Transfers ticked as picked for a day, where counts would meet them."""
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
