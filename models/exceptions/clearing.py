from odoo import api, fields, models
from odoo.fields import Domain

from ...const import CLOSED_STATES, OPEN_EXCEPTION_STATES, UNPOSTED_COUNT_STATES


class StockCountWatch(models.AbstractModel):
    """Finds exceptions whose problem is gone, and closes them."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.watch"

    # === BUSINESS METHODS === #

    @api.model
    def _find_cleared(self, exceptions):
        """Those of these exceptions whose problem is gone.

        The number of queries grows with the number of kinds, not of exceptions.
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
        """Domain of exceptions whose records show that the problem is gone."""
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
        """By kind, the domain of exceptions about a line that are solved."""
        closed = Domain("session_id.state", "in", CLOSED_STATES)
        went_on = Domain("line_id.state", "!=", "failed")
        return {
            "over_tolerance": closed
            | Domain("line_id.state", "not in", UNPOSTED_COUNT_STATES)
            | Domain("line_id.tolerance_ratio", "<=", 1)
            | Domain("line_id.is_recounted", "=", True),
            "serial_elsewhere": closed | went_on,
            "hold": closed | went_on,
            "post_error": closed | went_on,
            # Its session may be closed: the newer count has settled the line.
            "superseded": Domain("session_id.state", "=", "cancelled")
            | Domain("line_id.state", "!=", "superseded"),
            "counted_after_posting": closed
            | Domain("line_id.state", "=", "posted")
            | Domain("line_id.is_counted", "=", False),
        }

    @api.model
    def _cleared_transfers(self):
        """By kind, the domain of exceptions about a transfer that are solved."""
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
        """The exceptions about a barcode that a product or location has now."""
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
        """Close the open exceptions of a domain whose problem is gone."""
        Exceptions = self.sudo().env["stock.count.exception"]
        found = Exceptions.search(
            Domain("state", "in", OPEN_EXCEPTION_STATES) & Domain(domain)
        )
        self.sudo()._find_cleared(found)._close_solved()

    @api.model
    def _close_of_closed(self, sessions, state):
        """Close the exceptions of sessions that are closed."""
        if state in CLOSED_STATES:
            self._close_cleared([("session_id", "in", sessions.ids)])
