from collections import Counter

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ..shared.keys import key_of, same_key, sql_rows
from ..shared.quantities import quantity_digits

# The key at one end of a move line, and whether the goods arrive there.
END_TYPES = (
    "product_id int, location_id int, lot_id int, package_id int, owner_id int,"
    " incoming boolean"
)


class StockCountPoster(models.AbstractModel):
    """Makes and finishes stock moves many at a time, and checks the book afterwards."""

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
        :param reason: by default the line's own, or else that of location moves
        """
        common = self._prepare_common(line, product_id, reason)
        ends = {
            "product_id": product_id,
            "location_id": location_id,
            "location_dest_id": location_dest_id,
        }
        move_line = self._prepare_move_line(
            common, qty, lot_id, owner_id, package_id, result_package_id
        )
        return {
            **ends,
            **common,
            "product_uom_qty": qty,
            "restrict_partner_id": owner_id,
            "move_line_ids": [Command.create({**ends, **move_line})],
        }

    @api.model
    def _prepare_common(self, line, product_id, reason):
        """Values of all moves of a line: which count makes them, why and when."""
        if reason is None:
            reason = line.reason_id or self._move_reason()
        # Odoo reads the units of all lines' products together.
        product = self.env["product.product"].browse(product_id)
        product = product.with_prefetch(line.product_id._prefetch_ids)
        session = line.session_id
        return {
            "company_id": line.company_id.id,
            "product_uom": product.uom_id.id,
            "state": "confirmed",
            "is_inventory": True,
            "inventory_name": session.name,
            "origin": session.name,
            "picked": True,
            "count_line_id": line.id,
            "count_session_id": session.id,
            "count_reason_id": reason.id,
            "count_booked_at": session._booked_at(),
        }

    @api.model
    def _prepare_move_line(
        self, common, qty, lot_id, owner_id, package_id, result_package_id
    ):
        return {
            "company_id": common["company_id"],
            "product_uom_id": common["product_uom"],
            "quantity": qty,
            "picked": True,
            "lot_id": lot_id,
            "owner_id": owner_id,
            "package_id": package_id,
            "result_package_id": result_package_id,
        }

    @api.model
    def _check_reason(self, line, variance):
        """Check that the line's reason still fits the sign of its variance.

        :raise ValidationError: naming the reason
        """
        if line.reason_id:
            line.reason_id._check_fits(variance)

    @api.model
    def _move_reason(self):
        """The reason of location moves; an empty recordset if it was deleted."""
        reason = self.env.ref("stock_count.reason_move", raise_if_not_found=False)
        return reason or self.env["stock.count.reason"]

    @api.model
    def _reason(self, line, variance):
        """The reason of a variance: the line's own or the company's default."""
        sign = "overage" if variance > 0 else "shortage"
        return line.reason_id or line.company_id[f"count_{sign}_reason_id"]

    @api.model
    def _do_moves(self, values, outcome):
        """Make and finish the moves of a chunk.

        They do not reserve stock first, which takes half the time of Odoo's own Apply.
        What a shortage takes from reservations is freed afterwards.

        :param list values: of the moves, see ``_prepare_move``
        :return: the done moves
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
        return moves

    @api.model
    def _lock_quants(self, moves):
        """Create, lock and read the quants of a chunk at once.

        Odoo would do so line by line. Like Odoo, this skips quants that another
        transaction has locked. Nothing is flushed, so that the moves are written once,
        when they are done.

        :return: frozenset of the ids of the quants that are locked
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
        # New quants are in the cache already.
        Quant.browse(ids.difference(made.ids)).fetch()
        return ids

    @api.model
    def _read_missing_quants(self, ends):
        """Read the keys of moves that have no quant yet.

        At a source, a lot without a quant gets none: Odoo may take its shortage from
        stock without a lot. The location of losses is an exception.

        :param SQL ends: see ``_ends``
        :return: list of dicts, the values of the quants
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
        """SQL: the keys at the source and at the destination of the moves' lines.

        :return: rows of ``END_TYPES``, as ``rows``
        """
        ends = [self._prepare_source(ml) for ml in moves.move_line_ids]
        ends += [self._prepare_dest(ml) for ml in moves.move_line_ids]
        return sql_rows(ends, END_TYPES)

    @api.model
    def _prepare_source(self, ml):
        return {
            "product_id": ml.product_id.id,
            "location_id": ml.location_id.id,
            "lot_id": ml.lot_id.id or None,
            "package_id": ml.package_id.id or None,
            "owner_id": ml.owner_id.id or None,
            "incoming": False,
        }

    @api.model
    def _prepare_dest(self, ml):
        return {
            **self._prepare_source(ml),
            "location_id": ml.location_dest_id.id,
            "package_id": ml.result_package_id.id or None,
            "incoming": True,
        }

    @api.model
    def _free_reservations(self, moves, outcome):
        """Free reservations where more is reserved than the moves have left.

        These are the reservations that Odoo would free line by line. Here they are
        written together, and then their moves look for other stock together.
        """
        losses = self._read_losses(moves)
        if not losses:
            return
        Promises = self.env["stock.count.promise"]
        # The end of the posting compares: a freed move may have found other stock.
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
        """What a move line still reserves, in its own unit.

        :param float loss: product units
        """
        uom = ml.product_id.uom_id
        if uom.compare(ml.quantity_product_uom, loss) <= 0:
            return 0
        return ml.quantity - uom._compute_quantity(
            loss, ml.product_uom_id, rounding_method="HALF-UP"
        )

    @api.model
    def _read_losses(self, moves):
        """Read what open move lines lose at the sources of these moves.

        :return: dict move line id → product units, in the order of the moves
        """
        self.env["stock.count.book"]._flush()
        self.env["stock.picking"].flush_model(["scheduled_date"])
        digits = quantity_digits(self.env)
        self.env.cr.execute(
            SQL(
                """
                WITH source AS (%s), over AS (%s), candidate AS (%s)
                SELECT id, round(LEAST(qty, missing), %s)
                  FROM candidate WHERE round(missing, %s) > 0
                 ORDER BY first, place
                """,
                self._sources(moves),
                self._overreserved(),
                self._losers(),
                digits,
                digits,
            )
        )
        return {ml_id: float(qty) for ml_id, qty in self.env.cr.fetchall()}

    @api.model
    def _sources(self, moves):
        """SQL: the keys that moves took from, with the first move line of each."""
        return SQL(
            """
            SELECT product_id, location_id, lot_id, package_id, owner_id,
                   min(id) AS first
              FROM stock_move_line WHERE move_id = ANY(%s)
             GROUP BY product_id, location_id, lot_id, package_id, owner_id
            """,
            moves.ids,
        )

    @api.model
    def _overreserved(self):
        """SQL: rows of ``source`` with the quantity ``qty`` that is reserved beyond
        what is booked."""
        return SQL(
            """
            SELECT source.*, book.qty
              FROM source
              JOIN stock_location location ON location.id = source.location_id
               AND location.usage IN ('internal', 'transit')
             CROSS JOIN LATERAL (
                   SELECT sum(quant.reserved_quantity) - sum(quant.quantity) AS qty
                     FROM stock_quant quant WHERE %s
                    HAVING sum(quant.reserved_quantity) > 0) book
             WHERE book.qty > 0
            """,
            same_key("quant", "source"),
        )

    @api.model
    def _losers(self):
        """SQL: open move lines at the keys of ``over``, in the order of losing.

        ``missing`` is the quantity that the lines before have not given up.
        """
        return SQL(
            """
            SELECT ml.id, ml.quantity_product_uom::numeric AS qty,
                   over.qty - COALESCE(sum(ml.quantity_product_uom::numeric)
                       OVER (losing ROWS BETWEEN UNBOUNDED PRECEDING
                             AND 1 PRECEDING), 0) AS missing,
                   over.first, row_number() OVER losing AS place
              FROM over
              JOIN stock_move_line ml ON %s AND NOT ml.picked
               AND ml.state NOT IN ('done', 'cancel')
               AND ml.quantity_product_uom > 0
              LEFT JOIN stock_move move ON move.id = ml.move_id
              LEFT JOIN stock_picking picking ON picking.id = ml.picking_id
            WINDOW losing AS (PARTITION BY over.first ORDER BY %s)
            """,
            same_key("ml", "over"),
            self.env["stock.count.promise"]._losing_first(),
        )

    @api.model
    def _check_books(self, lines, verdicts):
        """Check that the book of each line now is what its verdict said.

        Odoo may take a lot's shortage from stock without a lot, without an error.

        :param dict verdicts: line id → (Facts, Verdict)
        :raise ValidationError: when it is not; the chunk is rolled back
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

        :return: the done moves
        :raise ValidationError: rolls the moves back
        """
        Book = self.env["stock.count.book"]
        changes = self._sum_changes(values)
        Book._flush()
        before = Book._read_books(list(changes))
        moves = self._do_moves(values, outcome)
        Book._flush()
        after = Book._read_books(list(changes))
        digits = quantity_digits(self.env)
        for key, change in changes.items():
            if round(after[key][0] - before[key][0] - change, digits):
                raise ValidationError(self._other_stock_message())
        return moves

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
