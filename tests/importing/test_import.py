"""From a file to counted lines (I1–I8, I10), on real records."""

import base64
import io
import uuid
from unittest.mock import patch

import xlsxwriter

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.stock_count.domain.spreadsheet.open_book import open_book
from odoo.addons.stock_count.models.importing import row_rules, step_check
from odoo.addons.stock_count.models.jobs import run

from ..common import CountCommon
from ..job_common import JobCommon

LEAD = "stock_count.group_count_lead"
HEADING = "Warehouse;Item ID;Location;Units;Count Session\n"


class ImportCommon(CountCommon):
    """Verbs of somebody who imports files."""

    @classmethod
    def _csv(cls, *rows, heading=HEADING):
        return (heading + "\n".join(rows)).encode()

    @classmethod
    def _row(cls, item, location, units, session="Annual"):
        return f"{cls.warehouse.name};{item};{location};{units};{session}"

    @classmethod
    def _xlsx(cls, rows):
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet("Counts")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        book.close()
        return target.getvalue()

    def _upload(self, content, name="count.csv", **values):
        return self.env["stock.count.import"].create(
            {"file": base64.b64encode(content), "file_name": name, **values}
        )

    def _check_file(self, content, name="count.csv", **values):
        record = self._upload(content, name)
        record.action_read()
        record.write(values)
        record.action_check()
        return record

    def _import(self, content, name="count.csv", **values):
        record = self._check_file(content, name, **values)
        record.action_import()
        return record

    def _problems(self, record):
        return [(p.row, p.field, p.code) for p in record.problem_ids]

    def _assert_refused(self, content, name, words):
        """By the request that uploads it, so that it is not even kept."""
        refused = self.assertRaisesRegex(UserError, words)
        with refused, self.env.cr.savepoint():
            self._upload(content, name)


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def test_a_file_becomes_a_count_with_its_lines(self):
        """I1, I2, I7: a new name makes a session, its rows counted lines."""
        self._book(self.screw, self.bin_a, 10)
        record = self._import(self._csv(self._row("SCR", "Bin A", "8,5")))
        session = record.session_ids
        self.assertEqual(
            (session.description, session.count_type), ("Annual", "import")
        )
        line = self._line(session, self.screw, self.bin_a)
        self.assertEqual((line.found_qty, line.variance_qty), (8.5, -1.5))
        entry = line.entry_ids
        self.assertEqual((entry.source, entry.device), ("import", "count.csv"))

    def test_lines_stand_shelf_by_shelf(self):
        """I7, D2: as those of a count that was generated, in whatever order they
        came."""
        rows = [("Glue", "Bin B", ""), ("SCR", "Bin B", 1), ("SCR", "Bin A", 2)]
        record = self._import(self._csv(*(self._row(*row) for row in rows)))
        self.assertEqual(record.session_ids.line_ids.mapped("found_qty"), [2, 1])

    def test_nothing_is_written_before_the_import(self):
        """I4: the check only looks."""
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 8)))
        self.assertEqual((record.state, record.good_count), ("check", 1))
        self.assertEqual(record.new_session_count, 1)
        self.assertFalse(
            self.env["stock.count.session"].search([("description", "=", "Annual")])
        )

    def test_each_error_names_row_column_and_reason(self):
        """I4: row by row, what is wrong."""
        record = self._check_file(
            self._csv(
                self._row("SCR", "Bin A", 1),
                self._row("SCREW9", "Bin A", 1),
                self._row("SCR", "Bin Z", 1),
                self._row("SCR", "Bin B", "many"),
                self._row("SCR", "Bin B", -2),
                "Elsewhere;SCR;Bin B;3;Annual",
            )
        )
        self.assertEqual(
            self._problems(record),
            [
                (3, "item", "unknown_item"),
                (4, "location", "unknown_location"),
                (5, "units", "not_a_quantity"),
                (6, "units", "negative"),
                (7, "warehouse", "unknown_warehouse"),
            ],
        )
        self.assertEqual((record.row_count, record.good_count), (6, 1))

    def test_a_problem_says_what_would_be_right(self):
        """I4: the nearest item and location are suggested."""
        record = self._check_file(
            self._csv(self._row("0-scr", "Bin A", 1), self._row("SCR", "Bim A", 1))
        )
        item, place = record.problem_ids
        self.assertIn("SCR", item.suggestion)
        self.assertIn("Bin A", place.suggestion)

    def test_all_or_nothing_is_the_default(self):
        """I5: one bad row, and nothing is imported."""
        rows = [self._row("SCR", "Bin A", 1), self._row("NONE", "Bin A", 1)]
        record = self._check_file(self._csv(*rows))
        with self.assertRaisesRegex(UserError, "Nothing is imported"):
            record.action_import()
        self.assertFalse(record.session_ids)

    def test_the_good_rows_can_be_imported_alone(self):
        """I5: the others come back as a file of the same form."""
        rows = [self._row("SCR", "Bin A", 1), self._row("NONE", "Bin A", 1)]
        record = self._import(self._csv(*rows), mode="good")
        self.assertEqual((record.state, record.recorded_count), ("done", 1))
        target = io.BytesIO()
        record._write_file("bad", "csv", target)
        lines = target.getvalue().decode("utf-8-sig").splitlines()
        self.assertTrue(lines[0].startswith(HEADING.strip() + ";Status;Problem"))
        self.assertEqual(len(lines), 2)
        self.assertIn(f"{self.warehouse.name};NONE;Bin A;1;Annual;Error;", lines[1])

    def test_the_same_file_twice_changes_nothing(self):
        """I6: and it says so."""
        content = self._csv(self._row("SCR", "Bin A", 8))
        first = self._import(content)
        again = self._import(content, "renamed.csv")
        self.assertEqual((again.known_count, again.recorded_count), (1, 0))
        self.assertIn("Nothing new", again.outcome)
        self.assertEqual(again.earlier_id, first)
        self.assertEqual(len(first.session_ids.line_ids.entry_ids), 1)

    def test_the_same_file_under_another_name_changes_nothing(self):
        """I6: as a browser calls what it downloads twice, where no column says which
        count it is for."""
        heading = "Warehouse;Item ID;Location;Units\n"
        content = self._csv(f"{self.warehouse.name};SCR;Bin A;8", heading=heading)
        first = self._import(content, "scans.csv")
        again = self._import(content, "scans (1).csv")
        self.assertEqual((again.known_count, again.recorded_count), (1, 0))
        self.assertEqual(again.session_name, "scans")
        self.assertEqual(again.earlier_id, first)

    def test_a_row_without_location_stays_the_same_when_the_item_moves(self):
        """I6: or what is added would be added twice."""
        self._book(self.screw, self.bin_b, 3)
        content = self._csv(self._row("SCR", "", 2))
        self._import(content, operation="add")
        self._book(self.screw, self.bin_b, -3)
        self._book(self.screw, self.bin_a, 3)
        again = self._check_file(content, operation="add")
        self.assertEqual((again.known_count, again.good_count), (1, 0))

    def test_a_known_row_that_is_doubted_is_no_good_row_less(self):
        """I4: how many rows will be imported is told exactly."""
        self._import(self._csv(self._row("SCR", "Bin A", 8)))
        rows = [("SCR", "Bin A", 8), ("SCR", "Bin A", 5), ("Glue", "Bin A", "")]
        rows += [("SCR", "Bin B", 3)]
        record = self._check_file(self._csv(*(self._row(*row) for row in rows)))
        self.assertEqual((record.good_count, record.error_count), (1, 2))

    def test_the_same_file_after_posting_changes_nothing(self):
        """I6, I7: what is in a posted count is known, not refused."""
        content = self._csv(self._row("SCR", "Bin A", 8))
        session = self._import(content).session_ids
        self._post(session)
        again = self._check_file(content)
        self.assertEqual((again.known_count, again.error_count), (1, 0))

    def test_a_corrected_file_only_adds_what_is_new(self):
        """I6: rows are known by what they say, not by where they stand."""
        rows = [self._row("SCR", "Bin A", 8), self._row("NONE", "Bin A", 1)]
        first = self._import(self._csv(*rows), mode="good")
        rows = [self._row("SCR", "Bin B", 5), self._row("SCR", "Bin A", 8)]
        second = self._import(self._csv(*rows))
        self.assertEqual((second.known_count, second.recorded_count), (1, 1))
        self.assertEqual(second.session_ids, first.session_ids)
        self.assertEqual(len(first.session_ids.line_ids.entry_ids), 2)

    def test_a_row_sets_a_quantity_unless_it_is_to_add(self):
        """I6: what is there is replaced, or added to if the user says so."""
        self._import(self._csv(self._row("SCR", "Bin A", 8)))
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 5)))
        self.assertEqual(record.problem_ids.code, "counted_before")
        record.action_import()
        line = self._line(record.session_ids, self.screw, self.bin_a)
        self.assertEqual(line.found_qty, 5)
        self._import(self._csv(self._row("SCR", "Bin A", 2)), operation="add")
        self.assertEqual(line.found_qty, 7)

    def test_a_row_that_came_before_says_what_was_counted_since(self):
        """I6, I4: it does nothing, and nobody thinks that it did."""
        for units in (3, 5):
            self._import(self._csv(self._row("SCR", "Bin A", units)))
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 3)))
        self.assertEqual((record.known_count, record.good_count), (1, 0))
        self.assertEqual(record.problem_ids.code, "counted_since")
        self.assertIn("since then 5 were counted", record.problem_ids.message)
        record.action_back()
        record.again = True
        record.action_check()
        record.action_import()
        self.assertEqual(record.session_ids.line_ids.found_qty, 3)

    def test_what_was_counted_since_the_check_is_not_set_back(self):
        """I4, I5: a file that is older than a count, and does not say so."""
        rows = [self._row("SCR", "Bin A", 3), self._row("SCR", "Bin B", 3)]
        self._import(self._csv(*(self._row("SCR", f"Bin {b}", 1) for b in "AB")))
        for mode, counted in (("all", [7, 1]), ("good", [7, 3])):
            record = self._check_file(self._csv(*rows), mode=mode)
            session = record.env["stock.count.session"].search(
                [("description", "=", "Annual")], limit=1
            )
            self._count(session, self.screw, self.bin_a, 7)
            if mode == "all":
                refused = self.assertRaisesRegex(
                    UserError, "counted it since the check"
                )
                with refused, self.env.cr.savepoint():
                    record.action_import()
            else:
                record.action_import()
                self.assertEqual((record.recorded_count, record.refused_count), (1, 1))
            lines = session.line_ids.sorted("location_id")
            self.assertEqual(lines.mapped("found_qty"), counted)

    def test_what_has_a_time_of_its_own_is_ordered_by_it(self):
        """I2, design 3 rule 2: an older row does not win over a newer count."""
        heading = "Warehouse;Item ID;Location;Units;Count Session;Counted At\n"
        row = f"{self._row('SCR', 'Bin A', 3)};2026-01-31 14:05"
        self._import(self._csv(self._row("SCR", "Bin B", 1)))
        record = self._check_file(self._csv(row, heading=heading))
        session = self.env["stock.count.session"].search(
            [("description", "=", "Annual")], limit=1
        )
        line = self._count(session, self.screw, self.bin_a, 7)
        record.action_import()
        self.assertEqual((record.recorded_count, line.found_qty), (1, 7))

    def test_equal_rows_are_added_once_each(self):
        """I6: two scans of one thing in a file are two, and twice the file, too."""
        content = self._csv(*[self._row("SCR", "Bin A", 1)] * 2)
        record = self._import(content, operation="add")
        line = self._line(record.session_ids, self.screw, self.bin_a)
        self.assertEqual(line.found_qty, 2)
        self._import(content, operation="add")
        self.assertEqual(line.found_qty, 2)

    def test_two_rows_cannot_set_one_thing(self):
        """I4: neither of them is taken, and both are named."""
        record = self._check_file(
            self._csv(
                self._row("SCR", "Bin A", 1),
                self._row("SCR", "Bin B", 1),
                self._row("SCR", "Bin A", 2),
            ),
            mode="good",
        )
        found = [problem[::2] for problem in self._problems(record)]
        self.assertEqual(found, [(2, "counted_twice"), (4, "counted_twice")])
        record.action_import()
        self.assertEqual(record.session_ids.line_ids.location_id, self.bin_b)

    def test_the_same_again_can_be_a_new_count(self):
        """I6: somebody counted again and found the same."""
        content = self._csv(self._row("SCR", "Bin A", 8))
        line = self._import(content).session_ids.line_ids
        self._import(content, again=True)
        self.assertEqual(len(line.entry_ids), 2)

    def test_what_was_withdrawn_can_come_again(self):
        """I6, P7: a withdrawn count is not there any more."""
        content = self._csv(self._row("SCR", "Bin A", 8))
        line = self._import(content).session_ids.line_ids
        line.action_withdraw_count()
        self.assertFalse(line.is_counted)
        self._import(content)
        self.assertEqual((line.is_counted, line.found_qty), (True, 8))

    def test_a_posted_count_takes_nothing_new(self):
        """I7: it is refused with what to do."""
        session = self._import(self._csv(self._row("SCR", "Bin A", 8))).session_ids
        self._post(session)
        record = self._check_file(self._csv(self._row("SCR", "Bin B", 8)))
        self.assertEqual(self._problems(record), [(2, "session", "closed_session")])
        self.assertIn("new count", record.problem_ids.suggestion)

    def test_rows_are_added_to_a_count_by_its_number(self):
        """I7: the number of a session means that session."""
        self._book(self.screw, self.bin_a, 3)
        session = self._create_session(self.bin_a)
        row = self._row("SCR", "Bin A", 2, session.name)
        record = self._import(self._csv(row))
        self.assertEqual(record.session_ids, session)
        self.assertEqual(session.line_ids.found_qty, 2)

    def test_without_a_location_it_is_where_the_item_lies(self):
        """I2: one place is taken, several are asked about."""
        self._book(self.screw, self.bin_b, 3)
        record = self._import(self._csv(self._row("SCR", "", 2)))
        self.assertEqual(record.session_ids.line_ids.location_id, self.bin_b)
        self._book(self.screw, self.bin_a, 3)
        record = self._check_file(self._csv(self._row("SCR", "", 4)))
        self.assertEqual(record.problem_ids.code, "several_places")

    def test_a_row_without_quantity_is_not_counted(self):
        """I2, D4: not counted is not zero, and no error."""
        rows = [self._row("SCR", "Bin A", ""), self._row("SCR", "Bin B", 0)]
        record = self._import(self._csv(*rows))
        self.assertEqual((record.empty_count, record.recorded_count), (1, 1))
        self.assertEqual(record.session_ids.line_ids.location_id, self.bin_b)

    def test_items_are_known_by_code_barcode_name_and_external_id(self):
        """I2: whatever the other side calls them."""
        self.screw.barcode = "2900000000018"
        self.env["ir.model.data"].create(
            {
                "module": "other",
                "name": "screw",
                "model": "product.product",
                "res_id": self.screw.id,
            }
        )
        for item in (
            "SCR",
            "scr",
            "2900000000018",
            "Screw",
            "[SCR] Screw",
            "other.screw",
        ):
            record = self._check_file(self._csv(self._row(item, "Bin A", 1)))
            self.assertFalse(record.error_count, item)

    def test_locations_are_known_by_full_name_end_and_barcode(self):
        """I2: full name, its end, barcode."""
        self.bin_a.barcode = "LOC-A"
        end = "/".join(self.bin_a.complete_name.split("/")[1:])
        for place in (self.bin_a.complete_name, end, "bin a", "LOC-A"):
            record = self._check_file(self._csv(self._row("SCR", place, 1)))
            self.assertFalse(record.error_count, place)

    def test_units_are_converted(self):
        """I2: two packs of six are twelve."""
        heading = "Warehouse;Item;Location;Units;UoM\n"
        row = f"{self.warehouse.name};SCR;Bin A;2;pack of 6"
        record = self._import(self._csv(row, heading=heading))
        self.assertEqual(record.session_ids.line_ids.found_qty, 12)

    def test_a_spoiled_serial_number_is_refused_with_the_reason(self):
        """I2: 1.23E+11 was a serial number once."""
        heading = "Warehouse;Item;Location;Units;Serial\n"
        row = f"{self.warehouse.name};Drill;Bin A;1;1.23E+11"
        record = self._check_file(self._csv(row, heading=heading))
        self.assertEqual(self._problems(record), [(2, "serial", "scientific")])
        self.assertIn("as text", record.problem_ids.suggestion)

    def test_a_serial_number_is_found_once_in_a_file(self):
        """I4, D13: the second row names the first."""
        heading = "Warehouse;Item;Location;Units;Serial\n"
        rows = [f"{self.warehouse.name};Drill;Bin {b};1;S1" for b in "AB"]
        record = self._check_file(self._csv(*rows, heading=heading))
        self.assertEqual(
            self._problems(record), [(3, "serial", "serial_twice_in_file")]
        )
        self.assertIn("row 2", record.problem_ids.message)

    def test_opening_balances_make_lots_and_serials(self):
        """I10: through the same count and posting."""
        heading = "Warehouse;Item;Location;Units;Serial\n"
        name = self.warehouse.name
        rows = [f"{name};Drill;Bin A;1;S1", f"{name};Glue;Bin A;7;L1"]
        record = self._import(self._csv(*rows, heading=heading))
        self.assertEqual(record.new_lot_count, 2)
        self._post(record.session_ids)
        lots = self.env["stock.lot"].search(
            [("product_id", "in", (self.drill | self.glue).ids)], order="name"
        )
        self.assertEqual(self._booked(self.glue, self.bin_a, lots[0]), 7)
        self.assertEqual(self._booked(self.drill, self.bin_a, lots[1]), 1)
        self.assertEqual(record.session_ids.state, "posted")

    def test_times_are_those_of_the_users_clock(self):
        """I2: dates in any common form, in the user's time zone."""
        self.env.user.tz = "Europe/Berlin"
        heading = "Lager;Artikelnummer;Lagerplatz;Menge;Datum\n"
        row = f"{self.warehouse.name};SCR;Bin A;1.234,5;31.01.2026 14:05"
        record = self._import(self._csv(row, heading=heading))
        line = record.session_ids.line_ids
        self.assertEqual(str(line.counted_at), "2026-01-31 13:05:00")
        self.assertEqual(line.found_qty, 1234.5)

    def test_a_workbook_is_read_like_a_csv(self):
        """I1: the same rows, whatever they are written in."""
        name = self.warehouse.name
        rows = [
            ["Warehouse", "Item ID", "Location", "Units"],
            [name, "SCR", "Bin A", 8],
        ]
        record = self._import(self._xlsx(rows), "count.xlsx")
        self.assertEqual(record.session_ids.description, "count")
        text = (
            f"Warehouse,Item ID,Location,Units,Count Session\n{name},SCR,Bin A,8,count"
        )
        again = self._check_file(text.encode(), "count.csv")
        self.assertEqual(again.known_count, 1)

    def test_columns_can_be_corrected(self):
        """I1: a heading that nobody knows is chosen by the user."""
        heading = "Warehouse;Item;Wo;Units\n"
        row = f"{self.warehouse.name};SCR;Bin A;3"
        record = self._upload(self._csv(row, heading=heading))
        record.action_read()
        self.assertEqual(
            record.column_ids.mapped("meaning"), ["warehouse", "item", False, "units"]
        )
        record.column_ids[2].meaning = "location"
        record.action_check()
        record.action_import()
        self.assertEqual(record.session_ids.line_ids.location_id, self.bin_a)

    def test_a_missing_column_is_named(self):
        """I2: and how to go on without it."""
        record = self._upload(self._csv("SCR;3", heading="Item;Units\n"))
        record.action_read()
        with self.assertRaisesRegex(UserError, "default warehouse"):
            record.action_check()
        record.warehouse_id = self.warehouse
        record.action_check()
        self.assertFalse(record.error_count)

    def test_many_rows_go_on_in_the_background(self):
        """I8, P14: and end as if they had been imported at once."""
        self.company.count_background_lines = 1
        rows = [self._row("SCR", bin_, 4) for bin_ in ("Bin A", "Bin B")]
        record = self._import(self._csv(*rows))
        self.assertEqual(record.state, "running")
        job = self.env["stock.count.job"].search([("res_id", "=", record.id)])
        self.assertTrue(record._job_step_import(job, 60).finished)
        record._job_end_import(job)
        self.assertEqual((record.state, record.recorded_count), ("done", 2))

    def test_what_is_refused_at_the_end_takes_all_back(self):
        """I5, Z3: all or nothing, also where something changed since the check."""
        rows = [self._row("SCR", "Bin A", 4), self._row("SCR", "Bin B", 4)]
        record = self._check_file(self._csv(*rows))
        self.bin_b.active = False
        with self.assertRaisesRegex(UserError, "Nothing was imported"):
            record.action_import()

    def test_the_background_takes_all_back_too(self):
        """I5, Z3: what is withdrawn stays as evidence, and a corrected file counts."""
        self.company.count_background_lines = 1
        rows = [self._row("SCR", "Bin A", 4), self._row("SCR", "Bin B", 4)]
        record = self._check_file(self._csv(*rows))
        record.action_import()
        self.bin_b.active = False
        job = self.env["stock.count.job"].search([("res_id", "=", record.id)])
        self.assertEqual(record._job_step_import(job, 60), (2, False, None))
        line = record.session_ids.line_ids
        self.assertTrue(line.is_counted)
        self.assertEqual(record._job_step_import(job, 60), (-1, True, None))
        record._job_end_import(job)
        self.assertEqual((record.state, line.is_counted), ("failed", False))
        self.assertIn("Nothing counts", record.outcome)
        self.bin_b.active = True
        record.action_back()
        record.action_check()
        self.company.count_background_lines = 0
        record.action_import()
        self.assertEqual((record.state, record.recorded_count), ("done", 2))
        self.assertTrue(line.is_counted)

    def test_rows_that_are_refused_at_the_end_come_back_as_a_file(self):
        """I5: also where the check found nothing wrong with them."""
        rows = [self._row("SCR", "Bin A", 4), self._row("SCR", "Bin B", 4)]
        record = self._check_file(self._csv(*rows), mode="good")
        self.bin_b.active = False
        record.action_import()
        self.assertEqual((record.recorded_count, record.refused_count), (1, 1))
        self.assertIn("1 were refused", record.outcome)
        target = io.BytesIO()
        record._write_file("bad", "csv", target)
        self.assertIn("SCR;Bin B;4", target.getvalue().decode("utf-8-sig"))

    def test_a_template_of_a_count_comes_back(self):
        """I3: counted elsewhere, imported here; what is left empty is not counted."""
        self._book(self.screw, self.bin_a, 3)
        self._book(self.screw, self.bin_b, 3)
        session = self._create_session(self.bin_a | self.bin_b)
        target = io.BytesIO()
        self.env["stock.count.import"]._write_template("csv", target, session)
        text = target.getvalue().decode("utf-8-sig")
        self.assertNotIn("3", text.replace(session.name, ""))
        heading, first, second = text.splitlines()
        units = heading.split(",").index("Units*")
        cells = first.split(",")
        cells[units] = "2"
        filled = "\n".join((heading, ",".join(cells), second))
        record = self._import(filled.encode(), "sheet.csv")
        self.assertEqual((record.session_ids, record.empty_count), (session, 1))
        self.assertEqual(session.line_ids.mapped("found_qty"), [2, 0])

    def test_a_template_names_every_item_so_that_it_is_found_again(self):
        """I3: variants without a reference, and two items of one reference."""
        size = self.env["product.attribute"].create({"name": "Size"})
        values = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": size.id} for name in ("S", "L")]
        )
        line = {"attribute_id": size.id, "value_ids": values.ids}
        shirts = self.env["product.template"].create(
            {
                "name": "Shirt",
                "is_storable": True,
                "attribute_line_ids": [Command.create(line)],
            }
        )
        twin = self._create_product(
            "Long Screw", default_code="SCR", barcode="2900000000025"
        )
        items = shirts.product_variant_ids | twin | self.screw
        for item in items:
            self._book(item, self.bin_a, 3)
        session = self._create_session(self.bin_a)
        target = io.BytesIO()
        self.env["stock.count.import"]._write_template("xlsx", target, session)
        rows = [row.values for row in open_book(target, "a.xlsx").rows()]
        units = rows[0].index("Units*")
        for number, row in enumerate(rows[1:], 1):
            row.extend([None] * units)
            row[units:] = [number]
        record = self._import(self._xlsx(rows), "sheet.xlsx", mode="good")
        self.assertFalse(record.error_count, record.problem_ids.mapped("message"))
        self.assertEqual(session.line_ids.mapped("found_qty"), [1, 2, 3, 4])

    def test_another_file_is_not_for_the_count_of_the_first(self):
        """I7: nor added, nor counted again, because the first one was to be."""
        heading = "Warehouse;Item ID;Location;Units\n"
        content = self._csv(f"{self.warehouse.name};SCR;Bin A;8", heading=heading)
        lead = self._create_user("lead", "stock_count.group_count_lead")
        self.env = self.env(user=lead)
        values = {"operation": "add", "again": True, "mode": "good"}
        record = self._check_file(content, "first.csv", **values)
        for _step in range(2):
            record.action_back()
        content = content.replace(b"Bin A", b"Bin B")
        record.write({"file": base64.b64encode(content), "file_name": "second.csv"})
        record.action_read()
        self.assertEqual((record.session_name, record.operation), ("second", "set"))
        self.assertEqual((record.mode, record.again), ("all", False))

    def test_only_counts_that_get_a_row_are_announced(self):
        """I4: those of two warehouses that are called the same are told apart."""
        other = self.env["stock.warehouse"].create({"name": "Annex", "code": "ANX"})
        rows = [self._row("SCR", "Bin A", 1), self._row("SCR", "Bin B", 1, "Bad")]
        rows[1] = rows[1].replace(";1;", ";many;")
        record = self._check_file(self._csv(*rows))
        self.assertEqual(record.target_text, "new: Annual")
        self.assertEqual(record.new_session_count, 1)
        rows.append(f"Annex;SCR;{other.lot_stock_id.complete_name};1;Annual")
        record = self._check_file(self._csv(*rows))
        here = self.warehouse.name
        self.assertEqual(record.target_text, f"new: Annual ({here}), Annual (Annex)")

    def test_problems_of_a_kind_are_one_group(self):
        """I4: whatever the cells say."""
        rows = [self._row("SCR", "Bin A", units) for units in ("many", "few")]
        record = self._check_file(self._csv(*rows))
        domain = [("import_id", "=", record.id)]
        groups = record.problem_ids.formatted_read_group(domain, ["code"], ["__count"])
        self.assertEqual([group["__count"] for group in groups], [2])
        kinds = dict(record.problem_ids._select_code())
        self.assertEqual(kinds[groups[0]["code"]], "… is not a number.")

    def test_formulas_are_text_on_the_way_out(self):
        """I8: what somebody else typed runs in nobody's spreadsheet."""
        row = self._row("=cmd|' /C calc'!A0", "Bin A", 1)
        record = self._check_file(self._csv(row), mode="good")
        self.assertEqual(record.problem_ids.code, "formula")
        target = io.BytesIO()
        record._write_file("bad", "csv", target)
        self.assertIn(";'=cmd", target.getvalue().decode("utf-8-sig"))

    def test_a_foreign_warehouse_is_refused(self):
        """I4, Z2: with the company that works here."""
        other = self.env["res.company"].create({"name": "Other & Co"})
        row = f"{other.name};SCR;Bin A;3;Annual"
        record = self._check_file(self._csv(row))
        self.assertEqual(record.problem_ids.code, "foreign_warehouse")

    def test_costs_are_given_by_managers_only(self):
        """I10, Z1: a lead's file with costs is refused."""
        heading = "Warehouse;Item;Location;Units;Unit Cost\n"
        row = f"{self.warehouse.name};SCR;Bin A;1;2,5"
        lead = self._create_user("lead", "stock_count.group_count_lead")
        self.env = self.env(user=lead)
        record = self._check_file(self._csv(row, heading=heading))
        self.assertEqual(record.problem_ids.code, "cost_not_allowed")


@tagged("post_install", "-at_install")
class TestImportJob(ImportCommon, JobCommon):
    """An import in the background, in chunks of one row (I8, P14)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(step_check, "CHUNK", 1))
        cls.startClassPatcher(patch.object(run, "BUDGET", 0))

    def _running(self, **values):
        """An import of which one row of three is done, and its job."""
        rows = [self._row("SCR", "Bin A", 4), self._row("SCR", "Bin B", 4)]
        rows.append(self._row("SCR", self.stock.complete_name, 4))
        record = self._import(self._csv(*rows), **values)
        self._do_chunk()
        self.assertEqual(record.recorded_count, 1)
        return record, self.Jobs.search([("res_id", "=", record.id)], limit=1)

    def test_an_import_goes_on_chunk_by_chunk(self):
        """I8, P14: the bar moves, and at the end everything is counted."""
        record, job = self._running()
        self.assertEqual(record.get_job()["percent"], 33)
        self._run_scheduler()
        self.assertEqual((record.state, record.recorded_count), ("done", 3))
        self.assertEqual(job.message, "3 rows were imported.")

    def test_all_or_nothing_that_is_cancelled_goes_back(self):
        """I5, P14: chunk by chunk, as it came; the request that cancels does not
        wait for it."""
        record, job = self._running()
        self._do_chunk()
        job.action_cancel()
        told = record.get_job()
        self.assertEqual((told["is_stopping"], told["goes_back"]), (True, True))
        self._do_chunk()
        self.assertEqual(
            (job.state, job.done, record.recorded_count), ("running", 1, 1)
        )
        self._run_scheduler()
        self.assertEqual((job.state, job.done), ("cancelled", 0))
        self.assertEqual((record.state, record.recorded_count), ("failed", 0))
        self.assertIn("It was cancelled", record.outcome)
        self.assertFalse(any(record.session_ids.line_ids.mapped("is_counted")))

    def test_good_rows_that_are_cancelled_stay(self):
        """I5, P14: who wants the good rows keeps those that are in."""
        record, job = self._running(mode="good")
        job.action_cancel()
        self.assertEqual((job.state, record.state), ("cancelled", "done"))
        self.assertIn("2 were left out", record.outcome)
        self.assertEqual(sum(record.session_ids.line_ids.mapped("is_counted")), 1)

    def _failed(self, change, **values):
        """Such an import of a lead to whom something happens then: all three."""
        lead = self._create_user(f"lead {uuid.uuid4()}", LEAD)
        admin, self.env = self.env, self.env(user=lead)
        record, job = self._running(**values)
        self.env = admin
        change(lead.with_env(admin))
        self._do_chunk()
        self.assertEqual(job.with_env(admin).state, "failed")
        return lead.with_env(admin), record.with_env(admin), job.with_env(admin)

    def _dismiss_right(self, lead):
        lead.group_ids -= self.env.ref(LEAD)

    def test_who_lost_the_right_leaves_no_half_of_a_file(self):
        """I5, Z2: a manager dismisses the failed job, and it goes back; also when they
        left."""
        for change in (self._dismiss_right, lambda lead: lead.action_archive()):
            _lead, record, job = self._failed(change)
            job.action_cancel()
            self._run_scheduler()
            self.assertEqual((job.state, record.state), ("cancelled", "failed"))
            self.assertFalse(any(record.session_ids.line_ids.mapped("is_counted")))

    def test_an_import_that_failed_goes_on_where_it_was(self):
        """I6, P14: each row is counted once."""
        lead, record, job = self._failed(self._dismiss_right)
        self.assertEqual((record.state, record.recorded_count), ("running", 1))
        lead.group_ids |= self.env.ref(LEAD)
        job.action_retry()
        self._run_scheduler()
        self.assertEqual((record.state, record.recorded_count), ("done", 3))
        self.assertEqual(record.session_ids.line_ids.entry_ids.mapped("qty"), [4] * 3)

    def test_what_was_closed_meanwhile_is_told(self):
        """I5, P7: nothing is taken out of a posted count; the import says so."""
        record, job = self._running()
        self._post(record.session_ids)
        self.assertEqual(record.session_ids.state, "posted")
        self._run_scheduler()
        self.assertEqual((record.state, record.recorded_count), ("failed", 1))
        self.assertIn("1 are in counts that were closed", job.message)


@tagged("post_install", "-at_install")
class TestImportCheckJob(ImportCommon, JobCommon):
    """A large file is checked in the background (I4, I8, P14)."""

    ROWS = 41  # Of which none waits longer than for two lines with a move.

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(row_rules, "BATCH", 10))

    def _columns(self, rows=ROWS):
        """An import of so many rows before its check."""
        Location = self.env["stock.location"].sudo()
        bins = Location.create(
            [{"name": f"B{i}", "location_id": self.stock.id} for i in range(rows)]
        )
        content = self._csv(*(self._row("SCR", bin_.name, 1) for bin_ in bins))
        record = self._upload(content)
        record.action_read()
        return record

    def _checking(self):
        """Such an import whose rows are counted and wait to be looked at; its job."""
        record = self._columns()
        record.action_check()
        self._do_chunk()
        return record, self.Jobs.search([("res_id", "=", record.id)], limit=1)

    def _watch(self, record, at, then):
        """Look at the rows; at so many of them do something, as another user does."""
        Pulse = self.registry["stock.count.job.pulse"]
        tell = Pulse._tell

        def _tell(pulse, job, done, seconds):
            stop = tell(pulse, job, done, seconds)
            if done == at:
                then()
                stop = tell(pulse, job, done, seconds)
            return stop

        with patch.object(Pulse, "_tell", _tell):
            self._do_chunk()

    def test_a_large_file_is_checked_in_the_background(self):
        """I4, I8: as it would be at once, and its owner is told."""
        record = self._columns()
        answer = record.action_check()
        self.assertIn("background", answer["params"]["message"])
        self.assertEqual((record.state, record.is_checking), ("columns", True))
        self._run_scheduler()
        self.assertEqual((record.state, record.is_checking), ("check", False))
        self.assertEqual((record.row_count, record.good_count), (self.ROWS,) * 2)
        job = self.Jobs.search([("res_id", "=", record.id)])
        self.assertEqual((job.state, job.done), ("done", self.ROWS))
        self.assertEqual(job.message, "41 rows are ready to be imported.")

    def test_a_small_file_is_checked_at_once(self):
        """I4: nobody waits for a scheduler because of forty rows."""
        record = self._columns(self.ROWS - 1)
        self.assertTrue(record.action_check() is True)
        self.assertEqual((record.state, record.job_state), ("check", False))

    def test_the_bar_moves_while_rows_are_looked_at(self):
        """P14: although all of them are looked at in one transaction."""
        record, _job = self._checking()
        self.assertEqual(record.get_job()["total"], self.ROWS)
        seen = []
        self._watch(record, 20, lambda: seen.append(self._look(record)))
        self.assertEqual(seen, [(20, 48, "running")])

    def _look(self, record):
        self.env.invalidate_all()
        job = record.get_job()
        return job["done"], job["percent"], job["state"]

    def test_nothing_changes_while_it_is_checked(self):
        """I4: or what was found out would not be about what is shown."""
        record, _job = self._checking()
        lead = self._create_user("lead", "stock_count.group_count_lead")
        for records, *call in (
            (record, "write", {"operation": "add"}),
            (record.column_ids[0], "write", {"meaning": False}),
            (record, "action_check"),
            (record, "action_back"),
            (record, "action_read"),
            (record, "unlink"),
        ):
            with self.assertRaisesRegex(UserError, "Checking in the background"):
                self._rpc(lead, records, *call)

    def test_nothing_changes_while_it_is_imported(self):
        """I6, P14: a second tab is told what goes on."""
        record = self._columns(3)
        record.action_check()
        record.action_import()
        lead = self._create_user("lead", "stock_count.group_count_lead")
        with self.assertRaisesRegex(UserError, "Importing in the background"):
            self._rpc(lead, record, "write", {"mode": "good"})

    def test_a_check_that_failed_says_why_and_is_forgotten_by_the_next(self):
        """I4, P14: who lost the right gets a failed check, and nothing else."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        admin, self.env = self.env, self.env(user=lead)
        record = self._columns()
        record.action_check()
        self.env = admin
        lead.group_ids -= admin.ref("stock_count.group_count_lead")
        self._do_chunk()
        record = record.with_env(admin)
        self.assertEqual((record.job_state, record.state), ("failed", "columns"))
        self.assertIn("counting lead", record.get_job()["error"])
        self.company.count_background_lines = 0
        record.action_check()
        self.assertEqual((record.job_state, record.state), (False, "check"))
        self.assertFalse(record.get_job())

    def test_columns_are_chosen_in_their_step_only(self):
        """P7, Z2: not after the check that was made with them."""
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 8)))
        lead = self._create_user("lead", "stock_count.group_count_lead")
        with self.assertRaisesRegex(UserError, "reload"):
            self._rpc(lead, record.column_ids[0], "write", {"meaning": False})


@tagged("post_install", "-at_install")
class TestImportAccess(ImportCommon):
    def test_a_lead_imports(self):
        """Z1: leads run counts, also imported ones."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        self.env = self.env(user=lead)
        record = self._import(self._csv(self._row("SCR", "Bin A", 8)))
        self.assertEqual(record.session_ids.line_ids.found_qty, 8)

    def test_a_lead_without_inventory_finds_the_import(self):
        """Z1: in the root menu of counting; who has Inventory finds it there only, and
        a counter nowhere."""
        lead, counter = (
            self._create_user(role, f"stock_count.group_count_{role}")
            for role in ("lead", "counter")
        )
        self.assertEqual(self._import_menus(lead), {"menu_cycle_count_import_app"})
        self.assertFalse(self._import_menus(counter))
        lead.group_ids |= self.env.ref("stock.group_stock_user")
        self.assertEqual(self._import_menus(lead), {"menu_cycle_count_import"})

    def _import_menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        names = {menu.get("xmlid", "").rpartition(".")[2] for menu in menus.values()}
        return {name for name in names if name.startswith("menu_cycle_count_import")}

    def test_counters_import_nothing(self):
        """Z1, Z2: not by any of its methods."""
        counter = self._create_user("counter", "stock_count.group_count_counter")
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 8)))
        for method in (
            "action_read",
            "action_check",
            "action_import",
            "action_back",
            "action_download_bad",
            "action_download_rows",
            "action_open_sessions",
            "action_open_problems",
            "get_job",
        ):
            with self.assertRaises(AccessError, msg=method):
                self._rpc(counter, record, method)
        session = self._create_session()
        with self.assertRaises(AccessError):
            self._rpc(counter, session, "action_export_template")

    def test_steps_are_not_written_past_the_buttons(self):
        """Z2: nobody marks a file as imported, nor replaces what was found out."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 8)))
        for values in ({"state": "done"}, {"recorded_count": 5}, {"targets": []}):
            with self.assertRaises(AccessError):
                self._rpc(lead, record, "write", values)
        with self.assertRaises(AccessError):
            self._rpc(lead, record, "create", {"state": "check"})

    def test_an_imported_file_stays(self):
        """P7: it is evidence of what was counted."""
        record = self._import(self._csv(self._row("SCR", "Bin A", 8)))
        with self.assertRaisesRegex(UserError, "evidence"):
            record.unlink()
        lead = self._create_user("lead", "stock_count.group_count_lead")
        with self.assertRaisesRegex(UserError, "stays"):
            self._rpc(lead, record, "write", {"file_name": "other.csv"})

    def test_a_step_is_taken_once(self):
        """I6: a second click imports nothing."""
        record = self._import(self._csv(self._row("SCR", "Bin A", 8)))
        with self.assertRaisesRegex(UserError, "reload"):
            record.action_import()
