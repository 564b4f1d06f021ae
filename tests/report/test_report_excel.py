import doctest
import io

from openpyxl import load_workbook

from odoo.tests import tagged
from odoo.tools import SQL

from ...report.engine import workbook
from ...report.engine.definition import Filters
from ..common import CountCommon


class ExcelCommon(CountCommon):
    """Reports written as Excel files and opened again by another program."""

    def _write(self, report, **filters):
        """The file of a report as openpyxl reads it."""
        target = io.BytesIO()
        report = self.env[f"report.stock_count.{report}"]
        report._write_excel(Filters.parse(filters), target)
        return load_workbook(io.BytesIO(target.getvalue()))

    def _rows(self, book):
        """The rows as dicts by the header's labels, without the totals."""
        header, *rows = book["Lines"].values
        rows = [dict(zip(header, row, strict=True)) for row in rows]
        return [row for row in rows if next(iter(row.values())) != "Total"]

    def _facts(self, book):
        """The summary's facts by label."""
        return {row[0]: row[1] for row in book["Summary"].values if row[0]}

    def _query(self, query, *args):
        """What an independent query says, as dicts."""
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        return self.env.cr.dictfetchall()


@tagged("post_install", "-at_install")
class TestReportExcel(ExcelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 5)
        cls.count = cls._create_session()

    def _review(self, **filters):
        return self._write(
            "report_review_document", session_ids=self.count.ids, **filters
        )

    def test_cells_are_numbers_dates_and_texts(self):
        """R2, R146: a column can be added up, sorted and filtered."""
        line = self._count(self.count, self.screw, self.bin_a, 8)
        [row] = [row for row in self._rows(self._review()) if row["Found"] is not None]
        self.assertEqual((row["Expected"], row["Found"]), (10, 8))
        self.assertEqual((row["Variance"], row["Variance Value"]), (-2, -4))
        self.assertEqual(row["Counted At"].date(), self._day(line.counted_at))
        self.assertEqual(row["Cycle Count"], self.count.name)

    def test_not_counted_is_an_empty_cell(self):
        """R2, D4: neither a zero nor a text."""
        row = self._rows(self._review())[0]
        self.assertEqual((row["Found"], row["Variance Value"]), (None, None))

    def test_the_header_stays_and_filters(self):
        """R2: frozen header, autofilter over all rows, totals that follow it."""
        self._count(self.count, self.screw, self.bin_a, 8)
        sheet = self._review()["Lines"]
        self.assertEqual(sheet.freeze_panes, "A2")
        self.assertEqual(sheet.auto_filter.ref.split(":")[1][-1], "3")
        totals = [cell.value for cell in sheet[sheet.max_row]]
        self.assertIn("=SUBTOTAL(109,L2:L3)", totals)

    def test_money_has_the_currency_and_quantities_their_decimals(self):
        """R2: native formats, not formatted texts."""
        self._count(self.count, self.screw, self.bin_a, 8)
        sheet = self._review()["Lines"]
        header = [cell.value for cell in sheet[1]]
        formats = {
            label: sheet.cell(2, header.index(label) + 1).number_format
            for label in ("Expected", "Variance", "Variance Value")
        }
        self.assertEqual(formats["Expected"], "#,##0.00")
        self.assertEqual(formats["Variance"], "+#,##0.00;-#,##0.00;0.00")
        self.assertIn(self.company.currency_id.symbol, formats["Variance Value"])

    def test_a_name_that_looks_like_a_formula_is_a_text(self):
        """R2: what somebody typed as a name never runs in Excel."""
        for name in ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)"):
            self._book(self._create_product(name), self.bin_a, 1)
        self.count.action_refresh()
        cells = [
            cell
            for row in self._review()["Lines"].iter_rows(min_row=2)
            for cell in row
            if str(cell.value)[:1] in ("=", "+", "-", "@") and cell.value
        ]
        texts = [cell for cell in cells if isinstance(cell.value, str)]
        formulas = [c for c in texts if c.data_type == "f"]
        self.assertEqual([c.value[:10] for c in formulas], ["=SUBTOTAL("])
        self.assertIn("@SUM(A1)", [c.value for c in texts])
        self.assertTrue(all(cell.hyperlink is None for cell in cells))

    def test_names_in_any_script_come_through(self):
        """R2: markup, right-to-left and Chinese names, byte for byte."""
        names = ["<b>Nut & Bolt</b>", "برغي ٨ مم", "螺丝 M8", "\u202ertl", "x" * 200]
        for name in names:
            self._book(self._create_product(name), self.bin_b, 1)
        self.count.action_refresh()
        written = [row["Description"] for row in self._rows(self._review())]
        self.assertFalse(set(names) - set(written))

    def test_the_summary_says_what_was_left_out_and_never_a_net_alone(self):
        """R2, R146: filters, who and when, all four sums."""
        self._count(self.count, self.screw, self.bin_a, 8)
        self._count(self.count, self.screw, self.bin_b, 7)
        facts = self._facts(self._review(states=["counted"]))
        self.assertEqual(facts["Filter: Status"], "Counted")
        self.assertEqual(facts["Printed by"], self.env.user.name)
        sums = [
            facts[k] for k in ("Shortage value", "Overage value", "Net", "Absolute")
        ]
        self.assertEqual(sums, [4, 4, 0, 8])

    def test_the_review_agrees_with_the_records_to_the_cent(self):
        """R146, R2: recomputed from raw records by a query of its own."""
        self._count(self.count, self.screw, self.bin_a, 8.37)
        self._count(self.count, self.screw, self.bin_b, 7.13)
        book = self._review()
        [raw] = self._query(
            """SELECT round(sum(variance_value), 2) AS net,
                      round(sum(abs(variance_value)), 2) AS absolute
                 FROM stock_count_line WHERE session_id = %s AND is_counted""",
            self.count.id,
        )
        values = [row["Variance Value"] or 0 for row in self._rows(book)]
        self.assertEqual(round(sum(values), 2), float(raw["net"]))
        self.assertEqual(
            round(self._facts(book)["Absolute"], 2), float(raw["absolute"])
        )

    def test_the_examples_of_the_workbook_are_true(self):
        """R2: number formats, as plain Python."""
        self.assertFalse(doctest.testmod(workbook).failed)
