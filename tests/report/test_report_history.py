import doctest
import io
from datetime import timedelta

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...report.engine import chart
from ...report.engine.definition import Chart, Column, Filters, Table
from ..common import CountCommon

REPORT = "report.stock_count.report_history_document"


@tagged("post_install", "-at_install")
class TestHistoryReport(CountCommon):
    """Report 213: posted counts over time (R213)."""

    def setUp(self):
        super().setUp()
        self.report = self.env[REPORT]
        self.nail = self._create_product("Nail <&> =1+1", standard_price=10.05)
        self._book(self.screw, self.bin_a, 10)
        self._book(self.nail, self.bin_b, 5)

    def _count_and_post(self, screw=10, nail=5, **values):
        session = self._create_session(**values)
        self._count(session, self.screw, self.bin_a, screw)
        self._count(session, self.nail, self.bin_b, nail)
        self._post(session)
        return session

    def _rows(self, **filters):
        return list(self.report._read_rows(Filters.parse(filters)))

    def _tables(self, **filters):
        tables = self.report._get_tables(Filters.parse(filters))
        return {table.columns[0].label: table for table in tables[3:]}

    def _move_back(self, session, days):
        rows = self.env["stock.count.history"].sudo()
        rows = rows.search([("session_id", "=", session.id)])
        rows.posted_at = rows[0].posted_at - timedelta(days=days)

    def test_a_row_is_what_a_count_posted(self):
        """R213: one of two lines was right, a nail is missing."""
        session = self._count_and_post(nail=4)
        [row] = self._rows()
        self.assertEqual((row["number"], row["lines"]), (session.name, 2))
        self.assertEqual((row["accuracy"], row["rounds"]), (50, 1))
        self.assertEqual((row["shortage_value"], row["net"]), (10.05, -10.05))

    def test_figures_agree_with_the_moves_to_the_cent(self):
        """R213, R2: by an independent query of the lines."""
        self._count_and_post(screw=12, nail=4)
        self._count_and_post(screw=11, nail=6)
        totals = self.report._sum_up(Filters())
        self.env.cr.execute(
            """
            SELECT -sum(LEAST(variance_value, 0)), sum(GREATEST(variance_value, 0))
              FROM stock_count_line WHERE company_id = %s AND state = 'posted'
            """,
            [self.company.id],
        )
        shortage, overage = self.env.cr.fetchone()
        self.assertAlmostEqual(totals.shortage_value, float(shortage), 6)
        self.assertAlmostEqual(totals.overage_value, float(overage), 6)

    def test_the_excel_file_agrees_with_the_history(self):
        """R213, R2: opened again, rows and tables; charts are native ones."""
        self._count_and_post(screw=12, nail=4)
        file = io.BytesIO()
        self.report._write_excel(Filters(), file)
        book = openpyxl.load_workbook(file)
        header, row, *_rest = book["Lines"].iter_rows(values_only=True)
        cells = dict(zip(header, row, strict=True))
        self.assertEqual((cells["Shortages"], cells["Overages"]), (10.05, 4))
        self.assertEqual(cells["Accuracy"], 0)
        self.assertGreaterEqual(len(book["Summary"]._charts), 7)

    def test_the_trend_has_a_point_for_each_step(self):
        """R213: counts of 20 days and of today, nothing between."""
        old = self._count_and_post(nail=4)
        self._move_back(old, 20)
        self._count_and_post(nail=4)
        trend = self.report._get_tables(Filters())[0]
        counted = [row for row in trend.rows if row["accuracy"] is not None]
        self.assertEqual([row["accuracy"] for row in counted], [50, 100])
        self.assertLess(counted[0]["low"], 50)
        self.assertGreater(counted[0]["high"], 50)

    def test_places_items_and_categories_that_differ_most_come_first(self):
        """R213: each with shortages, overages, net and absolute."""
        self._count_and_post(screw=12, nail=4)
        items = self._tables()["Items that differed most"]
        self.assertEqual(
            [(row["net"], row["absolute"]) for row in items.rows],
            [(-10.05, 10.05), (4, 4)],
        )

    def test_causes_are_told_as_pareto_had_it(self):
        """R213, P10: what all causes make together ends at 100 %."""
        self._count_and_post(screw=12, nail=4)
        for label in ("Reason", "Probable cause"):
            causes = self._tables()[label]
            self.assertEqual(causes.chart.kind, "pareto")
            self.assertEqual(causes.rows[-1]["together"], 100)

    def test_a_reason_that_people_gave_is_told_before_a_default_one(self):
        """R213, P10: 10.05 for theft, 4 for an overage without a word."""
        theft = self.env["stock.count.reason"].create({"name": "Theft", "code": "THF"})
        session = self._create_session()
        self._count(session, self.screw, self.bin_a, 12)
        self._count(session, self.nail, self.bin_b, 4).reason_id = theft
        self._post(session)
        rows = self._tables()["Reason"].rows
        self.assertEqual([row["absolute"] for row in rows], [10.05, 4])
        self.assertEqual(rows[0]["name"], theft.display_name)

    def test_counters_are_told_with_their_rounds(self):
        """R213: a line that was counted twice."""
        session = self._create_session(self.bin_a)
        self._count(session, self.screw, self.bin_a, 8).action_request_recount()
        self._count(session, self.screw, self.bin_a, 10)
        self._post(session)
        [row] = self._tables()["Counted By"].rows
        self.assertEqual((row["name"], row["rounds"]), (self.env.user.name, 2))

    def test_how_often_was_counted_is_told(self):
        """R213: two counts of two bins on one day."""
        self._count_and_post()
        self._count_and_post()
        last = self.report._get_tables(Filters())[2].rows[-1]
        self.assertEqual(
            (last["sessions"], last["days"], last["places"], last["lines"]),
            (2, 1, 2, 4),
        )

    def test_how_often_was_counted_is_told_against_the_plan(self):
        """R213, S1: of a year, the screw by its class by hand, the nail by its own."""
        classes = self.env["stock.count.class"]
        four_times, once = classes.search(
            [("company_id", "=", self.company.id), ("counts_per_year", "in", (4, 1))]
        )
        classes.action_classify()
        self.screw.count_class_id = four_times
        self._count_and_post()
        self._count_and_post()
        before = self._count_and_post()
        self._move_back(before, 400)
        self._stop_clock()
        today = fields.Date.context_today(self.screw)
        year = {"date_from": str(today - timedelta(days=364))}
        names = ("name", "items", "planned", "made", "kept")
        rows = self._tables(**year)["Class"].rows
        self.assertEqual(
            [tuple(row[name] for name in names) for row in rows],
            [(four_times.name, 1, 4, 2, 0), (once.name, 1, 1, 2, 1)],
        )
        only_screw = self._tables(**year, product_ids=self.screw.ids)["Class"].rows
        self.assertEqual([row["name"] for row in only_screw], [four_times.name])

    def test_there_is_no_plan_for_a_part_of_an_item(self):
        """R213: one bin or one count is not what a class wants; nor before classes."""
        self._count_and_post()
        self.assertNotIn("Class", self._tables())
        self.env["stock.count.class"].action_classify()
        self.assertIn("Class", self._tables())
        self.assertNotIn("Class", self._tables(location_ids=self.bin_a.ids))

    def test_filters_narrow_rows_and_tables_alike(self):
        """R1: item, location, session, warehouse and days."""
        old = self._count_and_post(nail=4)
        self._move_back(old, 40)
        new = self._count_and_post(screw=12)
        today = fields.Date.today()
        recent = {"date_from": (today - timedelta(days=9)).isoformat()}
        self.assertEqual([row["number"] for row in self._rows(**recent)], [new.name])
        only_nail = {"product_ids": [self.nail.id]}
        self.assertEqual([row["lines"] for row in self._rows(**only_nail)], [1, 1])
        items = self._tables(**only_nail)["Items that differed most"]
        self.assertEqual(len(items.rows), 1)
        self.assertEqual(self._rows(session_ids=[old.id])[0]["number"], old.name)
        self.assertFalse(self._rows(location_ids=[self.customers.id]))

    def test_columns_can_be_sorted_by_on_screen(self):
        """R213: each column that says so, both ways, and page by page."""
        first = self._count_and_post(nail=4)
        second = self._count_and_post(screw=12)
        for column in self.report._get_columns():
            for sign in ("", "-") if column.order else ():
                rows = self.report.get_rows({}, order=sign + column.key)
                self.assertEqual(len(rows), 2, column.key)
        rows = self.report.get_rows({}, offset=1, limit=1, order="-shortage_value")
        self.assertEqual([row["id"] for row in rows], [second.id])
        self.assertEqual(self.report.get_rows({})[0]["id"], first.id)

    def test_the_page_has_drawings_and_no_foreign_markup(self):
        """R213: charts as SVG; a name like <&> is text."""
        self._count_and_post(screw=12, nail=4)
        values = self.report._get_report_values([], {})
        [section] = values["report"]["sections"]
        tables = [table for page in section["table_pages"] for table in page]
        drawings = [table["drawing"] for table in tables]
        self.assertGreaterEqual(sum(bool(drawing) for drawing in drawings), 7)
        self.assertIn("&lt;&amp;&gt;", "".join(map(str, drawings)))
        self.assertNotIn("<&>", "".join(map(str, drawings)))

    def test_nothing_posted_is_a_report_that_says_so(self):
        """R213: an empty selection is a clear page, in Excel, too."""
        screen = self.report.get_screen({})
        self.assertEqual(screen["count"], 0)
        self.assertIn(("Accuracy", "none"), [tuple(f) for f in screen["figures"]])
        self.report._write_excel(Filters(), io.BytesIO())
        [section] = self.report._get_report_values([], {})["report"]["sections"]
        self.assertFalse(section["pages"])

    def test_the_screen_leads_to_graph_and_pivot_of_the_same_lines(self):
        """R213: what the filters leave, also for a lead without Inventory rights."""
        self._count_and_post(nail=4)
        lead = self._create_user("lead", "stock_count.group_count_lead")
        filters = {"product_ids": self.nail.ids}
        self.assertTrue(self._rpc(lead, self.report, "get_screen", filters)["graph"])
        action = self._rpc(lead, self.report, "action_graph", filters)
        self.assertIn("graph,pivot", action["view_mode"])
        # Months without a count have no point: they would look like 0 %.
        self.assertIs(action["context"]["fill_temporal"], False)
        lines = self.env[action["res_model"]].with_user(lead).search(action["domain"])
        self.assertEqual(lines.product_id, self.nail)
        with self.assertRaises(UserError):
            self.env["report.stock_count.report_list_document"].action_graph({})

    def test_a_counter_reads_no_history_report(self):
        """Z1: by RPC."""
        counter = self._create_user("hand", "stock_count.group_count_counter")
        for method in ("get_screen", "get_rows", "action_graph"):
            with self.assertRaises(AccessError):
                self._rpc(counter, self.report, method, {})

    def test_another_companys_counts_are_no_rows(self):
        """Z2: amounts of two companies are never added up."""
        self._count_and_post(nail=4)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= other
        report = self.report.with_company(other)
        self.assertFalse(list(report._read_rows(Filters())))


@tagged("post_install", "-at_install")
class TestCharts(CountCommon):
    """Charts on paper (R213)."""

    def _draw(self, kind, rows, *keys):
        columns = [
            Column("name", "Name"),
            Column("one", "One", "money"),
            Column("share", "Share", "percent"),
        ]
        table = Table("Title", columns, rows, Chart(kind, keys))
        return chart.draw_chart(table, lambda value, kind: f"{value:g}")

    def test_the_examples_in_the_drawing_are_true(self):
        """R213: round scales."""
        self.assertFalse(doctest.testmod(chart).failed)

    def test_a_line_is_broken_where_nothing_was_counted(self):
        """R213: a step without a count has no point."""
        shares = (97, None, 98, 99)
        rows = [{"name": n, "share": share} for n, share in enumerate(shares)]
        drawing = self._draw("line", rows, "share")
        self.assertEqual(drawing.count("<circle"), 3)
        self.assertEqual(drawing.count("<polyline"), 2)

    def test_every_kind_is_drawn_from_nothing_up(self):
        """R213: no rows, zeros, one row, a negative value, a long name."""
        rows = [{"name": "x" * 90, "one": -3, "share": 0}]
        for kind in ("line", "column", "bar", "pie", "pareto"):
            self.assertEqual(self._draw(kind, []), "")
            self.assertIn("<svg", self._draw(kind, rows))
            zero = [{"name": "a", "one": 0, "share": None}]
            self.assertIn("<svg", self._draw(kind, zero))
