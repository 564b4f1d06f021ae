from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..shared.keys import same_key
from ..shared.quantities import quantity_digits


class Promise(NamedTuple):
    """What a stock move loses.

    :param move: the move, a record in sudo mode
    :param qty: product units
    :param line_id: the count line that takes it
    """

    move: models.Model
    qty: float
    line_id: int


class StockCountPromise(models.AbstractModel):
    """Promises: the transfers, customers and orders that lose reserved stock to a
    shortage."""

    _name = "stock.count.promise"
    _description = "Promise Impact of Counts"

    # === BUSINESS METHODS - BEFORE POSTING === #

    @api.model
    def _read_promises(self, lines):
        """What posting the shortages of these lines would take from transfers.

        Transfers lose in the order in which Odoo frees reservations. Goods that are
        ticked as picked stay reserved.

        :return: dict line id → list of ``Promise``, without lines that break none
        """
        # Fetch all at once: Odoo would prefetch a thousand at a time.
        lines.fetch(["variance_qty"])
        ids = lines.filtered(lambda line: line.variance_qty < 0).ids
        if not ids:
            return {}
        missing, taken = {}, defaultdict(list)
        for line_id, over, move_id, qty in self._read_reservations(ids):
            left = missing.get(line_id, over)
            if left > 0:
                taken[line_id].append((move_id, min(left, qty)))
            missing[line_id] = left - qty
        return self._with_moves(taken)

    @api.model
    def _read_reservations(self, line_ids):
        """Read reservations at keys where more is reserved than will be left.

        :return: rows (line id, quantity reserved too much, move id, quantity reserved
            for the move), by line in the order in which moves lose
        """
        self.env["stock.count.book"]._flush()
        self.env["stock.picking"].flush_model(["scheduled_date"])
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, book.reserved - book.qty - line.variance_qty,
                       ml.move_id, ml.quantity_product_uom
                  FROM stock_count_line line
                 CROSS JOIN LATERAL (
                       SELECT sum(quant.quantity) AS qty,
                              sum(quant.reserved_quantity) AS reserved
                         FROM stock_quant quant WHERE %s) book
                  JOIN stock_move_line ml ON %s AND NOT ml.picked
                       AND ml.state NOT IN ('draft', 'done', 'cancel')
                       AND ml.quantity_product_uom > 0
                  JOIN stock_move move ON move.id = ml.move_id
                  LEFT JOIN stock_picking picking ON picking.id = ml.picking_id
                 WHERE line.id = ANY(%s) AND line.variance_qty < 0
                   AND line.is_counted AND line.round > line.posted_round
                   AND book.reserved > book.qty + line.variance_qty
                 ORDER BY line.id, %s
                """,
                same_key("quant", "line"),
                same_key("ml", "line"),
                list(line_ids),
                self._losing_first(),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _losing_first(self):
        """SQL: the order in which move lines ``ml`` lose their reservation.

        It is Odoo's order: lines without a transfer come first, then those of transfers
        that are due last. Needs their ``move`` and ``picking``.
        """
        return SQL(
            "ml.picking_id IS NOT NULL,"
            " COALESCE(picking.scheduled_date, move.date) DESC NULLS LAST, ml.id DESC"
        )

    @api.model
    def _with_moves(self, taken):
        """Make ``Promise`` of rows, with moves that Odoo prefetches together.

        :param dict taken: line id → list of pairs (move id, quantity)
        """
        ids = {move_id for rows in taken.values() for move_id, _qty in rows}
        moves = {move.id: move for move in self.env["stock.move"].sudo().browse(ids)}
        return {
            line_id: [Promise(moves[move_id], qty, line_id) for move_id, qty in rows]
            for line_id, rows in taken.items()
        }

    # === BUSINESS METHODS - POSTING === #

    @api.model
    def _read_reserved(self, moves):
        """Read the reservations of open moves at the sources of count moves.

        :param moves: the moves of a count
        :return: dict move id → (product units, id of the count line)
        """
        self.env["stock.count.book"]._flush()
        self.env.cr.execute(
            SQL(
                """
                SELECT reserved.move_id, sum(reserved.quantity_product_uom),
                       min(move.count_line_id)
                  FROM (SELECT DISTINCT other.move_id, ml.move_id AS count_move_id
                          FROM stock_move_line ml
                          JOIN stock_move_line other ON %s
                               AND other.state NOT IN ('draft', 'done', 'cancel')
                               AND other.quantity_product_uom > 0
                         WHERE ml.move_id = ANY(%s)) found
                  JOIN stock_move move ON move.id = found.count_move_id
                  JOIN stock_move_line reserved ON reserved.move_id = found.move_id
                   AND reserved.state NOT IN ('draft', 'done', 'cancel')
                 GROUP BY reserved.move_id, found.count_move_id
                """,
                same_key("other", "ml"),
                moves.ids,
            )
        )
        return {
            move_id: (qty, line_id) for move_id, qty, line_id in self.env.cr.fetchall()
        }

    @api.model
    def _read_lost(self, reserved):
        """Compare reservations with those from before a posting.

        :param dict reserved: what ``_read_reserved`` returned before
        :return: list of ``Promise``, for moves that have less reserved now
        """
        if not reserved:
            return []
        left = self._read_left(reserved)
        digits = quantity_digits(self.env)
        lost = {
            move_id: (round(float(qty) - left.get(move_id, 0), digits), line_id)
            for move_id, (qty, line_id) in reserved.items()
        }
        ids = [move_id for move_id, (qty, _line_id) in lost.items() if qty > 0]
        moves = self.env["stock.move"].sudo().browse(ids)
        return [
            Promise(move, *lost[move.id]) for move in moves if move.state != "cancel"
        ]

    @api.model
    def _read_left(self, move_ids):
        """What is reserved by moves now: dict move id → product units."""
        groups = self.env["stock.move.line"]._read_group(
            [
                ("move_id", "in", list(move_ids)),
                ("state", "not in", ("draft", "cancel")),
            ],
            ["move_id"],
            ["quantity_product_uom:sum"],
        )
        return {move.id: qty for move, qty in groups}

    # === BUSINESS METHODS - TEXTS === #

    @api.model
    def _describe(self, promises):
        """A text with quantity, product, transfer and order of each promise."""
        return ", ".join(self._describe_one(promise) for promise in promises)

    @api.model
    def _describe_one(self, promise):
        move = promise.move
        return self.env._(
            "%(qty)s %(uom)s of %(product)s for %(transfer)s",
            qty=f"{promise.qty:g}",
            uom=move.product_id.uom_id.name,
            product=move.product_id.display_name,
            transfer=self._name_of(move),
        )

    @api.model
    def _name_of(self, move):
        """The name of a move's transfer, with customer and order."""
        picking = move.picking_id
        name = picking.name or move.reference or move.display_name
        whose = [picking.partner_id.display_name, self._order_of(picking)]
        whose = ", ".join(part for part in whose if part)
        return f"{name} ({whose})" if whose else name

    @api.model
    def _order_of(self, picking):
        """The number of a transfer's sale order, or its source document."""
        order = picking.sale_id.name if "sale_id" in picking._fields else ""
        return order or picking.origin or ""
