"""The files of imports over HTTP (I3, I5, Z2)."""

import base64
import io
import json
import pathlib
from http.client import HTTPConnection
from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.stock_count.domain.spreadsheet.open_book import open_book

from ..domain.workbooks import make_parts, make_zip
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

    @mute_logger("odoo.http")
    def test_an_address_of_nothing_is_not_found(self):
        """Z2, I3: in words, whatever number it has."""
        for path in (
            "99999999999999999999/rows.xlsx",
            "999999999/bad.csv",
            "template/99999999999999999999.xlsx",
            "0/rows.xlsx",
        ):
            with self.subTest(path):
                answer = self._get(f"/stock_count/import/{path}")
                self.assertEqual(answer.status_code, 404)

    def test_rows_to_correct_are_downloaded(self):
        """I5: as XLSX and as CSV, whatever came in."""
        record = self._check_file(self._csv(self._row("NONE", "Bin A", 1)))
        for kind in ("xlsx", "csv"):
            answer = self._get(f"/stock_count/import/{record.id}/bad.{kind}")
            self.assertIn("to%20correct", answer.headers["Content-Disposition"])
            self.assertEqual(self._rows(answer, f"a.{kind}")[1][1], "NONE")

    @mute_logger("odoo.http")
    def test_bad_files_are_refused_by_the_request_that_uploads_them(self):
        """I8: as the form sends them: told in words, not kept, the server alive."""
        self.authenticate("http_lead", "http_lead")
        before = self.env["stock.count.import"].search_count([])
        files = pathlib.Path(__file__).parents[1] / "files"
        book = self._xlsx([["Item", "Units"], ["SCR", 1]])
        for name, content, words in (
            ("count.csv", book, "contains XLSX"),
            ("cut.xlsx", book[:999], "damaged"),
            ("wide.xlsx", self._xlsx([["x"] * 16_384]), "501 columns or more"),
            ("locked.xlsx", files.joinpath("protected.xlsx").read_bytes(), "password"),
            ("macro.xls", files.joinpath("macro.xls").read_bytes(), "macros"),
            ("page.xls", b"<html><table></table></html>", "web page"),
            ("open.csv", b'Item;Units\n"A;' + b"5\n" * 9_000_000, "quotation mark"),
            ("cell.csv", b"Item;Units\nA;" + b"5" * 40_000, "32,767 characters"),
            ("page.xls", b"<table><tr><td>" + b"<" * 2_000_000, "too large"),
            ("count.ods", make_parts("", mimetype="x"), "save it as XLSX or CSV"),
            ("bin.xlsx", make_zip("xl/workbook.bin"), "save it as XLSX or CSV"),
            ("a\0.csv", b"Item;Units\nA;5", "name of the file"),
            ("photo.xlsx", b"\x89PNG\r\n", "PNG"),
            ("blank.csv", b" \r\n" * 9, "empty"),
            ("void.csv", b"Item;Units" + b"\n;" * 1_100_000, "100,000 empty rows"),
            ("twice.csv", b"Item;Units\nArtikel;Menge\nSCR;5", "both look like"),
        ):
            with self.subTest(name):
                self.assertIn(words, self._upload_error(name, content))
        self.assertEqual(self.env["stock.count.import"].search_count([]), before)
        good = self._csv(self._row("SCR", "Bin A", 1))
        self.assertFalse(self._upload_error("good.csv", good))

    def _upload_error(self, name, content):
        """What the form would show after it has sent a file; nothing if it is taken."""
        values = {"file": base64.b64encode(content).decode(), "file_name": name}
        args = [[], values]
        params = {"model": "stock.count.import", "method": "web_save", "args": args}
        params["kwargs"] = {"specification": {}}
        answer = self.url_open(
            "/web/dataset/call_kw/stock.count.import/web_save",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer["error"]["data"]["message"] if "error" in answer else ""

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
