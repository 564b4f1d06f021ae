from odoo import fields, models


class StockCountImportSheet(models.Model):
    """A sheet of an imported file, to be chosen."""

    _name = "stock.count.import.sheet"
    _description = "Sheet of a Cycle Count Import"
    _order = "id"
    _log_access = False

    import_id = fields.Many2one(
        comodel_name="stock.count.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(required=True)
    has_counts = fields.Boolean(
        help="It can be seen, and has a heading for items and one for units."
    )
