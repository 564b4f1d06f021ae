import doctest
import io
from unittest import mock

from pypdf import PdfReader

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...report.engine import definition
from ...report.engine import print as engine_print
from ..common import CountCommon

REPORT = "stock_count.report_review"


class ReviewCommon(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 5)
        cls.count = cls._create_session()
        cls.report = cls.env["report.stock_count.report_review_document"]

    def _print(self, sessions=None, data=None):
        """What the template gets."""
        ids = (sessions or self.count).ids
        return self.report._get_report_values(ids, data)["report"]

    def _section(self, session=None, data=None):
        return self._print(session, data)["sections"][0]

    def _items(self, section, kind):
        return [
            item.content
            for page in section["pages"]
            for item in page
            if item.kind == kind
        ]

    def _rows(self, section):
        """The printed rows as dicts, by column key."""
        return [
            {column.key: text for column, text in row["cells"]}
            for row in self._items(section, "row")
        ]

    def _html(self, sessions):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            REPORT, sessions.ids
        )
        return html.decode()


@tagged("post_install", "-at_install")
class TestReportReview(ReviewCommon):
    def test_a_counted_line_shows_expected_found_and_variance(self):
        """R146, D11: quantities, cost and value of a shortage on one row."""
        self._count(self.count, self.screw, self.bin_a, 8)
        [row] = [row for row in self._rows(self._section()) if row["found"]]
        self.assertEqual(row["item"], "SCR")
        self.assertEqual(
            (row["expected"], row["found"], row["variance"]), ("10.00", "8.00", "-2.00")
        )
        self.assertIn("4.00", row["value"])
        self.assertEqual(row["counter"], self.env.user.name)

    def test_a_line_nobody_counted_has_no_found_quantity(self):
        """R146, D4: not counted is not zero, in print neither."""
        row = self._rows(self._section())[0]
        self.assertEqual((row["found"], row["variance"], row["value"]), ("", "", ""))

    def test_a_line_counted_zero_says_so(self):
        """R146, D4: nothing there is a count."""
        self._count(self.count, self.screw, self.bin_a, 0)
        self.assertEqual(self._rows(self._section())[0]["found"], "0.00")

    def test_an_overage_has_its_sign(self):
        """R146, D12: readable without colour."""
        self._count(self.count, self.screw, self.bin_a, 11)
        self.assertEqual(self._rows(self._section())[0]["variance"], "+1.00")

    def test_shortages_and_overages_do_not_cancel_out(self):
        """R146: the net never stands alone."""
        self._count(self.count, self.screw, self.bin_a, 7)
        self._count(self.count, self.screw, self.bin_b, 8)
        totals = self._section()["totals"]
        self.assertEqual((totals["shortages"], totals["overages"]), ("1", "1"))
        for name, amount in (
            ("shortage_value", "6.00"),
            ("overage_value", "6.00"),
            ("net", "0.00"),
            ("absolute", "12.00"),
        ):
            self.assertIn(amount, totals[name], name)

    def test_accuracy_is_the_share_of_counted_lines_without_variance(self):
        """R146: over what was counted, not over what is still open."""
        self.assertEqual(self._section()["totals"]["accuracy"], "none")
        self._count(self.count, self.screw, self.bin_a, 10)
        self.assertEqual(self._section()["totals"]["accuracy"], "100.0 %")
        self._count(self.count, self.screw, self.bin_b, 4)
        self.assertEqual(self._section()["totals"]["accuracy"], "50.0 %")

    def test_each_location_has_its_subtotal(self):
        """R146: a problem bin is seen at once."""
        self._count(self.count, self.screw, self.bin_a, 7)
        section = self._section()
        self.assertEqual(
            self._items(section, "group"),
            [self.bin_a.complete_name, self.bin_b.complete_name],
        )
        first, second = self._items(section, "subtotal")
        self.assertIn("6.00", first["shortage_value"])
        self.assertEqual((first["counted"], second["counted"]), ("1", "0"))

    def test_a_held_line_is_listed_with_its_transfer(self):
        """R146, P5: what waits for a decision comes first."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._count(self.count, self.screw, self.bin_a, 7)
        [remark] = self._section()["remarks"]
        self.assertEqual(remark["state"], "held")
        self.assertIn(picking.name, remark["remark"])

    def test_a_posted_line_stays_on_the_report(self):
        """R146, P7: the report is the same after posting, but for the status."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self._post(self.count)
        row = self._rows(self._section())[0]
        self.assertEqual((row["variance"], row["status"]), ("-2.00", "Posted"))
        self.assertEqual(self._section()["totals"]["posted"], "1")

    def test_a_serial_number_found_elsewhere_says_where_it_came_from(self):
        """R146, P3: one move, and the report names its origin."""
        lot = self._create_lot(self.drill, "S-1")
        self._book(self.drill, self.bin_b, 1, lot=lot)
        self._count(self.count, self.drill, self.bin_a, 1, lot_id=lot.id)
        self._post(self.count)
        notes = [row["note"] for row in self._items(self._section(), "row")]
        self.assertIn(f"moved here from {self.bin_b.complete_name}", notes)

    def test_an_empty_count_is_a_clear_page(self):
        """R146: no lines is an answer, not an error."""
        html = self._html(self._create_session(self._create_bin("Empty")))
        self.assertIn("there is nothing to count in this scope", html)
        self.assertNotIn("o_count_lines", html.split("</style>")[-1])

    def test_filters_narrow_the_lines_and_are_named(self):
        """R1: item and status; the page says what it leaves out."""
        self._book(self.glue, self.bin_a, 3)
        self.count.action_refresh()
        data = {"product_ids": self.glue.ids, "states": ["to_count"]}
        report = self._print(data=data)
        [row] = self._rows(report["sections"][0])
        self.assertEqual(row["description"], "Glue")
        self.assertIn(("Status", "To Count"), report["filters"])

    def test_filters_that_cannot_be_read_are_refused(self):
        """R1: a clear message for what a client made up."""
        with self.assertRaisesRegex(UserError, "filters"):
            self._print(data={"date_from": "yesterday"})

    def test_dates_are_those_of_the_counts(self):
        """R1: a line that was not counted in the range is left out."""
        self._count(self.count, self.screw, self.bin_a, 10)
        today = self._day(self.count.last_counted_at)
        self.assertEqual(len(self._rows(self._section(data={"date_from": today}))), 1)
        self.assertFalse(self._section(data={"date_to": "2001-01-01"})["pages"])

    def test_the_page_says_which_report_it_is_and_who_printed_it(self):
        """R146: number, title, company, person, in the page and not only its footer."""
        body = self._html(self.count).split('class="footer"')[0]
        for text in (
            "Report 146",
            "Cycle Count Review",
            self.count.name,
            "Count &amp; Co",
            self.env.user.name,
        ):
            self.assertIn(text, body)

    def test_the_footer_has_page_numbers(self):
        """R146: wkhtmltopdf with patched Qt fills them in."""
        footer = self._html(self.count).split('class="footer"')[1]
        self.assertIn('class="page"', footer)
        self.assertIn('class="topage"', footer)
        self.assertIn("Count &amp; Co", footer)

    def test_each_page_says_what_was_left_out(self):
        """R1, R146: company and filters, in one line however many there are."""
        few = self._print(data={"product_ids": self.screw.ids})["running"]
        self.assertEqual(few, "Count & Co · Item: [SCR] Screw")
        for number in range(30):
            self._create_product(f"Many {number}")
        many = self.env["product.product"].search([("name", "like", "Many ")]).ids
        self.assertLess(len(self._print(data={"product_ids": many})["running"]), 140)

    def test_without_patched_qt_each_page_has_head_and_number(self):
        """R146: what wkhtmltopdf cannot do there, the report does itself."""
        for number in range(60):
            self._book(self._create_product(f"Item {number}"), self.bin_a, 1)
        self.count.action_refresh()
        for flows, pages in ((True, 1), (False, 3)):
            with mock.patch.object(type(self.report), "_flows", return_value=flows):
                html = self._html(self.count)
            self.assertEqual(html.count("<thead>"), pages)
            heads = html.count("Printed ", 0, html.index('class="footer"'))
            self.assertEqual(heads, pages)
            self.assertEqual("Page 2 of 3" in " ".join(html.split()), not flows)

    def test_a_heading_is_never_alone_below_many_remarks(self):
        """R146, R158: what waits for a decision may fill the first page and more."""
        lines = ["x" * 90] * 60
        groups = {"A": ([definition.Item("row", {})], self.report._new_totals(), "A")}
        remarks = [
            dict.fromkeys(("location", "item", "description", "lot", "remark"), text)
            for text in lines
        ]
        items = self.report._print_items(groups, self.report._new_totals(), None)
        for number in (0, 20, 28, 60):
            section = {"facts": [], "seals": [], "remarks": remarks[:number]}
            with mock.patch.object(type(self.report), "_flows", return_value=False):
                printed = self.report._print_pages(
                    section,
                    definition.Filters(),
                    self.report._get_columns(),
                    [],
                    items,
                )
            [page] = printed["pages"]
            self.assertEqual([item.kind for item in page][:2], ["group", "row"])
            self.assertEqual(printed["page_count"], printed["before"] + 1)
        self.assertGreater(printed["before"], 1)

    def test_too_many_lines_are_refused_with_a_way_out(self):
        """R146: rather than let the server run out of memory."""
        self.patch(engine_print, "MAX_PRINTED_LINES", 1)
        with self.assertRaisesRegex(RedirectWarning, "would have 2 lines"):
            self._html(self.count)

    def test_a_counter_gets_no_report(self):
        """Z1, Z2, M13: it shows what is expected and what it costs."""
        counter = self._create_user("count_me", "stock_count.group_count_counter")
        self.count.counter_ids = counter
        report = self.report.with_user(counter)
        with self.assertRaises(AccessError):
            report._get_report_values(self.count.ids)
        with self.assertRaises(AccessError):
            next(report._read_rows(definition.Filters()))

    def test_a_lead_without_inventory_rights_prints_what_was_posted(self):
        """Z1: a counting lead need not be an Inventory user."""
        lot = self._create_lot(self.drill, "S-1")
        self._book(self.drill, self.bin_b, 1, lot=lot)
        self._count(self.count, self.drill, self.bin_a, 1, lot_id=lot.id)
        self._post(self.count)
        lead = self._create_user("lead_me", "stock_count.group_count_lead")
        # Not even what somebody else has read already.
        self.env.flush_all()
        self.env.invalidate_all()
        values = self.report.with_user(lead)._get_report_values(self.count.ids)
        lots = [row["lot"] for row in self._rows(values["report"]["sections"][0])]
        self.assertIn("S-1", lots)

    def test_another_companys_count_is_refused(self):
        """Z2: record rules hold for reports, too."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = self._create_user("far_away", "stock_count.group_count_lead")
        user.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            self.report.with_user(user)._get_report_values(self.count.ids)

    def test_reading_rows_takes_the_same_queries_for_more_lines(self):
        """R146: lines are read in batches, not one by one."""
        few = self._count_queries()
        for number in range(20):
            self._book(self._create_product(f"Item {number}"), self.bin_a, 1)
        self.count.action_refresh()
        self.assertLessEqual(self._count_queries(), few)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        list(self.report._read_rows(definition.Filters((self.count.id,))))
        return self.env.cr.sql_log_count - before

    def test_the_rules_of_reports_do_what_their_examples_say(self):
        """R1, R146: filters, totals and pages, as plain Python."""
        for module in (definition, engine_print):
            self.assertFalse(doctest.testmod(module).failed)

    def test_numbers_in_right_to_left_names_stand_for_themselves(self):
        """R146: without patched Qt words are written over one another otherwise."""
        self._book(self._create_product("برغي ٨ مم <b>"), self.bin_a, 1)
        self.count.action_refresh()
        self.assertIn("برغي <span>٨</span> مم &lt;b&gt;", self._html(self.count))


@tagged("post_install", "-at_install", "stock_count_browser")
class TestReportReviewOverHttp(ReviewCommon, HttpCase):
    URL = "/report/{}/stock_count.report_review_document/{}"

    def test_a_counter_is_refused_by_url(self):
        """Z2, M13: the report's address is no way round."""
        self._create_user("count_url", "stock_count.group_count_counter")
        self.count.counter_ids = self.env["res.users"].search(
            [("login", "=", "count_url")]
        )
        self.authenticate("count_url", "count_url")
        for converter in ("html", "pdf", "text"):
            with mute_logger("odoo.http"):
                answer = self.url_open(self.URL.format(converter, self.count.id))
            self.assertEqual(answer.status_code, 403, converter)
            self.assertNotIn(self.screw.name, answer.text)

    def test_a_lead_gets_a_pdf_of_one_landscape_page(self):
        """R146, D11: a real PDF, made by wkhtmltopdf."""
        self._count(self.count, self.screw, self.bin_a, 8)
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(REPORT, self.count.ids)
        )
        self.assertEqual(kind, "pdf")
        [page] = PdfReader(io.BytesIO(pdf)).pages
        self.assertGreater(page.mediabox.width, page.mediabox.height)
        self.assertIn(self.count.name, page.extract_text())
