from odoo import fields, models


class StockCountImportChunk(models.Model):
    """A chunk: checked rows that are imported together."""

    _name = "stock.count.import.chunk"
    _description = "Rows of a Cycle Count Import"
    _order = "id"
    _log_access = False

    import_id = fields.Many2one(
        comodel_name="stock.count.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    size = fields.Integer()
    rows = fields.Text(help="The numbers of the rows, as JSON.")
    payload = fields.Text(help="Row, target, identity and entry of each, as JSON.")
    recorded = fields.Text(help="The uuids of what was counted, as JSON.")
    is_done = fields.Boolean()
