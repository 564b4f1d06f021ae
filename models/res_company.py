from odoo import api, fields, models

COUNT_VIEWS = [
    ("all", "All Items"),
    ("discrepancies", "Counted Discrepancies"),
    ("overages", "Counted Overages"),
    ("shortages", "Counted Shortages"),
    ("not_posted", "Not Posted Items"),
]


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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_count_sequences()
        return companies

    # === BUSINESS METHODS === #

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
