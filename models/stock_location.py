from odoo import api, fields, models

from .review.posting_block import BLOCK_INDEX


class StockLocation(models.Model):
    _name = "stock.location"
    _inherit = ["stock.location", "stock.count.hold"]

    count_line_count = fields.Integer(
        string="Counts", compute="_compute_count_line_count"
    )

    _count_hold_index = models.Index(BLOCK_INDEX)

    # === COMPUTE METHODS === #

    def _compute_count_line_count(self):
        self.env["stock.count.line"]._assign_counted_sessions(self, "location_id")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        locations = super().create(vals_list)
        self.env["stock.count.fence"].sudo().create(
            [{"location_id": location.id} for location in locations]
        )
        return locations

    # === ACTION METHODS === #

    def action_view_counts(self):
        """Open the count lines of this location, newest session first."""
        return self.env["stock.count.line"]._action_view_for("location_id", self.ids)
