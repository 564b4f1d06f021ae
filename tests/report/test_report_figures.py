from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from ...report.engine.definition import Filters
from .test_report_excel import ExcelCommon


@tagged("post_install", "-at_install")
class TestReportFigures(ExcelCommon):
    """Each report as Excel, against a query that knows nothing of the report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 5)
        cls.lot = cls._create_lot(cls.glue, "G-1")
        cls._book(cls.glue, cls.bin_a, 7, lot=cls.lot)
        cls.serial = cls._create_lot(cls.drill, "S-1")
        cls._book(cls.drill, cls.bin_b, 1, lot=cls.serial)
        cls.count = cls._create_session(description="Aisle <A> & co")

    def _count_all(self):
        self._count(self.count, self.screw, self.bin_a, 8.37)
        self._count(self.count, self.screw, self.bin_b, 7.13)
        self._count(self.count, self.glue, self.bin_a, 6, lot_id=self.lot.id)

    def _sum(self, rows, label):
        return round(sum(row[label] or 0 for row in rows), 2)

    def test_differences_agree_with_the_lines(self):
        """R158, R2: every line with a variance, shortages and overages to the cent."""
        self._count_all()
        book = self._write("report_differences_document")
        rows, facts = self._rows(book), self._facts(book)
        [raw] = self._query(
            """SELECT count(*) AS lines,
                      round(-sum(least(variance_value, 0)), 2)::float AS shortages,
                      round(sum(greatest(variance_value, 0)), 2)::float AS overages
                 FROM stock_count_line
                WHERE company_id = %s AND is_counted AND variance_qty <> 0""",
            self.company.id,
        )
        self.assertEqual(len(rows), raw["lines"])
        self.assertEqual(self._sum(rows, "Shortage"), raw["shortages"])
        self.assertEqual(self._sum(rows, "Overage"), raw["overages"])
        self.assertEqual(facts["Absolute"], raw["shortages"] + raw["overages"])

    def test_differences_leave_out_what_a_newer_count_superseded(self):
        """R158, P6: a variance that is no longer true, unless it is asked for."""
        self._count(self.count, self.screw, self.bin_a, 8)
        newer = self._create_session(self.bin_a)
        self._count(newer, self.screw, self.bin_a, 9)
        self._post(newer)
        self.count.action_refresh()
        old = self._line(self.count, self.screw, self.bin_a)
        self.assertEqual(old.state, "superseded")
        report = self.env["report.stock_count.report_differences_document"]
        ids = [row["id"] for row in report._read_rows(Filters())]
        self.assertNotIn(old.id, ids)

    def test_the_list_agrees_with_sessions_and_lines(self):
        """R253, R2: each count with its lines, differences and values."""
        self._count_all()
        self._post(self.count)
        again = self._create_session(self.bin_b)
        rows = {
            row["Number"]: row
            for row in self._rows(self._write("report_list_document"))
        }
        raw = self._query(
            """SELECT session.name, count(*) AS lines,
                      count(*) FILTER (WHERE is_counted) AS counted,
                      count(*) FILTER (WHERE variance_qty <> 0) AS differing,
                      round(sum(variance_value), 2)::float AS net,
                      round(sum(abs(variance_value)), 2)::float AS absolute
                 FROM stock_count_session session
                 JOIN stock_count_line line ON line.session_id = session.id
                WHERE session.company_id = %s GROUP BY session.name""",
            self.company.id,
        )
        self.assertEqual(rows.keys(), {r["name"] for r in raw} | {again.name})
        for expected in raw:
            row = rows[expected["name"]]
            found = [row[k] for k in ("Lines", "Counted", "Differ", "Net", "Absolute")]
            keys = ("lines", "counted", "differing", "net", "absolute")
            self.assertEqual(found, [expected[key] or 0 for key in keys])
        created = rows[self.count.name]["Created"].date()
        self.assertEqual(created, self._day(self.count.create_date))

    def test_a_count_of_many_places_names_the_first_on_paper(self):
        """R253: a row stays a row; the sheet has all of them."""
        bins = [self._create_bin(f"Bin with a long name {n}") for n in range(9)]
        count = self._create_session(self.env["stock.location"].union(*bins))
        report = self.env["report.stock_count.report_list_document"]
        [row] = report.get_rows({"session_ids": count.ids})
        shown = max(row["cells"], key=len)
        self.assertTrue(shown.endswith("…") and len(shown) <= 60, shown)
        [row] = self._rows(self._write("report_list_document", session_ids=count.ids))
        self.assertIn("Bin with a long name 8", row["Locations"])

    def test_adjustments_agree_with_the_moves(self):
        """P19, P1, P2: what was posted, by which move, why, and what it was worth."""
        self._count_all()
        self._post(self.count)
        rows = self._rows(self._write("report_adjustment_document"))
        raw = self._query(
            """SELECT move.id, line.unit_cost, move.product_qty::float AS quantity,
                      target.usage AS target, users.id AS poster
                 FROM stock_move move
                 JOIN stock_count_line line ON line.id = move.count_line_id
                 JOIN stock_location target ON target.id = move.location_dest_id
                 JOIN res_users users ON users.id = move.create_uid
                WHERE move.count_session_id = %s AND move.state = 'done'""",
            self.count.id,
        )
        self.assertEqual({row["Move"] for row in rows}, {move["id"] for move in raw})
        by_id = {row["Move"]: row for row in rows}
        for move in raw:
            row, cost = by_id[move["id"]], move["unit_cost"] * move["quantity"]
            issued = move["target"] == "inventory"
            self.assertEqual(row["Quantity"], move["quantity"])
            self.assertAlmostEqual(row["Shortage" if issued else "Overage"], cost, 2)
            self.assertIsNone(row["Overage" if issued else "Shortage"])
            self.assertTrue(row["Reason"] and row["Posted By"] and row["Counted By"])

    def test_adjustments_name_what_was_undone(self):
        """P19, P15: both moves stand there and point at each other."""
        self._count_all()
        self._post(self.count)
        self.count.action_undo_posting()
        rows = self._rows(self._write("report_adjustment_document"))
        notes = [row["Remarks"] or "" for row in rows]
        self.assertEqual(len([n for n in notes if n.startswith("undoes")]), 3)
        self.assertEqual(len([n for n in notes if n.startswith("undone")]), 3)

    def test_a_location_move_has_no_value_of_its_own(self):
        """P19, P3: what only changed its place cost nothing."""
        self._count(self.count, self.drill, self.bin_a, 1, lot_id=self.serial.id)
        self._post(self.count)
        [row] = self._rows(self._write("report_adjustment_document"))
        self.assertEqual(row["Kind"], "Location move")
        self.assertEqual((row["Shortage"], row["Overage"]), (None, None))
        self.assertEqual(row["From"], self.bin_b.complete_name)

    def test_lots_stand_by_their_expiration_date(self):
        """RX1: days left, what was counted, and what of its value is at risk."""
        if "expiration_date" not in self.env["stock.lot"]._fields:
            self.skipTest("product_expiry is not installed")
        self.lot.expiration_date = datetime.now() + timedelta(days=10)
        self._count_all()
        [row] = self._rows(self._write("report_expiry_document"))
        self.assertIn(row["Days Left"], (9, 10))
        self.assertEqual((row["Expected"], row["Counted"]), (7, 6))
        self.assertEqual((row["Value at Risk"], row["Variance Value"]), (30, -5))
        self.assertEqual(row["Expiry"], "Within 30 days")
        self.assertFalse(self._rows(self._write("report_expiry_document", days=5)))

    def test_a_lot_that_was_counted_twice_is_at_risk_once(self):
        """RX1: of each thing in its place the last count."""
        if "expiration_date" not in self.env["stock.lot"]._fields:
            self.skipTest("product_expiry is not installed")
        self.lot.expiration_date = datetime.now() - timedelta(days=3)
        self._count_all()
        again = self._create_session(self.bin_a)
        self._count(again, self.glue, self.bin_a, 4, lot_id=self.lot.id)
        [row] = self._rows(self._write("report_expiry_document"))
        self.assertEqual((row["Cycle Count"], row["Value at Risk"]), (again.name, 20))

    def test_without_product_expiry_the_report_says_what_to_install(self):
        """RX1: rather than an empty page."""
        report = self.env["report.stock_count.report_expiry_document"]
        if report._is_available() is True:
            self.skipTest("product_expiry is installed")
        for call in (report.get_screen, report.action_excel, report.action_pdf):
            with self.assertRaisesRegex(Exception, "product_expiry"):
                call({})

    def test_a_serial_is_verified_missing_or_found_elsewhere(self):
        """RX2: also after posting, which settles the variance."""
        seen = self._create_lot(self.drill, "S-2")
        self._book(self.drill, self.bin_a, 1, lot=seen)
        lost = self._create_lot(self.drill, "S-3")
        self._book(self.drill, self.bin_a, 1, lot=lost)
        self.count.action_refresh()
        self._count(self.count, self.drill, self.bin_a, 1, lot_id=seen.id)
        self._count(self.count, self.drill, self.bin_a, 0, lot_id=lost.id)
        self._count(self.count, self.drill, self.bin_a, 1, lot_id=self.serial.id)
        self.assertEqual(self._read_outcome("S-2"), "Verified")
        self.assertEqual(self._read_outcome("S-3"), "Missing")
        self._post(self.count)
        self.assertEqual(self._read_outcome("S-3"), "Missing")
        self.assertEqual(self._read_outcome("S-1"), "Found elsewhere")

    def _read_outcome(self, serial):
        """What report RX2 says of a serial number in bin A."""
        rows = self._rows(self._write("report_serial_document"))
        place = self.bin_a.complete_name
        [row] = [r for r in rows if (r["Serial"], r["Location"]) == (serial, place)]
        return row["Outcome"]

    def test_a_serial_names_its_supplier_and_receipt(self):
        """RX2: from the first receipt of the serial number."""
        partner = self.env["res.partner"].create({"name": "Kestrel & Sons"})
        picking = self._create_transfer(
            self.drill, 1, self.suppliers, self.stock, assign=False
        )
        picking.partner_id = partner
        picking.move_ids.move_line_ids.unlink()
        lot = self._create_lot(self.drill, "S-9")
        picking.move_ids.move_line_ids = [
            fields.Command.create(
                {
                    "product_id": self.drill.id,
                    "lot_id": lot.id,
                    "quantity": 1,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                    "picking_id": picking.id,
                }
            )
        ]
        self._validate(picking)
        self.count.action_refresh()
        rows = self._rows(self._write("report_serial_document"))
        [row] = [row for row in rows if row["Serial"] == "S-9"]
        self.assertEqual(row["Supplier"], "Kestrel & Sons")
        self.assertEqual(row["Receipt"], picking.name)
        self.assertEqual(row["Received"].date(), self._day(picking.date_done))

    def test_a_blind_sheet_says_nothing_of_what_is_expected(self):
        """RX3, M13: on paper, in Excel and on screen."""
        self._book(self.screw, self.bin_b, 84213)
        self.count.action_refresh()
        report = self.env["report.stock_count.report_blind_paper_document"]
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "stock_count.report_blind_paper_document", self.count.ids
        )
        open_html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "stock_count.report_paper_document", self.count.ids
        )
        self.assertIn("84,218", open_html.decode())
        # Nothing to add up, so no empty row of totals.
        self.assertNotIn('class="o_count_total"', open_html.decode())
        cells = [row["cells"] for row in report.get_rows({})]
        book = self._write("report_blind_paper_document")
        values = [list(row) for sheet in book for row in sheet.values]
        for text in (html.decode(), str(cells), str(values)):
            self.assertNotIn("84,218", text)
            self.assertNotIn("84218", text)

    def test_a_count_sheet_has_what_is_left_to_count_with_barcodes(self):
        """RX3: place, item and lot can be scanned off the paper."""
        self._count(self.count, self.screw, self.bin_a, 8)
        values = self.env["report.stock_count.report_paper_document"]
        values = values._get_report_values(self.count.ids)["report"]["sections"][0]
        items = [item for page in values["pages"] for item in page]
        rows = [item.content["cells"] for item in items if item.kind == "row"]
        self.assertEqual(len(rows), 3)
        headings = [item.content for item in items if item.kind == "group"]
        self.assertTrue(all("data:image/svg+xml" in text for text in headings))
        drawn = [c for cells in rows for column, c in cells if column.type == "barcode"]
        self.assertTrue(any("data:image/svg+xml" in text for text in drawn))
