from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..whole.test_tours import TourCase


@tagged("post_install", "-at_install", "stock_count_browser")
class TestDashboardTour(TourCase):
    """From each figure to its records and back, in a real browser."""

    browser_size = "1400x900"

    def _count(self, description, **values):
        session = self.env["stock.count.session"].create(
            {"warehouse_id": self.warehouse.id, "description": description, **values}
        )
        session.action_generate()
        return session

    def test_each_tile_leads_to_its_records_and_back(self):
        """R3: one nut is missing; another count is two days late."""
        self.nut.standard_price = 3
        session = self._count("Tour Count")
        for line in session.line_ids:
            line.found_qty = line.expected_qty - (line.product_id == self.nut)
        session.action_check_all()
        session.action_post()
        self._count("Late Tour Count", date_due=fields.Date.today() - timedelta(days=2))
        self.start_tour(
            "/odoo/count-dashboard", "stock_count_dashboard", login="admin", timeout=120
        )
