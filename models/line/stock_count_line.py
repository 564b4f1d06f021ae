from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import LEAD
from ..shared.keys import sql_rows
from ..shared.reference_field import Reference


class StockCountLine(models.Model):
    """One thing to count at one location.

    Quantities are in the product's unit, values in the company's currency, times in
    UTC.
    """

    _name = "stock.count.line"
    _description = "Count Line"
    _inherit = [
        "stock.count.guard",
        "stock.count.named.records",
        "stock.count.unlinking",
    ]
    # Lines are created in walking order, so their ids sort them. The session's id comes
    # first, not its order: PostgreSQL would join and sort 100,000 lines for one page.
    _order = "session_id.id desc, id"
    _rec_name = "product_id"
    _check_company_auto = True
    _log_access = False

    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        required=True,
        ondelete="cascade",
    )
    # The company of the session.
    company_id = Reference(comodel_name="res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    session_state = fields.Selection(
        related="session_id.state", string="Session Status"
    )

    # The natural key. A link to a quant would not last: Odoo deletes and merges quants.
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    location_id = fields.Many2one(
        comodel_name="stock.location",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('usage', 'in', ('internal', 'transit'))]",
    )
    lot_id = fields.Many2one(
        string="Lot/Serial Number",
        comodel_name="stock.lot",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        domain="[('product_id', '=', product_id)]",
    )
    lot_name = fields.Char(
        string="New Lot/Serial",
        help="A lot that does not exist until the count is posted.",
    )
    package_id = fields.Many2one(
        comodel_name="stock.package",
        # With the pallet that it is on.
        context={"show_src_package": True},
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    owner_id = fields.Many2one(
        comodel_name="res.partner", ondelete="restrict", check_company=True
    )

    # Fields of the product
    default_code = fields.Char(string="Item ID", related="product_id.default_code")
    description = fields.Char(related="product_id.name")
    barcode = fields.Char(related="product_id.barcode")
    categ_id = fields.Many2one(related="product_id.categ_id")
    tracking = fields.Selection(related="product_id.tracking")
    product_uom_id = fields.Many2one(string="Unit", related="product_id.uom_id")
    lot_display = fields.Char(string="Serial/Lot", compute="_compute_lot_display")

    # Expected
    expected_qty = fields.Float(
        string="Expected",
        digits="Product Unit",
        readonly=True,
        groups=LEAD,
        help="What should have been there when it was counted; until then, what is"
        " booked now.",
    )
    book_qty = fields.Float(
        string="Booked at Count", digits="Product Unit", readonly=True, groups=LEAD
    )
    picked_qty = fields.Float(
        string="Picked at Count",
        digits="Product Unit",
        readonly=True,
        groups=LEAD,
        help="What had been ticked as picked at the count and was not validated yet.",
    )
    corrected_qty = fields.Float(
        string="Corrected Since",
        digits="Product Unit",
        readonly=True,
        groups=LEAD,
        help="Corrections of the book posted after the count, by whomever.",
    )

    # Counted
    is_counted = fields.Boolean(string="Counted")
    found_qty = fields.Float(
        string="Found",
        digits="Product Unit",
        help="Empty means not counted; 0 means counted, none there.",
    )
    serial_seen = fields.Boolean(
        readonly=True, help="A serial number that was found here."
    )
    counted_at = fields.Datetime(readonly=True)
    counted_stamp = fields.Integer(readonly=True, aggregator=None)
    counted_by_id = Reference(comodel_name="res.users", readonly=True)
    first_counted_at = fields.Datetime(
        readonly=True, help="When the first of the entries that add up was counted."
    )
    last_entry_id = Reference(comodel_name="stock.count.entry", readonly=True)
    entry_ids = fields.One2many(
        string="Entries", comodel_name="stock.count.entry", inverse_name="line_id"
    )
    round = fields.Integer(default=1, required=True, readonly=True, aggregator=None)
    first_round = fields.Integer(
        default=1,
        required=True,
        readonly=True,
        aggregator=None,
        help="The round of the last recount request: entries before it count no more.",
    )
    recount_at = fields.Datetime(
        string="Recount Asked For",
        readonly=True,
        help="What was counted before is evidence of an earlier round, whenever it"
        " arrives.",
    )
    is_recounted = fields.Boolean(
        string="Counted Again",
        readonly=True,
        help="A recount was asked for since it was posted last.",
    )
    moved_while_counting = fields.Boolean(
        readonly=True,
        groups=LEAD,
        help="Stock moved between the first and the last entry: a recount is"
        " advisable.",
    )

    # Variance
    variance_qty = fields.Float(
        string="Variance", digits="Product Unit", readonly=True, groups=LEAD
    )
    unit_cost = fields.Float(
        digits="Product Price",
        readonly=True,
        groups=LEAD,
        aggregator=None,
        help="Cost of one product unit, in the company's currency.",
    )
    given_cost = fields.Float(
        digits="Product Price",
        readonly=True,
        groups=LEAD,
        aggregator=None,
        help="Cost of one product unit as imported. It becomes the cost of an item of"
        " which there is no stock yet.",
    )
    variance_value = fields.Monetary(
        currency_field="currency_id", readonly=True, groups=LEAD
    )
    tolerance_ratio = fields.Float(
        digits=(12, 2),
        readonly=True,
        groups=LEAD,
        aggregator="max",
        help="How much of its tolerance the variance uses; above 1 is over it.",
    )
    reason_id = fields.Many2one(
        comodel_name="stock.count.reason",
        ondelete="restrict",
        check_company=True,
        groups=LEAD,
        help="Empty: the company's default reason for shortages or overages.",
    )
    note = fields.Char()

    # The two readings of a held line
    hold_move_line_ids = fields.Many2many(
        string="Explaining Transfers",
        comodel_name="stock.move.line",
        relation="stock_count_line_hold_rel",
        readonly=True,
        groups=LEAD,
    )
    hold_answer = fields.Selection(
        string="Reading",
        selection=[
            ("transfer", "The transfer explains it"),
            ("variance", "Really missing or there"),
        ],
        readonly=True,
        groups=LEAD,
    )
    hold_answered_by_id = fields.Many2one(
        string="Read By", comodel_name="res.users", readonly=True, groups=LEAD
    )
    explained_qty = fields.Float(
        string="Explained", digits="Product Unit", readonly=True, groups=LEAD
    )

    # Posting
    to_post = fields.Boolean(string="Post", groups=LEAD)
    state = fields.Selection(
        string="Status",
        selection=[
            ("to_count", "To Count"),
            ("skipped", "Skipped"),
            ("counted", "Counted"),
            ("recount", "Recount"),
            ("held", "Held"),
            ("superseded", "Superseded"),
            ("posted", "Posted"),
            ("failed", "Failed"),
        ],
        default="to_count",
        required=True,
        readonly=True,
    )
    posted_round = fields.Integer(
        default=0, required=True, readonly=True, aggregator=None
    )
    posted_qty = fields.Float(
        string="Posted",
        digits="Product Unit",
        readonly=True,
        groups=LEAD,
        help="Net quantity that the moves of this line put into (or took from) the"
        " place.",
    )
    moved_qty = fields.Float(
        string="Moved",
        digits="Product Unit",
        readonly=True,
        groups=LEAD,
        help="The part of the variance that was in another place, which costs nothing.",
    )
    posted_found_qty = fields.Float(digits="Product Unit", readonly=True)
    posted_counted_at = fields.Datetime(readonly=True)
    posted_stamp = fields.Integer(readonly=True, aggregator=None)
    posted_at = fields.Datetime(readonly=True)
    posted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    post_error = fields.Char(string="Problem", readonly=True, groups=LEAD)
    move_ids = fields.One2many(
        string="Moves",
        comodel_name="stock.move",
        inverse_name="count_line_id",
        readonly=True,
        groups=LEAD,
    )

    # No index has a column that changes while a line is counted, checked and posted:
    # PostgreSQL then writes the line and no index, see init(). The key comes before the
    # session, so that this index also finds other counts of the same key.
    _one_per_key = models.UniqueIndex(
        """(product_id, location_id, COALESCE(lot_id, 0), COALESCE(lot_name, ''),
            COALESCE(package_id, 0), COALESCE(owner_id, 0), session_id)""",
        "This thing has a line at this place in the session already.",
    )
    _posted_once_per_round = models.Constraint(
        "CHECK (posted_round BETWEEN 0 AND round)", "A line is posted once per round."
    )
    _found_is_not_negative = models.Constraint(
        "CHECK (found_qty IS NULL OR found_qty >= 0)", "Nobody finds less than nothing."
    )
    _serial_seen_once = models.UniqueIndex(
        """(session_id, product_id, COALESCE(lot_id, 0), COALESCE(lot_name, ''))
            WHERE serial_seen""",
        "This serial number was counted in another place of the session just now.",
    )
    _session_location_index = models.Index("(session_id, location_id)")
    _session_index = models.Index("(session_id, id)")
    _again_index = models.Index("(session_id) WHERE round > 1")
    _reason_index = models.Index("(reason_id) WHERE reason_id IS NOT NULL")

    # The states held, superseded and failed would show a counter what was expected. The
    # field has no ``groups``, because the views colour their rows by it.
    _count_leads_only = frozenset({"state"})

    def init(self):
        """Leave free space in each page, where PostgreSQL writes a changed line beside
        the old one without touching an index."""
        self.env.cr.execute("ALTER TABLE stock_count_line SET (fillfactor = 75)")

    # === COMPUTE METHODS === #

    @api.depends("product_id", "location_id", "lot_id", "lot_name")
    def _compute_display_name(self):
        for line in self:
            parts = (line.product_id.display_name, line.location_id.display_name)
            line.display_name = " · ".join(
                part for part in (*parts, line.lot_display) if part
            )

    @api.depends("lot_id", "lot_name")
    def _compute_lot_display(self):
        for line in self:
            line.lot_display = line.lot_id.name or line.lot_name

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_if_not_counted(self):
        if any(line.entry_ids or line.posted_round for line in self.sudo()):
            raise UserError(
                self.env._(
                    "A counted line is evidence and stays: withdraw the count, or"
                    " cancel the whole session."
                )
            )

    # === BUSINESS METHODS === #

    def _internal(self):
        """These lines, writable by the addon itself.

        In sudo mode because only verbs write states and quantities.
        """
        return self.sudo().with_context(count_internal=True)

    @api.model
    def _uncounted_values(self):
        """Field values of a line that nobody has counted in this round."""
        return {
            "is_counted": False,
            "found_qty": 0,
            "counted_at": False,
            "counted_stamp": 0,
            "counted_by_id": False,
            "first_counted_at": False,
            "last_entry_id": False,
            "variance_qty": 0,
            "variance_value": 0,
            "corrected_qty": 0,
            "moved_while_counting": False,
            "tolerance_ratio": 0,
            "post_error": False,
            "hold_answer": False,
            "explained_qty": 0,
        }

    def _names(self, limit=5):
        """The names of the first lines, and how many more there are, for a message."""
        names = ", ".join(self[:limit].mapped("display_name"))
        more = len(self) - limit
        if more <= 0:
            return names
        return self.env._("%(names)s and %(more)s more", names=names, more=more)

    @api.model
    def _assign_counted_sessions(self, records, field):
        """Set ``count_line_count`` of products, locations or lots.

        :param records: these products, locations or lots
        :param str field: the line's field for them
        """
        counts = {}
        if self.has_access("read"):
            domain = [(field, "in", records.ids)]
            counts = dict(self._read_group(domain, [field], ["__count"]))
        for record in records:
            record.count_line_count = counts.get(record._origin, 0)

    @api.model
    def _action_view_for(self, field, ids):
        """The action that lists the lines of some products, locations or lots.

        :raise AccessError: when the user may not read lines
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_line_action_history"
        )
        action["domain"] = [(field, "in", ids)]
        return action

    @api.model
    def _give_costs(self, costs):
        """Value lines at an imported cost.

        :param dict costs: line id → cost of one product unit, company currency
        """
        rows = [{"id": line_id, "cost": cost} for line_id, cost in costs.items()]
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET given_cost = rows.cost, unit_cost = rows.cost,
                       variance_value = round(line.variance_qty * rows.cost, %s)
                  FROM %s
                 WHERE line.id = rows.id
                """,
                self.env.company.currency_id.decimal_places,
                sql_rows(rows, "id int, cost numeric"),
            )
        )
        self.invalidate_model(["given_cost", "unit_cost", "variance_value"])

    @api.model
    def _read_keys(self, line_ids):
        """The natural keys, rounds and states of lines as they are in the database.

        :return: dict line id → dict. Ten thousand dicts cost next to nothing, ten
            thousand records do not
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.product_id, line.location_id, line.lot_id,
                       line.lot_name, line.package_id, line.owner_id, line.round,
                       line.first_round, line.posted_round, line.state,
                       template.tracking
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 WHERE line.id = ANY(%s)
                """,
                list(line_ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}
