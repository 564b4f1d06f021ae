from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...const import COUNTER, LEAD, OPEN_STATES
from ...rights import check_lead, is_manager


class StockCountSession(models.Model):
    """What the verbs of a count ask first: who may, and in which state."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === BUSINESS METHODS === #

    @api.private
    def ensure_one(self):
        """A verb for one count says so in words: it is called by RPC, too."""
        if len(self) != 1:
            raise UserError(self.env._("Choose one cycle count."))
        return self

    def _check_may_count(self):
        """Leads count every session they see, counters the ones assigned to them."""
        self.check_access("read")
        user = self.env.user
        if self.env.su or user.has_group(LEAD):
            return
        if not user.has_group(COUNTER) or (user not in self.sudo().counter_ids):
            raise AccessError(
                self.env._(
                    "You are not assigned to count %s: ask its owner.", self.name
                )
            )

    def _check_may_post(self):
        check_lead(self, "write")
        if not self.env.user._may_post_counts(self.company_id):
            raise AccessError(
                self.env._(
                    "Option 170 is on: only a count manager posts, after approval."
                )
            )

    def _check_may_undo(self):
        check_lead(self, "write")
        if not is_manager(self.env):
            raise AccessError(self.env._("Only a count manager undoes a posting."))

    def _check_countable(self):
        for session in self:
            if session.state not in OPEN_STATES:
                state = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: use Count Again for a new count.",
                        name=session.name,
                        state=state[session.state],
                    )
                )
