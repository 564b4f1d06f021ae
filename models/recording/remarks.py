from odoo import api, models
from odoo.exceptions import UserError


class StockCountLine(models.Model):
    """A line that counters have remarked on stays, although nobody counted it."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_if_nothing_remarked(self):
        events = self.env["stock.count.event"].sudo()
        about = events.search([("line_id", "in", self.ids)], limit=1).line_id
        remarked = about or self.filtered("note")[:1]
        if remarked:
            raise UserError(
                self.env._(
                    "%s has photos or remarks of counters, which are evidence: leave it"
                    " uncounted instead of deleting it.",
                    remarked.display_name,
                )
            )
