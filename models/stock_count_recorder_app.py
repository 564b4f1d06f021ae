from odoo import api, models

from .stock_count_entry import LEAD


class StockCountRecorder(models.AbstractModel):
    """What the options of the counting app let the one door accept."""

    _inherit = "stock.count.recorder"

    # === CHECKS === #

    @api.model
    def _record(self, session, entries, source):
        """Options 325 and 345 hold for the app, and for counters however they send."""
        strict = source == "app" or not (self.env.su or self.env.user.has_group(LEAD))
        recorder = self.with_context(count_app_rules=strict)
        return super(StockCountRecorder, recorder)._record(session, entries, source)

    @api.model
    def _check(self, session, drafts):
        result = super()._check(session, drafts)
        if self.env.context.get("count_app_rules"):
            self._check_zero(session, drafts)
            self._check_lock(session, drafts)
        return result

    @api.model
    def _check_zero(self, session, drafts):
        """Option 325: "none there" is refused while it is off."""
        if session.company_id.count_allow_zero:
            return
        for draft in self._open(drafts):
            if not draft.qty:
                product = self.env["product.product"].browse(draft.product_id)
                draft.refuse("zero_off", product=product.display_name)

    @api.model
    def _check_lock(self, session, drafts):
        """Option 345: who began at a location counts there only."""
        counts = self._open(drafts)
        if not counts or not session.company_id.count_lock_location:
            return
        locked = self._read_first_location(session) or counts[0].location_id
        place = self.env["stock.location"].browse(locked)
        for draft in counts:
            if draft.location_id != locked:
                draft.refuse("location_locked", location=place.display_name)

    @api.model
    def _read_first_location(self, session):
        """Where this user's first count of the session was that still stands."""
        self.env.cr.execute(
            """
            SELECT line.location_id
              FROM stock_count_entry entry
              JOIN stock_count_line line ON line.id = entry.line_id
             WHERE entry.session_id = %s AND entry.user_id = %s
               AND entry.operation <> 'withdraw' AND NOT EXISTS (
                   SELECT FROM stock_count_entry taken_back
                    WHERE taken_back.withdrawn_id = entry.id)
             ORDER BY entry.counted_at, entry.stamp LIMIT 1
            """,
            [session.id, self.env.uid],
        )
        return next(iter(self.env.cr.fetchone() or ()), None)

    # === ANSWERS === #

    @api.model
    def _messages(self):
        _ = self.env._
        return {
            **super()._messages(),
            "zero_off": _(
                "%(product)s: zero counts are not used here. Skip it, or ask for"
                " Option 325."
            ),
            "location_locked": _(
                "You count at %(location)s: this count is locked to it (Option 345)."
                " Remove what you counted there to begin elsewhere."
            ),
        }
