from odoo import api, models


class StockCountUndo(models.AbstractModel):
    """Undoing a posting takes it out of the history."""

    _inherit = "stock.count.undo"

    @api.model
    def _reopen(self, lines):
        self.env["stock.count.history"]._take_back(lines)
        return super()._reopen(lines)
