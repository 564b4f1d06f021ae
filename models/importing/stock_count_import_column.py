from odoo import api, fields, models
from odoo.exceptions import AccessError

# What a user says of a column that is needed for nothing.
SKIPPED = "skip"


class StockCountImportColumn(models.Model):
    """A column of an imported file, and what it means."""

    _name = "stock.count.import.column"
    _description = "Column of a Cycle Count Import"
    _inherit = ["stock.count.one.record"]
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
    has_numbers = fields.Boolean(readonly=True)
    option_for = fields.Selection(
        string="Could Be",
        selection="_select_meaning",
        readonly=True,
        help="Another column could be it, too: choose the right one.",
    )

    @api.model
    def _select_meaning(self):
        skipped = (SKIPPED, self.env._("Not imported"))
        return [*self.env["stock.count.import"]._meanings(), skipped]

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
        result = super().write(vals)
        if "meaning" in vals:
            for record in self.import_id:
                record._take_place()
        return result

    # === ACTION METHODS === #

    def action_choose(self):
        """Answer the question for which this column is one of the options."""
        self.ensure_one()
        field = self.option_for
        others = self.import_id.column_ids.filtered(lambda c: c.meaning == field)
        others.meaning = False
        self.meaning = field
        return True

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
