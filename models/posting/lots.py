from odoo import api, models
from odoo.exceptions import UserError


class StockCountPoster(models.AbstractModel):
    """Lots and serial numbers that were counted by a name nobody had booked yet."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

    # === BUSINESS METHODS === #

    @api.model
    def _create_lots(self, lines, outcome):
        """Make the lots that were counted by a name nobody had booked yet."""
        named = lines.filtered(lambda line: line.lot_name and not line.lot_id)
        units = list(
            named.grouped(lambda line: (line.product_id, line.lot_name)).values()
        )
        self._isolate(units, self._create_some_lots, outcome)

    @api.model
    def _create_some_lots(self, units):
        Lot = self.env["stock.lot"]
        named = self.env["stock.count.line"].union(*units)
        ids = self.env["stock.count.book"]._read_lot_ids(
            self.env.company, {(line.product_id.id, line.lot_name) for line in named}
        )
        counted = self._read_counted(named.session_id, Lot.browse(ids.values()))
        for same in units:
            product, name = same.product_id, same[0].lot_name
            lot = Lot.browse(ids.get((product.id, name)))
            if lot:
                self._refuse_counted_twice(same, lot, counted)
            else:
                lot = Lot.create(self._prepare_lot(product, name))
            same._internal().write({"lot_id": lot.id, "lot_name": False})
        self.env.flush_all()

    @api.model
    def _read_counted(self, session, lots):
        """Where the session has lines of these lots: set of (lot, place)."""
        lines = self.env["stock.count.line"].search(
            [("session_id", "in", session.ids), ("lot_id", "in", lots.ids)]
        )
        return {(line.lot_id, self._place_of(line)) for line in lines}

    @api.model
    def _refuse_counted_twice(self, lines, lot, counted):
        """A lot counted by its name, then made by somebody else and counted again."""
        for line in lines:
            if (lot, self._place_of(line)) in counted:
                raise UserError(
                    self.env._(
                        "%(lot)s was counted twice at %(location)s, the first time"
                        " before it existed: withdraw one of the counts.",
                        lot=lot.name,
                        location=line.location_id.display_name,
                    )
                )

    @api.model
    def _place_of(self, line):
        return line.location_id, line.package_id, line.owner_id

    @api.model
    def _prepare_lot(self, product, name):
        """Values of a new lot: as Odoo has it, of no company where its product is of
        none, but of this one where another company has a lot of the same name."""
        taken = self.env["stock.lot"].search_count(
            [("product_id", "=", product.id), ("name", "=", name)], limit=1
        )
        company = (product.company_id or taken) and self.env.company
        return {
            "name": name,
            "product_id": product.id,
            "company_id": company.id if company else False,
        }
