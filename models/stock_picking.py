from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === BUSINESS METHODS === #

    def action_assign(self):
        result = super().action_assign()
        self._close_count_exceptions()
        return result

    def _action_done(self):
        result = super()._action_done()
        self._close_count_exceptions()
        return result

    def _close_count_exceptions(self):
        """Close exceptions of transfers that are reserved again or validated."""
        self.env["stock.count.watch"]._close_cleared([("picking_id", "in", self.ids)])
