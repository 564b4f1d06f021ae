from odoo import api, models
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
        shares = {(x.line_id.id, x.movement): x.explained_qty for x in self.line_ids}
        for (ml_id, _incoming), ends in self._read_ends(sources, shares).items():
            ml = self.env["stock.move.line"].browse(ml_id)
            self._fit_move_line(ml, *ends)
        self.sudo()._cover({source.claim.line for source in sources})

    @api.model
    def _read_ends(self, sources, shares):
        """What took place of each end of a move line, by (its id, incoming).

        :param dict shares: (line, movement) → what is explained
        :return: dict → (quantity where the transfer has it, values and quantity of each
            other place), in the product's unit
        """
        ends = {}
        for source in (source for source in sources if source.ml_id):
            claim, incoming = source.claim, source.claim.qty > 0
            own, others = ends.setdefault((source.ml_id, incoming), ([], []))
            qty = shares[claim.line, claim.movement]
            if claim.own:
                # What was expected to have happened already is a part of what did.
                own.append(abs(qty + claim.assumed))
            elif qty:
                line = self.env["stock.count.line"].browse(claim.line).sudo()
                values = self._prepare_place(line, incoming=incoming)
                others.append((values, abs(qty)))
        return {key: (sum(own), others) for key, (own, others) in ends.items()}

    def _fit_move_line(self, ml, own, others):
        """Give a line of the transfer the quantity that took place where it has it, and
        move the other parts to where they really did.

        Of what nobody knows, nothing is changed: the rest stays where it is.
        """
        elsewhere = sum(qty for _values, qty in others)
        left = own or max(ml.quantity_product_uom - elsewhere, 0)
        if (own or others) and not ml.product_uom_id.is_zero(left):
            ml.quantity = self._in_unit(ml, left)
        elif others:
            # None of it stays: the line itself becomes the first of the parts.
            (values, qty), *others = others
            ml.write({**values, "quantity": self._in_unit(ml, qty)})
        for values, qty in others:
            ml.copy({**values, "quantity": self._in_unit(ml, qty)})

    def _cover(self, line_ids):
        """Let the answer speak for the transfer as it is now."""
        Claims = self.env["stock.count.claims"]
        document = self.env[self.res_model].browse(self.res_id)
        self.movements = Claims._read_movements(document)
        known = {(x.line_id.id, x.movement) for x in self.line_ids}
        sources = self._by_document(Claims._read(line_ids)).get(self._key(), [])
        claims = [source.claim for source in sources]
        pairs = {(claim.line, claim.movement) for claim in claims}
        self._keep(claims, dict.fromkeys(pairs - known, 0.0))

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
