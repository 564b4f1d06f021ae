import os
import tempfile

from odoo import Command
from odoo.tests import HttpCase, new_test_user, no_retry, tagged
from odoo.tests.common import ChromeBrowser

from .code_pictures import draw_code, draw_shelf, write_video

EAN = "5901234123457"
# Found only where the separator between two values has not been lost
SEPARATED = "CAM\x1d128"


@tagged("post_install", "-at_install", "stock_count_browser")
class TestCountAppCamera(HttpCase):
    """The camera reads pictures of codes, which Chromium takes from a video."""

    browser_size = "360x740"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.bin = cls.env["stock.location"].create(
            {
                "name": "Camera Bin",
                "barcode": "CAM-BIN",
                "location_id": cls.warehouse.lot_stock_id.id,
            }
        )
        codes = {"EAN": EAN, "128": SEPARATED, "QR": "cam/qr", "Matrix": "CAM-DM"}
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"Camera {name}", "barcode": code, "is_storable": True}
                for name, code in codes.items()
            ]
        )
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, cls.bin, 10)
        cls.counter = new_test_user(
            cls.env, "camera_carla", "stock_count.group_count_counter"
        )

    def _create_count(self):
        count = self.env["stock.count.session"].create(
            {
                "warehouse_id": self.warehouse.id,
                "location_ids": [Command.set(self.bin.ids)],
                "description": "Camera Count",
                "blind": True,
                "counter_ids": [Command.set(self.counter.ids)],
            }
        )
        count.action_generate()
        return count

    def _show_to_the_camera(self, *scenes):
        """Let Chromium have a camera, which sees a video of these scenes."""
        handle, path = tempfile.mkstemp(suffix=".mjpeg")
        os.close(handle)
        self.addCleanup(os.remove, path)
        write_video(path, scenes)
        spawn = ChromeBrowser._spawn_chrome
        switches = [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={path}",
        ]
        self.patch(
            ChromeBrowser,
            "_spawn_chrome",
            lambda browser, cmd: spawn(browser, [cmd[0], *switches, *cmd[1:]]),
        )

    def _walk(self, tour):
        self.browser_js(
            "/stock_count/app",
            f"void runCountAppTour('{tour}')",
            "!!window.runCountAppTour && !!document.querySelector('.o_count_app')",
            login="camera_carla",
            timeout=60,
        )
        self.env.invalidate_all()

    @no_retry
    def test_each_code_that_comes_into_the_picture_counts_once(self):
        """M11: sharp, blurred, tilted, held in view; two at once are offered."""
        ean = draw_code("EAN13", EAN, 330, 140)
        code128 = draw_code("Code128", "CAM\xf1128", 700, 150)
        qr = draw_code("QR", "cam/qr", 180)
        matrix = draw_code("ECC200DataMatrix", "CAM-DM", 308)
        self._show_to_the_camera(
            (draw_shelf((ean, (530, 335), 0)), 2),
            # Not even the eye reads this one; the box has not left
            (draw_shelf((ean, (534, 333), 0), blur=7), 1),
            (draw_shelf((ean, (532, 330), 4)), 1),
            (draw_shelf((code128, (80, 40), 6), blur=1), 3),
            (draw_shelf((qr, (380, 200), 20), blur=1.5), 3),
            (draw_shelf((matrix, (290, 80), 3), blur=0.6), 3),
            (draw_shelf((ean, (40, 40), 3), (qr, (690, 250), 8)), 6),
        )
        count = self._create_count()
        self._walk("camera")
        counted = {
            line.product_id.barcode: line.entry_ids.mapped("qty")
            for line in count.line_ids
        }
        self.assertEqual(
            counted, {EAN: [1, 1], SEPARATED: [1], "cam/qr": [1], "CAM-DM": [1]}
        )
