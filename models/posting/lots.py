from odoo import api, models
from odoo.exceptions import UserError


class StockCountPoster(models.AbstractModel):
    """Creates lots and serial numbers that were counted before they existed."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

    # === BUSINESS METHODS === #

    @api.model
    def _create_lots(self, lines, outcome):
        """Give lines with the name of a lot their lot, and create it if it is new."""
        named = lines.filtered(lambda line: line.lot_name and not line.lot_id)
        units = named.grouped(lambda line: (line.product_id, line.lot_name))
        self._isolate(list(units.values()), self._create_some_lots, outcome)

    @api.model
    def _create_some_lots(self, units):
        """See ``_create_lots``.

        :param list units: recordsets of lines, each of one product and lot name
        :raise UserError: when a lot was counted twice
        """
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
        """The places where a session has lines of these lots.

        :return: set of pairs (lot, place), see ``_place_of``
        """
        lines = self.env["stock.count.line"].search(
            [("session_id", "in", session.ids), ("lot_id", "in", lots.ids)]
        )
        return {(line.lot_id, self._place_of(line)) for line in lines}

    @api.model
    def _refuse_counted_twice(self, lines, lot, counted):
        """Check that no lot was counted both by its name and by its record.

        That happens when somebody creates the lot after the first count.

        :param set counted: see ``_read_counted``
        :raise UserError: naming the lot and the location
        """
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
        """The location, package and owner of a line."""
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
