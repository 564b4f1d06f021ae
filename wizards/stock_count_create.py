from odoo import api, fields, models
from odoo.exceptions import UserError


class StockCountCreate(models.TransientModel):
    """Run New Cycle Count: what to count, and how many lines that makes."""

    _name = "stock.count.create"
    _description = "Run New Cycle Count"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    description = fields.Char(size=255)
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        required=True,
        check_company=True,
        default=lambda self: self._default_warehouse(),
    )
    location_ids = fields.Many2many(
        string="Locations",
        comodel_name="stock.location",
        check_company=True,
        domain="[('usage', '=', 'internal'), ('warehouse_id', '=', warehouse_id)]",
        help="With the locations below them. Empty: all locations of the warehouse.",
    )
    supplier_ids = fields.Many2many(
        string="Suppliers",
        comodel_name="res.partner",
        relation="stock_count_create_supplier_rel",
        help="Only products that these suppliers sell.",
    )
    categ_ids = fields.Many2many(
        string="Categories",
        comodel_name="product.category",
        help="With the categories below them.",
    )
    count_type = fields.Selection(
        selection=[("full", "Full"), ("blind", "Blind")],
        default="full",
        required=True,
        help="In a blind count the counters do not see what is expected.",
    )
    lots_to_count = fields.Integer(help="At most this many lines; 0 for all.")
    counter_ids = fields.Many2many(
        string="Counters",
        comodel_name="res.users",
        relation="stock_count_create_counter_rel",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_due = fields.Date(string="Due")
    line_count = fields.Integer(string="Lines to Count", compute="_compute_line_count")

    @api.model
    def _default_warehouse(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    # === COMPUTE METHODS === #

    @api.depends(
        "warehouse_id", "location_ids", "supplier_ids", "categ_ids", "lots_to_count"
    )
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = wizard.warehouse_id and wizard._count_lines()

    def _count_lines(self):
        session = self.env["stock.count.session"].new(self._prepare_session())
        return self.env["stock.count.generator"]._count_scope(session)

    # === CONSTRAINT METHODS === #

    @api.onchange("warehouse_id")
    def _onchange_warehouse_id(self):
        self.location_ids = self.location_ids.filtered(
            lambda location: location.warehouse_id == self.warehouse_id
        )

    # === ACTION METHODS === #

    def action_run(self):
        """Create the session with its lines and open its count sheet.

        :raise UserError: when there is nothing to count in the scope
        """
        self.ensure_one()
        if not self._count_lines():
            raise UserError(
                self.env._(
                    "Nothing is booked in this scope, so there is nothing to count:"
                    " choose more locations, suppliers or categories."
                )
            )
        session = self.env["stock.count.session"].create(self._prepare_session())
        session.action_generate()
        return session.action_open_sheet()

    def _prepare_session(self):
        """Values of the session.

        For a module to add fields to the wizard, override this method.
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "description": self.description,
            "warehouse_id": self.warehouse_id.id,
            "location_ids": self.location_ids._origin.ids,
            "supplier_ids": self.supplier_ids._origin.ids,
            "categ_ids": self.categ_ids._origin.ids,
            "count_type": self.count_type,
            "blind": self.count_type == "blind",
            "lots_to_count": self.lots_to_count,
            "counter_ids": self.counter_ids._origin.ids,
            "date_due": self.date_due,
        }
