from odoo import api, fields, models
from odoo.exceptions import ValidationError

COUNT_VIEWS = [
    ("all", "All Items"),
    ("discrepancies", "Counted Discrepancies"),
    ("overages", "Counted Overages"),
    ("shortages", "Counted Shortages"),
    ("not_posted", "Not Posted Items"),
]
# By option: the group that shows its feature. All users get the group while any company
# has the option. The company's own field decides what it accepts.
OPTION_GROUPS = {
    "count_serial2": "stock_count.group_count_serial2",
    "count_warehouse_items": "stock_count.group_count_warehouse_items",
    "count_split_units": "stock_count.group_count_split_units",
}


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "stock.count.audited"]

    # Admin options, with the number that consultants know them by.
    count_require_approval = fields.Boolean(
        string="Option 170: Approval Before Posting",
        help="Counts are posted only after an approver has approved them, and Odoo's"
        " own Apply buttons are refused to whoever may not post counts.",
    )
    count_segregation = fields.Boolean(
        string="Segregation of Duties",
        default=True,
        help="Nobody approves what they counted or submitted themselves.",
    )
    count_default_view = fields.Selection(
        string="Option 198: Default View",
        selection=COUNT_VIEWS,
        default="all",
        required=True,
        help="Which view of the count sheet opens first.",
    )
    count_alternate_colors = fields.Boolean(
        string="Option 529: Alternate Colors",
        help="Blue and orange instead of green and red, for people who cannot tell"
        " these apart.",
    )
    count_autosave = fields.Boolean(
        string="Option 526: Auto-Save",
        default=True,
        help="What is typed in the count sheet is recorded without leaving the row, and"
        " kept in the browser while the server cannot be reached.",
    )
    count_split_units = fields.Boolean(
        string="Option 174: Split Units",
        help="A line is counted in parts, each in its own unit: 2 boxes and 3 units.",
    )
    count_serial2 = fields.Boolean(
        string="Option 290: Serial2",
        help="Lots and serial numbers carry a second number, which is counted,"
        " shown and searched with them.",
    )
    count_warehouse_items = fields.Boolean(
        string="Option 504: Items Assigned to Warehouses",
        help="A product that is assigned to warehouses is counted in these only.",
    )
    count_recount_rounds = fields.Integer(
        string="Automatic Recounts",
        help="How many times a line over its tolerance is sent to be counted again; 0"
        " for never.",
    )
    count_recount_other_counter = fields.Boolean(
        string="Recounts by Another Counter",
        help="Who counted a line does not recount it.",
    )
    # The counting app
    count_allow_zero = fields.Boolean(
        string="Option 325: Zero Counts",
        default=True,
        help="Counters may say that none was found. Off: a count of 0 in the counting"
        " app is refused.",
    )
    count_autoload_serial = fields.Boolean(
        string="Option 333: Auto-Load Serial Numbers",
        default=True,
        help="Scanning a serial number fills in its item and the serial number.",
    )
    count_preload_item = fields.Boolean(
        string="Option 340: Preload Item",
        help="The next entry starts with the item of the last one.",
    )
    count_suggest_description = fields.Boolean(
        string="Option 341: Description Suggestions",
        default=True,
        help="Typing a part of an item's description suggests items.",
    )
    count_preload_location = fields.Boolean(
        string="Option 342: Preload Location",
        default=True,
        help="The next entry starts with the location of the last one; off, with the"
        " usual location of the item.",
    )
    count_preload_units = fields.Boolean(
        string="Option 343: Preload Units",
        help="The next entry starts with the units of the last one.",
    )
    count_lock_location = fields.Boolean(
        string="Option 345: Lock Location",
        help="Who begins a count at a location counts only there. Off: any location of"
        " the count.",
    )

    # What count types choose
    count_lots_to_count = fields.Integer(
        string="Lots to Count",
        default=20,
        help="How many lines a fast, slow, low value, high value or random count has"
        " unless somebody says otherwise; 0 for all.",
    )
    count_low_value = fields.Float(
        string="Low Value Below",
        digits="Product Price",
        default=5.0,
        help="Items with a lower unit cost are low value, in the company's currency.",
    )
    count_high_value = fields.Float(
        string="High Value Above",
        digits="Product Price",
        default=50.0,
        help="Items with a higher unit cost are high value, in the company's currency.",
    )
    count_mover_days = fields.Integer(
        string="Mover Window",
        default=90,
        help="Fast and slow movers are told by the moves of this many days.",
    )
    count_background_lines = fields.Integer(
        string="Background Above",
        default=1000,
        help="Posting or undoing more lines than this with a stock move goes on in the"
        " background, and so do an import of more rows, and work on twenty times as"
        " many lines without a move, such as the check of a file. 0: everything at"
        " once, while the user waits.",
    )
    count_shortage_reason_id = fields.Many2one(
        string="Default Shortage Reason",
        comodel_name="stock.count.reason",
        domain="[('sign', 'in', ('shortage', 'both'))]",
    )
    count_overage_reason_id = fields.Many2one(
        string="Default Overage Reason",
        comodel_name="stock.count.reason",
        domain="[('sign', 'in', ('overage', 'both'))]",
    )

    _recount_rounds_in_range = models.Constraint(
        "CHECK (count_recount_rounds BETWEEN 0 AND 9)",
        "Automatic recounts are between 0, for never, and 9.",
    )

    _lots_to_count_is_not_negative = models.Constraint(
        "CHECK (count_lots_to_count >= 0)",
        "The number of lots to count cannot be negative; 0 is for all.",
    )
    _background_lines_is_not_negative = models.Constraint(
        "CHECK (count_background_lines >= 0)",
        "The number of lines of background work cannot be negative; 0 is for never.",
    )
    _mover_days_in_range = models.Constraint(
        "CHECK (count_mover_days BETWEEN 1 AND 3660)",
        "The mover window is between 1 day and 10 years.",
    )
    _value_thresholds_in_order = models.Constraint(
        "CHECK (count_low_value >= 0 AND count_high_value >= count_low_value)",
        "High value begins at or above where low value ends, and neither is negative.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("count_shortage_reason_id", "count_overage_reason_id")
    def _check_count_reasons(self):
        for company in self:
            for name in ("count_shortage_reason_id", "count_overage_reason_id"):
                if company[name].sudo().company_id not in (company, self.browse()):
                    raise ValidationError(
                        self.env._(
                            "%(reason)s of %(company)s is another company's: choose one"
                            " of its own or a shared one.",
                            reason=self._fields[name].string,
                            company=company.name,
                        )
                    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_count_sequences()
        self.env["stock.count.class"]._create_defaults(companies)
        if any(OPTION_GROUPS.keys() & vals.keys() for vals in vals_list):
            self._update_option_groups()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if OPTION_GROUPS.keys() & vals.keys():
            self._update_option_groups()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _update_option_groups(self):
        """Show each optional feature while any company, active or not, uses it."""
        # In sudo mode because a user who sets up a company may neither read the others
        # nor change groups.
        companies = self.sudo().with_context(active_test=False)
        everybody = self.env.ref("base.group_user").sudo()
        for option, xml_id in OPTION_GROUPS.items():
            group = self.env.ref(xml_id).sudo()
            if companies.search_count([(option, "=", True)], limit=1):
                everybody._apply_group(group)
            else:
                everybody._remove_group(group)

    def _create_count_sequences(self):
        """Give each company its own session numbers, and its default reasons."""
        self._create_number_sequences()
        for sign in ("shortage", "overage"):
            reason = self.env.ref(
                f"stock_count.reason_{sign}", raise_if_not_found=False
            )
            field = f"count_{sign}_reason_id"
            if reason:
                without = self.filtered(lambda company, field=field: not company[field])
                without[field] = reason

    def _create_number_sequences(self):
        """Give each company without one a sequence: CC-00001, CC-00002, …"""
        Sequence = self.env["ir.sequence"].sudo()
        numbered = Sequence.search([("code", "=", "stock.count.session")]).company_id
        Sequence.create(
            [
                {
                    "name": self.env._("Cycle Counts of %s", company.name),
                    "code": "stock.count.session",
                    "company_id": company.id,
                    "prefix": "CC-",
                    "padding": 5,
                }
                for company in self - numbered
            ]
        )
