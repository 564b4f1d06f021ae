from odoo import api, fields, models
from odoo.exceptions import AccessError


class StockCountImportColumn(models.Model):
    """A column of an imported file, and what it means."""

    _name = "stock.count.import.column"
    _description = "Column of a Cycle Count Import"
    _order = "position, id"
    _log_access = False

    import_id = fields.Many2one(
        comodel_name="stock.count.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    position = fields.Integer(readonly=True)
    letter = fields.Char(string="Column", compute="_compute_letter")
    name = fields.Char(string="Heading", readonly=True)
    sample = fields.Char(string="For Example", readonly=True)
    meaning = fields.Selection(string="Is", selection="_select_meaning")

    @api.model
    def _select_meaning(self):
        return self.env["stock.count.import"]._meanings()

    # === CRUD METHODS === #

    def write(self, vals):
        """Let users write what a column means, and nothing else."""
        if not self.env.su and vals.keys() - {"meaning"}:
            raise AccessError(
                self.env._("Choose what a column is; the rest is read from the file.")
            )
        if not self.env.su:
            for record in self.import_id:
                record._check_step("columns")
        return super().write(vals)

    # === COMPUTE METHODS === #

    @api.depends("position")
    def _compute_letter(self):
        for column in self:
            column.letter = column._spell(column.position + 1)

    @api.model
    def _spell(self, number):
        """The letters that a spreadsheet gives a column, from 1."""
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return letters
