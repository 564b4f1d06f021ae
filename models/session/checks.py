from odoo import models
from odoo.exceptions import AccessError, UserError

from ...const import COUNTER, OPEN_STATES
from ...rights import check_lead, is_lead, is_manager


class StockCountSession(models.Model):
    """What a verb checks first: who may do it, and in which state of the session."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === BUSINESS METHODS === #

    def _check_may_count(self):
        """Check that this user may count: leads count each session that they see,
        counters those that are assigned to them.

        :raise AccessError: when the user may not
        """
        self.check_access("read")
        user = self.env.user
        if is_lead(self.env):
            return
        if not user.has_group(COUNTER) or user not in self.sudo().counter_ids:
            raise AccessError(
                self.env._(
                    "You are not assigned to count %s: ask its owner.", self.name
                )
            )

    def _check_may_post(self):
        """Check that this user may post: leads may while Option 170 is off.

        :raise AccessError: when the user may not
        """
        check_lead(self, "write")
        if not self.env.user._may_post_counts(self.company_id):
            raise AccessError(
                self.env._(
                    "Option 170 is on: only a count manager posts, after approval."
                )
            )

    def _check_may_undo(self):
        """Check that this user is a count manager.

        :raise AccessError: when the user is none
        """
        check_lead(self, "write")
        if not is_manager(self.env):
            raise AccessError(self.env._("Only a count manager undoes a posting."))

    def _check_countable(self):
        """Check that these sessions are neither posted nor cancelled.

        :raise UserError: naming one that is
        """
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
