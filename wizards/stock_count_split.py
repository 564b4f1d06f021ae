from odoo import Command, api, fields, models

from ..rights import check_lead


class StockCountSplit(models.TransientModel):
    """The dialog to count a line in parts, such as 2 boxes and 3 units (Option 174)."""

    _name = "stock.count.split"
    _description = "Count in Parts"
    _inherit = ["stock.count.named.records"]

    line_id = fields.Many2one(
        comodel_name="stock.count.line", required=True, readonly=True
    )
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    allowed_uom_ids = fields.Many2many(
        comodel_name="uom.uom", compute="_compute_allowed_uom_ids"
    )
    part_ids = fields.One2many(
        string="Parts",
        comodel_name="stock.count.part",
        inverse_name="split_id",
        compute="_compute_part_ids",
        store=True,
        readonly=False,
    )
    total = fields.Float(
        string="Found", digits="Product Unit", compute="_compute_total"
    )

    # === COMPUTE METHODS === #

    @api.depends("line_id")
    def _compute_part_ids(self):
        """Start with the parts of the last entry, to correct them."""
        for split in self:
            entry = split.line_id.last_entry_id
            parts = entry._read_parts() if entry else []
            if entry and not parts:
                parts = [(split.line_id.found_qty, split.product_uom_id)]
            split.part_ids = [
                Command.create({"qty": qty, "uom_id": uom.id}) for qty, uom in parts
            ]

    @api.depends("line_id")
    def _compute_allowed_uom_ids(self):
        """The units that can be converted to the product's unit."""
        uoms = self.env["uom.uom"].search([("active", "=", True)])
        for split in self:
            split.allowed_uom_ids = uoms.filtered(
                lambda uom, unit=split.product_uom_id: uom._has_common_reference(unit)
            )

    @api.depends("part_ids.qty", "part_ids.uom_id")
    def _compute_total(self):
        for split in self:
            unit = split.product_uom_id
            split.total = unit.round(
                sum(
                    part.uom_id._compute_quantity(part.qty, unit, round=False)
                    for part in split.part_ids
                    if part.uom_id
                ),
                rounding_method="HALF-UP",
            )

    # === ACTION METHODS === #

    def action_record(self):
        """Record the sum of the parts as found. The entry keeps the parts.

        :raise AccessError: when the user is no counting lead
        :raise ValidationError: when a part is refused
        """
        self.ensure_one()
        check_lead(self.line_id, "read")
        session = self.line_id.session_id
        entry = {
            "uuid": session._new_uuid(),
            "operation": "set",
            "line_id": self.line_id.id,
            "parts": [
                {"qty": part.qty, "uom_id": part.uom_id.id} for part in self.part_ids
            ],
        }
        session._record_or_raise([entry], source="sheet")
        return True


class StockCountPart(models.TransientModel):
    """One part of what was found, in its own unit."""

    _name = "stock.count.part"
    _description = "Count Part"
    _inherit = ["stock.count.named.records"]

    split_id = fields.Many2one(
        comodel_name="stock.count.split", required=True, ondelete="cascade"
    )
    qty = fields.Float(string="Quantity", digits="Product Unit", required=True)
    uom_id = fields.Many2one(string="Unit", comodel_name="uom.uom", required=True)

    # === BUSINESS METHODS === #

    @api.model
    def _check_named(self, vals):
        """Check the line of the split, too: the split itself is the user's own."""
        result = super()._check_named(vals)
        if vals.get("split_id") and not self.env.su:
            split = self.env["stock.count.split"].browse(vals["split_id"]).exists()
            split.sudo().line_id.sudo(False).check_access("read")
        return result
