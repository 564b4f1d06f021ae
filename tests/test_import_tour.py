from odoo.tests import tagged

from .test_tours import TourCase


@tagged("post_install", "-at_install", "stock_count_browser")
class TestImportTour(TourCase):
    browser_size = "1400x900"

    def test_from_the_upload_to_posted_stock(self):
        """I1 to I7: a wrong row, the good ones, the corrected file, the posting."""
        self.start_tour(
            "/odoo/cycle-counts", "stock_count_import", login="admin", timeout=120
        )
        session = self.env["stock.count.session"].search(
            [("description", "=", "Tour Import")]
        )
        self.assertEqual(session.state, "posted")
        self.assertEqual(len(session.line_ids.entry_ids), 3)
        self.assertEqual(self._booked(), [9, 4, 11])
