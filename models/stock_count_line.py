from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .stock_count_entry import LEAD
from .stock_count_reference import Reference

# What a user may write on a line; "found" goes through the one door, see write().
WRITABLE = {"to_post", "reason_id", "note"}
FOUND = {"found_qty", "is_counted", "serial2"}
TYPED = {"uuid", "counted_at", "sent_at"}
# What can still be counted and posted.
UNPOSTED_STATES = ("to_count", "skipped", "counted", "recount", "held", "failed")


class StockCountLine(models.Model):
    """One thing to count in one place. All quantities are in the product's unit."""

    _name = "stock.count.line"
    _description = "Count Line"
    _inherit = ["stock.count.guard"]
    # Generated in walking order, so no sorting is needed for the first page of 100,000.
    # By the id of the session: by the session's own order it would join and sort them.
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
    # Its session's.
    company_id = Reference(comodel_name="res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    session_state = fields.Selection(
        related="session_id.state", string="Session Status"
    )

    # The natural key, never only a link to a quant: Odoo deletes empty ones and merges.
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
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    owner_id = fields.Many2one(
        comodel_name="res.partner", ondelete="restrict", check_company=True
    )

    # What the product says
    default_code = fields.Char(string="Item ID", related="product_id.default_code")
    description = fields.Char(related="product_id.name")
    barcode = fields.Char(related="product_id.barcode")
    categ_id = fields.Many2one(related="product_id.categ_id")
    tracking = fields.Selection(related="product_id.tracking")
    product_uom_id = fields.Many2one(string="Unit", related="product_id.uom_id")
    lot_display = fields.Char(string="Serial/Lot", compute="_compute_lot_display")
    seller_id = fields.Many2one(
        string="Supplier",
        comodel_name="res.partner",
        compute="_compute_seller_id",
        search="_search_seller_id",
    )

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
    serial2 = fields.Char(
        compute="_compute_serial2",
        search="_search_serial2",
        readonly=False,
        help="As counted last, or else as the lot has it (Option 290).",
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
    hold_text = fields.Char(compute="_compute_hold_text", groups=LEAD)
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

    # Found elsewhere in the session
    match_out_ids = fields.One2many(
        string="Moved To",
        comodel_name="stock.count.match",
        inverse_name="shortage_line_id",
        groups=LEAD,
    )
    match_in_ids = fields.One2many(
        string="Moved From",
        comodel_name="stock.count.match",
        inverse_name="overage_line_id",
        groups=LEAD,
    )
    match_text = fields.Char(
        string="Proposed Move", compute="_compute_match", groups=LEAD
    )
    match_state = fields.Char(compute="_compute_match", groups=LEAD)

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

    # No index has what changes while a line is counted, checked and posted: PostgreSQL
    # then writes the line alone, see init(). The key comes first, so that what other
    # counts say of the same thing is found by it, too.
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

    # Held, superseded or failed would tell a counter what was expected. No ``groups``:
    # the views colour their rows by it.
    _count_leads_only = frozenset({"state"})

    def init(self):
        """Leave room in each page for the lines in it as they will be."""
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

    @api.depends("last_entry_id", "lot_id.serial2")
    def _compute_serial2(self):
        counted = self._read_counted_serial2()
        for line in self:
            line.serial2 = counted.get(line._origin.id) or line.sudo().lot_id.serial2

    def _search_serial2(self, operator, value):
        if operator in fields.Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        condition = [("serial2", operator, value)]
        return Domain("lot_id", "any", condition) | Domain(
            "entry_ids", "any", condition
        )

    def _read_counted_serial2(self):
        """The Serial2 of the last entry that has one, by line id."""
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (entry.line_id) entry.line_id, entry.serial2
                  FROM stock_count_entry entry
                  JOIN stock_count_line line ON line.id = entry.line_id
                 WHERE line.id = ANY(%s) AND entry.serial2 IS NOT NULL
                   AND entry.round >= line.first_round AND NOT EXISTS (
                       SELECT FROM stock_count_entry taken_back
                        WHERE taken_back.withdrawn_id = entry.id)
                 ORDER BY entry.line_id, entry.counted_at DESC, entry.stamp DESC
                """,
                self._origin.ids,
            )
        )
        return dict(self.env.cr.fetchall())

    @api.depends("product_id")
    def _compute_seller_id(self):
        for line in self:
            line.seller_id = line.product_id.sudo().seller_ids[:1].partner_id

    def _search_seller_id(self, operator, value):
        return [("product_id.seller_ids.partner_id", operator, value)]

    @api.depends("match_out_ids.state", "match_in_ids.state")
    def _compute_match(self):
        _ = self.env._
        for line in self:
            texts = [
                *(
                    _("%(qty)g to %(place)s", qty=m.qty, place=place.display_name)
                    for m in line.match_out_ids
                    if (place := m.overage_line_id.location_id) and m.state != "void"
                ),
                *(
                    _("%(qty)g from %(place)s", qty=m.qty, place=place.display_name)
                    for m in line.match_in_ids
                    if (place := m.shortage_line_id.location_id) and m.state != "void"
                ),
            ]
            states = (line.match_out_ids | line.match_in_ids).mapped("state")
            line.match_text = ", ".join(texts) or False
            line.match_state = (
                "proposed" if "proposed" in states else states[:1] and (states[0])
            )

    @api.depends("hold_move_line_ids", "state")
    def _compute_hold_text(self):
        for line in self:
            names = line.hold_move_line_ids.sudo().mapped(
                lambda ml: ml.picking_id.name or ml.reference or ml.move_id.display_name
            )
            gone = self.env._("A transfer that was changed or cancelled since")
            line.hold_text = ", ".join(dict.fromkeys(names)) or (
                line.state == "held" and gone
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Add things that were found but not expected.

        The values are a session, a natural key and, when it was counted, ``found_qty``.
        """
        if self.env.su and self.env.context.get("count_internal"):
            return super().create(vals_list)
        self.check_access("create")
        lines = self.browse()
        for vals in vals_list:
            session = self.env["stock.count.session"].browse(vals.get("session_id"))
            if not session:
                raise UserError(
                    self.env._("Choose the cycle count that the line is for.")
                )
            lines += session._add_line(vals)
        return lines

    def write(self, vals):
        """Take over what a user may change; what was found goes through the one
        door."""
        if self.env.su and self.env.context.get("count_internal"):
            return super().write(vals)
        self._check_writable(vals)
        counted = {name: vals[name] for name in FOUND & vals.keys()}
        others = {name: vals[name] for name in vals.keys() - FOUND}
        if counted:
            self._write_found(counted)
        if others.get("reason_id"):
            self._check_reason(others["reason_id"])
        return super().write(others) if others else True

    def _check_writable(self, vals):
        forbidden = vals.keys() - WRITABLE - FOUND
        if forbidden:
            raise AccessError(
                self.env._(
                    "Count lines are changed by counting, not by writing to: %s.",
                    ", ".join(sorted(forbidden)),
                )
            )
        self.check_access("write")

    def _write_found(self, counted):
        found = counted.get("found_qty", 0)
        # 0 equals False, but is counted: none there.
        emptied = found is None or found is False or found == ""
        if emptied or not counted.get("is_counted", True):
            self.action_withdraw_count()
            return
        for session, lines in self.grouped("session_id").items():
            session._record_or_raise(
                [line._prepare_found(counted) for line in lines], source="sheet"
            )

    def _prepare_found(self, counted):
        """The entry of what was typed on this line."""
        entry = {
            "uuid": self.session_id._new_uuid(),
            "operation": "set",
            "line_id": self.id,
            # Ticking "counted" and nothing else: what the cell shows was found.
            "qty": counted.get("found_qty", self.found_qty),
            "serial2": counted.get("serial2"),
            **self._read_typed(),
        }
        if counted.keys() == {"serial2"}:
            self._check_serial2_alone(counted["serial2"])
            # Nobody counted anew: the quantity was found when it was found.
            entry.update(counted_at=self.counted_at.isoformat(), sent_at=None)
        return entry

    def _check_serial2_alone(self, serial2):
        if not self.is_counted or self.round <= self.posted_round:
            raise UserError(
                self.env._(
                    "%s: enter what was found together with its Serial2.",
                    self.display_name,
                )
            )
        if not serial2:
            raise UserError(
                self.env._(
                    "%s: what was counted is evidence. Withdraw the count to take its"
                    " Serial2 back.",
                    self.display_name,
                )
            )

    def _read_typed(self):
        """What a sheet says of when this line was typed (Option 526).

        A sheet chooses the uuid itself, so that what it sends again is a duplicate.
        """
        typed = self.env.context.get("count_typed")
        if not isinstance(typed, dict) or typed.get("line_id") != self.id:
            return {}
        return {key: typed[key] for key in TYPED & typed.keys()}

    def _check_reason(self, reason_id):
        reason = self.env["stock.count.reason"].browse(reason_id)
        for line in self.filtered(lambda line: line.is_counted and line.variance_qty):
            reason._check_fits(line.variance_qty)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_not_counted(self):
        if any(line.entry_ids or line.posted_round for line in self.sudo()):
            raise UserError(
                self.env._(
                    "A counted line is evidence and stays: withdraw the count, or"
                    " cancel the whole session."
                )
            )

    # === ACTION METHODS === #

    def action_withdraw_count(self):
        """Take back what was counted in this round; the entries stay as evidence.

        :raise AccessError: for whoever may not count the session
        :raise UserError: when the session is closed
        """
        self.check_access("read")
        for session, lines in self.grouped("session_id").items():
            session._record_or_raise(lines._prepare_withdrawals(), source="sheet")
        return True

    def _prepare_withdrawals(self):
        entries = self.sudo().entry_ids
        withdrawn = entries.withdrawn_id
        return [
            {
                "uuid": entry.session_id._new_uuid(),
                "operation": "withdraw",
                "withdraws": entry.uuid,
            }
            for entry in entries - withdrawn
            if entry.operation != "withdraw"
            and entry.round >= entry.line_id.first_round
        ]

    def action_request_recount(self):
        """Ask for another count of the lines; the earlier rounds are kept.

        :raise UserError: when one of them is posted or its session closed
        """
        self._check_lead()
        self.session_id._check_countable()
        uncountable = self.filtered(lambda line: not line._is_unposted())
        if uncountable:
            raise UserError(
                self.env._(
                    "%(line)s is posted: start a new count of it instead.",
                    line=uncountable[0].display_name,
                )
            )
        self.env["stock.count.recount"]._start(self)
        self.session_id._log_action(self.env._("Recount asked for: %s", self._names()))
        return True

    def action_accept_transfer(self):
        """First reading of a held line: the transfer explains it, nothing is posted for
        it.

        :raise UserError: when a line is not held
        """
        return self._answer_hold("transfer")

    def action_accept_variance(self):
        """Second reading of a held line: it is really missing or really there, post it.

        :raise UserError: when a line is not held
        """
        return self._answer_hold("variance")

    def _answer_hold(self, answer):
        self._check_lead()
        self.session_id._check_countable()
        self.env["stock.count.book"]._refresh_verdicts(self)
        # Of many that were selected, some may have settled themselves meanwhile.
        held = self.filtered(lambda line: line.state == "held")
        if not held:
            raise UserError(
                self.env._(
                    "%(line)s is not held: no transfer explains its variance now."
                    " Refresh the sheet.",
                    line=self._names(1),
                )
            )
        held._write_answer(answer)
        self.env["stock.count.book"]._refresh_verdicts(held)
        label = dict(self._fields["hold_answer"]._description_selection(self.env))[
            answer
        ]
        held.session_id._log_action(f"{label}: {held._names()}")
        return True

    def _write_answer(self, answer):
        """Keep the reading of held lines; thousands may be answered at once."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line
                   SET hold_answer = %(answer)s, hold_answered_by_id = %(user)s,
                       state = 'counted', explained_qty = CASE
                           WHEN %(answer)s = 'transfer' THEN variance_qty ELSE 0 END
                 WHERE id = ANY(%(ids)s)
                """,
                answer=answer,
                user=self.env.uid,
                ids=self.ids,
            )
        )
        self.invalidate_model()

    def action_accept_move(self):
        """Accept the location moves that are proposed for these lines.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when nothing is proposed for them
        """
        self._check_lead()
        self.session_id._check_countable()
        (self.sudo().match_out_ids | self.sudo().match_in_ids).with_user(
            self.env.user
        ).sudo()._accept()
        self.session_id._log_action(
            self.env._("Location moves accepted: %s", self._names())
        )
        return True

    def action_split(self):
        """Open the parts in which this line is counted (Option 174).

        :raise AccessError: for whoever is not a counting lead
        """
        self.ensure_one()
        self._check_lead()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count in Parts"),
            "res_model": "stock.count.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_id": self.id},
        }

    def action_view_moves(self):
        """Open the moves that posted these lines.

        :raise AccessError: for whoever is not a counting lead
        """
        self._check_lead()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Moves"),
            "res_model": "stock.move.line",
            "view_mode": "list,form",
            "domain": [("move_id.count_line_id", "in", self.ids)],
            "context": {"create": False},
        }

    def action_view_entries(self):
        """Open who counted what and when, withdrawn entries included."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "stock.count.entry",
            "view_mode": "list",
            "domain": [("line_id", "in", self.ids)],
        }

    # === BUSINESS METHODS === #

    def _keep_serial2(self):
        """Give posted lots that have no Serial2 the one that was counted."""
        counted = self._read_counted_serial2()
        for line in self.browse(counted).filtered(lambda line: line.state == "posted"):
            if line.lot_id and line.found_qty and not line.lot_id.serial2:
                line.lot_id.serial2 = counted[line.id]

    def _internal(self):
        """These lines, writable by the addon itself.

        In sudo mode because states and quantities are written by verbs only.
        """
        return self.sudo().with_context(count_internal=True)

    def _is_unposted(self):
        return self.round > self.posted_round and self.state in UNPOSTED_STATES

    @api.model
    def _uncounted_values(self):
        """What a line says that nobody has counted in this round."""
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
        """The first lines by name, for a message."""
        names = ", ".join(self[:limit].mapped("display_name"))
        more = len(self) - limit
        return (
            self.env._("%(names)s and %(more)s more", names=names, more=more)
            if (more > 0)
            else names
        )

    def _check_lead(self):
        if not self.env.su and not self.env.user.has_group(LEAD):
            raise AccessError(self.env._("Only a counting lead may do this."))
        self.check_access("read")

    @api.model
    def _assign_counted_sessions(self, records, field):
        """Fill ``count_line_count`` of products, locations or lots."""
        counts = (
            dict(self._read_group([(field, "in", records.ids)], [field], ["__count"]))
            if self.has_access("read")
            else {}
        )
        for record in records:
            record.count_line_count = counts.get(record._origin, 0)

    @api.model
    def _action_view_for(self, field, ids):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_line_action_history"
        )
        action["domain"] = [(field, "in", ids)]
        return action

    @api.model
    def _session_domain(self, session, domain):
        """The lines of a session that a sheet's search shows.

        :param list domain: as the client sends it
        :raise ValidationError: when it is not a domain of this model
        """
        try:
            if not isinstance(domain, list | None):
                raise TypeError("a domain is a list")
            domain = Domain(domain or Domain.TRUE)
            domain.validate(self)
        except (TypeError, ValueError, AssertionError) as error:
            raise ValidationError(
                self.env._("The search of the count sheet cannot be read.")
            ) from error
        return Domain("session_id", "=", session.id) & domain

    @api.model
    def _write_checked(self, session, domain, to_post):
        """Set the post box of all lines that the search shows, in one statement.

        :return: how many lines changed
        """
        query = self._search(
            self._session_domain(session, domain)
            & Domain("to_post", "=", not to_post)
            & Domain("state", "in", UNPOSTED_STATES)
        )
        self.env.cr.execute(
            SQL(
                "UPDATE stock_count_line SET to_post = %s WHERE id IN %s",
                to_post,
                query.subselect(),
            )
        )
        self.invalidate_model(["to_post"])
        return self.env.cr.rowcount
