from odoo import Command
from odoo.tests import HttpCase, no_retry, tagged

HOOT_DONE = "[HOOT] Test suite succeeded"


def hoot_id(name):
    """The identifier that hoot gives to a suite of this name."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install", "stock_count_browser")
class TestHoot(HttpCase):
    """The unit tests of the addon's own components, in a real browser."""

    @no_retry
    def test_components_keep_their_promises(self):
        """D2 to D7, D12, D15, D17, D19: see static/tests."""
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@stock_count')}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal=HOOT_DONE,
            error_checker=lambda message: "[HOOT]" not in message,
        )


class TourCase(HttpCase):
    """A warehouse with 10 bolts, 5 nuts and 8 washers; 3 bolts wait to be delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create(
            {"group_stock_multi_locations": True}
        ).execute()
        cls.warehouse = cls.env["stock.warehouse"].create(
            {"name": "Tour Warehouse", "code": "TOUR"}
        )
        stock = cls.warehouse.lot_stock_id
        cls.bins = cls.env["stock.location"].create(
            [{"name": name, "location_id": stock.id} for name in ("Tour 1", "Tour 2")]
        )
        cls.bolt = cls._stock("Tour Bolt", cls.bins[0], 10)
        cls.nut = cls._stock("Tour Nut", cls.bins[0], 5)
        cls.washer = cls._stock("Tour Washer", cls.bins[1], 8)

    @classmethod
    def _stock(cls, name, location, quantity):
        product = cls.env["product.product"].create({"name": name, "is_storable": True})
        cls.env["stock.quant"]._update_available_quantity(product, location, quantity)
        return product

    @classmethod
    def _order_delivery(cls, product, quantity):
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.warehouse.out_type_id.id,
                "origin": "TOUR-DELIVERY",
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": cls.warehouse.lot_stock_id.id,
                            "location_dest_id": cls.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _booked(self):
        self.env.invalidate_all()
        products = self.bolt | self.nut | self.washer
        return [
            sum(
                self.env["stock.quant"]
                .search(
                    [
                        ("product_id", "=", product.id),
                        ("location_id", "in", self.bins.ids),
                    ]
                )
                .mapped("quantity")
            )
            for product in products
        ]


@tagged("post_install", "-at_install", "stock_count_browser")
class TestDesktopTour(TourCase):
    browser_size = "1400x900"

    def test_from_the_menu_to_the_moves_with_a_delivery_in_the_middle(self):
        """D1 to D6, D15, D19, P1 to P5: 10 bolts were counted before 3 left."""
        picking = self._order_delivery(self.bolt, 3)
        self.start_tour("/odoo", "stock_count_desktop", login="admin", timeout=120)
        session = self.env["stock.count.session"].search(
            [("warehouse_id", "=", self.warehouse.id)]
        )
        self.assertEqual(picking.state, "done")
        self.assertEqual(session.state, "posted")
        self.assertEqual(self._booked(), [7, 4, 11])
        moved = session.move_ids.mapped(lambda move: (move.product_id, move.quantity))
        self.assertEqual(
            set(moved), {(self.nut, 1), (self.washer, 1), (self.washer, 2)}
        )


@tagged("post_install", "-at_install", "stock_count_browser")
class TestControlTour(TourCase):
    browser_size = "1400x900"

    def test_over_tolerance_recounted_explained_moved_posted_and_undone(self):
        """A2, A3, P3, P11, P15, D16: two nuts were put into the wrong bin."""
        self.env["stock.quant"]._update_available_quantity(self.nut, self.bins[1], 3)
        self.env["stock.count.tolerance"].create(
            {"percent_minus": 1, "percent_plus": 1}
        )
        session = self.env["stock.count.session"].create(
            {"warehouse_id": self.warehouse.id, "description": "Tour Count"}
        )
        session.action_generate()
        self.start_tour(
            "/odoo/cycle-counts", "stock_count_control", login="admin", timeout=120
        )
        self.assertEqual(session.state, "open")
        self.assertEqual(self._booked(), [10, 8, 8])
        # One entry for each time it was counted, none for a keystroke.
        nuts = session.line_ids.filtered(lambda line: line.product_id == self.nut)
        self.assertEqual(nuts.entry_ids.sorted("id").mapped("qty"), [3, 5, 3, 5])
        moves = self.env["stock.move"].search([("product_id", "=", self.nut.id)])
        self.assertEqual(moves.location_id | moves.location_dest_id, self.bins)


@tagged("post_install", "-at_install", "stock_count_browser")
class TestPhoneTour(TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_phone_counts_and_posts_on_cards(self):
        """D2, D4, D5, D6: the sheet is usable 390 px wide."""
        session = self.env["stock.count.session"].create(
            {"warehouse_id": self.warehouse.id, "description": "Tour Count"}
        )
        session.action_generate()
        self.start_tour(
            "/odoo/cycle-counts", "stock_count_phone", login="admin", timeout=90
        )
        self.assertEqual(session.state, "partial")
        self.assertEqual(self._booked(), [10, 4, 8])
