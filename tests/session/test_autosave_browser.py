from odoo.tests import new_test_user, tagged
from odoo.tests.common import ChromeBrowser

from ..whole.test_tours import TourCase

# What Chromium is told, by what a tour asks for; -1 is as fast as it can.
UNLIMITED = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
CONDITIONS = {
    "network offline": {**UNLIMITED, "offline": True},
    "network online": {**UNLIMITED, "offline": False},
}


@tagged("post_install", "-at_install", "stock_count_browser")
class TestAutosaveInTheBrowser(TourCase):
    """What is typed survives an offline minute and a lost login (D16, Option 526)."""

    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "autosave_tour", groups="stock.group_stock_manager"
        )

    def setUp(self):
        super().setUp()
        self.cycle = self.env["stock.count.session"].create(
            {"warehouse_id": self.warehouse.id, "description": "Tour Count"}
        )
        self.cycle.action_generate()
        self._obey_the_tour()

    def _obey_the_tour(self):
        """Cut Chromium's own network when the page says so on its console."""
        handle = ChromeBrowser._handle_console

        def obey(browser, type, args=None, **kw):
            conditions = args and CONDITIONS.get(args[0].get("value"))
            if conditions:
                browser._websocket_send("Network.enable")
                browser._websocket_send(
                    "Network.emulateNetworkConditions", params=conditions
                )
            return handle(browser, type, args=args, **kw)

        self.patch(ChromeBrowser, "_handle_console", obey)

    def _run(self, tour, **options):
        self.start_tour(
            "/odoo/cycle-counts", tour, login="autosave_tour", timeout=120, **options
        )
        self.env.invalidate_all()

    def _found(self, product):
        line = self.cycle.line_ids.filtered(lambda li: li.product_id == product)
        return line.entry_ids.mapped("qty")

    def test_an_offline_minute_loses_nothing_and_records_it_once(self):
        """D16: two lines are counted without a network, one of them twice."""
        self._run("stock_count_offline_minute")
        self.assertEqual(self._found(self.bolt), [9])
        self.assertEqual(self._found(self.nut), [3])
        self.assertEqual(self._found(self.washer), [7])

    def test_a_lost_login_keeps_what_was_typed_and_sends_it_after_the_next(self):
        """D16: the page is loaded anew, the entry is recorded once."""
        self._run(
            "stock_count_lost_login",
            error_checker=lambda message: "Session Expired" not in message,
        )
        self.assertEqual(self._found(self.nut), [4])
        self.assertEqual(self._found(self.bolt), [9])
