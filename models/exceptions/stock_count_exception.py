from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...const import OPEN_EXCEPTION_STATES
from ...rights import check_lead
from ..shared.keys import sql_rows

# What a lead may write; everything else is written by verbs.
WRITABLE = {"user_id", "priority", "deadline", "close_reason"}
# What of the chatter a form writes along.
CHATTER = ("message_", "activity_", "website_message_", "rating_")
# Kind → how urgent it is, and what to do next about it.
DEFAULTS = {
    "over_tolerance": ("1", "recount"),
    "unknown_barcode": ("1", "find_barcode"),
    "serial_elsewhere": ("2", "open_line"),
    "superseded": ("0", "compare"),
    "hold": ("1", "release_hold"),
    "post_error": ("2", "open_line"),
    "broken_reservation": ("3", "reserve"),
    "repeated_variance": ("1", "verify"),
    "repeated_cause": ("2", "verify"),
    "overdue_count": ("1", "open_session"),
    "picked_not_validated": ("2", "open_transfer"),
    "counted_after_posting": ("1", "open_line"),
}
COLUMNS = {
    "company_id": "int",
    "warehouse_id": "int",
    "kind": "text",
    "key": "text",
    "name": "text",
    "evidence": "text",
    "priority": "text",
    "next_action": "text",
    "user_id": "int",
    "rule_id": "int",
    "deadline": "date",
    "impact_value": "numeric",
    "impact_orders": "int",
    "session_id": "int",
    "line_id": "int",
    "product_id": "int",
    "location_id": "int",
    "lot_id": "int",
    "picking_id": "int",
    "move_id": "int",
    "partner_id": "int",
    "order_name": "text",
    "barcode": "text",
    "reason_id": "int",
}


class StockCountException(models.Model):
    """One thing to do: a problem with an owner, evidence and a next action.

    It is raised once however often its cause comes up again, see :meth:`_raise`, and
    closes when its condition is gone or somebody says why it may be closed.
    """

    _name = "stock.count.exception"
    _description = "Count Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "priority desc, deadline, id"
    _check_company_auto = True

    name = fields.Char(string="About", required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse", readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("over_tolerance", "Over tolerance"),
            ("unknown_barcode", "Unknown barcode"),
            ("serial_elsewhere", "Serial elsewhere"),
            ("superseded", "Superseded"),
            ("hold", "On hold"),
            ("post_error", "Not posted"),
            ("broken_reservation", "Broken promise"),
            ("repeated_variance", "Repeated variance"),
            ("repeated_cause", "Repeated cause"),
            ("overdue_count", "Overdue count"),
            ("picked_not_validated", "Picked, not validated"),
            ("counted_after_posting", "Counted after posting"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(
        required=True, readonly=True, help="What it is about: raised once for it."
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("open", "Open"),
            ("in_progress", "In Progress"),
            ("done", "Done"),
            ("dismissed", "Dismissed"),
        ],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        group_expand=True,
    )

    # Who, until when
    user_id = fields.Many2one(
        string="Owner",
        comodel_name="res.users",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who answers for it.",
    )
    rule_id = fields.Many2one(
        string="Routed By",
        comodel_name="stock.count.exception.rule",
        readonly=True,
        ondelete="set null",
    )
    priority = fields.Selection(
        selection=[("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")],
        default="1",
        required=True,
        tracking=True,
    )
    deadline = fields.Date(tracking=True)
    escalated_at = fields.Datetime(string="Escalated On", readonly=True)

    # Why it matters
    evidence = fields.Text(readonly=True)
    impact_value = fields.Monetary(
        string="Impact", readonly=True, help="What is at stake, in money."
    )
    impact_orders = fields.Integer(
        string="Transfers", readonly=True, help="How many transfers it affects."
    )

    # What to do
    next_action = fields.Selection(
        selection=[
            ("open_line", "Open the line"),
            ("recount", "Ask for a recount"),
            ("find_barcode", "Find the product"),
            ("compare", "Compare the counts"),
            ("release_hold", "Release the hold"),
            ("reserve", "Reserve again"),
            ("verify", "Verify by a count"),
            ("open_session", "Open the count"),
            ("open_transfer", "Open the transfer"),
        ],
        required=True,
        readonly=True,
    )
    next_text = fields.Char(string="What to Do", compute="_compute_next_text")
    close_reason = fields.Char(
        string="Reason",
        tracking=True,
        help="Why it is closed although its condition is still there.",
    )
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    closed_at = fields.Datetime(string="Closed On", readonly=True)

    # What it is about
    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        string="Count Line",
        comodel_name="stock.count.line",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    location_id = fields.Many2one(
        comodel_name="stock.location",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    lot_id = fields.Many2one(
        string="Lot/Serial Number",
        comodel_name="stock.lot",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    picking_id = fields.Many2one(
        string="Transfer",
        comodel_name="stock.picking",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        string="Stock Move",
        comodel_name="stock.move",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        readonly=True,
        ondelete="set null",
    )
    order_name = fields.Char(string="Order", readonly=True)
    barcode = fields.Char(readonly=True)

    _open_once = models.UniqueIndex(
        "(company_id, kind, key) WHERE state IN ('open', 'in_progress')",
        "There is an open exception about this already.",
    )
    _key_index = models.Index("(key, kind)")
    _deadline_index = models.Index("(deadline) WHERE state IN ('open', 'in_progress')")

    # === COMPUTE METHODS === #

    @api.depends("kind", "name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for exception in self:
            kind = kinds.get(exception.kind, "")
            exception.display_name = f"{kind}: {exception.name}"

    @api.depends("next_action", "state", "user_id")
    @api.depends_context("lang")
    def _compute_next_text(self):
        texts = self._next_texts()
        for exception in self:
            done = exception.state not in OPEN_EXCEPTION_STATES
            exception.next_text = not done and texts.get(exception.next_action)

    @api.model
    def _next_texts(self):
        """What should happen next, in a sentence, by next action."""
        _ = self.env._
        return {
            "open_line": _("Open the line, see its problem, solve it and post it."),
            "recount": _("Have it counted again, or submit it for approval."),
            "find_barcode": _("Find what this is and give it the barcode."),
            "compare": _("Compare it with the newer count; nothing is posted for it."),
            "release_hold": _("Release the hold, then post the line."),
            "reserve": _("Reserve the transfer again, or tell the customer."),
            "verify": _(
                "Find the cause and put it right. It closes when its verification count"
                " finds no variance."
            ),
            "open_session": _("Finish the count, or give it another due date."),
            "open_transfer": _("Validate the transfer, or take back what was picked."),
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Count exceptions are raised by what happens, not by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        """What a form shows as readonly is written by verbs only, also by RPC."""
        if not self.env.su:
            check_lead(self, "write")
            self._check_writable(vals)
        return super().write(vals)

    def _check_writable(self, vals):
        names = {name for name in vals if not name.startswith(CHATTER)}
        if names - WRITABLE:
            raise AccessError(
                self.env._(
                    "Count exceptions change by their buttons, not by writing to: %s.",
                    ", ".join(sorted(names - WRITABLE)),
                )
            )
        if names:
            self._check_open()

    # === ACTION METHODS === #

    def action_next(self):
        """Do what is next about it: a verb of the line or transfer, or its screen.

        :return: True, or an action to show next
        :raise AccessError: for whoever is not a counting lead, or may not do it
        :raise UserError: when it is closed
        """
        self.ensure_one()
        check_lead(self, "write")
        self._check_open()
        self._take_up()
        result = getattr(self, f"_next_{self.next_action}")()
        self._find_cleared()._close_solved()
        return result

    def action_assign_to_me(self):
        """Make the caller the owner.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when one of them is closed
        """
        check_lead(self, "write")
        self._check_open()
        self.write({"user_id": self.env.uid})
        return True

    def action_done(self, reason=None):
        """Close it: its condition is gone, or a reason says why it may be closed.

        :param str reason: by default what was written into Reason
        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when its condition is still there and no reason is given
        """
        check_lead(self, "write")
        self._check_open()
        cleared = self._find_cleared()
        (self - cleared)._check_proof()
        left = (self - cleared)._with_reason(reason)
        if left:
            raise UserError(
                self.env._(
                    "%(name)s: the problem is still there. %(next)s Or say in Reason"
                    " why it may be closed.",
                    name=left[0].display_name,
                    next=left[0].next_text,
                )
            )
        self._close("done", reason)
        return True

    def action_dismiss(self, reason=None):
        """Close it without doing anything about it, and say why.

        :param str reason: by default what was written into Reason
        :raise AccessError: for whoever is not a counting lead
        :raise UserError: without a reason
        """
        check_lead(self, "write")
        self._check_open()
        (self - self._find_cleared())._check_proof()
        left = self._with_reason(reason)
        if left:
            raise UserError(
                self.env._(
                    "%s: say in Reason why nothing is done about it.",
                    left[0].display_name,
                )
            )
        self._close("dismissed", reason)
        return True

    def _with_reason(self, reason):
        """Those of these exceptions for which nobody has given a reason."""
        if reason and str(reason).strip():
            return self.browse()
        return self.filtered(lambda x: not (x.close_reason or "").strip())

    # === BUSINESS METHODS - NEXT ACTIONS === #

    def _next_open_line(self):
        action = self.session_id._open_whole_sheet()
        action["domain"] = [("id", "=", self.line_id.id)]
        return action

    def _next_recount(self):
        return self.line_id.action_request_recount()

    def _next_compare(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_line_action_history"
        )
        action["domain"] = [
            ("product_id", "=", self.product_id.id),
            ("location_id", "=", self.location_id.id),
        ]
        return action

    def _next_find_barcode(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who has the barcode %s?", self.barcode),
            "res_model": "product.product",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "context": {"default_barcode": self.barcode, "default_is_storable": True},
        }

    def _next_release_hold(self):
        """Release what holds the line, with the caller's own rights."""
        place = self.location_id
        parents = [int(part) for part in (place.parent_path or "").split("/") if part]
        held = (place.browse(parents), self.lot_id, self.product_id.product_tmpl_id)
        for records in held:
            records.filtered("count_hold_reason").count_hold_reason = False
        return True

    def _next_reserve(self):
        """Reserve again; where that does not help, the transfer says what is short."""
        if self.picking_id:
            self.picking_id.action_assign()
        else:
            self.move_id._action_assign()
        # Reserving closes it where that was all.
        if self.state not in OPEN_EXCEPTION_STATES or self._find_cleared():
            return True
        return self._next_open_transfer() if self.picking_id else self._open_move()

    def _next_open_transfer(self):
        return self._open_record(self.picking_id)

    def _open_move(self):
        return self._open_record(self.move_id)

    def _next_open_session(self):
        return self._open_record(self.session_id)

    def _open_record(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS - STATE === #

    def _check_open(self):
        for exception in self:
            if exception.state not in OPEN_EXCEPTION_STATES:
                raise UserError(
                    self.env._("%s is closed already.", exception.display_name)
                )

    @api.private
    def ensure_one(self):
        """A verb for one exception says so in words: it is called by RPC, too."""
        if len(self) != 1:
            raise UserError(self.env._("Choose one exception."))
        return self

    def _take_up(self):
        """Somebody works on it: without an owner, they are the owner."""
        for exception in self.sudo():
            values = {"state": "in_progress"}
            if not exception.user_id:
                values["user_id"] = self.env.uid
            exception.write(values)

    def _close(self, state, reason=None):
        """The only writer of closed states.

        :param str reason: kept with those whose condition is still there
        """
        if not self:
            return
        values = {
            "state": state,
            "closed_by_id": self.env.uid,
            "closed_at": fields.Datetime.now(),
        }
        if reason:
            values["close_reason"] = str(reason).strip()
        # In sudo mode because only verbs write these fields.
        exceptions = self.sudo().filtered(lambda x: x.state in OPEN_EXCEPTION_STATES)
        exceptions.activity_unlink(["mail.mail_activity_data_todo"])
        exceptions.write(values)

    def _close_solved(self):
        """Close what solved itself, in one statement and without a message about each:
        there may be thousands. Who and when is kept with them."""
        if not self:
            return
        exceptions = self.sudo()
        exceptions.flush_model()
        exceptions.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_exception
                   SET state = 'done', closed_by_id = %(uid)s, write_uid = %(uid)s,
                       closed_at = now() AT TIME ZONE 'UTC',
                       write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%(ids)s) AND state IN ('open', 'in_progress')
                """,
                uid=self.env.uid,
                ids=self.ids,
            )
        )
        exceptions.invalidate_model()
        exceptions.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        self._finish_tasks()

    def _find_cleared(self):
        """Those of these exceptions whose condition is gone, kind by kind in bulk."""
        cleared = self.env["stock.count.watch"].sudo()._find_cleared(self.sudo())
        return self.browse(cleared.ids)

    # === BUSINESS METHODS - RAISING === #

    @api.model
    def _raise(self, rows):
        """Raise exceptions in bulk, in one statement; what is open is brought up to
        date.

        What somebody closed with a reason is not raised again on the same evidence.

        :param list rows: dicts of ``company_id``, ``kind``, ``key``, ``name``,
            ``evidence`` and what it is about; the rest follows from the rules
        """
        if not rows:
            return
        exceptions = self.sudo()
        unique = {(row["company_id"], row["kind"], row["key"]): row for row in rows}
        rows = list(unique.values())
        exceptions.env["stock.count.exception.rule"]._route(rows)
        exceptions.flush_model()
        exceptions.env.cr.execute(exceptions._insert_query(rows))
        exceptions.invalidate_model()

    @api.model
    def _insert_query(self, rows):
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        types = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        return SQL(
            """
            INSERT INTO stock_count_exception AS known (%(columns)s, state, create_uid,
                   write_uid, create_date, write_date)
            SELECT %(columns)s, 'open', %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                   now() AT TIME ZONE 'UTC'
              FROM %(rows)s
             WHERE NOT EXISTS (
                   SELECT FROM stock_count_exception closed
                    WHERE closed.key = rows.key AND closed.kind = rows.kind
                      AND closed.company_id = rows.company_id
                      AND closed.state IN ('done', 'dismissed')
                      AND closed.close_reason <> ''
                      AND closed.evidence = rows.evidence)
             ORDER BY key
                ON CONFLICT (company_id, kind, key)
                   WHERE state IN ('open', 'in_progress')
                DO UPDATE SET evidence = %(evidence)s, line_id = excluded.line_id,
                   impact_value = %(value)s, impact_orders = excluded.impact_orders,
                   write_date = excluded.write_date
             WHERE known.evidence <> excluded.evidence
            """,
            columns=columns,
            uid=self.env.uid,
            rows=sql_rows(rows, types),
            evidence=self._accumulated(
                SQL("known.evidence || E'\n' || excluded.evidence"),
                SQL("excluded.evidence"),
            ),
            value=self._accumulated(
                SQL("known.impact_value + excluded.impact_value"),
                SQL("excluded.impact_value"),
            ),
        )

    @api.model
    def _accumulated(self, added, replaced):
        """A transfer that loses more loses that, too; other evidence is replaced."""
        return SQL(
            "CASE WHEN excluded.kind = 'broken_reservation' THEN %s ELSE %s END",
            added,
            replaced,
        )

    # === BUSINESS METHODS - ESCALATION === #

    @api.model
    def _find_overdue(self, limit):
        return self.search(
            [
                ("state", "in", OPEN_EXCEPTION_STATES),
                ("deadline", "<", fields.Date.today()),
                ("escalated_at", "=", False),
            ],
            limit=limit,
        )

    def _escalate(self):
        """Overdue ones become more urgent, and whom it is escalated to hears of it;
        once."""
        quiet = self.with_context(tracking_disable=True)
        for priority, exceptions in quiet.grouped("priority").items():
            exceptions.write(
                {
                    "priority": str(min(int(priority) + 1, 3)),
                    "escalated_at": fields.Datetime.now(),
                }
            )
        for user, exceptions in self.grouped(lambda x: x._escalation_user()).items():
            if user:
                exceptions.activity_schedule(
                    "mail.mail_activity_data_todo",
                    fields.Date.today() + timedelta(days=1),
                    summary=self.env._("Overdue: decide what to do about it"),
                    user_id=user.id,
                )

    def _escalation_user(self):
        """Whom it is escalated to: by rule, else who owns the count, else its owner.

        For a module to escalate otherwise, override this method.
        """
        return (
            self.rule_id.escalation_user_id or self.session_id.user_id or self.user_id
        )
