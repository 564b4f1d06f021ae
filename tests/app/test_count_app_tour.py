from odoo import Command
from odoo.tests import HttpCase, new_test_user, no_retry, tagged
from odoo.tests.common import ChromeBrowser

from ..whole.test_tours import HOOT_DONE, hoot_id

URL = "/stock_count/app"
# What Chromium is told, by what a page asks for; -1 is as fast as it can.
UNLIMITED = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
CONDITIONS = {
    "network offline": {**UNLIMITED, "offline": True},
    "network online": {**UNLIMITED, "offline": False},
}


@tagged("post_install", "-at_install", "stock_count_browser")
class TestCountAppHoot(HttpCase):
    """The unit tests of the counting app, in a browser that is a phone."""

    browser_size = "375x667"
    touch_enabled = True

    @no_retry
    def test_components_keep_their_promises_on_a_phone(self):
        """M1 to M16: see static/tests/count_app."""
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=mobile&timeout=15000"
            f"&id={hoot_id('@stock_count/count_app')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal=HOOT_DONE,
            error_checker=lambda message: "[HOOT]" not in message,
        )


@tagged("post_install", "-at_install", "stock_count_browser")
class TestCountAppTour(HttpCase):
    """A worker's way through the app: 360 pixels wide, by scans and taps."""

    browser_size = "360x640"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create(
            {"group_stock_multi_locations": True}
        ).execute()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.bin = cls.env["stock.location"].create(
            {
                "name": "App Bin",
                "barcode": "APP-BIN",
                "location_id": cls.warehouse.lot_stock_id.id,
            }
        )
        cls.screw = cls._stock("App Screw", "APP-SCREW", 0.5)
        cls.nut = cls._stock("App Nut", "APP-NUT", 2)
        cls.bolt = cls._stock("App Bolt", "APP-BOLT", 400)
        cls.counters = [
            new_test_user(cls.env, login, "stock_count.group_count_counter")
            for login in ("app_annie", "app_bobby")
        ]

    @classmethod
    def _stock(cls, name, barcode, cost):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "barcode": barcode,
                "is_storable": True,
                "standard_price": cost,
            }
        )
        cls.env["stock.quant"]._update_available_quantity(product, cls.bin, 10)
        return product

    def _create_count(self):
        count = self.env["stock.count.session"].create(
            {
                "warehouse_id": self.warehouse.id,
                "location_ids": [Command.set(self.bin.ids)],
                "description": "App Count",
                "blind": True,
                "counter_ids": [Command.set([counter.id for counter in self.counters])],
            }
        )
        count.action_generate()
        return count

    def _walk(self, tour, *, login="app_annie", **options):
        self._obey_the_page()
        self.browser_js(
            URL,
            f"void runCountAppTour('{tour}')",
            "!!window.runCountAppTour && !!document.querySelector('.o_count_app')",
            login=login,
            timeout=120,
            **options,
        )
        self.env.invalidate_all()

    def _obey_the_page(self):
        """Do what a page cannot do to itself, when it says so on its console."""
        handle = ChromeBrowser._handle_console

        def obey(browser, type, args=None, **kw):
            wish = args and args[0].get("value")
            if wish in CONDITIONS:
                browser._websocket_send("Network.enable")
                browser._websocket_send(
                    "Network.emulateNetworkConditions", params=CONDITIONS[wish]
                )
            elif wish in WISHES:
                WISHES[wish](self, browser)
            return handle(browser, type, args=args, **kw)

        self.patch(ChromeBrowser, "_handle_console", obey)

    def _quantities(self, count, product):
        entries = count.line_ids.entry_ids.filtered(
            lambda entry: entry.line_id.product_id == product
        )
        return sorted(entries.mapped("qty"))

    # === WHAT A PAGE CANNOT DO TO ITSELF === #

    def _kill_the_tab(self, browser):
        """Everything in memory is gone at once, and nobody is asked."""
        browser._websocket_send("Page.navigate", params={"url": self.base_url() + URL})

    # === WALKS === #

    def test_each_count_type_is_started_counted_corrected_and_submitted(self):
        """M1, M2, M3, M5, M10, S3: the six types that the start screen offers."""
        self.env.company.write({"count_low_value": 1, "count_high_value": 100})
        self._move(self.nut)
        self._walk("types")
        counts = self.env["stock.count.session"].search(
            [("create_uid", "=", self.counters[0].id)]
        )
        self.assertEqual(len(counts), 6)
        for count in counts:
            live = count.line_ids.filtered("is_counted")
            self.assertEqual(live.mapped("found_qty"), [7])

    def _move(self, product):
        """A delivery that was done, so that there is something that moves."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "location_id": self.bin.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move.quantity = 1
        move.picked = True
        move._action_done()

    def test_a_bin_is_counted_to_its_end(self):
        """M7, M8, M11, M14, M15: zero, skip, unknown code with a note, bin finished."""
        count = self._create_count()
        self._walk("floor")
        found = {line.product_id: line.found_qty for line in count.line_ids}
        self.assertEqual(
            found, {self.screw: 0, self.nut: 0, self.bolt: 3}, "the nut became zero"
        )
        self.assertTrue(all(count.line_ids.mapped("is_counted")))
        unknown = self.env["stock.count.exception"].search(
            [("session_id", "=", count.id), ("kind", "=", "unknown_barcode")]
        )
        self.assertEqual(len(unknown), 1)

    def test_two_hundred_scans_survive_a_lost_network_and_a_killed_tab(self):
        """M11, M12, Z3: exactly two hundred entries."""
        count = self._create_count()
        self._walk("scans")
        self.assertEqual(self._quantities(count, self.bolt), [1] * 200)

    def test_a_login_that_ended_loses_nothing(self):
        """M12."""
        count = self._create_count()
        self._walk("login", error_checker=lambda text: "Session" not in text)
        self.assertEqual(self._quantities(count, self.screw), [5])

    def test_an_update_in_the_middle_of_a_count_is_offered_and_loses_nothing(self):
        """M12."""
        count = self._create_count()
        self._walk("update")
        self.assertEqual(self._quantities(count, self.screw), [5])

    def test_after_a_logout_the_device_has_no_list_of_a_count(self):
        """Z9."""
        self._create_count()
        self._walk("log_out")

    def test_two_browsers_on_one_line_add_up_and_are_warned(self):
        """M12, M16, Z4."""
        count = self._create_count()
        self._walk("share")
        self._walk("share_warned", login="app_bobby")
        line = count.line_ids.filtered(lambda li: li.product_id == self.screw)
        self.assertEqual(self._quantities(count, self.screw), [3, 4])
        self.assertEqual(line.found_qty, 7)


WISHES = {"kill the tab": TestCountAppTour._kill_the_tab}
