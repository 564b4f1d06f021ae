from odoo.tests import tagged

from ..whole.test_tours import TourCase


@tagged("post_install", "-at_install", "stock_count_browser")
class TestOptionsInTheBrowser(TourCase):
    """Options 174 and 290 on the count sheet (D9, D14)."""

    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create(
            {"group_stock_production_lot": True, "group_uom": True}
        ).execute()
        cls.env.company.write({"count_split_units": True, "count_serial2": True})
        unit = cls.bolt.uom_id
        cls.env["uom.uom"].create(
            {"name": "Tour Dozen", "relative_factor": 12, "relative_uom_id": unit.id}
        )
        cls.drill = cls.env["product.product"].create(
            {"name": "Tour Drill", "is_storable": True, "tracking": "serial"}
        )
        cls.lot = cls.env["stock.lot"].create(
            {"name": "TD-1", "product_id": cls.drill.id}
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.drill, cls.bins[0], 1, lot_id=cls.lot
        )

    def test_a_line_is_counted_in_parts_and_a_serial_gets_its_second_number(self):
        """D9, D14: the column and the button are there, and do what they say."""
        session = self.env["stock.count.session"].create(
            {"warehouse_id": self.warehouse.id, "description": "Tour Count"}
        )
        session.action_generate()
        self.start_tour(
            "/odoo/cycle-counts", "stock_count_options", login="admin", timeout=120
        )
        self.env.invalidate_all()
        found = {line.product_id: line for line in session.line_ids}
        self.assertEqual(found[self.bolt].found_qty, 27)
        parts = found[self.bolt].last_entry_id._read_parts()
        self.assertEqual([qty for qty, _uom in parts], [2, 3])
        self.assertEqual(found[self.drill].serial2, "ALT-77")
