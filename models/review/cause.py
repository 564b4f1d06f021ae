from odoo import api, models
from odoo.tools import SQL

from ...domain.causes import Case, Cause, Nearby, Pack, Transfer, probable_causes
from ..book.book import LAST_ENTRY
from ..shared.keys import moves_of


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
        lines = lines.sudo()
        # All of them at once: record by record they would be read a thousand at a time.
        lines.fetch(["is_counted", "variance_qty", "found_qty", "expected_qty"])
        lines = lines.filtered(lambda line: line.is_counted and line.variance_qty)
        if not lines:
            return {}
        self.env["stock.count.book"]._flush()
        nearby = self._read_nearby(lines)
        transfers = self._read_transfers(lines)
        moved = self._read_moved(lines)
        places = self._read_serial_places(lines)
        packs = self._read_packs(lines)
        return {
            line.id: probable_causes(
                Case(
                    found=line.found_qty,
                    expected=line.expected_qty,
                    variance=line.variance_qty,
                    transfers=tuple(transfers.get(line.id, ())),
                    moved=tuple(moved.get(line.id, ())),
                    nearby=nearby.get(line.id, ()),
                    packs=packs.get(line.id, ()),
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
        """The same thing off the other way elsewhere in the session: the nearest place.

        Places are summed up before they are compared, because one item may be off in
        thousands of them.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH here AS (
                    SELECT line.id, line.session_id, line.product_id, line.variance_qty,
                           COALESCE(line.lot_id, 0) AS lot, place.location_id AS zone
                      FROM stock_count_line line
                      JOIN stock_location place ON place.id = line.location_id
                     WHERE line.id = ANY(%(ids)s)),
                zones AS (
                    SELECT line.session_id, line.product_id, line.variance_qty,
                           COALESCE(line.lot_id, 0) AS lot, place.location_id AS zone,
                           min(place.id) AS place_id
                      FROM stock_count_line line
                      JOIN stock_location place ON place.id = line.location_id
                     WHERE (line.session_id, line.product_id) IN (
                           SELECT session_id, product_id FROM here)
                       AND line.is_counted AND line.state <> 'posted'
                       AND line.variance_qty <> 0
                     GROUP BY 1, 2, 3, 4, 5),
                anywhere AS (
                    SELECT session_id, product_id, variance_qty, lot,
                           min(place_id) AS place_id
                      FROM zones GROUP BY 1, 2, 3, 4)
                SELECT here.id, place.complete_name, -here.variance_qty,
                       near.place_id IS NOT NULL
                  FROM here
                  JOIN anywhere there ON %(there)s
                  LEFT JOIN zones near ON %(near)s AND near.zone = here.zone
                  JOIN stock_location place
                    ON place.id = COALESCE(near.place_id, there.place_id)
                """,
                ids=lines.ids,
                there=self._is_opposite("there"),
                near=self._is_opposite("near"),
            )
        )
        return {
            line_id: (Nearby(place, variance, same_zone),)
            for line_id, place, variance, same_zone in self.env.cr.fetchall()
        }

    @api.model
    def _is_opposite(self, other):
        """SQL condition: the same thing is as much off the other way."""
        return SQL(
            """
            (%(other)s.session_id, %(other)s.product_id, %(other)s.lot,
             %(other)s.variance_qty)
            = (here.session_id, here.product_id, here.lot, -here.variance_qty)
            """,
            other=SQL.identifier(other),
        )

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
                  CROSS JOIN LATERAL %s
                 CROSS JOIN LATERAL (%s) found
                 WHERE line.id = ANY(%s)
                """,
                LAST_ENTRY,
                moves_of("line", columns, condition),
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
    def _read_packs(self, lines):
        """The packagings and units that people may have counted in, by line."""
        packaging = self.env["product.template"]._fields["uom_ids"]
        self.env["product.template"].flush_model(["uom_id", "uom_ids"])
        self.env["product.supplierinfo"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, template.uom_id, array_agg(DISTINCT pack.uom_id)
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 CROSS JOIN LATERAL (
                       SELECT %(uom)s AS uom_id FROM %(relation)s
                        WHERE %(template)s = template.id
                        UNION ALL
                       SELECT seller.product_uom_id FROM product_supplierinfo seller
                        WHERE seller.product_tmpl_id = template.id) pack
                 WHERE line.id = ANY(%(ids)s) AND pack.uom_id <> template.uom_id
                 GROUP BY line.id, template.uom_id
                """,
                uom=SQL.identifier(packaging.column2),
                relation=SQL.identifier(packaging.relation),
                template=SQL.identifier(packaging.column1),
                ids=lines.ids,
            )
        )
        packs = {}
        return {
            line_id: tuple(
                pack
                for uom_id in uom_ids
                if (pack := self._pack(packs, own_id, uom_id))
            )
            for line_id, own_id, uom_ids in self.env.cr.fetchall()
        }

    @api.model
    def _pack(self, packs, own_id, uom_id):
        """How much a pack holds in the product's own unit; each is worked out once."""
        if (own_id, uom_id) not in packs:
            own, uom = self.env["uom.uom"].sudo().browse((own_id, uom_id))
            packs[own_id, uom_id] = uom._has_common_reference(own) and Pack(
                uom.name, uom._compute_quantity(1, own)
            )
        return packs[own_id, uom_id]
