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
    count_allow_zero = fields.Boolean(
        related="company_id.count_allow_zero", readonly=False
    )
    count_autoload_serial = fields.Boolean(
        related="company_id.count_autoload_serial", readonly=False
    )
    count_preload_item = fields.Boolean(
        related="company_id.count_preload_item", readonly=False
    )
    count_suggest_description = fields.Boolean(
        related="company_id.count_suggest_description", readonly=False
    )
    count_preload_location = fields.Boolean(
        related="company_id.count_preload_location", readonly=False
    )
    count_preload_units = fields.Boolean(
        related="company_id.count_preload_units", readonly=False
    )
    count_lock_location = fields.Boolean(
        related="company_id.count_lock_location", readonly=False
    )
    count_lots_to_count = fields.Integer(
        related="company_id.count_lots_to_count", readonly=False
    )
    count_low_value = fields.Float(related="company_id.count_low_value", readonly=False)
    count_high_value = fields.Float(
        related="company_id.count_high_value", readonly=False
    )
    count_mover_days = fields.Integer(
        related="company_id.count_mover_days", readonly=False
    )
    count_currency_id = fields.Many2one(
        string="Count Currency", related="company_id.currency_id"
    )
    count_background_lines = fields.Integer(
        related="company_id.count_background_lines", readonly=False
    )
    count_shortage_reason_id = fields.Many2one(
        related="company_id.count_shortage_reason_id", readonly=False
    )
    count_overage_reason_id = fields.Many2one(
        related="company_id.count_overage_reason_id", readonly=False
    )
