from odoo import fields, models

from .review.posting_block import BLOCK_INDEX


class StockLot(models.Model):
    _name = "stock.lot"
    _inherit = ["stock.lot", "stock.count.hold"]

    serial2 = fields.Char(
        copy=False,
        index="btree_not_null",
        help="A second number of the lot or serial number (Option 290).",
    )
    count_line_count = fields.Integer(
        string="Counts", compute="_compute_count_line_count"
    )

    _count_hold_index = models.Index(BLOCK_INDEX)

    # === COMPUTE METHODS === #

    def _compute_count_line_count(self):
        self.env["stock.count.line"]._assign_counted_sessions(self, "lot_id")

    # === ACTION METHODS === #

    def action_view_counts(self):
        """Open the count lines of this lot or serial number, newest session first."""
        return self.env["stock.count.line"]._action_view_for("lot_id", self.ids)
