from odoo import models
from odoo.exceptions import UserError


class StockCountDocument(models.Model):
    """Putting a transfer right: what it moves is what a person says has happened."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.document"

    # === BUSINESS METHODS === #

    def _fit(self, sources):
        """Change the transfer to what had happened by this answer.

        With the rights of who answers: a transfer is the warehouse's own record.

        :param sources: its claims on lines, all of which have been explained
        :raise UserError: where it is not a transfer
        """
        self.ensure_one()
        if self.res_model != "stock.picking":
            raise UserError(
                self.env._("Only transfers are put right here: open %s.", self.name)
            )
        happened = {(x.line_id.id, x.movement): x.explained_qty for x in self.line_ids}
        ends = [
            (source, happened[source.claim.line, source.claim.movement])
            for source in sources
            if source.ml_id
        ]
        for source, qty in ends:
            # What was expected to have happened already is a part of what did.
            self._fit_own(source, qty + source.claim.assumed)
        for source, qty in ends:
            if qty and not source.claim.own:
                self._fit_elsewhere(source, abs(qty))

    def _fit_own(self, source, qty):
        """Where the transfer has the right place, it gets the right quantity."""
        if source.claim.own and qty:
            ml = self.env["stock.move.line"].browse(source.ml_id)
            ml.quantity = self._in_unit(ml, abs(qty))

    def _fit_elsewhere(self, source, qty):
        """Move a part of the transfer to where it really took place."""
        ml = self.env["stock.move.line"].browse(source.ml_id)
        line = self.env["stock.count.line"].browse(source.claim.line).sudo()
        values = self._prepare_place(line, incoming=source.claim.qty > 0)
        left = ml.quantity_product_uom - qty
        if ml.product_uom_id.compare(left, 0) > 0:
            ml.quantity = self._in_unit(ml, left)
            ml.copy({**values, "quantity": self._in_unit(ml, qty)})
        else:
            ml.write({**values, "quantity": self._in_unit(ml, qty)})

    def _prepare_place(self, line, *, incoming):
        """The place, lot and package of a count line, for a line of a transfer."""
        place, package = (
            ("location_dest_id", "result_package_id")
            if incoming
            else ("location_id", "package_id")
        )
        return {
            place: line.location_id.id,
            package: line.package_id.id,
            "lot_id": line.lot_id.id,
            "lot_name": line.lot_name,
        }

    def _in_unit(self, ml, qty):
        """Product units in the unit of a transfer's line."""
        unit = ml.product_id.uom_id
        return unit._compute_quantity(qty, ml.product_uom_id, rounding_method="HALF-UP")
