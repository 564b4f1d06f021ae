from odoo import Command
from odoo.tests import HttpCase, no_retry, tagged

from ..whole.test_tours import HOOT_DONE, hoot_id


@tagged("post_install", "-at_install", "stock_count_browser")
class TestDocumentTour(HttpCase):
    """A delivery was taken before it was ticked, a receipt came short."""

    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].create(
            {"name": "Tour Documents", "code": "TDOC"}
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.bolt, cls.nut = cls._stock("Tour Bolt"), cls._stock("Tour Nut")
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        customers = cls.env.ref("stock.stock_location_customers")
        cls.delivery = cls._transfer(cls.bolt, 3, cls.stock, customers)
        cls.receipt = cls._transfer(cls.nut, 5, suppliers, cls.stock)
        cls.count = cls.env["stock.count.session"].create(
            {"warehouse_id": cls.warehouse.id, "description": "Tour Documents"}
        )
        cls.count.action_generate()

    @classmethod
    def _stock(cls, name):
        product = cls.env["product.product"].create({"name": name, "is_storable": True})
        cls.env["stock.quant"]._update_available_quantity(product, cls.stock, 10)
        return product

    @classmethod
    def _transfer(cls, product, quantity, source, dest):
        warehouse = cls.warehouse
        is_delivery = source == cls.stock
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": (
                    warehouse.out_type_id if is_delivery else warehouse.in_type_id
                ).id,
                "location_id": source.id,
                "location_dest_id": dest.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": dest.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _booked(self, product):
        return product.with_context(location=self.stock.id).qty_available

    def test_answered_by_keyboard_taken_back_posted_and_delivered(self):
        """P21: book equals floor after the documents are validated."""
        self.start_tour(
            "/odoo/cycle-counts", "stock_count_documents", login="admin", timeout=120
        )
        self.env.invalidate_all()
        self.assertEqual((self.count.state, self.delivery.state), ("posted", "done"))
        self.assertEqual(self._booked(self.bolt), 6)
        self.assertEqual(self._booked(self.nut), 10)
        self.assertEqual(self.receipt.move_ids.quantity, 4)
        self.receipt.move_ids.picked = True
        self.receipt.with_context(cancel_backorder=True)._action_done()
        self.assertEqual(self._booked(self.nut), 14)


@tagged("post_install", "-at_install", "stock_count_browser")
class TestDocumentPanelPhone(HttpCase):
    """The panel's unit tests for a phone; the others run with those of the sheet."""

    browser_size = "375x667"
    touch_enabled = True

    @no_retry
    def test_the_panel_keeps_its_promises_on_a_phone(self):
        """P21: see static/tests/count_sheet/document_panel_phone.test.js."""
        suite = hoot_id("@stock_count/count_sheet/document_panel_phone")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=mobile&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal=HOOT_DONE,
            error_checker=lambda message: "[HOOT]" not in message,
        )
