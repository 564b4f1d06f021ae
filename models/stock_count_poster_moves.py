from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import SQL


class StockCountPosterMoves(models.AbstractModel):
    """Stock moves made and done many at a time, each key's book checked afterwards."""

    _name = "stock.count.poster.moves"
    _description = "Stock Moves of Counts"

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_move(
        self,
        line,
        qty,
        *,
        product_id,
        location_id,
        location_dest_id,
        lot_id,
        owner_id,
        package_id,
        result_package_id,
        reason=None,
    ):
        """Values of a move that a count makes, with its one move line.

        For a module to add to count moves, override this method.

        :param line: the count line that the move is for
        :param float qty: product units, positive
        :param reason: the line's own or that of a location move where None
        """
        if reason is None:
            reason = line.reason_id or self._move_reason()
        # Read together with the products of the other lines, not one by one.
        products = self.env["product.product"].with_prefetch(
            line.product_id._prefetch_ids
        )
        uom = products.browse(product_id).uom_id.id
        shared = {
            "product_id": product_id,
            "location_id": location_id,
            "location_dest_id": location_dest_id,
            "company_id": line.company_id.id,
        }
        return {
            **shared,
            "product_uom": uom,
            # Odoo would make a second record of each move to compute this one.
            "packaging_uom_id": uom,
            "product_uom_qty": qty,
            "state": "confirmed",
            "restrict_partner_id": owner_id,
            "is_inventory": True,
            "inventory_name": line.session_id.name,
            "origin": line.session_id.name,
            "picked": True,
            "count_line_id": line.id,
            "count_session_id": line.session_id.id,
            "count_reason_id": reason.id,
            "count_booked_at": line.session_id._booked_at(),
            "move_line_ids": [
                Command.create(
                    {
                        **shared,
                        "product_uom_id": uom,
                        "quantity": qty,
                        "picked": True,
                        "lot_id": lot_id,
                        "owner_id": owner_id,
                        "package_id": package_id,
                        "result_package_id": result_package_id,
                    }
                )
            ],
        }

    @api.model
    def _check_reason(self, line, variance):
        """Refuse a reason chosen before the line had this sign."""
        if line.reason_id:
            line.reason_id._check_fits(variance)

    @api.model
    def _move_reason(self):
        """What was found elsewhere is neither short nor over."""
        return (
            self.env.ref("stock_count.reason_move", raise_if_not_found=False)
            or (self.env["stock.count.reason"])
        )

    @api.model
    def _reason(self, line, variance):
        sign = "overage" if variance > 0 else "shortage"
        return line.reason_id or line.company_id[f"count_{sign}_reason_id"]

    @api.model
    def _do_moves(self, values, outcome):
        """Make and finish the moves of a chunk.

        They neither reserve nor unreserve for themselves: half the time of Odoo's own
        apply goes into that. What a shortage takes from other reservations is freed
        afterwards.
        """
        moves = self.env["stock.move"].with_context(
            inventory_mode=False, count_posting=True, ignore_dest_packages=True
        )
        moves = moves.create(values)
        locked = self._lock_quants(moves)
        moves.with_context(count_locked_quants=locked)._count_finish()
        self._free_reservations(moves, outcome)
        outcome.move_ids += moves.ids
        outcome.counts["moves"] += len(moves)

    @api.model
    def _lock_quants(self, moves):
        """Make, lock and read the quants of a chunk at once; Odoo would do so line by
        line. As Odoo does, what somebody else has locked is skipped.

        :return: the ids of the quants that are locked
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        Quant = self.env["stock.quant"]
        Quant._count_create_empty(self._read_missing_quants(moves))
        Quant.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_quant WHERE id IN (
                    SELECT quant.id FROM %s JOIN stock_quant quant ON %s)
                 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
                """,
                self._ends(moves),
                Book._same_key("quant", "ends"),
            )
        )
        ids = frozenset(quant_id for (quant_id,) in self.env.cr.fetchall())
        Quant.browse(ids).fetch()
        return ids

    @api.model
    def _read_missing_quants(self, moves):
        """The keys that moves lead to and that have no quant yet.

        A lot's shortage may be taken from untracked stock instead, so a missing quant
        of a lot is none at the source, unless that is where losses are booked.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT product_id, location_id, lot_id, package_id, owner_id
                  FROM %s
                 WHERE (incoming OR lot_id IS NULL OR EXISTS (
                        SELECT FROM stock_location location
                         WHERE location.id = ends.location_id
                           AND location.usage = 'inventory'))
                   AND NOT EXISTS (SELECT FROM stock_quant quant WHERE %s)
                """,
                self._ends(moves),
                self.env["stock.count.book"]._same_key("quant", "ends"),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _ends(self, moves):
        """SQL: the keys at both ends of the moves' lines."""
        return SQL(
            """
            (SELECT product_id, location_id, lot_id, package_id, owner_id,
                    FALSE AS incoming
               FROM stock_move_line WHERE move_id = ANY(%(ids)s)
              UNION ALL
             SELECT product_id, location_dest_id, lot_id, result_package_id, owner_id,
                    TRUE
               FROM stock_move_line WHERE move_id = ANY(%(ids)s)) ends
            """,
            ids=moves.ids,
        )

    @api.model
    def _free_reservations(self, moves, outcome):
        """Free what is reserved beyond what is left, as Odoo does, and name it."""
        over_reserved = self._read_over_reserved(moves)
        if not over_reserved:
            return
        reserved = self.env["stock.count.promise"]._read_reserved(moves)
        # Named at the end: what is freed here may be reserved elsewhere.
        outcome.reserved = {**reserved, **outcome.reserved}
        for ml, missing in over_reserved:
            ml.with_context(count_posting=False)._free_reservation(
                ml.product_id,
                ml.location_id,
                missing,
                lot_id=ml.lot_id,
                package_id=ml.package_id,
                owner_id=ml.owner_id,
            )
            outcome.counts["unreserved"] += missing

    @api.model
    def _read_over_reserved(self, moves):
        """The moves' lines at whose source more is reserved than is left, and how
        much."""
        Book = self.env["stock.count.book"]
        Book._flush()
        self.env.cr.execute(
            SQL(
                """
                SELECT ml.id, over.qty
                  FROM stock_move_line ml
                  JOIN stock_location location ON location.id = ml.location_id
                 CROSS JOIN LATERAL (
                       SELECT sum(quant.reserved_quantity) - sum(quant.quantity) AS qty
                         FROM stock_quant quant WHERE %s
                        HAVING sum(quant.reserved_quantity) > 0) over
                 WHERE ml.move_id = ANY(%s) AND over.qty > 0
                   AND location.usage IN ('internal', 'transit')
                """,
                Book._same_key("quant", "ml"),
                moves.ids,
            )
        )
        return [
            (self.env["stock.move.line"].browse(ml_id), qty)
            for ml_id, qty in self.env.cr.fetchall()
        ]

    @api.model
    def _check_books(self, lines, verdicts):
        """The book of each key must be its target: Odoo may take a lot's shortage from
        untracked stock without saying so.

        :raise ValidationError: rolls the chunk back
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        recorder = self.env["stock.count.recorder"]
        keys = {
            row["id"]: recorder._key_of(row)
            for row in recorder._read_lines(lines.ids).values()
        }
        books = Book._read_books(list(keys.values()))
        digits = Book._digits()
        for line in lines:
            fact, verdict = verdicts[line.id]
            book, _picked = books[keys[line.id]]
            if round(book - fact.book_now - verdict.variance, digits):
                raise ValidationError(
                    self.env._(
                        "Posting did not lead to the counted quantity: other stock of"
                        " the product at this place (without lot, or in another"
                        " package) was changed instead. Count that stock, too."
                    )
                )
