from odoo import api, fields, models

from ...domain.spreadsheet.cells import defuse


class StockCountImportProblem(models.Model):
    """A problem: what is wrong or doubtful in a row of a file, in words."""

    _name = "stock.count.import.problem"
    _description = "Problem of a Cycle Count Import"
    _order = "row, id"
    _rec_name = "message"
    _log_access = False

    import_id = fields.Many2one(
        comodel_name="stock.count.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    row = fields.Integer(readonly=True, aggregator=None)
    kind = fields.Selection(
        selection=[("error", "Error"), ("warning", "Warning")], readonly=True
    )
    field = fields.Selection(string="Column", selection="_select_field", readonly=True)
    value = fields.Char(readonly=True)
    message = fields.Char(string="What Is Wrong", readonly=True)
    suggestion = fields.Char(string="What Would Be Right", readonly=True)
    code = fields.Selection(
        string="Kind of Problem", selection="_select_code", readonly=True
    )

    _import_row_index = models.Index("(import_id, row)")

    # === CRUD METHODS === #

    def export_data(self, fields_to_export):
        """Export texts of the file so that no spreadsheet runs them as formulas."""
        data = super().export_data(fields_to_export)
        return {**data, "datas": [list(map(defuse, row)) for row in data["datas"]]}

    # === SELECTIONS === #

    @api.model
    def _select_field(self):
        return self.env["stock.count.import"]._meanings()

    @api.model
    def _select_code(self):
        return self.env["stock.count.import.words"]._kinds()
