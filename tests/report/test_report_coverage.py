from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_report_excel import ExcelCommon

REPORT = "report_coverage_document"


@tagged("post_install", "-at_install")
class TestReportCoverage(ExcelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 5)
        cls.count = cls._create_session()

    def _outcomes(self, **filters):
        """What the certificate says of screws, by place."""
        rows = self._rows(self._write(REPORT, **filters))
        return {row["Location"].split("/")[-1]: row["Coverage"] for row in rows}

    def test_what_nobody_counted_is_a_gap(self):
        """S9: by product and place, gaps first."""
        self._count(self.count, self.screw, self.bin_a, 10)
        self._post(self.count)
        outcomes = self._outcomes()
        self.assertEqual(outcomes, {"Bin A": "Counted", "Bin B": "Not counted"})
        self.assertEqual(next(iter(outcomes)), "Bin B")

    def test_a_count_that_nobody_posted_covers_nothing_yet(self):
        """S9: the book was neither confirmed nor corrected."""
        self._count(self.count, self.screw, self.bin_a, 9)
        self.assertEqual(self._outcomes()["Bin A"], "Counted, not posted")

    def test_a_count_of_another_year_covers_nothing(self):
        """S9: once in each fiscal year, that of the user's clock."""
        line = self._count(self.count, self.screw, self.bin_a, 10)
        self._post(self.count)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE stock_count_line SET posted_counted_at = '2020-06-01'
                WHERE id = %s""",
            [line.id],
        )
        self.assertEqual(self._outcomes()["Bin A"], "Not counted")
        year = {"date_from": "2020-01-01", "date_to": "2020-12-31"}
        self.assertEqual(self._outcomes(**year)["Bin A"], "Counted")

    def test_what_was_counted_empty_is_covered(self):
        """S9: a place that held nothing at the end was looked at."""
        line = self._count(self.count, self.screw, self.bin_a, 0)
        self._post(self.count)
        rows = self._rows(self._write(REPORT))
        [row] = [r for r in rows if r["Location"] == self.bin_a.complete_name]
        self.assertEqual((row["Coverage"], row["Book at End"]), ("Counted", 0))
        self.assertEqual(row["Counted By"], self.env.user.name)
        self.assertEqual(row["Last Counted"].date(), self._day(line.counted_at))

    def test_the_book_is_that_of_the_end_of_the_period(self):
        """S9: what came or went afterwards is undone in the figures."""
        # West of Greenwich it may be yesterday still.
        earlier = fields.Date.subtract(fields.Date.today(), days=2)
        self._receive(self.screw, 4, self.bin_b)
        self._deliver(self.screw, 3, self.bin_b)
        before = {"date_from": "2020-01-01", "date_to": str(earlier)}
        self.assertEqual(self._booked_in_b(**before), 5)
        self.assertEqual(self._booked_in_b(), 6)

    def _booked_in_b(self, **filters):
        rows = self._rows(self._write(REPORT, **filters))
        places = {row["Location"]: row["Book at End"] for row in rows}
        return places[self.bin_b.complete_name]

    def test_coverage_agrees_with_quants_and_lines(self):
        """S9: recomputed from raw records by a query of its own."""
        self._book(self.glue, self.bin_b, 3, lot=self._create_lot(self.glue, "G"))
        self._count(self.count, self.screw, self.bin_a, 9)
        self._post(self.count)
        book = self._write(REPORT)
        [raw] = self._query(
            """SELECT count(*) AS places, count(*) FILTER (WHERE EXISTS (
                          SELECT FROM stock_count_line line
                           WHERE line.product_id = quant.product_id
                             AND line.location_id = quant.location_id
                             AND line.posted_round > 0)) AS covered
                 FROM (SELECT DISTINCT q.product_id, q.location_id FROM stock_quant q
                         JOIN stock_location l ON l.id = q.location_id
                        WHERE l.usage = 'internal' AND l.company_id = %s
                          AND q.quantity <> 0) quant""",
            self.company.id,
        )
        facts = self._facts(book)
        self.assertEqual(facts["To cover"], raw["places"])
        self.assertEqual(facts["Counted"], raw["covered"])
        values = [row["Value at Cost"] for row in self._rows(book)]
        self.assertEqual(round(sum(values), 2), 2 * 9 + 2 * 5 + 5 * 3)

    def test_the_same_records_have_the_same_digest_on_paper_and_in_excel(self):
        """S9: and other records have another one."""
        before = self._digest()
        self.assertEqual(before, self._digest())
        report = self.env[f"report.stock_count.{REPORT}"]
        [section] = report._get_report_values([], {})["report"]["sections"]
        self.assertIn(before, [text for _label, text in section["seals"]])
        self._receive(self.screw, 1, self.bin_b)
        self.assertNotEqual(before, self._digest())

    def _digest(self):
        facts = self._facts(self._write(REPORT))
        [digest] = [v for label, v in facts.items() if label.startswith("Digest")]
        return digest

    def test_a_year_that_has_not_begun_is_refused(self):
        """S9: nothing can be certified about it."""
        report = self.env[f"report.stock_count.{REPORT}"]
        with self.assertRaisesRegex(UserError, "nothing to certify"):
            report.get_screen({"date_from": "2199-01-01"})

    def test_filters_narrow_the_certificate(self):
        """S9, R1: by place and product."""
        outcomes = self._outcomes(location_ids=self.bin_b.ids)
        self.assertEqual(outcomes, {"Bin B": "Not counted"})
        self.assertFalse(self._outcomes(product_ids=self.glue.ids))
