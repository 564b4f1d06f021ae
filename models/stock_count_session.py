import random
import uuid
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .stock_count_defaults import without_defaults
from .stock_count_entry import LEAD

MANAGER = "stock_count.group_count_manager"
APPROVER = "stock_count.group_count_approver"
SCOPE = {"warehouse_id", "location_ids", "supplier_ids", "categ_ids", "count_type"}
# How often a session is locked that somebody else has just then.
TRIES = 5
OPEN_STATES = ("open", "pending_approval", "partial")
# What an integer column holds.
MAX_SEED = 2**31 - 1


class StockCountSession(models.Model):
    """One count: what to count, who counts it, and what became of it."""

    _name = "stock.count.session"
    _description = "Cycle Count"
    _inherit = ["mail.thread", "mail.activity.mixin"]
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
        domain="[('usage', '=', 'internal'), ('warehouse_id', '=', warehouse_id)]",
        help="With the locations below them. Empty: all locations of the warehouse.",
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
            ("risk", "Risk"),
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

    # Totals, read and not stored: counting must not touch the session's row.
    line_count = fields.Integer(string="Lines to Count", compute="_compute_totals")
    counted_count = fields.Integer(string="Counted", compute="_compute_totals")
    progress = fields.Float(compute="_compute_totals", help="Counted lines in percent.")
    discrepancy_count = fields.Integer(
        string="Discrepancies", compute="_compute_totals", groups=LEAD
    )
    held_count = fields.Integer(string="Held", compute="_compute_totals", groups=LEAD)
    problem_count = fields.Integer(
        string="Problems", compute="_compute_totals", groups=LEAD
    )
    over_count = fields.Integer(
        string="Over Tolerance", compute="_compute_totals", groups=LEAD
    )
    to_post_count = fields.Integer(
        string="Checked to Post", compute="_compute_totals", groups=LEAD
    )
    shortage_value = fields.Monetary(compute="_compute_totals", groups=LEAD)
    overage_value = fields.Monetary(compute="_compute_totals", groups=LEAD)
    net_value = fields.Monetary(
        string="Net Variance", compute="_compute_totals", groups=LEAD
    )
    accuracy = fields.Float(
        compute="_compute_totals",
        groups=LEAD,
        help="Counted lines without a variance, in percent of the counted lines.",
    )
    last_counted_at = fields.Datetime(compute="_compute_totals")
    move_count = fields.Integer(compute="_compute_move_count", groups=LEAD)
    next_step = fields.Char(compute="_compute_next_step")

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

    def _compute_totals(self):
        totals = self._read_totals()
        for session in self:
            session.update(totals[session.id])

    def _read_totals(self):
        """Sums over the lines of these sessions, by session id, in one statement."""
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT session_id,
                       count(*) AS line_count,
                       count(*) FILTER (WHERE is_counted) AS counted_count,
                       count(*) FILTER (WHERE is_counted AND variance_qty <> 0)
                           AS discrepancy_count,
                       count(*) FILTER (WHERE state = 'held') AS held_count,
                       count(*) FILTER (WHERE state IN ('failed', 'superseded'))
                           AS problem_count,
                       count(*) FILTER (WHERE is_counted AND tolerance_ratio > 1
                           AND state <> 'posted') AS over_count,
                       count(*) FILTER (WHERE to_post AND is_counted AND state IN
                           ('counted', 'held', 'failed')) AS to_post_count,
                       -COALESCE(sum(variance_value) FILTER (WHERE variance_qty < 0), 0)
                           AS shortage_value,
                       COALESCE(sum(variance_value) FILTER (WHERE variance_qty > 0), 0)
                           AS overage_value,
                       max(counted_at) AS last_counted_at
                  FROM stock_count_line
                 WHERE session_id = ANY(%s)
                 GROUP BY session_id
                """,
                list(self._origin.ids),
            )
        )
        rows = {row.pop("session_id"): row for row in self.env.cr.dictfetchall()}
        return {
            session.id: self._derive_totals(rows.get(session._origin.id, {}))
            for session in self
        }

    @api.model
    def _derive_totals(self, row):
        names = (
            "line_count",
            "counted_count",
            "discrepancy_count",
            "held_count",
            "problem_count",
            "over_count",
            "to_post_count",
            "shortage_value",
            "overage_value",
        )
        totals = {name: row.get(name, 0) for name in names}
        counted = totals["counted_count"]
        totals["last_counted_at"] = row.get("last_counted_at")
        totals["net_value"] = totals["overage_value"] - totals["shortage_value"]
        totals["progress"] = 100 * counted / (totals["line_count"] or 1)
        matching = counted - totals["discrepancy_count"]
        totals["accuracy"] = 100 * matching / counted if counted else 0
        return totals

    def _compute_move_count(self):
        counts = dict(
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [("count_session_id", "in", self.ids)],
                ["count_session_id"],
                ["__count"],
            )
        )
        for session in self:
            session.move_count = counts.get(session._origin, 0)

    @api.depends("approval_ids")
    def _compute_approval_id(self):
        for session in self:
            session.approval_id = session.approval_ids[:1]

    @api.depends("state", "line_ids.state", "approval_ids.state")
    def _compute_next_step(self):
        for session in self:
            session.next_step = session._describe_next_step()

    def _describe_next_step(self):
        """One sentence on what should happen next, by whom."""
        _ = self.env._
        session = self.sudo()
        left = session.line_count - session.counted_count
        is_lead = self.env.user.has_group(LEAD)
        if self.state == "cancelled":
            return _("Cancelled. Count Again makes a new count of the same scope.")
        if self.state == "posted":
            return _(
                "Everything is posted. Count Again makes a new count of the scope."
            )
        if self.state == "pending_approval":
            return _("Waiting for an approver.")
        if is_lead and session.approval_id.state == "rejected":
            return session._describe_rejection()
        if session.held_count and is_lead:
            return _(
                "Held lines to answer: %s. Does the transfer explain them?",
                session.held_count,
            )
        if not session.line_count:
            return _("Nothing to count in this scope: widen it and refresh.")
        if left:
            return _("Lines left to count: %s.", left)
        if not is_lead:
            # What is held or checked would tell a counter what was expected.
            return _("Everything is counted: the owner reviews it.")
        if session.to_post_count:
            return session._describe_posting_step()
        return _("Everything is counted: review the variances and check what to post.")

    def _describe_posting_step(self):
        """Whether checked lines are to be submitted or posted next."""
        if self.require_approval and self.approval_id.state != "approved":
            return self.env._(
                "Checked lines to submit for approval: %s.", self.to_post_count
            )
        return self.env._("Checked lines to post: %s.", self.to_post_count)

    def _describe_rejection(self):
        answer = self.approval_id
        who, comment = answer.approver_id.name, answer.comment
        if comment:
            why = self.env._(
                "Rejected by %(who)s: “%(comment)s”.", who=who, comment=comment
            )
        else:
            why = self.env._("Rejected by %s.", who)
        what = self.env._("Count again or correct it, then submit it again.")
        return f"{why} {what}"

    # === CONSTRAINT METHODS === #

    @api.constrains("location_ids", "warehouse_id")
    def _check_scope(self):
        for session in self:
            session._check_locations()

    def _check_locations(self):
        """Refuse a scope that cannot be counted, naming the location and the remedy."""
        _ = self.env._
        for location in self.sudo().with_context(active_test=False).location_ids:
            name = location.complete_name
            if not location.active:
                raise ValidationError(
                    _(
                        "Location %s is archived: restore it or choose another one.",
                        name,
                    )
                )
            if location.company_id and location.company_id != self.company_id:
                raise ValidationError(
                    _(
                        "Location %(location)s belongs to %(company)s: count it there.",
                        location=name,
                        company=location.company_id.name,
                    )
                )
            if location.warehouse_id != self.warehouse_id:
                raise ValidationError(
                    _(
                        "Location %(location)s is not in warehouse %(warehouse)s.",
                        location=name,
                        warehouse=self.warehouse_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        if not self.env.su:
            for vals in vals_list:
                self._refuse_readonly(vals.keys() - {"company_id", "seed"})
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._refuse_no_warehouse(vals)
            if vals.get("name", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(company)
                    .next_by_code("stock.count.session")
                )
            if vals.get("count_type") == "blind" or vals.get("consensus"):
                vals["blind"] = True
            if vals.get("count_type") == "random" and not vals.get("seed"):
                vals["seed"] = random.randint(1, MAX_SEED)
        clean = without_defaults(self, self._readonly_names())
        return super(StockCountSession, clean).create(vals_list)

    def write(self, vals):
        """What a form shows as readonly is written by verbs only, also by RPC."""
        if not self.env.su:
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
        """The fields that only verbs write."""
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
        if (
            self.env["stock.count.entry"]
            .sudo()
            .search_count([("session_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "A count with entries is evidence and stays: cancel it instead."
                )
            )

    # === ACTION METHODS - PLAN === #

    def action_generate(self):
        """Make the lines of the scope from the stock that is booked now.

        Lines that are there stay as they are, so calling it again adds what is new.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when the session is not open
        """
        self._check_lead()
        self._check_countable()
        for session in self:
            session._generate_lines()
        return True

    def _generate_lines(self):
        """Make the lines now, or in the background where they are many."""
        self.env["stock.count.generator"]._generate(self)
        self._log_left_out()

    def _log_left_out(self):
        """Say what the scope has and this warehouse does not count (Option 504)."""
        products = self.env["stock.count.generator"]._find_left_out(self)
        if products:
            self._log_action(
                self.env._(
                    "Option 504: %(number)s products are assigned to other warehouses"
                    " and left out, such as %(names)s.",
                    number=len(products),
                    names=", ".join(products[:5].mapped("display_name")),
                )
            )

    def action_refresh(self):
        """Take over stock that changed since and add new stock; entries stay as they
        are.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when the session is not open
        """
        self._check_lead()
        self._check_countable()
        for session in self:
            self.env["stock.count.generator"]._refresh(session)
        return True

    def action_count_again(self):
        """Make a new session with the same scope and open its count sheet.

        :raise AccessError: for whoever is not a counting lead
        """
        self._check_lead()
        self.ensure_one()
        again = self.copy({"user_id": self.env.uid, "date_due": False})
        again.action_generate()
        return again.action_open_sheet()

    # === ACTION METHODS - COUNT === #

    def action_open_sheet(self):
        """Open the count sheet of this session, in the view of Option 198.

        :raise AccessError: for whoever is not a counting lead
        """
        action = self._open_whole_sheet()
        view = self.company_id.sudo().count_default_view
        action["context"][f"search_default_view_{view}"] = 1
        return action

    def _open_whole_sheet(self):
        """The count sheet with all of its lines, for whoever narrows it further.

        :raise AccessError: for whoever is not a counting lead
        """
        self.ensure_one()
        self._check_lead()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_line_action_sheet"
        )
        action["display_name"] = f"{self.name} · {self.env._('Count Sheet')}"
        action["domain"] = [("session_id", "=", self.id)]
        action["context"] = {
            "active_id": self.id,
            "active_model": self._name,
            "default_session_id": self.id,
            "count_session_id": self.id,
        }
        return action

    def action_check_all(self, domain=None):
        """Set the post box of all lines that the search of the sheet shows.

        :param list domain: the sheet's search; None for the whole session
        :return: how many lines were changed
        """
        return self._write_post_box(domain, True)

    def action_uncheck_all(self, domain=None):
        """Clear the post box of all lines that the search of the sheet shows.

        :param list domain: the sheet's search; None for the whole session
        :return: how many lines were changed
        """
        return self._write_post_box(domain, False)

    def _write_post_box(self, domain, to_post):
        self._check_lead()
        self.ensure_one()
        self._check_countable()
        self._lock()
        return self.env["stock.count.line"]._write_checked(self, domain, to_post)

    def action_count_rest_as_zero(self, domain=None):
        """Count every line that nobody has counted as 0. Explicit, because not counted
        is not zero; each line gets its entry.

        :param list domain: the sheet's search; None for the whole session
        """
        self._check_lead()
        self.ensure_one()
        Line = self.env["stock.count.line"]
        lines = Line.search(
            Line._session_domain(self, domain)
            & fields.Domain("is_counted", "=", False)
            & fields.Domain("state", "in", ("to_count", "skipped", "recount"))
        )
        self._record_or_raise(
            [
                {
                    "uuid": self._new_uuid(),
                    "operation": "set",
                    "line_id": line.id,
                    "qty": 0,
                }
                for line in lines
            ],
            source="sheet",
        )
        self._log_action(
            self.env._("The rest was counted as zero: %s lines.", len(lines))
        )
        return True

    def record_entries(self, entries, source="api"):
        """The one door through which every count comes, wherever it was made.

        :param list entries: objects with ``uuid`` (chosen by the client), ``operation``
            (``add`` by default, ``set`` or ``withdraw``), ``qty`` (or ``parts``, a
            list of objects with ``qty`` and ``uom_id``), and for what:
            ``line_id``, or ``product_id``/``barcode``,
            ``location_id``/``location_barcode``, ``lot_id``/``lot_name``,
            ``package_id``, ``owner_id``; optional ``uom_id``, ``serial2``, ``rfid``,
            ``note``, ``counted_at`` (UTC, ``YYYY-MM-DD HH:MM:SS``, fractions allowed),
            ``sent_at`` (the device's clock when it sent), ``device``, ``withdraws``
            (uuid)
        :param str source: ``sheet``, ``app``, ``import`` or ``api``
        :return: one object per entry, in order: ``uuid``, ``status`` (``recorded``,
            ``duplicate`` or ``refused``), ``line_id``, ``code``, ``message``. A known
            uuid is a duplicate and changes nothing; a refusal never stops the others.
        :raise AccessError: for whoever may not count this session
        """
        self.ensure_one()
        self._check_may_count()
        return self.env["stock.count.recorder"]._record(self, entries, source)

    # === ACTION METHODS - REVIEW === #

    def action_review(self):
        """Print the Cycle Count Review, report 146, of this session."""
        self._check_lead()
        return self.env.ref("stock_count.report_review").report_action(self)

    def action_request_recount(self, domain=None):
        """Ask for another count of the lines that the search shows.

        :param list domain: the sheet's search; None for all counted lines with a
            variance
        :raise UserError: when there is no such line
        """
        self._check_lead()
        self.ensure_one()
        Line = self.env["stock.count.line"]
        lines = Line.search(
            Line._session_domain(self, domain)
            & fields.Domain("is_counted", "=", True)
            & fields.Domain("state", "in", ("counted", "held", "failed"))
            & fields.Domain("variance_qty", "!=", 0)
        )
        if not lines:
            raise UserError(
                self.env._("No counted line here has a variance to recount.")
            )
        return lines.action_request_recount()

    def action_propose_moves(self):
        """Propose location moves: what is missing here is too much there.

        :return: a notification that says how many
        :raise AccessError: for whoever is not a counting lead
        """
        self.ensure_one()
        self._check_lead()
        self._check_countable()
        matches = self.env["stock.count.match"]._propose(self)
        if not matches:
            message = self.env._("Nothing that is missing is too much anywhere else.")
            return self._notify("info", message)
        message = self.env._(
            "%s location moves proposed: accept them by line.", len(matches)
        )
        return self._notify("success", message)

    def action_submit(self):
        """Submit the checked, counted lines for approval.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when nothing is checked, or the count is waiting or closed
        """
        self._check_lead()
        for session in self:
            if session.state == "pending_approval":
                raise UserError(
                    self.env._("%s is waiting for approval already.", session.name)
                )
            session._lock()
            sent = self.env["stock.count.recount"]._send_due(session)
            if sent and not self.env["stock.count.poster"].sudo()._find_lines(session):
                return session._notify_sent_to_recount(sent)
            session._set_state(("open", "partial"), "pending_approval")
            approval = self.env["stock.count.approval"]._request(session)
            approval._schedule_activities()
            session._log_action(
                self.env._("Submitted for approval: %s lines.", approval.line_count)
            )
        return True

    def _notify_sent_to_recount(self, lines):
        message = self.env._(
            "%s lines have to be counted again first: nothing else is checked.",
            len(lines),
        )
        return self._notify("warning", message)

    def action_approve(self, comment=None):
        """Approve exactly what was submitted.

        :param str comment: kept with the approval
        :raise AccessError: for whoever is not an approver
        :raise UserError: when nothing is waiting for approval
        """
        return self._answer_approval("approved", comment)

    def action_reject(self, comment=None):
        """Send the submitted lines back to counting.

        :param str comment: what to do about it, kept with the approval; required
        :raise AccessError: for whoever is not an approver
        :raise UserError: when nothing is waiting for approval, and without a comment
        """
        return self._answer_approval("rejected", comment)

    def _answer_approval(self, answer, comment):
        if not self.env.user.has_group(APPROVER):
            raise AccessError(self.env._("Only an approver may do this."))
        self.check_access("write")
        for session in self:
            if session.state != "pending_approval":
                raise UserError(
                    self.env._("%s is not waiting for approval.", session.name)
                )
            approval = session.sudo().approval_id
            approval._check_segregation()
            self._check_comment(answer, comment)
            approval._answer(answer, comment and str(comment))
            posted = session.sudo().line_ids.filtered("posted_round")
            session._set_state(("pending_approval",), "partial" if posted else "open")
            label = (
                self.env._("Approved")
                if answer == "approved"
                else (self.env._("Rejected"))
            )
            session._log_action(f"{label}: {comment}" if comment else label)
        return True

    def _check_comment(self, answer, comment):
        if answer == "rejected" and not str(comment or "").strip():
            raise UserError(
                self.env._(
                    "Say why it is rejected, so that whoever counts again knows what to"
                    " look at."
                )
            )

    # === ACTION METHODS - POST === #

    def action_post(self):
        """Post Receipts and Issues: make stock moves of the checked, counted lines.

        A line that cannot be posted keeps its error and does not stop the others.

        :return: a notification that says what was posted and what was not
        :raise AccessError: for whoever may not post counts
        :raise UserError: when nothing is checked, approval is missing or it is closed
        """
        self.ensure_one()
        self._check_may_post()
        if self._posted_just_now():
            return self._notify_already_posted()
        self._check_countable()
        if self.state == "pending_approval":
            raise UserError(
                self.env._(
                    "%s is waiting for approval: nothing is posted yet.", self.name
                )
            )
        self._lock()
        sent = self.env["stock.count.recount"]._send_due(self)
        if sent and not self.env["stock.count.poster"].sudo()._find_lines(self):
            return self._notify_sent_to_recount(sent)
        return self._post_checked()

    def _post_checked(self):
        """Post the checked lines now, or in the background where they are many."""
        outcome = self.env["stock.count.poster"]._post(self)
        return self._notify_posted(outcome.counts)

    def action_undo_posting(self):
        """Reverse what this session posted, by moves the other way.

        :return: a notification that says what was undone and what was not
        :raise AccessError: for whoever is not a count manager
        :raise UserError: when nothing is posted
        """
        self.ensure_one()
        self._check_may_undo()
        if self.state == "pending_approval":
            raise UserError(
                self.env._(
                    "%s is waiting for approval: have it answered first, then undo.",
                    self.name,
                )
            )
        return self._undo_posted()

    def _undo_posted(self):
        """Undo now, or in the background where many lines are posted."""
        counts = self.env["stock.count.undo"]._undo(self).counts
        self._set_undone(counts)
        message = self._describe_undo(counts)
        self._log_action(message)
        return self._notify("success" if counts["undone"] else "warning", message)

    def _set_undone(self, counts):
        """Open again, or partial where a posting still stands."""
        if counts["undone"]:
            standing = self._count_standing()
            self._set_state(("posted", "partial"), "partial" if standing else "open")

    def _count_standing(self, *domain):
        """How many lines have a posting that is not undone."""
        lines = self.env["stock.count.line"].sudo()
        standing = [("session_id", "=", self.id), ("posted_counted_at", "!=", False)]
        return lines.search_count([*standing, *domain])

    def _describe_undo(self, counts):
        _ = self.env._
        again = self._count_standing(("state", "!=", "posted"))
        sentences = [
            _("Posting undone: %s lines.", counts["undone"]),
            counts["failed"]
            and _("%s not undone: see their problem.", counts["failed"]),
            again
            and _(
                "%s were counted again since and keep their posting: post that count.",
                again,
            ),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _posted_just_now(self):
        """Whether somebody else posted what this user saw as checked a moment ago."""
        just_now = fields.Datetime.now() - timedelta(minutes=1)
        return (
            self.posted_at
            and self.posted_at >= just_now
            and self.sudo().posted_by_id != self.env.user
            and not self.env["stock.count.poster"].sudo()._find_lines(self)
        )

    def _notify_already_posted(self):
        message = self.env._(
            "%s has just posted these lines.", self.sudo().posted_by_id.name
        )
        return self._notify("info", message)

    def action_cancel(self):
        """Stop counting. An open count is cancelled; of a partly posted one what is
        posted stays, the rest is dropped and the session is closed as posted.

        :raise AccessError: for whoever is not a counting lead
        """
        self._check_lead()
        for session in self:
            session._check_countable()
            target = "posted" if session.state == "partial" else "cancelled"
            pending = session.sudo().approval_ids.filtered(
                lambda approval: approval.state == "pending"
            )
            for approval in pending:
                approval._answer("void", None)
            session._set_state(OPEN_STATES, target)
            session._log_action(
                self.env._(
                    "Closed with %s lines not posted.", len(session._unposted_lines())
                )
            )
        return True

    def action_view_moves(self):
        """Open the moves that this session posted."""
        self._check_lead()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Posted Moves"),
            "res_model": "stock.move.line",
            "view_mode": "list,form",
            "domain": [("move_id.count_session_id", "in", self.ids)],
            "context": {"create": False},
        }

    def action_view_entries(self):
        """Open who counted what and when, withdrawn entries included."""
        self._check_lead()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count Entries"),
            "res_model": "stock.count.entry",
            "view_mode": "list",
            "domain": [("session_id", "in", self.ids)],
        }

    # === BUSINESS METHODS - RIGHTS === #

    @api.private
    def ensure_one(self):
        """A verb for one count says so in words: it is called by RPC, too."""
        if len(self) != 1:
            raise UserError(self.env._("Choose one cycle count."))
        return self

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """The chatter names what was posted and freed, so it is read by leads only."""
        return dict.fromkeys(self, "write")

    def _check_lead(self):
        if not self.env.su and not self.env.user.has_group(LEAD):
            raise AccessError(self.env._("Only a counting lead may do this."))
        self.check_access("write")

    def _check_may_count(self):
        """Leads count every session they see, counters the ones assigned to them."""
        self.check_access("read")
        user = self.env.user
        if self.env.su or user.has_group(LEAD):
            return
        if not user.has_group("stock_count.group_count_counter") or (
            user not in self.sudo().counter_ids
        ):
            raise AccessError(
                self.env._(
                    "You are not assigned to count %s: ask its owner.", self.name
                )
            )

    def _check_may_post(self):
        self._check_lead()
        if not self.env.user._may_post_counts(self.company_id):
            raise AccessError(
                self.env._(
                    "Option 170 is on: only a count manager posts, after approval."
                )
            )

    def _check_may_undo(self):
        self._check_lead()
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a count manager undoes a posting."))

    def _check_countable(self):
        for session in self:
            if session.state not in OPEN_STATES:
                state = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: use Count Again for a new count.",
                        name=session.name,
                        state=state[session.state],
                    )
                )

    # === BUSINESS METHODS - COUNT === #

    @api.model
    def _new_uuid(self):
        return str(uuid.uuid4())

    def _record_or_raise(self, entries, source):
        """Record entries of a screen that can show one error: the first refusal raises.

        :raise ValidationError: with the message of the first refused entry
        """
        if not entries:
            return []
        results = self.record_entries(entries, source=source)
        for entry, result in zip(entries, results, strict=True):
            self._raise_refusal(result, entry)
        return results

    @api.model
    def _raise_refusal(self, result, entry):
        """Raise the message of a refused entry, naming what it was about."""
        if result["status"] != "refused":
            return
        line = self.env["stock.count.line"].browse(entry.get("line_id")).exists()
        product = self.env["product.product"].browse(entry.get("product_id")).exists()
        name = (line or product).display_name
        message = result["message"]
        raise ValidationError(f"{name}: {message}" if name else message)

    def _reopen_for(self, lines):
        """Entries came for lines that were posted, or after the count was closed: they
        need another look.

        The entries are kept, the count is open again, and the owner is told.
        """
        self.ensure_one()
        if self.state == "posted":
            self._set_state(("posted",), "partial")
        self._log_action(
            self.env._("Counted after posting, please review: %s", lines._names())
        )

    def _add_line(self, vals):
        """The line of a key that was found but not expected, counted if it says so."""
        self._check_lead()
        entry = {
            name: vals[name]
            for name in (
                "product_id",
                "location_id",
                "lot_id",
                "lot_name",
                "package_id",
                "owner_id",
            )
            if vals.get(name)
        }
        if vals.get("is_counted") or vals.get("found_qty"):
            entry.update(
                uuid=self._new_uuid(), operation="set", qty=vals.get("found_qty", 0)
            )
            [result] = self._record_or_raise([entry], source="sheet")
            line = self.env["stock.count.line"].browse(result["line_id"])
        else:
            line = self.env["stock.count.recorder"]._find_or_add_line(self, entry)
        line.write(
            {
                name: vals[name]
                for name in ("to_post", "note", "reason_id")
                if vals.get(name)
            }
        )
        return line

    def _unposted_lines(self):
        return self.sudo().line_ids.filtered(lambda line: line._is_unposted())

    # === BUSINESS METHODS - STATE === #

    def _set_state(self, allowed, target):
        """The only writer of ``state``.

        :param allowed: the states it may come from; others raise
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
        if target in ("posted", "cancelled"):
            # What was counted in the same second before is taken, what after is not.
            _stamp, closed_at, _xid = self.env["stock.count.fence"].sudo()._draw()
        self.sudo().write({"state": target, "closed_at": closed_at})

    def _update_state_after_posting(self):
        """Partial while something is left to count or post, posted when nothing is."""
        self.env.cr.execute(
            SQL(
                """
                SELECT EXISTS (SELECT FROM stock_count_line WHERE session_id = %s
                    AND state NOT IN ('posted', 'superseded'))
                """,
                self.id,
            )
        )
        [left] = self.env.cr.fetchone()
        left = left or self._is_counted_meanwhile()
        self._set_state(OPEN_STATES, "partial" if left else "posted")

    def _is_counted_meanwhile(self):
        """Whether somebody recorded entries that this transaction cannot see.

        They would stay unposted in a closed count. Nobody records while the session is
        locked, so what is committed now is all there is.
        """
        self._lock()
        if not self.env.registry.ready:
            # Nobody else is there while the addon installs its demo data.
            return False
        with self.env.registry.cursor() as cr:
            return self._count_entries(cr) > self._count_entries(self.env.cr)

    def _lock(self):
        """Wait for whoever is recording, and let others wait until this is committed.

        Recording shares the session before it shares fences: whoever closes fences
        locks the session first, or they would wait for each other.
        """
        fence = self.env["stock.count.fence"].sudo()
        for _again in range(TRIES):
            if fence._has_written():
                break
            with fence._closed_gate(self):
                if self._lock_rows("SKIP LOCKED"):
                    return
            # Somebody posts, or changes the session. They are waited for in the open.
            self._lock_rows()
            self.env.cr.rollback()
        self._lock_rows()

    def _lock_rows(self, waiting=""):
        """Lock the sessions against who records, posts or changes them.

        :param str waiting: ``SKIP LOCKED`` not to wait for others
        :return: whether all are locked
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM stock_count_session WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE %s",
                self.ids,
                SQL(waiting),
            ),
            log_exceptions=False,
        )
        return len(self.env.cr.fetchall()) == len(set(self.ids))

    def _count_entries(self, cr):
        cr.execute(
            SQL("SELECT count(*) FROM stock_count_entry WHERE session_id = %s", self.id)
        )
        return cr.fetchone()[0]

    def _log_action(self, text):
        for session in self:
            session.sudo().message_post(
                body=text, author_id=self.env.user.partner_id.id
            )

    def _notify_posted(self, outcome):
        """Tell what became of the checked lines."""
        return self._notify(
            "success" if outcome["posted"] else "warning",
            self._describe_outcome(outcome),
            sticky=bool(outcome["held"] or outcome["failed"]),
        )

    def _notify(self, kind, message, *, sticky=False):
        """A notification after which the sheet shows what is there now."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": message,
                "type": kind,
                "sticky": sticky,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _describe_outcome(self, outcome: Counter):
        _ = self.env._
        sentences = [
            _("%s lines posted.", outcome["posted"]),
            outcome["moves"] and _("%s stock moves made.", outcome["moves"]),
            outcome["held"]
            and _("%s held: a transfer would explain them.", outcome["held"]),
            outcome["superseded"]
            and _("%s superseded by a newer count.", outcome["superseded"]),
            outcome["failed"]
            and _("%s not posted: see their problem.", outcome["failed"]),
            outcome["taken"] and _("%s posted by somebody else.", outcome["taken"]),
            outcome["unreserved"]
            and _("%s units of reserved stock were freed.", outcome["unreserved"]),
        ]
        return " ".join(sentence for sentence in sentences if sentence)
