import io
import json

from lxml import html
from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import CountCommon

DIFFERENCES = "report.stock_count.report_differences_document"
URL = "/stock_count/report/{}/xlsx"


@tagged("post_install", "-at_install", "stock_count_browser")
class TestReportOverHttp(CountCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls.count = cls._create_session()
        cls.lead = cls._create_user("lead_http", "stock_count.group_count_lead")

    def _download(self, report=DIFFERENCES, **parameters):
        with mute_logger("odoo.http"):
            return self.url_open(f"{URL.format(report)}", data=None, params=parameters)

    def test_a_lead_downloads_a_file(self):
        """R2: with its name, and what it is."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self.authenticate("lead_http", "lead_http")
        filters = json.dumps({"session_ids": self.count.ids})
        answer = self._download(filters=filters)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("spreadsheetml", answer.headers["Content-Type"])
        self.assertIn("158", answer.headers["Content-Disposition"])
        sheet = load_workbook(io.BytesIO(answer.content))["Lines"]
        self.assertEqual(sheet.max_row, 3)

    def test_a_counter_gets_no_file(self):
        """Z2, M13: the address is no way round."""
        counter = self._create_user("count_http", "stock_count.group_count_counter")
        self.count.counter_ids = counter
        self.authenticate("count_http", "count_http")
        answer = self._download()
        self.assertNotEqual(answer.status_code, 200)
        self.assertNotIn("spreadsheetml", answer.headers["Content-Type"])

    def test_who_is_not_signed_in_gets_no_file(self):
        """Z2: but the login page."""
        answer = self._download()
        self.assertNotIn("spreadsheetml", answer.headers["Content-Type"])

    def test_what_makes_no_sense_is_refused_in_words(self):
        """R1: made up reports, filters and companies; nobody sees a traceback."""
        self.authenticate("lead_http", "lead_http")
        for report, parameters in (
            ("res.users", {}),
            (DIFFERENCES, {"filters": "{"}),
            (DIFFERENCES, {"filters": "[1]"}),
            (DIFFERENCES, {"filters": '{"date_from": "never"}'}),
            (DIFFERENCES, {"companies": '"all"'}),
            (DIFFERENCES, {"companies": "[999999]"}),
            (DIFFERENCES, {"companies": "[99999999999999]"}),
            (DIFFERENCES, {"companies": "[" * 20_000}),
            (DIFFERENCES, {"filters": "[" * 20_000}),
            (DIFFERENCES, {"filters": '{"session_ids": [99999999999999]}'}),
            (DIFFERENCES, {"filters": '{"product_ids": [-1]}'}),
            (DIFFERENCES, {"filters": '{"product_ids": 7}'}),
            (DIFFERENCES, {"filters": '{"group": "\\ud800"}'}),
            (DIFFERENCES, {"filters": '{"states": ["a\\u0000"]}'}),
        ):
            with self.subTest(report=report, parameters=str(parameters)[:60]):
                answer = self._download(report, **parameters)
                self.assertIn(answer.status_code, range(400, 500))
                self.assertNotIn("spreadsheetml", answer.headers["Content-Type"])
                self.assertNotIn("Traceback", answer.text)
                # As the web client reads it, to show it in a dialog.
                said = html.fromstring(answer.text).xpath("//p")[0].text_content()
                self.assertTrue(json.loads(said)["data"]["message"])

    def test_files_run_nothing_in_a_browser(self):
        """Z2: no other site shows them in a frame."""
        self.authenticate("lead_http", "lead_http")
        headers = self._download().headers
        self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_another_companys_count_is_refused_by_url(self):
        """Z2: by ids in the address neither."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.lead.write({"company_ids": company.ids, "company_id": company.id})
        self.authenticate("lead_http", "lead_http")
        filters = json.dumps({"session_ids": self.count.ids})
        for companies in ("null", json.dumps(self.company.ids)):
            answer = self._download(filters=filters, companies=companies)
            self.assertGreaterEqual(answer.status_code, 400)

    def test_each_report_is_a_pdf_of_landscape_pages(self):
        """R146, R158, R253, RX1 to RX3, P19, S9: made by wkhtmltopdf."""
        self._count(self.count, self.screw, self.bin_a, 8)
        printer = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        for report in self.env["stock.count.report"]._get_reports():
            if report._is_available() is not True:
                continue
            name = report._name.removeprefix("report.")
            content, kind = printer._render_qweb_pdf(name, data={"report": name})
            page = PdfReader(io.BytesIO(content)).pages[0]
            self.assertEqual(kind, "pdf")
            self.assertGreater(page.mediabox.width, page.mediabox.height)
            self.assertIn(report._report_number, page.extract_text())

    def test_a_lead_reads_sorts_and_narrows_a_report(self):
        """R1, R158: the dialog, the screen, its order and its way to the sheet."""
        self._count(self.count, self.screw, self.bin_a, 8)
        action = self.env.ref("stock_count.stock_count_report_action_differences")
        self.start_tour(
            f"/odoo/action-{action.id}?debug=0",
            "stock_count_report",
            login="lead_http",
            timeout=60,
        )
