from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.planning.selection import SELECTIONS


class StockCountCreate(models.TransientModel):
    """The dialog "Run New Cycle Count": what to count, and how many lines it has."""

    _name = "stock.count.create"
    _description = "Run New Cycle Count"
    _inherit = ["stock.count.named.records"]
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
        domain="[('usage', 'in', ('internal', 'transit')),"
        " ('warehouse_id', 'in', (warehouse_id, False))]",
        help="With the locations below them. Empty: all locations of the warehouse."
        " Transit locations and subcontractors belong to no warehouse: choose them.",
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
        selection=[
            ("full", "Full"),
            ("blind", "Blind"),
            ("fast", "Fast Movers"),
            ("slow", "Slow Movers"),
            ("low_value", "Low Value"),
            ("high_value", "High Value"),
            ("random", "Random"),
            ("least_recent", "Least Recently Counted"),
            ("zero_balance", "Zero Balance"),
            ("negative", "Negative Stock"),
        ],
        default="full",
        required=True,
    )
    type_hint = fields.Char(compute="_compute_type_hint")
    blind = fields.Boolean(
        compute="_compute_blind",
        store=True,
        readonly=False,
        help="Counters do not see what is expected, so that they count what is there.",
    )
    consensus = fields.Boolean(
        help="Each line is counted by different people, without seeing each other's"
        " counts, until two of them agree.",
    )
    lots_to_count = fields.Integer(
        compute="_compute_lots_to_count",
        store=True,
        readonly=False,
        help="At most this many lines; 0 for all.",
    )
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

    @api.depends("count_type", "consensus")
    def _compute_blind(self):
        for wizard in self:
            wizard.blind = wizard.count_type == "blind" or wizard.consensus

    @api.depends("count_type", "company_id")
    def _compute_lots_to_count(self):
        for wizard in self:
            asks = wizard.count_type in SELECTIONS
            wizard.lots_to_count = asks and wizard.company_id.count_lots_to_count

    @api.depends("count_type", "company_id")
    def _compute_type_hint(self):
        for wizard in self:
            wizard.type_hint = wizard._describe_type()

    def _describe_type(self):
        """Which lines the chosen type takes, with the numbers of the settings."""
        _, company = self.env._, self.company_id
        days, money = company.count_mover_days, company.currency_id.format
        hints = {
            "full": _("Everything that is booked in the scope."),
            "blind": _("Everything that is booked; counters see no quantities."),
            "fast": _("What moved most often in the last %s days.", days),
            "slow": _("What moved least in the last %s days, or not at all.", days),
            "low_value": _(
                "Items that cost less than %s a unit.", money(company.count_low_value)
            ),
            "high_value": _(
                "Items that cost more than %s a unit, the dearest first.",
                money(company.count_high_value),
            ),
            "random": _("Drawn by lot; the count keeps the seed of the draw."),
            "least_recent": _("What was never counted, then what was longest ago."),
            "zero_balance": _(
                "What went to zero in the last %s days: is the place empty?", days
            ),
            "negative": _("What the book says is less than nothing."),
        }
        return hints.get(self.count_type, "")

    @api.depends(
        "warehouse_id",
        "location_ids",
        "supplier_ids",
        "categ_ids",
        "count_type",
        "lots_to_count",
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
            lambda location: (
                location.warehouse_id
                in (self.warehouse_id, self.env["stock.warehouse"])
            )
        )

    # === ACTION METHODS === #

    def action_run(self):
        """Create the session with its lines, and open its count sheet.

        :return: action
        :raise UserError: when the scope has no lines, or a consensus count has only one
            counter
        """
        self.ensure_one()
        self._check_choices()
        session = self.env["stock.count.session"].create(self._prepare_session())
        session.action_generate()
        return session.action_open_sheet()

    def _check_choices(self):
        """See ``action_run``."""
        if self.consensus and len(self.counter_ids) == 1:
            raise UserError(
                self.env._(
                    "A consensus needs two people: choose another counter beside"
                    " %s, or switch off Consensus.",
                    self.counter_ids.name,
                )
            )
        if not self._count_lines():
            raise UserError(
                self.env._(
                    "Nothing is booked in this scope, so there is nothing to count:"
                    " choose more locations, suppliers or categories, or another"
                    " count type."
                )
            )

    def _prepare_session(self):
        """Values of the session.

        For a module to add fields to the dialog, override this method.
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
            "blind": self.blind or self.count_type == "blind" or self.consensus,
            "consensus": self.consensus,
            "lots_to_count": self.lots_to_count,
            "counter_ids": self.counter_ids._origin.ids,
            "date_due": self.date_due,
        }
