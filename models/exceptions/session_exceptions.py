from odoo import fields, models

from ...const import LEAD, OPEN_EXCEPTION_STATES
from ...rights import check_lead


class StockCountSession(models.Model):
    """The exceptions of a session."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    exception_count = fields.Integer(
        string="Exceptions", compute="_compute_exception_count", groups=LEAD
    )

    # === COMPUTE METHODS === #

    def _compute_exception_count(self):
        counts = dict(
            self.env["stock.count.exception"]._read_group(
                [
                    ("session_id", "in", self.ids),
                    ("state", "in", OPEN_EXCEPTION_STATES),
                ],
                ["session_id"],
                ["__count"],
            )
        )
        for session in self:
            session.exception_count = counts.get(session._origin, 0)

    # === ACTION METHODS === #

    def action_view_exceptions(self):
        """Open the exceptions of these sessions.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_exception_action"
        )
        action["domain"] = [("session_id", "in", self.ids)]
        action["context"] = {"search_default_unsolved": 1}
        return action
