from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import LEAD
from ...rights import check_lead

# How many causes a line shows beside the most probable one.
OTHERS = 2


class StockCountLine(models.Model):
    """The probable cause of a line's variance, and what to do about it (P11)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    cause = fields.Char(
        string="Probable Cause",
        compute="_compute_cause",
        groups=LEAD,
        help="What would explain the variance best, with its evidence.",
    )
    other_causes = fields.Char(
        compute="_compute_cause",
        groups=LEAD,
        help="What would explain the variance, too, the more telling first.",
    )
    cause_action = fields.Selection(
        string="What to Do",
        selection=[
            ("recount", "Recount"),
            ("propose_move", "Propose a move"),
            ("check", "Check to post"),
            ("open_transfer", "Open the transfer"),
            ("open_receipts", "Open the receipts"),
        ],
        compute="_compute_cause",
        groups=LEAD,
        help="What the probable cause asks for.",
    )

    # === COMPUTE METHODS === #

    @api.depends("variance_qty", "found_qty", "hold_move_line_ids")
    def _compute_cause(self):
        Cause = self.env["stock.count.cause"]
        causes = Cause._read_causes(self)
        for line in self:
            found = causes.get(line.id, [])
            texts = [Cause._describe(cause) for cause in found[: 1 + OTHERS]]
            line.cause = texts[0] if texts else False
            line.other_causes = ", ".join(texts[1:]) or False
            line.cause_action = found[0].action if found else False

    # === ACTION METHODS === #

    def action_follow_cause(self):
        """Do what the most probable cause asks for.

        Asks for a recount, proposes a location move, ticks Post, or opens the transfers
        that would explain the variance.

        :return: True, or an action or notification
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the line is posted, its session is closed, or nothing
            explains its variance
        """
        self.ensure_one()
        check_lead(self, "read")
        self.session_id._check_countable()
        Cause = self.env["stock.count.cause"]
        causes = self._is_unposted() and Cause._read_causes(self).get(self.id)
        if not causes:
            raise UserError(
                self.env._(
                    "%s: nothing explains its variance now. Refresh the sheet.",
                    self.display_name,
                )
            )
        return getattr(self, f"_follow_{causes[0].action}")()

    # === BUSINESS METHODS === #

    def _follow_recount(self):
        return self.action_request_recount()

    def _follow_propose_move(self):
        return self.session_id.action_propose_moves()

    def _follow_check(self):
        """Tick Post: posting the line moves its serial number here."""
        self.to_post = True
        return True

    def _follow_open_transfer(self):
        # In sudo mode to read ids of move lines; the user's own rights open them.
        lines = self.sudo().hold_move_line_ids
        return self._show_transfers(
            self.env._("Would explain %s", self.display_name),
            [("move_line_ids", "in", lines.ids)],
        )

    def _follow_open_receipts(self):
        return self._show_transfers(
            self.env._("Receipts of %s", self.product_id.display_name),
            [
                ("picking_type_code", "=", "incoming"),
                ("state", "not in", ("done", "cancel")),
                ("move_ids.product_id", "=", self.product_id.id),
            ],
        )

    @api.model
    def _show_transfers(self, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "stock.picking",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"create": False},
        }
