from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...const import OPEN_EXCEPTION_STATES
from ...rights import check_lead
from ..shared.hostile_values import check_texts

# Fields that a lead may write. Only verbs write the others.
WRITABLE = {"user_id", "priority", "deadline", "close_reason"}
# How the names of the chatter's fields begin, which a form also writes.
CHATTER = ("message_", "activity_", "website_message_", "rating_")
# By kind: the default priority, and the next action.
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


class StockCountException(models.Model):
    """An exception: a problem with an owner, evidence and a next action.

    The same problem has one open exception, however often it comes up. An exception is
    closed when its problem is gone, or when a person says why it may be closed.
    """

    _name = "stock.count.exception"
    _description = "Count Exception"
    _inherit = ["stock.count.named.records", "stock.count.chatter"]
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
        f"(company_id, kind, key) WHERE state IN {OPEN_EXCEPTION_STATES}",
        "There is an open exception about this already.",
    )
    _key_index = models.Index("(key, kind)")
    _deadline_index = models.Index(f"(deadline) WHERE state IN {OPEN_EXCEPTION_STATES}")

    # === COMPUTE METHODS === #

    @api.depends("kind", "name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for exception in self:
            kind = kinds.get(exception.kind, "")
            exception.display_name = f"{kind}: {exception.name}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Count exceptions are raised by what happens, not by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse what only verbs may write, also by RPC."""
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
        """Do the next action of this exception, and take it up.

        It is a verb of its line or transfer, or opens a screen.

        :return: True, or an action
        :raise AccessError: when the user is no counting lead, or may not do it
        :raise UserError: when the exception is closed
        """
        self.ensure_one()
        check_lead(self, "write")
        self._check_open()
        self._take_up()
        result = getattr(self, f"_next_{self.next_action}")()
        self._find_cleared()._close_solved()
        return result

    def action_assign_to_me(self):
        """Make this user the owner of these exceptions.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when one of them is closed
        """
        check_lead(self, "write")
        self._check_open()
        self.write({"user_id": self.env.uid})
        return True

    def action_done(self, reason=None):
        """Close these exceptions as solved.

        :param str reason: why, if the problem is still there; by default the field
            Reason
        :raise AccessError: when the user is no counting lead
        :raise UserError: when one is closed, or its problem is still there and it has
            no reason
        """
        check_lead(self, "write")
        check_texts(self.env, reason)
        self._check_open()
        cleared = self._find_cleared()
        (self - cleared)._check_proof()
        left = (self - cleared)._without_reason(reason)
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
        """Close these exceptions without solving them.

        :param str reason: why; by default the field Reason
        :raise AccessError: when the user is no counting lead
        :raise UserError: when one is closed or has no reason
        """
        check_lead(self, "write")
        check_texts(self.env, reason)
        self._check_open()
        (self - self._find_cleared())._check_proof()
        left = self._without_reason(reason)
        if left:
            raise UserError(
                self.env._(
                    "%s: say in Reason why nothing is done about it.",
                    left[0].display_name,
                )
            )
        self._close("dismissed", reason)
        return True

    def _without_reason(self, reason):
        """Those of these exceptions without a reason."""
        if reason and str(reason).strip():
            return self.browse()
        return self.filtered(lambda x: not (x.close_reason or "").strip())

    # === BUSINESS METHODS - STATE === #

    def _check_open(self):
        """Check that these exceptions are open.

        :raise UserError: naming one that is closed
        """
        for exception in self:
            if exception.state not in OPEN_EXCEPTION_STATES:
                raise UserError(
                    self.env._("%s is closed already.", exception.display_name)
                )

    def _take_up(self):
        """Set these exceptions in progress. This user becomes the owner of those
        without one."""
        for exception in self.sudo():
            values = {"state": "in_progress"}
            if not exception.user_id:
                values["user_id"] = self.env.uid
            exception.write(values)

    def _close(self, state, reason=None):
        """Close exceptions in the name of this user.

        :param str state: ``done`` or ``dismissed``
        :param str reason: is written to all of them, if given
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
        """Close exceptions whose problem is gone.

        There may be thousands, so they are closed in one statement, without a message
        in each chatter. They keep who closed them, and when.
        """
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
                 WHERE id = ANY(%(ids)s) AND state IN %(open)s
                """,
                open=OPEN_EXCEPTION_STATES,
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
        """Those of these exceptions whose problem is gone."""
        cleared = self.env["stock.count.watch"].sudo()._find_cleared(self.sudo())
        return self.browse(cleared.ids)

    # === BUSINESS METHODS - ESCALATION === #

    @api.model
    def _find_overdue(self, limit):
        """Overdue exceptions that were not escalated yet."""
        return self.search(
            [
                ("state", "in", OPEN_EXCEPTION_STATES),
                ("deadline", "<", fields.Date.today()),
                ("escalated_at", "=", False),
            ],
            limit=limit,
        )

    def _escalate(self):
        """Raise the priority of overdue exceptions, and schedule an activity for the
        user that they are escalated to."""
        quiet = self.with_context(tracking_disable=True)
        for priority, exceptions in quiet.grouped("priority").items():
            exceptions.write(
                {
                    "priority": str(min(int(priority) + 1, 3)),
                    "escalated_at": fields.Datetime.now(),
                }
            )
        for user, exceptions in self.grouped(lambda x: x._escalation_user()).items():
            exceptions._give_task(
                user,
                date_deadline=fields.Date.today() + timedelta(days=1),
                summary=self.env._("Overdue: decide what to do about it"),
            )

    def _escalation_user(self):
        """The user to escalate to: by the rule, or else the owner of the session, or
        else the owner of the exception.

        For a module to escalate to others, override this method.
        """
        return (
            self.rule_id.escalation_user_id or self.session_id.user_id or self.user_id
        )
