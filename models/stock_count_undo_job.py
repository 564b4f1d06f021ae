from odoo import api, models


class StockCountUndo(models.AbstractModel):
    """Undoes a part of a count, in a transaction of its own."""

    _inherit = "stock.count.undo"

    @api.model
    def _undo_some(self, session, line_ids):
        """Undo those of the lines that are still posted.

        :return: Counter of what became of them
        """
        domain = [
            ("session_id", "=", session.id),
            ("state", "=", "posted"),
            ("id", "in", line_ids),
        ]
        return self._undo_lines(self.env["stock.count.line"].search(domain)).counts
