from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.tests import new_test_user, tagged

from odoo.addons.stock_count.models.importing import step_check
from odoo.addons.stock_count.models.importing.step_run import StockCountImport
from odoo.addons.stock_count.models.jobs import run

from ..whole.test_tours import TourCase

ROWS = 30


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

    def test_a_question_about_columns_is_answered_in_the_list(self):
        """I1: with the values of both beside it; the import counts by the answer."""
        self.start_tour(
            "/odoo/cycle-count-import/new",
            "stock_count_import_question",
            login="admin",
            timeout=120,
        )
        session = self.env["stock.count.session"].search(
            [("description", "=", "Tour Question")]
        )
        self.assertEqual(session.line_ids.found_qty, 41)

    def test_a_large_file_is_checked_and_imported_behind_a_bar(self):
        """I4, I8, P14: by a lead who is no manager; each time that the bar asks
        how far it is, the scheduler does a chunk."""
        self.env.company.count_background_lines = 1
        self.env["stock.location"].create(
            [
                {"name": f"Row {n}", "location_id": self.warehouse.lot_stock_id.id}
                for n in range(ROWS)
            ]
        )
        groups = "stock.group_stock_user,stock_count.group_count_lead"
        new_test_user(self.env, "tour_lead", groups=groups)
        get_job = StockCountImport.get_job

        def work_and_tell(record):
            job = get_job(record)
            record.env(user=SUPERUSER_ID, su=True)["stock.count.job"]._take_turn()
            record.env.invalidate_all()
            return job

        with (
            patch.object(StockCountImport, "get_job", work_and_tell),
            patch.object(step_check, "CHUNK", 5),
            patch.object(run, "BUDGET", 0),
        ):
            self.start_tour(
                "/odoo/cycle-count-import/new",
                "stock_count_import_background",
                login="tour_lead",
                timeout=120,
            )
        session = self.env["stock.count.session"].search(
            [("description", "=", "Tour Background")]
        )
        self.assertEqual(session.line_ids.mapped("found_qty"), [7] * ROWS)
        jobs = self.env["stock.count.job"].search([("name", "=", "large.csv")])
        self.assertEqual(
            jobs.mapped(lambda job: (job.kind, job.state, job.done)),
            [("import", "done", ROWS), ("check", "done", ROWS)],
        )
