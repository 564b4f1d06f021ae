from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import UNHELD_STATES
from ...domain.matching import Imbalance, propose_moves
from ..shared.keys import sql_rows
from ..shared.quantities import quantity_digits


class StockCountMatch(models.Model):
    """A match: a shortage and an overage of one thing, which was moved, not lost.

    The addon proposes a match within a session, a person accepts it, and posting makes
    one move between the two locations.
    """

    _name = "stock.count.match"
    _description = "Proposed Location Move"
    _order = "qty desc, id"
    _log_access = False

    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="session_id.company_id")
    shortage_line_id = fields.Many2one(
        string="Missing",
        comodel_name="stock.count.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    overage_line_id = fields.Many2one(
        string="Too Much",
        comodel_name="stock.count.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(related="shortage_line_id.product_id")
    qty = fields.Float(string="Quantity", digits="Product Unit", required=True)
    state = fields.Selection(
        string="Status",
        selection=[
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("posted", "Posted"),
            ("void", "Void"),
        ],
        default="proposed",
        required=True,
    )
    accepted_by_id = fields.Many2one(comodel_name="res.users")

    _quantity_is_positive = models.Constraint(
        "CHECK (qty > 0)", "A location move moves something."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _propose(self, session):
        """Replace the proposed matches of a session by new ones.

        Accepted matches stay, and only what they leave is matched.

        :return: the new matches
        """
        Lines = self.env["stock.count.line"].sudo()
        Lines.flush_model()
        self.flush_model()
        self.env.cr.execute(
            "DELETE FROM stock_count_match WHERE session_id = %s"
            " AND state = 'proposed'",
            [session.id],
        )
        self.invalidate_model()
        digits = quantity_digits(self.env)
        pairs = propose_moves(self._read_imbalances(session), digits)
        matches = self.sudo()._insert(session, pairs)
        Lines.invalidate_model(["match_out_ids", "match_in_ids"])
        return matches

    @api.model
    def _insert(self, session, pairs):
        """Insert proposed matches, in one statement for thousands of them.

        :param list pairs: ``shortage_id``, ``overage_id`` and ``qty`` of each
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_match (session_id, shortage_line_id,
                       overage_line_id, qty, state)
                SELECT %s, shortage_id, overage_id, qty, 'proposed' FROM %s
                RETURNING id
                """,
                session.id,
                sql_rows(
                    [pair._asdict() for pair in pairs],
                    "shortage_id int, overage_id int, qty numeric",
                ),
            )
        )
        return self.browse(match_id for (match_id,) in self.env.cr.fetchall())

    @api.model
    def _read_imbalances(self, session):
        """Read the unposted variances, less what accepted matches take.

        Serial numbers and packages are left out: posting moves them without a match.

        :return: list of ``Imbalance``
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.variance_qty + %s - %s,
                       line.product_id, line.lot_id, line.lot_name, line.owner_id
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 WHERE line.session_id = %s AND line.is_counted
                   AND line.package_id IS NULL
                   AND line.state IN %s AND line.variance_qty <> 0
                   AND template.tracking <> 'serial'
                 ORDER BY line.id
                """,
                self._accepted_qty("shortage_line_id"),
                self._accepted_qty("overage_line_id"),
                session.id,
                UNHELD_STATES,
            )
        )
        return [
            Imbalance(line_id, tuple(group), qty)
            for line_id, qty, *group in self.env.cr.fetchall()
            if qty
        ]

    @api.model
    def _accepted_qty(self, side):
        """SQL: product units of the accepted matches that have ``line`` on a side."""
        return SQL(
            """
            COALESCE((SELECT sum(qty) FROM stock_count_match
                       WHERE %s = line.id AND state = 'accepted'), 0)
            """,
            SQL.identifier(side),
        )

    @api.model
    def _forget_proposed(self, line_ids):
        """Delete the proposed matches of lines whose count has changed."""
        if not line_ids:
            return
        self.flush_model()
        self.env.cr.execute(
            "DELETE FROM stock_count_match WHERE state = 'proposed'"
            " AND (shortage_line_id = ANY(%(ids)s) OR overage_line_id = ANY(%(ids)s))",
            {"ids": list(line_ids)},
        )
        if self.env.cr.rowcount:
            self.invalidate_model()
            matches = ["match_out_ids", "match_in_ids"]
            self.env["stock.count.line"].invalidate_model(matches)

    def _accept(self):
        """Accept proposed matches in the name of this user.

        :raise UserError: when none of them is proposed
        """
        proposed = self.filtered(lambda match: match.state == "proposed")
        if not proposed:
            raise UserError(
                self.env._("No location move is proposed here: propose moves first.")
            )
        proposed.sudo().write({"state": "accepted", "accepted_by_id": self.env.uid})
        return True
