from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    count_require_approval = fields.Boolean(
        related="company_id.count_require_approval", readonly=False
    )
    count_segregation = fields.Boolean(
        related="company_id.count_segregation", readonly=False
    )
    count_default_view = fields.Selection(
        related="company_id.count_default_view", readonly=False
    )
    count_alternate_colors = fields.Boolean(
        related="company_id.count_alternate_colors", readonly=False
    )
    count_autosave = fields.Boolean(related="company_id.count_autosave", readonly=False)
    count_split_units = fields.Boolean(
        related="company_id.count_split_units", readonly=False
    )
    count_serial2 = fields.Boolean(related="company_id.count_serial2", readonly=False)
    count_warehouse_items = fields.Boolean(
        related="company_id.count_warehouse_items", readonly=False
    )
    count_recount_rounds = fields.Integer(
        related="company_id.count_recount_rounds", readonly=False
    )
    count_recount_other_counter = fields.Boolean(
        related="company_id.count_recount_other_counter", readonly=False
    )
    count_shortage_reason_id = fields.Many2one(
        related="company_id.count_shortage_reason_id", readonly=False
    )
    count_overage_reason_id = fields.Many2one(
        related="company_id.count_overage_reason_id", readonly=False
    )
