"""The files of imports over HTTP (I3, I5, Z2)."""

import io
from http.client import HTTPConnection
from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.stock_count.domain.spreadsheet import open_book

from .test_import import ImportCommon


@tagged("post_install", "-at_install", "stock_count_browser")
class TestImportHttp(ImportCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user("http_lead", "stock_count.group_count_lead")
        cls.counter = cls._create_user(
            "http_counter", "stock_count.group_count_counter"
        )

    def _get(self, url, login="http_lead"):
        self.authenticate(login, login)
        return self.url_open(url)

    def _rows(self, response, name):
        return [
            row.values for row in open_book(io.BytesIO(response.content), name).rows()
        ]

    def test_templates_are_downloaded(self):
        """I3: an empty one, and one with the lines of a count."""
        self._book(self.screw, self.bin_a, 3)
        session = self._create_session(self.bin_a)
        for kind in ("xlsx", "csv"):
            empty = self._get(f"/stock_count/import/template.{kind}")
            [heading] = self._rows(empty, f"a.{kind}")
            self.assertEqual(heading[:2], ["Count Session", "Warehouse*"])
            filled = self._get(f"/stock_count/import/template/{session.id}.{kind}")
            _heading, row = self._rows(filled, f"a.{kind}")
            self.assertEqual(row[0], session.name)
            self.assertIn("SCR", row)

    def test_rows_to_correct_are_downloaded(self):
        """I5: as XLSX and as CSV, whatever came in."""
        record = self._check_file(self._csv(self._row("NONE", "Bin A", 1)))
        for kind in ("xlsx", "csv"):
            answer = self._get(f"/stock_count/import/{record.id}/bad.{kind}")
            self.assertIn("to%20correct", answer.headers["Content-Disposition"])
            self.assertEqual(self._rows(answer, f"a.{kind}")[1][1], "NONE")

    @mute_logger("odoo.http")
    def test_an_upload_of_a_gigabyte_is_refused_before_it_is_sent(self):
        """I8: its size is enough; the server goes on, and nothing is stored."""
        self.authenticate("http_lead", "http_lead")
        before = self.env["stock.count.import"].search_count([])
        connection = HTTPConnection(urlsplit(self.base_url()).netloc, timeout=30)
        self.addCleanup(connection.close)
        connection.putrequest("POST", "/web/dataset/call_kw/stock.count.import/create")
        cookies = "; ".join(f"{k}={v}" for k, v in self.opener.cookies.items())
        connection.putheader("Cookie", cookies)
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(1024**3))
        with self.allow_requests(all_requests=True):
            connection.endheaders(b'{"jsonrpc": "2.0", "params": ')
            self.assertIn(b"Too Large", connection.getresponse().read())
        empty = self._get("/stock_count/import/template.csv")
        self.assertEqual(empty.status_code, 200)
        self.assertEqual(self.env["stock.count.import"].search_count([]), before)

    def test_nobody_downloads_what_is_not_theirs(self):
        """Z2: counters nothing, leads nothing of another company."""
        record = self._check_file(self._csv(self._row("NONE", "Bin A", 1)))
        url = f"/stock_count/import/{record.id}/rows.csv"
        self.assertEqual(self._get(url, "http_counter").status_code, 403)
        template = "/stock_count/import/template.xlsx"
        self.assertEqual(self._get(template, "http_counter").status_code, 403)
        other = self.env["res.company"].create({"name": "Other & Co"})
        self.lead.write({"company_ids": [(4, other.id)], "company_id": other.id})
        self.lead.write({"company_ids": [(3, self.company.id)]})
        self.assertEqual(self._get(url).status_code, 404)
        self.assertEqual(
            self._get(url.replace("rows.csv", "rows.exe")).status_code, 404
        )
        self.assertEqual(self._get("/stock_count/import/0/rows.csv").status_code, 404)
