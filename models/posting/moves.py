from collections import Counter

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ..shared.keys import key_of, same_key, sql_rows
from ..shared.quantities import quantity_digits


class StockCountPoster(models.AbstractModel):
    """Stock moves made and done many at a time, each key's book checked afterwards."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

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
        product = self.env["product.product"].browse(product_id)
        uom = product.with_prefetch(line.product_id._prefetch_ids).uom_id.id
        shared = {
            "product_id": product_id,
            "location_id": location_id,
            "location_dest_id": location_dest_id,
            "company_id": line.company_id.id,
        }
        return {
            **shared,
            "product_uom": uom,
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

        Nothing is flushed here: what the moves say is written once, when it is final.

        :return: the ids of the quants that are locked
        """
        Quant = self.env["stock.quant"]
        ends = self._ends(moves)
        made = Quant._count_create_empty(self._read_missing_quants(ends))
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_quant WHERE id IN (
                    SELECT quant.id FROM %s JOIN stock_quant quant ON %s)
                 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
                """,
                ends,
                same_key("quant", "rows"),
            )
        )
        ids = frozenset(quant_id for (quant_id,) in self.env.cr.fetchall())
        # What has just been made is known.
        Quant.browse(ids.difference(made.ids)).fetch()
        return ids

    @api.model
    def _read_missing_quants(self, ends):
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
                         WHERE location.id = rows.location_id
                           AND location.usage = 'inventory'))
                   AND NOT EXISTS (SELECT FROM stock_quant quant WHERE %s)
                """,
                ends,
                same_key("quant", "rows"),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _ends(self, moves):
        """SQL: the keys at both ends of the moves' lines, as ``rows``."""
        ends = []
        for ml in moves.move_line_ids:
            thing = {
                "product_id": ml.product_id.id,
                "lot_id": ml.lot_id.id or None,
                "owner_id": ml.owner_id.id or None,
            }
            ends += (
                {
                    **thing,
                    "location_id": ml.location_id.id,
                    "package_id": ml.package_id.id or None,
                    "incoming": False,
                },
                {
                    **thing,
                    "location_id": ml.location_dest_id.id,
                    "package_id": ml.result_package_id.id or None,
                    "incoming": True,
                },
            )
        types = (
            "product_id int, location_id int, lot_id int, package_id int, owner_id int,"
            " incoming boolean"
        )
        return sql_rows(ends, types)

    @api.model
    def _free_reservations(self, moves, outcome):
        """Free what is reserved beyond what is left, and name it.

        The reservations that Odoo would free line by line, written together; their
        moves look for other stock together, when all is freed.
        """
        losses = self._read_losses(moves)
        if not losses:
            return
        Promises = self.env["stock.count.promise"]
        # Named at the end: what is freed here may be reserved elsewhere.
        outcome.reserved = {**Promises._read_reserved(moves), **outcome.reserved}
        lines = self.env["stock.move.line"].browse(losses)
        losers = lines.move_id
        rests = lines.grouped(lambda ml: self._rest(ml, losses[ml.id]))
        gone = rests.pop(0, lines.browse())
        for rest, same in rests.items():
            same.write({"quantity": rest})
        losers.write(
            {"procure_method": "make_to_stock", "move_orig_ids": [Command.clear()]}
        )
        gone.unlink()
        losers._action_assign()
        outcome.counts["unreserved"] += sum(losses.values())

    @api.model
    def _rest(self, ml, loss):
        """What stays reserved by a move line, in its own unit."""
        uom = ml.product_id.uom_id
        if uom.compare(ml.quantity_product_uom, loss) <= 0:
            return 0
        return ml.quantity - uom._compute_quantity(
            loss, ml.product_uom_id, rounding_method="HALF-UP"
        )

    @api.model
    def _read_losses(self, moves):
        """What open move lines lose because more is reserved than is left where these
        moves took from.

        :return: dict move line id → product units, in the order of the moves
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        self.env["stock.picking"].flush_model(["scheduled_date"])
        self.env.cr.execute(
            SQL(
                """
                WITH source AS (
                    SELECT product_id, location_id, lot_id, package_id, owner_id,
                           min(id) AS first
                      FROM stock_move_line WHERE move_id = ANY(%(moves)s)
                     GROUP BY product_id, location_id, lot_id, package_id, owner_id),
                over AS (
                    SELECT source.*, book.qty
                      FROM source
                      JOIN stock_location location ON location.id = source.location_id
                       AND location.usage IN ('internal', 'transit')
                     CROSS JOIN LATERAL (
                           SELECT sum(quant.reserved_quantity) - sum(quant.quantity)
                                  AS qty
                             FROM stock_quant quant WHERE %(quants)s
                            HAVING sum(quant.reserved_quantity) > 0) book
                     WHERE book.qty > 0),
                candidate AS (
                    SELECT ml.id, ml.quantity_product_uom::numeric AS qty,
                           over.qty - COALESCE(sum(ml.quantity_product_uom::numeric)
                               OVER (losing ROWS BETWEEN UNBOUNDED PRECEDING
                                     AND 1 PRECEDING), 0) AS missing,
                           over.first, row_number() OVER losing AS place
                      FROM over
                      JOIN stock_move_line ml ON %(lines)s AND NOT ml.picked
                       AND ml.state NOT IN ('done', 'cancel')
                       AND ml.quantity_product_uom > 0
                      LEFT JOIN stock_move move ON move.id = ml.move_id
                      LEFT JOIN stock_picking picking ON picking.id = ml.picking_id
                    WINDOW losing AS (PARTITION BY over.first ORDER BY %(losing)s))
                SELECT id, round(LEAST(qty, missing), %(digits)s)
                  FROM candidate WHERE round(missing, %(digits)s) > 0
                 ORDER BY first, place
                """,
                moves=moves.ids,
                quants=same_key("quant", "source"),
                lines=same_key("ml", "over"),
                losing=self.env["stock.count.promise"]._losing_first(),
                digits=quantity_digits(self.env),
            )
        )
        return {ml_id: float(qty) for ml_id, qty in self.env.cr.fetchall()}

    @api.model
    def _check_books(self, lines, verdicts):
        """The book of each key must be its target: Odoo may take a lot's shortage from
        untracked stock without saying so.

        :raise ValidationError: rolls the chunk back
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        keys = {row["id"]: key_of(row) for row in lines._read_keys(lines.ids).values()}
        books = Book._read_books(list(keys.values()))
        digits = quantity_digits(self.env)
        for line in lines:
            fact, verdict = verdicts[line.id]
            book, _picked = books[keys[line.id]]
            if round(book - fact.book_now - verdict.variance, digits):
                raise ValidationError(self._other_stock_message())

    @api.model
    def _do_location_moves(self, values, outcome):
        """Make and finish moves between places. The book of each key at their ends must
        change by what they move: a lot's shortage may be taken from untracked stock
        here, too.

        :raise ValidationError: rolls the moves back
        """
        Book = self.env["stock.count.book"]
        changes = self._sum_changes(values)
        Book._flush()
        before = Book._read_books(list(changes))
        self._do_moves(values, outcome)
        Book._flush()
        after = Book._read_books(list(changes))
        digits = quantity_digits(self.env)
        for key, change in changes.items():
            if round(after[key][0] - before[key][0] - change, digits):
                raise ValidationError(self._other_stock_message())

    @api.model
    def _sum_changes(self, values):
        """What moves do to the book of each key, from the values of _prepare_move().

        :return: dict natural key → product units
        """
        changes = Counter()
        for value in values:
            [(_command, _id, ml)] = value["move_line_ids"]
            for sign, location, package in (
                (-1, "location_id", "package_id"),
                (1, "location_dest_id", "result_package_id"),
            ):
                row = {**ml, "location_id": ml[location], "package_id": ml[package]}
                changes[key_of({**row, "lot_name": ""})] += sign * ml["quantity"]
        return changes

    @api.model
    def _other_stock_message(self):
        return self.env._(
            "Posting did not lead to the counted quantity: other stock of the product"
            " at this place (without lot, or in another package) was changed instead."
            " Count that stock, too."
        )
