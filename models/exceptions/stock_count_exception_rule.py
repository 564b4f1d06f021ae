from datetime import timedelta

from odoo import api, fields, models

from .stock_count_exception import DEFAULTS

# Days to solve an exception, by its priority.
DAYS = {"0": 14, "1": 7, "2": 3, "3": 1}


class StockCountExceptionRule(models.Model):
    """A rule: who owns which exceptions, and until when they are to be solved.

    The first rule that fits an exception applies.
    """

    _name = "stock.count.exception.rule"
    _description = "Count Exception Rule"
    _inherit = ["stock.count.named.records", "stock.count.audited"]
    _order = "sequence, id"
    _rec_name = "user_id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["stock.count.exception"]._fields["kind"].selection
        ),
        help="Empty: every kind.",
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        check_company=True,
        ondelete="cascade",
        help="Empty: every warehouse.",
    )
    categ_id = fields.Many2one(
        string="Category",
        comodel_name="product.category",
        ondelete="cascade",
        help="With the categories below it. Empty: every category.",
    )
    user_id = fields.Many2one(
        string="Owner",
        comodel_name="res.users",
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: the owner of the count.",
    )
    priority = fields.Selection(
        selection=[("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")],
        help="Empty: as its kind has it.",
    )
    days = fields.Integer(
        string="Days to Solve",
        help="0: by priority, from 14 days for low to 1 day for urgent.",
    )
    escalation_user_id = fields.Many2one(
        string="Escalate To",
        comodel_name="res.users",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets an activity when it is overdue. Empty: the owner of the count.",
    )

    _days_are_not_negative = models.Constraint(
        "CHECK (days >= 0)", "The days to solve an exception cannot be negative."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _route(self, rows):
        """Fill in owner, priority, deadline and next action of exceptions to raise.

        :param list rows: see ``_raise`` of ``stock.count.exception``; changed in place
        """
        companies = [row["company_id"] for row in rows]
        rules = self.sudo().search([("company_id", "in", companies)])
        paths = self._read_category_paths(rows) if rules.categ_id else {}
        owners = self._read_default_owners(rows)
        today = fields.Date.today()
        for row in rows:
            path = paths.get(row.get("product_id"), ())
            rule = next((rule for rule in rules if rule._fits(row, path)), rules[:0])
            priority, action = DEFAULTS[row["kind"]]
            priority = rule.priority or priority
            row.update(
                priority=priority,
                next_action=action,
                rule_id=rule.id or None,
                user_id=rule.user_id.id or owners[row["kind"], row["key"]] or None,
                deadline=today + timedelta(days=rule.days or DAYS[priority]),
            )

    def _fits(self, row, path):
        """Whether this rule is for an exception.

        :param dict row: of the exception
        :param path: ids of the categories of its product
        """
        return (
            self.company_id.id == row["company_id"]
            and (not self.kind or self.kind == row["kind"])
            and (not self.warehouse_id or self.warehouse_id.id == row["warehouse_id"])
            and (not self.categ_id or self.categ_id.id in path)
        )

    @api.model
    def _read_category_paths(self, rows):
        """The category of each product, and those above it.

        :return: dict product id → list of category ids
        """
        ids = {row["product_id"] for row in rows if row.get("product_id")}
        return {
            product.id: [
                int(part)
                for part in (product.categ_id.parent_path or "").split("/")
                if part
            ]
            for product in self.env["product.product"].sudo().browse(ids)
        }

    @api.model
    def _read_default_owners(self, rows):
        """The owner of each exception's session, or else of its transfer.

        For a module to choose others, override this method.

        :return: dict (kind, key) → id of a user, or False
        """
        sessions, pickings = self.env["stock.count.session"], self.env["stock.picking"]
        sessions = sessions.sudo().browse(
            {row["session_id"] for row in rows if row.get("session_id")}
        )
        pickings = pickings.sudo().browse(
            {row["picking_id"] for row in rows if row.get("picking_id")}
        )
        # Archived users, and users that are no persons, get nothing to do.
        by_session, by_picking = (
            {record.id: record.user_id.filtered("active").id for record in records}
            for records in (sessions, pickings)
        )
        return {
            (row["kind"], row["key"]): by_session.get(row.get("session_id"))
            or by_picking.get(row.get("picking_id"))
            for row in rows
        }
