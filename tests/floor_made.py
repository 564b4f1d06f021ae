"""A floor whose goods leave for manufacturing orders instead of deliveries."""

from odoo import Command

from .floor_odoo import OdooBackend


class MadeBackend(OdooBackend):
    """What leaves the warehouse is consumed by manufacturing orders of a widget
    each."""

    @classmethod
    def prepare(cls, case):
        super().prepare(case)
        case.widget = case._create_product("Widget")

    def _order(self, piece, source, target):
        if piece.target:
            return super()._order(piece, source, target)
        widget = self.case.widget.with_company(self.case.company)
        production = widget.property_stock_production
        order = self.env["mrp.production"].create(
            {
                "product_id": widget.id,
                "product_qty": 1,
                "picking_type_id": self.case.warehouse.manu_type_id.id,
                "location_src_id": source.id,
                "move_raw_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": piece.qty,
                            "location_id": source.id,
                            "location_dest_id": production.id,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _move(self, ref):
        is_made = ref._name == "mrp.production"
        return ref.move_raw_ids if is_made else super()._move(ref)

    def _book(self, ref):
        if ref._name != "mrp.production":
            super()._book(ref)
            return
        ref.qty_producing = 1
        ref.move_raw_ids.picked = True
        ref.with_context(skip_consumption=True).button_mark_done()
        self.case.assertEqual(ref.state, "done")
