import io

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from ...report.engine import excel
from ...report.engine import print as engine_print
from ...report.engine.definition import Filters
from .test_report_excel import ExcelCommon

NUMBERS = ["146", "158", "213", "253", "P19", "RX1", "RX2", "RX3", "RX3", "S9"]


class CatalogueCommon(ExcelCommon):
    """Two bins with screws and glue, counted with a shortage and an overage."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 5)
        cls.count = cls._create_session()

    def _reports(self):
        """All reports that this world can make."""
        reports = self.env["stock.count.report"]._get_reports()
        return [report for report in reports if report._is_available() is True]

    def _count_both(self):
        self._count(self.count, self.screw, self.bin_a, 8.5)
        self._count(self.count, self.screw, self.bin_b, 6.25)


@tagged("post_install", "-at_install")
class TestReportCatalogue(CatalogueCommon):
    def test_each_report_is_found_by_its_number(self):
        """R146, R158, R213, R253, RX1 to RX3, P19, S9: a menu entry each."""
        numbers = [
            r._report_number for r in self.env["stock.count.report"]._get_reports()
        ]
        self.assertFalse(set(NUMBERS) - set(numbers))
        menus = self.env.ref("stock_count.menu_count_reports").child_id.mapped("name")
        for number in NUMBERS:
            self.assertTrue(
                any(name.startswith(f"{number} ") for name in menus), number
            )

    def test_each_report_opens_on_screen_in_excel_and_on_paper(self):
        """R1, R2: one definition, three renderers, with lines and without."""
        self._count_both()
        self._post(self.count)
        for report in self._reports():
            for filters in ({}, {"date_from": "2001-01-01", "date_to": "2001-01-31"}):
                with self.subTest(report=report._name, filters=filters):
                    screen = report.get_screen(filters)
                    rows = report.get_rows(filters, 0, 500)
                    book = self._open(report, filters)
                    values = report._get_report_values([], filters)
                    self.assertEqual(len(rows), screen["count"])
                    self.assertEqual(len(self._rows(book)), screen["count"])
                    self.assertTrue(values["report"]["sections"])

    def _open(self, report, filters):
        target = io.BytesIO()
        report._write_excel(Filters.parse(filters), target)
        return load_workbook(io.BytesIO(target.getvalue()))

    def test_a_report_of_nothing_says_so(self):
        """R1: a clear page instead of a blank one."""
        filters = {"session_ids": self._create_session(self._create_bin("Empty")).ids}
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "stock_count.report_differences_document", [], data=filters
        )
        self.assertIn("No lines", html.decode())

    def test_screen_excel_and_paper_say_the_same_sums(self):
        """R1, R2: whether a query adds up or a renderer does."""
        self._count_both()
        for report in self._reports():
            with self.subTest(report=report._name):
                figures = report.get_screen({})["figures"]
                totals = report._new_totals()
                for row in report._read_rows(Filters()):
                    totals.add(row)
                currency = self.company.currency_id
                printed = report._print_totals(totals, currency)["figures"]
                self.assertEqual(figures, printed)

    def test_a_range_that_ends_before_it_starts_is_refused(self):
        """R1: with both dates in the message, and nothing written."""
        filters = {"date_from": "2026-02-01", "date_to": "2026-01-01"}
        for report in self._reports():
            for call in (report.get_screen, report.action_excel, report.action_pdf):
                with self.assertRaisesRegex(UserError, "before it starts"):
                    call(filters)

    def test_filters_made_up_by_a_client_are_refused(self):
        """R1, Z2: by a message, not by a traceback."""
        report = self._reports()[0]
        for filters in (
            "everything",
            {"session_ids": "all"},
            {"product_ids": [{}]},
            {"date_to": "tomorrow"},
            {"states": "counted"},
            {"group": "colour"},
            {"session_ids": [987654321]},
            {"session_ids": [float("inf")]},
            {"date_to": "9999-12-31"},
            {"date_from": "0001-01-01"},
            {"days": 10**12},
            {"states": ["\x00"]},
            {"session_states": ["gone"]},
        ):
            with self.subTest(filters=filters), self.assertRaises(UserError):
                report.get_screen(filters)

    def test_a_page_that_there_is_not_is_empty_or_refused(self):
        """R1, Z2: numbers without an end, and what is no number."""
        report = self._reports()[0]
        self.assertFalse(report.get_rows({}, 10**30, 10**30))
        for offset, limit in (("x", 1), (None, 1), (0, float("inf")), (0, [])):
            with self.assertRaises(UserError):
                report.get_rows({}, offset, limit)

    def test_a_counter_gets_no_report_by_any_door(self):
        """Z1, Z2, M13: reports show what is expected and what it costs."""
        counter = self._create_user("count_me", "stock_count.group_count_counter")
        self.count.counter_ids = counter
        for report in self._reports():
            for call in ("get_screen", "get_rows", "action_excel", "action_pdf"):
                with self.assertRaises(AccessError):
                    self._rpc(counter, report, call, {})
            with self.assertRaises(AccessError):
                self._rpc(counter, report, "action_open_row", self.count.line_ids[0].id)

    def test_another_companys_count_is_refused(self):
        """Z2: by screen, Excel and paper."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = self._create_user("far_away", "stock_count.group_count_lead")
        user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        filters = {"session_ids": self.count.ids}
        own = {"allowed_company_ids": company.ids}
        for found in self._reports():
            report = found.with_user(user).with_context(own)
            for call in (report.get_screen, report.action_excel, report.action_pdf):
                with self.assertRaises(AccessError):
                    call(filters)

    def test_amounts_of_two_companies_are_not_added_up(self):
        """R1: counts of several companies are reported one company at a time."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= company
        self.env = self.env(
            context={"allowed_company_ids": [self.company.id, company.id]}
        )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        other = self.env["stock.count.session"].create(
            {"company_id": company.id, "warehouse_id": warehouse.id}
        )
        report = self.env["report.stock_count.report_differences_document"]
        with self.assertRaisesRegex(UserError, "several companies"):
            report.get_screen({"session_ids": [self.count.id, other.id]})

    def test_a_lead_without_inventory_rights_reads_all_reports(self):
        """Z1: a counting lead need not be an Inventory user."""
        self._count_both()
        self._post(self.count)
        lead = self._create_user("lead_me", "stock_count.group_count_lead")
        self.env.flush_all()
        self.env.invalidate_all()
        for report in self._reports():
            with self.subTest(report=report._name):
                screen = self._rpc(lead, report, "get_screen", {})
                rows = self._rpc(lead, report, "get_rows", {})
                self.assertEqual(len(rows), screen["count"])

    def test_more_lines_than_paper_takes_are_offered_as_excel(self):
        """R2: said before the server is kept busy."""
        self.patch(engine_print, "MAX_PRINTED_LINES", 1)
        report = self.env["report.stock_count.report_review_document"]
        with self.assertRaisesRegex(RedirectWarning, "Take Excel") as refused:
            report.action_pdf({"session_ids": self.count.ids})
        _text, offered, button, _context = refused.exception.args
        action = report.action_excel({"session_ids": self.count.ids})
        self.assertEqual((offered, button), (action, "Excel"))
        self.assertIn("xlsx", action["params"]["url"])

    def test_more_lines_than_excel_takes_are_refused(self):
        """R2: a sheet has an end; its user is told."""
        self.patch(excel, "MAX_ROWS", 1)
        report = self.env["report.stock_count.report_review_document"]
        with self.assertRaisesRegex(UserError, "a sheet of Excel takes 1"):
            report.action_excel({"session_ids": self.count.ids})

    def test_without_wkhtmltopdf_a_pdf_says_what_to_install(self):
        """R2: Excel and screen work all the same."""
        printer = type(self.env["ir.actions.report"])
        self.patch(printer, "get_wkhtmltopdf_state", lambda self: "install")
        for report in self._reports():
            with self.assertRaisesRegex(UserError, "installs wkhtmltopdf"):
                report.action_pdf({})
            self.assertTrue(report.get_screen({}))
            self.assertTrue(report.action_excel({}))

    def test_days_are_those_of_the_users_clock(self):
        """R1: half past eleven in the evening in Chicago is still that day."""
        line = self._count(self.count, self.screw, self.bin_a, 8)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_count_line SET counted_at = '2026-03-02 05:30' WHERE id = %s",
            [line.id],
        )
        line.invalidate_recordset()
        report = self.env["report.stock_count.report_differences_document"]
        march = {"date_from": "2026-03-01", "date_to": "2026-03-01"}
        for zone, rows in (("America/Chicago", 1), ("Europe/Paris", 0)):
            self.assertEqual(
                report.with_context(tz=zone).get_screen(march)["count"], rows
            )
        [row] = report.with_context(tz="America/Chicago").get_rows(march)
        self.assertEqual(row["id"], line.id)

    def test_cancelled_counts_are_left_out_unless_asked_for(self):
        """R1: what nobody stands by is no difference."""
        self._count_both()
        self.count.action_cancel()
        report = self.env["report.stock_count.report_differences_document"]
        self.assertEqual(report.get_screen({})["count"], 0)
        asked = ({"session_ids": self.count.ids}, {"session_states": ["cancelled"]})
        for filters in asked:
            self.assertEqual(report.get_screen(filters)["count"], 2)
        listed = self.env["report.stock_count.report_list_document"]
        self.assertNotIn(self.count.id, [row["id"] for row in listed.get_rows({})])
        for filters in asked:
            self.assertIn(self.count.id, [r["id"] for r in listed.get_rows(filters)])

    def test_a_page_of_rows_is_a_page(self):
        """R1: screens read what they show, in the order that was asked for."""
        self._count_both()
        report = self.env["report.stock_count.report_review_document"]
        filters = {"session_ids": self.count.ids}
        first = report.get_rows(filters, 0, 1, "-variance")
        second = report.get_rows(filters, 1, 1, "-variance")
        line = self._line(self.count, self.screw, self.bin_b)
        self.assertEqual([row["id"] for row in first], line.ids)
        self.assertNotEqual(first, second)
        with self.assertRaises(UserError):
            report.get_rows(filters, 0, 1, "id; drop table x")

    def test_a_row_opens_its_count_sheet(self):
        """R1: from a figure to what it is about."""
        report = self.env["report.stock_count.report_review_document"]
        action = report.action_open_row(self.count.line_ids[0].id)
        self.assertEqual(action["domain"], [("session_id", "=", self.count.id)])
        with self.assertRaisesRegex(UserError, "deleted"):
            report.action_open_row(987654321)
