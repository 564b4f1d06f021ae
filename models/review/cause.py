from odoo import api, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...domain.causes import Case, Cause, Nearby, Pack, Transfer, probable_causes
from ..book.book import LAST_ENTRY
from ..shared.keys import moves_of

_lt = LazyTranslate(__name__)

# By code of a cause: the text that names its evidence.
SENTENCES = {
    "open_transfer": _lt("%(names)s amounts to exactly %(qty)g"),
    "serial_elsewhere": _lt("Booked at %(place)s"),
    "found_next_door": _lt("%(place)s is off by %(qty)g the other way"),
    "packs_for_units": _lt("Counted in %(pack)s: that would be %(right)g"),
    "units_for_packs": _lt("Counted units, not %(pack)s: that would be %(right)g"),
    "swapped_digits": _lt("Two digits swapped: %(right)g"),
    "lost_digit": _lt("A digit too few or too many: %(right)g"),
    "negative_book": _lt("%(qty)g went out that never were booked in"),
    "moved_after_count": _lt("%(names)s moved exactly this around the count"),
}


class StockCountCause(models.AbstractModel):
    """Reads the evidence for domain.causes, for many lines at once, and puts the
    causes into words."""

    _name = "stock.count.cause"
    _description = "Probable Causes of Variances"

    # === BUSINESS METHODS === #

    @api.model
    def _read_causes(self, lines):
        """Find the probable causes of counted lines with a variance.

        The number of queries does not grow with the number of lines.

        :return: dict line id → list of ``domain.causes.Cause``, most probable first
        """
        # In sudo mode because a user who sees the variance may see its cause, with or
        # without rights on stock.
        lines = lines.sudo()
        # Fetch all at once: Odoo would prefetch a thousand at a time.
        lines.fetch(["is_counted", "variance_qty", "found_qty", "expected_qty"])
        lines = lines.filtered(lambda line: line.is_counted and line.variance_qty)
        if not lines:
            return {}
        self.env["stock.count.book"]._flush()
        evidence = self._read_evidence(lines)
        return {line.id: probable_causes(self._case(line, evidence)) for line in lines}

    @api.model
    def _read_evidence(self, lines):
        """Read all that may explain variances.

        :return: dict field of ``Case`` → dict line id → value
        """
        return {
            "transfers": self._read_transfers(lines),
            "moved": self._read_moved(lines),
            "nearby": self._read_nearby(lines),
            "packs": self._read_packs(lines),
            "serial_place": self._read_serial_places(lines),
        }

    @api.model
    def _case(self, line, evidence):
        """The ``Case`` of a line for domain.causes."""
        known = {
            name: by_line[line.id]
            for name, by_line in evidence.items()
            if line.id in by_line
        }
        return Case(
            found=line.found_qty,
            expected=line.expected_qty,
            variance=line.variance_qty,
            **known,
        )

    @api.model
    def _describe(self, cause: Cause):
        """A text that names the evidence of a cause."""
        return self._sentences()[cause.code] % cause.facts

    @api.model
    def _sentences(self):
        """By code of a cause, the text that names its evidence, translated."""
        return {code: self.env._(text) for code, text in SENTENCES.items()}

    # === EVIDENCE === #

    @api.model
    def _read_nearby(self, lines):
        """Find the nearest place of the session with the opposite variance.

        One item may differ in thousands of places, so places with the same variance are
        grouped before they are compared.

        :return: dict line id → tuple of one ``Nearby``
        """
        self.env.cr.execute(
            SQL(
                """
                WITH here AS (%(here)s), zones AS (%(zones)s), anywhere AS (
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
                here=self._lines_with_zone(lines),
                zones=self._variances_by_zone(),
                there=self._is_opposite("there"),
                near=self._is_opposite("near"),
            )
        )
        return {
            line_id: (Nearby(place, variance, same_zone),)
            for line_id, place, variance, same_zone in self.env.cr.fetchall()
        }

    @api.model
    def _lines_with_zone(self, lines):
        """SQL: these lines, with the parent of their location as ``zone``."""
        return SQL(
            """
            SELECT line.id, line.session_id, line.product_id, line.variance_qty,
                   COALESCE(line.lot_id, 0) AS lot, place.location_id AS zone
              FROM stock_count_line line
              JOIN stock_location place ON place.id = line.location_id
             WHERE line.id = ANY(%s)
            """,
            lines.ids,
        )

    @api.model
    def _variances_by_zone(self):
        """SQL: unposted variances of the products of ``here``, one row by zone and
        quantity, with the first location that has it."""
        return SQL(
            """
            SELECT line.session_id, line.product_id, line.variance_qty,
                   COALESCE(line.lot_id, 0) AS lot, place.location_id AS zone,
                   min(place.id) AS place_id
              FROM stock_count_line line
              JOIN stock_location place ON place.id = line.location_id
             WHERE (line.session_id, line.product_id) IN (
                   SELECT session_id, product_id FROM here)
               AND line.is_counted AND line.state <> 'posted'
               AND line.variance_qty <> 0
             GROUP BY 1, 2, 3, 4, 5
            """
        )

    @api.model
    def _is_opposite(self, other):
        """SQL condition: row ``other`` has the opposite variance of row ``here``."""
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
        """Read the transfers that would explain held lines.

        :return: dict line id → tuple of ``Transfer``
        """
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
        return {line_id: tuple(rows) for line_id, rows in transfers.items()}

    @api.model
    def _read_moved(self, lines):
        """Read the physical moves of the keys of lines since their count.

        :return: dict line id → tuple of ``Transfer``
        """
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
        return {line_id: tuple(rows) for line_id, rows in moved.items()}

    @api.model
    def _read_serial_places(self, lines):
        """Read where serial numbers are booked that were found elsewhere.

        :return: dict line id → name of a location
        """
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
        """Read the packagings and units in which people may have counted.

        :return: dict line id → tuple of ``Pack``
        """
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
                 CROSS JOIN LATERAL (%s) pack
                 WHERE line.id = ANY(%s) AND pack.uom_id <> template.uom_id
                 GROUP BY line.id, template.uom_id
                """,
                self._pack_uoms(),
                lines.ids,
            )
        )
        known = {}
        return {
            line_id: tuple(
                pack
                for uom_id in uom_ids
                if (pack := self._pack(known, own_id, uom_id))
            )
            for line_id, own_id, uom_ids in self.env.cr.fetchall()
        }

    @api.model
    def _pack_uoms(self):
        """SQL: the units of the packagings and suppliers of a product ``template``."""
        packaging = self.env["product.template"]._fields["uom_ids"]
        return SQL(
            """
            SELECT %(uom)s AS uom_id FROM %(relation)s WHERE %(template)s = template.id
             UNION ALL
            SELECT seller.product_uom_id FROM product_supplierinfo seller
             WHERE seller.product_tmpl_id = template.id
            """,
            uom=SQL.identifier(packaging.column2),
            relation=SQL.identifier(packaging.relation),
            template=SQL.identifier(packaging.column1),
        )

    @api.model
    def _pack(self, known, own_id, uom_id):
        """The ``Pack`` of a unit, with its size in the product's unit; False if the
        units cannot be converted.

        :param dict known: packs that were computed before; this method adds to it
        """
        if (own_id, uom_id) not in known:
            own, uom = self.env["uom.uom"].sudo().browse((own_id, uom_id))
            known[own_id, uom_id] = uom._has_common_reference(own) and Pack(
                uom.name, uom._compute_quantity(1, own)
            )
        return known[own_id, uom_id]
