from odoo import api, models
from odoo.tools import SQL

from ..domain.causes import Case, Cause, Nearby, Pack, Transfer, probable_causes


class StockCountCause(models.AbstractModel):
    """Gathers in bulk what domain.causes has to know, and puts its answers into
    words."""

    _name = "stock.count.cause"
    _description = "Probable Causes of Variances"

    # === BUSINESS METHODS === #

    @api.model
    def _read_causes(self, lines):
        """The probable causes of counted lines with a variance, most telling first.

        The number of queries does not depend on the number of lines.

        :return: dict line id → list of ``domain.causes.Cause``
        """
        # In sudo mode: whoever sees the variance may know why, stock rights or not.
        lines = lines.sudo().filtered(
            lambda line: line.is_counted and line.variance_qty
        )
        if not lines:
            return {}
        self.env["stock.count.book"]._flush()
        nearby = self._read_nearby(lines)
        transfers = self._read_transfers(lines)
        moved = self._read_moved(lines)
        places = self._read_serial_places(lines)
        return {
            line.id: probable_causes(
                Case(
                    found=line.found_qty,
                    expected=line.expected_qty,
                    variance=line.variance_qty,
                    transfers=tuple(transfers.get(line.id, ())),
                    moved=tuple(moved.get(line.id, ())),
                    nearby=tuple(nearby.get(line.id, ())),
                    packs=self._packs(line.product_id),
                    serial_place=places.get(line.id),
                )
            )
            for line in lines
        }

    @api.model
    def _describe(self, cause: Cause):
        """A cause in words, with its evidence."""
        return self._sentences()[cause.code] % cause.facts

    @api.model
    def _sentences(self):
        _ = self.env._
        return {
            "open_transfer": _("%(names)s amounts to exactly %(qty)g"),
            "serial_elsewhere": _("Booked at %(place)s"),
            "found_next_door": _("%(place)s is off by %(qty)g the other way"),
            "packs_for_units": _("Counted in %(pack)s: that would be %(right)g"),
            "units_for_packs": _(
                "Counted units, not %(pack)s: that would be %(right)g"
            ),
            "swapped_digits": _("Two digits swapped: %(right)g"),
            "lost_digit": _("A digit too few or too many: %(right)g"),
            "negative_book": _("%(qty)g went out that never were booked in"),
            "moved_after_count": _("%(names)s moved exactly this around the count"),
        }

    # === GATHERING === #

    @api.model
    def _read_nearby(self, lines):
        """The same thing off the other way elsewhere in the session."""
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, place.complete_name, other.variance_qty,
                       place.location_id = location.location_id
                  FROM stock_count_line line
                  JOIN stock_count_line other ON other.session_id = line.session_id
                       AND other.product_id = line.product_id AND other.id <> line.id
                       AND COALESCE(other.lot_id, 0) = COALESCE(line.lot_id, 0)
                       AND other.is_counted AND other.state <> 'posted'
                       AND other.variance_qty = -line.variance_qty
                  JOIN stock_location location ON location.id = line.location_id
                  JOIN stock_location place ON place.id = other.location_id
                 WHERE line.id = ANY(%s)
                """,
                lines.ids,
            )
        )
        nearby = {}
        for line_id, place, variance, same_zone in self.env.cr.fetchall():
            nearby.setdefault(line_id, []).append(Nearby(place, variance, same_zone))
        return nearby

    @api.model
    def _read_transfers(self, lines):
        """The transfers that a held line asks about."""
        self.env.cr.execute(
            SQL(
                """
                SELECT hold.stock_count_line_id, COALESCE(picking.name, move.reference),
                       ml.quantity_product_uom, ml.picked, ml.state = 'done'
                  FROM stock_count_line_hold_rel hold
                  JOIN stock_move_line ml ON ml.id = hold.stock_move_line_id
                  LEFT JOIN stock_move move ON move.id = ml.move_id
                  LEFT JOIN stock_picking picking ON picking.id = ml.picking_id
                 WHERE hold.stock_count_line_id = ANY(%s)
                """,
                lines.ids,
            )
        )
        transfers = {}
        for line_id, name, qty, picked, done in self.env.cr.fetchall():
            transfer = Transfer(name or "?", qty, bool(picked), done)
            transfers.setdefault(line_id, []).append(transfer)
        return transfers

    @api.model
    def _read_moved(self, lines):
        """What moved at the keys of the lines since they were counted."""
        Book = self.env["stock.count.book"]
        columns = SQL(
            "(SELECT reference FROM stock_move WHERE id = ml.move_id) AS name"
        )
        condition = SQL("ml.count_correction IS NULL AND %s", Book._done_after("entry"))
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, found.name, found.qty
                  FROM stock_count_line line
                  JOIN stock_count_entry entry ON entry.id = line.last_entry_id
                 CROSS JOIN LATERAL (%s) found
                 WHERE line.id = ANY(%s)
                """,
                Book._moves_of("line", columns, condition),
                lines.ids,
            )
        )
        moved = {}
        for line_id, name, qty in self.env.cr.fetchall():
            moved.setdefault(line_id, []).append(Transfer(name or "?", qty, done=True))
        return moved

    @api.model
    def _read_serial_places(self, lines):
        """Where serial numbers that were found here are booked."""
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, location.complete_name
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                  JOIN stock_quant quant ON quant.lot_id = line.lot_id
                       AND quant.quantity > 0 AND quant.location_id <> line.location_id
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE line.id = ANY(%s) AND template.tracking = 'serial'
                   AND line.variance_qty > 0 AND location.usage <> 'inventory'
                """,
                lines.ids,
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _packs(self, product):
        """The packagings and units that people may have counted in."""
        uoms = product.uom_ids | product.seller_ids.product_uom_id
        return tuple(
            Pack(uom.name, uom._compute_quantity(1, product.uom_id))
            for uom in uoms - product.uom_id
            if uom._has_common_reference(product.uom_id)
        )
