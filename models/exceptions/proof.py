from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import CLOSED_STATES, OPEN_EXCEPTION_STATES
from ..shared.keys import sql_rows
from .repeats import KINDS

TASK = "mail.mail_activity_data_todo"
# A root cause is verified at the places where it was last given, so many at most.
MOST = 100


class StockCountException(models.Model):
    """Repeated variances and causes: only a verification count without a variance
    closes them."""

    _inherit = "stock.count.exception"

    reason_id = fields.Many2one(
        string="Root Cause",
        comodel_name="stock.count.reason",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    verification_id = fields.Many2one(
        string="Verification Count",
        comodel_name="stock.count.session",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The count that has to find no variance before this can be closed.",
    )

    # === ACTION METHODS === #

    def _next_verify(self):
        """Open the verification count, and make it if there is none."""
        self._schedule_verifications()
        return self.verification_id.action_open_sheet()

    # === BUSINESS METHODS === #

    def _check_proof(self):
        """Refuse to close exceptions that need a verification count.

        :raise UserError: naming one and its count
        """
        for exception in self.filtered(lambda x: x.kind in KINDS):
            raise UserError(
                self.env._(
                    "%(name)s: only a count without a variance closes it. Have"
                    " %(count)s counted and posted.",
                    name=exception.display_name,
                    count=exception.verification_id.name
                    or self.env._("its verification"),
                )
            )

    def _schedule_verifications(self):
        """Make a verification count for exceptions without an open one.

        Makes one count for each warehouse and owner, and gives the owner a task.
        """
        waiting = self.sudo().filtered(
            lambda x: (
                x.kind in KINDS
                and x.state in OPEN_EXCEPTION_STATES
                and x.verification_id.state in (False, *CLOSED_STATES)
            )
        )
        groups = waiting.grouped(lambda x: (x.company_id, x.warehouse_id, x.user_id))
        for some in groups.values():
            some._schedule_verification()

    def _schedule_verification(self):
        """Make one count that verifies all of these exceptions and nothing else."""
        keys = self._read_keys_to_verify()
        session = self.env["stock.count.session"].create(
            self._prepare_verification(keys)
        )
        self.env["stock.count.generator"]._insert_keys(session, keys)
        self.verification_id = session
        session._give_task(
            session.user_id,
            date_deadline=session.date_due,
            summary=self.env._("Find the cause and put it right, then count"),
            note=Markup("<br/>").join(self[:MOST].mapped("display_name")),
        )

    def _prepare_verification(self, keys):
        """Values of the verification count. It is blind: a counter who sees what is
        expected proves nothing."""
        name = self.name if len(self) == 1 else self.env._("%s repeats", len(self))
        return {
            "company_id": self.company_id.id,
            "warehouse_id": self.warehouse_id.id,
            "location_ids": [fields.Command.set({key[1] for key in keys})],
            "description": self.env._("Verification: %s", name)[:255],
            "user_id": self.user_id.id or self.env.user.filtered("active").id,
            "date_due": min(self.filtered("deadline").mapped("deadline"), default=None),
            "blind": True,
        }

    def _read_keys_to_verify(self):
        """Read the keys that a verification count has to count.

        :return: list of natural keys: those of the counts that raised the exceptions,
            and those with stock now
        """
        pairs = self._read_pairs()
        self.env["stock.count.book"]._flush()
        rows = [{"product": product, "place": place} for product, place in pairs]
        key = SQL(
            """
            known.product_id, known.location_id, COALESCE(known.lot_id, 0), '',
            COALESCE(known.package_id, 0), COALESCE(known.owner_id, 0)
            """
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT %(key)s FROM %(rows)s JOIN stock_count_line known
                    ON known.product_id = rows.product
                   AND known.location_id = rows.place
                   AND known.session_id = ANY(%(sessions)s)
                   AND COALESCE(known.lot_name, '') = ''
                 UNION
                SELECT %(key)s FROM %(rows)s JOIN stock_quant known
                    ON known.product_id = rows.product
                   AND known.location_id = rows.place AND known.quantity <> 0
                """,
                key=key,
                rows=sql_rows(rows, "product int, place int"),
                sessions=self.session_id.ids,
            )
        )
        return self.env.cr.fetchall()

    def _read_pairs(self):
        """The products and locations of these exceptions, or where their root cause was
        last given.

        :return: set of pairs (product id, location id)
        """
        pairs = {(x.product_id.id, x.location_id.id) for x in self if x.product_id}
        for cause in self.filtered("reason_id"):
            lines = self.env["stock.count.line"].search(
                [
                    ("reason_id", "=", cause.reason_id.id),
                    ("session_id.warehouse_id", "=", cause.warehouse_id.id),
                    ("state", "=", "posted"),
                    ("posted_qty", "!=", 0),
                ],
                order="posted_at desc, id desc",
                limit=MOST,
            )
            pairs |= {(line.product_id.id, line.location_id.id) for line in lines}
        return pairs

    @api.model
    def _products_to_verify(self, session):
        """Domain that keeps a verification count to its products, also after a refresh.

        Answers the question ``products_in_scope``.
        """
        verifies = session._origin and self.sudo().search_count(
            [("verification_id", "=", session._origin.id)], limit=1
        )
        if not verifies:
            return Domain.TRUE
        return Domain("id", "in", session.sudo().line_ids.product_id.ids)

    def _finish_tasks(self):
        """End the owner's task when a count has no open exception left to verify."""
        counts = self.sudo().verification_id
        left = self.sudo().search(
            [
                ("verification_id", "in", counts.ids),
                ("state", "in", OPEN_EXCEPTION_STATES),
            ]
        )
        (counts - left.verification_id).activity_unlink([TASK])
