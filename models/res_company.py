from odoo import api, fields, models

COUNT_VIEWS = [
    ("all", "All Items"),
    ("discrepancies", "Counted Discrepancies"),
    ("overages", "Counted Overages"),
    ("shortages", "Counted Shortages"),
    ("not_posted", "Not Posted Items"),
]
# Options that open a feature, and the group that shows it: to everybody, while any
# company uses it. What a company accepts is decided by its own field.
OPTION_GROUPS = {
    "count_serial2": "stock_count.group_count_serial2",
    "count_warehouse_items": "stock_count.group_count_warehouse_items",
    "count_split_units": "stock_count.group_count_split_units",
}


class ResCompany(models.Model):
    _inherit = "res.company"

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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_count_sequences()
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
        # In sudo mode because who may set up a company need not see the others, nor
        # manage groups.
        companies = self.sudo().with_context(active_test=False)
        everybody = self.env.ref("base.group_user").sudo()
        for option, xml_id in OPTION_GROUPS.items():
            group = self.env.ref(xml_id).sudo()
            if companies.search_count([(option, "=", True)], limit=1):
                everybody._apply_group(group)
            else:
                everybody._remove_group(group)

    def _create_count_sequences(self):
        """Give each company its own numbers, CC-00001 and on, and its default
        reasons."""
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
        for sign in ("shortage", "overage"):
            reason = self.env.ref(
                f"stock_count.reason_{sign}", raise_if_not_found=False
            )
            field = f"count_{sign}_reason_id"
            if reason:
                self.filtered(lambda company, field=field: not company[field])[
                    field
                ] = reason
