import random
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...const import (
    CLOSED_STATES,
    COUNTED_USAGES,
    LEAD,
    OPEN_STATES,
    SCOPE,
    SETTLED_STATES,
)
from ...rights import check_lead
from ..shared.context_defaults import without_defaults
from ..shared.keys import KEY_NAMES
from ..shared.signals import send

# The largest number of an integer column.
MAX_SEED = 2**31 - 1
# What a new line may have besides its key and its count.
LINE_EXTRAS = ("to_post", "note", "reason_id")


class StockCountSession(models.Model):
    """A session: what is counted, who counts it, and how far it is."""

    _name = "stock.count.session"
    _description = "Cycle Count"
    _inherit = [
        "stock.count.named.records",
        "stock.count.chatter",
        "stock.count.unlinking",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "description"]
    _check_company_auto = True

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    description = fields.Char(size=255, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        string="Status",
        selection=[
            ("open", "Open"),
            ("pending_approval", "Pending Approval"),
            ("partial", "Partial"),
            ("posted", "Posted"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )

    # What to count
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse", required=True, check_company=True
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
        relation="stock_count_supplier_rel",
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
            ("import", "Import"),
        ],
        default="full",
        required=True,
    )
    blind = fields.Boolean(
        tracking=True,
        help="Counters do not see what is expected, so that they count what is there.",
    )
    consensus = fields.Boolean(
        tracking=True,
        help="Each line is counted by different people, without seeing each other's"
        " counts, until two of them agree.",
    )
    lots_to_count = fields.Integer(help="At most this many lines; 0 for all.")
    seed = fields.Integer(readonly=True, help="Makes a random selection repeatable.")

    # Who and when
    user_id = fields.Many2one(
        string="Owner",
        comodel_name="res.users",
        default=lambda self: self.env.user,
        tracking=True,
        help="Who answers for this count.",
    )
    counter_ids = fields.Many2many(
        string="Counters",
        comodel_name="res.users",
        relation="stock_count_session_counter_rel",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_due = fields.Date(string="Due", tracking=True)
    posted_at = fields.Datetime(string="Posted On", readonly=True, copy=False)
    posted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    approval_ids = fields.One2many(
        string="Approvals",
        comodel_name="stock.count.approval",
        inverse_name="session_id",
        groups=LEAD,
    )
    approval_id = fields.Many2one(
        string="Last Approval",
        comodel_name="stock.count.approval",
        compute="_compute_approval_id",
        groups=LEAD,
    )
    require_approval = fields.Boolean(related="company_id.count_require_approval")
    line_ids = fields.One2many(
        string="Lines", comodel_name="stock.count.line", inverse_name="session_id"
    )
    move_ids = fields.One2many(
        string="Moves",
        comodel_name="stock.move",
        inverse_name="count_session_id",
        readonly=True,
        groups=LEAD,
    )

    _name_is_unique = models.Constraint(
        "UNIQUE (name, company_id)",
        "The number of a cycle count is unique in its company.",
    )
    _lots_to_count_is_not_negative = models.Constraint(
        "CHECK (lots_to_count >= 0)", "The number of lines to count cannot be negative."
    )

    _consensus_is_blind = models.Constraint(
        "CHECK (NOT consensus OR blind)",
        "A consensus count is blind: switch off Consensus first.",
    )

    # === COMPUTE METHODS === #

    @api.depends("approval_ids")
    def _compute_approval_id(self):
        for session in self:
            session.approval_id = session.approval_ids[:1]

    # === CONSTRAINT METHODS === #

    @api.constrains("location_ids", "warehouse_id")
    def _check_scope(self):
        for session in self:
            session._check_locations()

    def _check_locations(self):
        """Refuse locations that this session cannot count.

        :raise ValidationError: naming the location and the remedy
        """
        for location in self.sudo().with_context(active_test=False).location_ids:
            problem = self._describe_wrong_location(location)
            if problem:
                raise ValidationError(problem)

    def _describe_wrong_location(self, location):
        """Why this session cannot count a location; None if it can."""
        _ = self.env._
        name = location.complete_name
        if not location.active:
            return _("Location %s is archived: restore it or choose another one.", name)
        if location.company_id and location.company_id != self.company_id:
            return _(
                "Location %(location)s belongs to %(company)s: count it there.",
                location=name,
                company=location.company_id.name,
            )
        elsewhere = location.warehouse_id and location.warehouse_id != self.warehouse_id
        # The view above the bins of a warehouse stands for them.
        if elsewhere or location.usage not in (*COUNTED_USAGES, "view"):
            return _(
                "Location %(location)s is not in warehouse %(warehouse)s.",
                location=name,
                warehouse=self.warehouse_id.name,
            )
        return None

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        if not self.env.su:
            for vals in vals_list:
                self._refuse_readonly(vals.keys() - {"company_id", "seed"})
        vals_list = [self._complete(vals) for vals in vals_list]
        clean = without_defaults(self, self._readonly_names())
        sessions = super(StockCountSession, clean).create(vals_list)
        if not self.env.su:
            # The date may also be a default of the client's context.
            sessions.filtered("accounting_date")._check_may_date()
        return sessions

    @api.model
    def _complete(self, vals):
        """Values of a new session with its number, and with what its type implies."""
        self._refuse_no_warehouse(vals)
        vals = dict(vals)
        if vals.get("name", "/") == "/":
            company = vals.get("company_id") or self.env.company.id
            Sequence = self.env["ir.sequence"].with_company(company)
            vals["name"] = Sequence.next_by_code("stock.count.session")
        if vals.get("count_type") == "blind" or vals.get("consensus"):
            vals["blind"] = True
        if vals.get("count_type") == "random" and not vals.get("seed"):
            vals["seed"] = random.randint(1, MAX_SEED)
        return vals

    def write(self, vals):
        """Refuse what only verbs may write, also by RPC.

        Scope and accounting date must not change while a job works.
        """
        if not self.env.su:
            self.check_access("write")
            if {*SCOPE, "accounting_date"} & vals.keys():
                self._refuse_busy()
            if "accounting_date" in vals:
                self._check_may_redate(vals["accounting_date"])
            self._refuse_readonly(vals.keys())
        if SCOPE & vals.keys() and any(s.state not in OPEN_STATES for s in self):
            raise UserError(
                self.env._("The scope of a closed count stays what was counted.")
            )
        if "warehouse_id" in vals:
            self._refuse_no_warehouse(vals)
        if vals.get("consensus"):
            vals = {"blind": True, **vals}
        return super().write(vals)

    @api.model
    def _refuse_no_warehouse(self, vals):
        if not vals.get("warehouse_id", self.env.context.get("default_warehouse_id")):
            raise ValidationError(self.env._("Choose the warehouse to count in."))

    @api.model
    def _readonly_names(self):
        """Names of the fields that only verbs write."""
        fields_ = self._fields.values()
        return {f.name for f in fields_ if f.readonly and not (f.related or f.compute)}

    @api.model
    def _refuse_readonly(self, names):
        refused = self._readonly_names() & set(names)
        if refused:
            raise AccessError(
                self.env._(
                    "Cycle counts change by their buttons, not by writing to: %s.",
                    ", ".join(sorted(refused)),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_if_nothing_counted(self):
        for model in ("stock.count.entry", "stock.count.event"):
            records = self.env[model].sudo()
            if records.search_count([("session_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "Counts, photos and remarks of counters are evidence and stay:"
                        " cancel the count instead."
                    )
                )

    # === BUSINESS METHODS - UNDO === #

    def _set_undone(self, counts):
        """Set the state after undoing: Partial while a posting stands, else Open.

        :param Counter counts: with the number of lines ``undone``
        """
        if counts["undone"]:
            standing = self._count_standing()
            self._set_state(("posted", "partial"), "partial" if standing else "open")

    def _count_standing(self, *domain):
        """Number of lines with a posting that is not undone.

        :param domain: further conditions on the lines
        """
        lines = self.env["stock.count.line"].sudo()
        standing = [("session_id", "=", self.id), ("posted_counted_at", "!=", False)]
        return lines.search_count([*standing, *domain])

    # === BUSINESS METHODS - COUNT === #

    @api.model
    def _new_uuid(self):
        return str(uuid.uuid4())

    def _record_entries(self, entries, source):
        """Record any number of entries, see ``record_entries``."""
        self.ensure_one()
        self._check_may_count()
        return self.env["stock.count.recorder"]._record(self, entries, source)

    def _record_or_raise(self, entries, source):
        """Record entries for a screen that shows one error.

        :param list entries: see ``record_entries``
        :return: list of answers, see ``record_entries``
        :raise ValidationError: with the message of the first refused entry; nothing is
            recorded then
        """
        if not entries:
            return []
        results = self._record_entries(entries, source)
        for entry, result in zip(entries, results, strict=True):
            self._raise_refusal(result, entry)
        return results

    @api.model
    def _raise_refusal(self, result, entry):
        """Raise the message of a refused entry, after the name of its line or product.

        :param dict result: answer to the entry, see ``record_entries``
        :raise ValidationError: when it was refused
        """
        if result["status"] != "refused":
            return
        line = self.env["stock.count.line"].browse(entry.get("line_id")).exists()
        product = self.env["product.product"].browse(entry.get("product_id")).exists()
        name = (line or product).display_name
        message = result["message"]
        raise ValidationError(f"{name}: {message}" if name else message)

    def _reopen_for(self, lines):
        """Open the session again for entries that came after posting.

        :param lines: posted lines that have new entries
        """
        self.ensure_one()
        if self.state == "posted":
            self._set_state(("posted",), "partial")
        self._log_action(
            self.env._("Counted after posting, please review: %s", lines._names())
        )

    def _add_line(self, vals):
        """Add a line for a thing that the session did not expect.

        :param dict vals: the natural key; ``found_qty`` or ``is_counted`` if it was
            counted; ``to_post``, ``note`` and ``reason_id``
        :rtype: stock.count.line
        :raise AccessError: when the user is no counting lead
        :raise ValidationError: when the key is wrong or outside the session
        """
        check_lead(self, "write")
        entry = {name: vals[name] for name in KEY_NAMES if vals.get(name)}
        if vals.get("is_counted") or vals.get("found_qty"):
            entry.update(
                uuid=self._new_uuid(), operation="set", qty=vals.get("found_qty", 0)
            )
            [result] = self._record_or_raise([entry], source="sheet")
            line = self.env["stock.count.line"].browse(result["line_id"])
        else:
            line = self.env["stock.count.recorder"]._find_or_add_line(self, entry)
        line.write({name: vals[name] for name in LINE_EXTRAS if vals.get(name)})
        return line

    def _unposted_lines(self):
        return self.sudo().line_ids.filtered(lambda line: line._is_unposted())

    # === BUSINESS METHODS - STATE === #

    def _set_state(self, allowed, target):
        """The only writer of ``state``.

        :param tuple allowed: the states that the sessions may have now; one that has
            the target state already is allowed, too
        :param str target: the new state
        :raise UserError: when a session has another state
        """
        for session in self:
            if session.state not in allowed and session.state != target:
                raise UserError(
                    self.env._(
                        "%(name)s cannot become %(state)s any more.",
                        name=session.name,
                        state=target,
                    )
                )
        closed_at = False
        if target in CLOSED_STATES:
            # A time with microseconds: an entry counted before it in the same second
            # is still taken, one counted after it is not.
            _stamp, closed_at, _xid = self.env["stock.count.fence"].sudo()._draw()
        self.sudo().write({"state": target, "closed_at": closed_at})
        send(self.env, "session_state", self, target)

    def _update_state_after_posting(self):
        """Set the state to Posted when no line is left to count or post, else to
        Partial."""
        self.env.cr.execute(
            SQL(
                """
                SELECT EXISTS (SELECT FROM stock_count_line WHERE session_id = %s
                    AND state <> ALL(%s))
                """,
                self.id,
                list(SETTLED_STATES),
            )
        )
        [left] = self.env.cr.fetchone()
        left = left or self._is_counted_meanwhile()
        self._set_state(OPEN_STATES, "partial" if left else "posted")
