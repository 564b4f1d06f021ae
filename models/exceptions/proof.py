from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import CLOSED_STATES, OPEN_EXCEPTION_STATES
from ..shared.keys import sql_rows

# Kinds that close on the evidence of a count only.
PROVEN = ("repeated_variance", "repeated_cause")
TASK = "mail.mail_activity_data_todo"
# A cause that was given more often is verified where it was given last.
MOST = 100


class StockCountException(models.Model):
    """What comes up again is a task with an owner, and closes on one evidence only: a
    count that finds no variance any more."""

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
        """Open the count that verifies it, which is made where there is none yet."""
        self._schedule_verifications()
        return self.verification_id.action_open_sheet()

    # === BUSINESS METHODS === #

    def _check_proof(self):
        """A reason is no proof that what came up again is over.

        :raise UserError: when one of these waits for its verification count
        """
        for exception in self.filtered(lambda x: x.kind in PROVEN):
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
        """Make a count for those that have none to come: one for each warehouse and
        owner, due when they are, with a task for the owner."""
        waiting = self.sudo().filtered(
            lambda x: (
                x.kind in PROVEN
                and x.state in OPEN_EXCEPTION_STATES
                and x.verification_id.state in (False, *CLOSED_STATES)
            )
        )
        groups = waiting.grouped(lambda x: (x.company_id, x.warehouse_id, x.user_id))
        for some in groups.values():
            some._schedule_verification()

    def _schedule_verification(self):
        """Make one count for all of these, of what they are about and nothing else."""
        keys = self._read_keys_to_verify()
        session = self.env["stock.count.session"].create(
            self._prepare_verification(keys)
        )
        self.env["stock.count.generator"]._insert_keys(session, keys)
        self.verification_id = session
        if session.user_id:
            session.activity_schedule(
                TASK,
                session.date_due,
                summary=self.env._("Find the cause and put it right, then count"),
                note=Markup("<br/>").join(self[:MOST].mapped("display_name")),
                user_id=session.user_id.id,
            )

    def _prepare_verification(self, keys):
        """Values of the count; blind, because what is expected proves nothing."""
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
        """What the counts that raised these had there, and what is booked there now."""
        pairs = self._read_pairs()
        Book = self.env["stock.count.book"]
        Book._flush()
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
        """The products and places that these are about, or where their cause was given
        last."""
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
        """A verification count stays about what it verifies, also when it is refreshed.

        :rtype: Domain
        """
        verifies = session._origin and self.sudo().search_count(
            [("verification_id", "=", session._origin.id)], limit=1
        )
        if not verifies:
            return Domain.TRUE
        return Domain("id", "in", session.sudo().line_ids.product_id.ids)

    def _finish_tasks(self):
        """With the last exception that a count verifies its owner's task is done."""
        counts = self.sudo().verification_id
        left = self.sudo().search(
            [
                ("verification_id", "in", counts.ids),
                ("state", "in", OPEN_EXCEPTION_STATES),
            ]
        )
        (counts - left.verification_id).activity_unlink([TASK])
