from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import LEAD
from ...rights import check_lead

# Count types whose name shows counters what the book says of each line.
TELLING_TYPES = ("zero_balance", "negative")


class StockCountSession(models.Model):
    """Events of a session: what counters did besides counting."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    event_count = fields.Integer(
        string="Events", compute="_compute_event_count", groups=LEAD
    )

    # === COMPUTE METHODS === #

    def _compute_event_count(self):
        counts = dict(
            self.env["stock.count.event"]._read_group(
                [("session_id", "in", self.ids)], ["session_id"], ["__count"]
            )
        )
        for session in self:
            session.event_count = counts.get(session._origin, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("blind", "count_type")
    def _check_type_is_blind(self):
        """Refuse blind counts of a type that shows what is expected."""
        if self.filtered(lambda s: s.blind and s.count_type in TELLING_TYPES):
            raise ValidationError(
                self.env._(
                    "A count of zero balances or negative stock tells what is expected"
                    " by its type: it cannot be blind. Choose another type, or switch"
                    " off Blind."
                )
            )

    # === ACTION METHODS === #

    def action_view_events(self):
        """Open the list of events: skipped, claimed, finished, remarks, submitted.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")
        return self._open_events([("session_id", "in", self.ids)])

    @api.model
    def _open_events(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_event_action"
        )
        return {**action, "domain": domain}


class StockCountLine(models.Model):
    """Photos and notes about a line."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    evidence_count = fields.Integer(
        string="Photos and Notes", compute="_compute_evidence_count", groups=LEAD
    )

    # === COMPUTE METHODS === #

    def _compute_evidence_count(self):
        counts = dict(
            self.env["stock.count.event"]._read_group(
                [("line_id", "in", self.ids), ("kind", "=", "evidence")],
                ["line_id"],
                ["__count"],
            )
        )
        for line in self:
            line.evidence_count = counts.get(line._origin, 0)

    # === ACTION METHODS === #

    def action_view_evidence(self):
        """Open the photos and notes about these lines.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "read")
        return self.session_id._open_events(
            [("line_id", "in", self.ids), ("kind", "=", "evidence")]
        )
