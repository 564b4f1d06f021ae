"""What breaks an import, if anything does (I4, I8, I10, Z2): each a clear refusal."""

import base64
import io
from unittest.mock import patch

import xlsxwriter

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.stock_count.models.importing import step_check

from ..domain.workbooks import make_parts, make_xlsx
from .test_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportBadInput(ImportCommon):
    def test_each_file_that_is_none_is_refused_in_words(self):
        """I8: and the import stays where it was."""
        for content, name, words in (
            (b" \r\n", "a.csv", "is empty"),
            (b"Item;Units", "a.xlsx", "ends in .xlsx"),
            (b"%PDF-1.7", "a.csv", "no table"),
            (b"<html></html>", "a.xls", "web page"),
            (make_xlsx([["a"]]), "a.xlsm", "macros"),
            (make_parts("", **{"xl/vbaProject.bin": ""}), "a.xlsx", "macros"),
            (make_xlsx([["x"] * 16_384]), "a.xlsx", "columns or more"),
            (b"a;b" + b"\n" * 1_100_000, "a.csv", "100,000 empty rows"),
            (b"Item;Units\nArtikel;Menge\nA;5", "a.csv", "both look like"),
            (b"Item;Units", "a.csv", "no row with counts"),
            (b'Item;Units\n"A;5', "a.csv", "quotation mark"),
        ):
            with self.subTest(words=words):
                self._assert_refused(content, name, words)
        with self.assertRaisesRegex(UserError, "Choose the file"):
            self._upload(b"", "a.csv").action_read()

    def test_a_file_that_is_refused_leaves_the_one_before(self):
        """I8: where it was to replace another one."""
        content = self._csv(self._row("SCR", "Bin A", 1))
        record = self._check_file(content, "good.csv")
        refused = self.assertRaisesRegex(UserError, "contains HTML")
        with refused, self.env.cr.savepoint():
            page = base64.b64encode(b"<html></html>")
            record.write({"file": page, "file_name": "page.csv"})
        self.env.invalidate_all()
        self.assertEqual((record.file_name, record.state), ("good.csv", "check"))
        self.assertEqual(base64.b64decode(record.file), content)

    def test_a_step_back_and_forth_keeps_what_was_chosen(self):
        """I1: columns that somebody corrected are not guessed again."""
        heading = "Warehouse;Item;Wo;Units\n"
        row = f"{self.warehouse.name};SCR;Bin A;3"
        record = self._upload(self._csv(row, heading=heading))
        record.action_read()
        record.column_ids[2].meaning = "location"
        record.action_back()
        record.action_read()
        self.assertEqual(record.column_ids[2].meaning, "location")

    def test_merged_headings_are_refused(self):
        """I8: one heading over two columns says which row it is."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Warehouse", "Item", "Units"])
        sheet.merge_range(0, 3, 0, 5, "Location")
        sheet.write_row(1, 0, ["W", "SCR", 3, "Bin A"])
        book.close()
        self._assert_refused(target.getvalue(), "a.xlsx", "merged cells")

    def test_merged_headings_are_refused_where_nothing_else_is_known(self):
        """I8: instead of asking which column is the warehouse."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "Where and what")
        sheet.write_row(1, 0, ["W", "SCR", "Bin A", 3])
        book.close()
        self._assert_refused(target.getvalue(), "a.xlsx", "merged cells")

    def test_files_are_not_searched_for_words(self):
        """I8: Odoo's index would unpack a bomb, and keep a large CSV twice."""
        record = self._upload(self._csv(self._row("SCR", "Bin A", 1)))
        Attachment = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", record._name), ("res_field", "=", "file")]
        attachment = Attachment.search([*domain, ("res_id", "=", record.id)])
        self.assertTrue(attachment.mimetype.startswith("text/"))
        self.assertFalse(attachment.index_content)
        record.write({"file": base64.b64encode(b"Item;Units\nA;5"), "file_name": "b"})
        attachment = Attachment.search([*domain, ("res_id", "=", record.id)])
        self.assertEqual(attachment.raw, b"Item;Units\nA;5")
        self.assertFalse(attachment.index_content)

    def test_too_many_rows_are_refused_before_they_are_looked_at(self):
        """I8: also where a job would look at them."""
        rows = [self._row("SCR", "Bin A", n) for n in range(5)]
        record = self._upload(self._csv(*rows))
        record.action_read()
        job = self.env["stock.count.job"]._start("check", record, 0)
        with (
            patch.object(step_check, "MAX_COUNTED", 4),
            self.assertRaisesRegex(UserError, "more than 4 rows"),
        ):
            record._job_step_check(job, 60)

    def test_a_large_file_is_refused_before_it_is_stored(self):
        """I8: also by RPC, past the browser's limit."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        values = {"file": "A" * 90 * 1024**2, "file_name": "a.csv"}
        with self.assertRaisesRegex(UserError, "an import takes 64 MB"):
            self._rpc(lead, self.env["stock.count.import"], "create", values)

    def test_absurd_quantities_are_refused(self):
        """I4: NaN, Infinity, negative, enormous, dates and truth."""
        bad = ("NaN", "inf", "-1", "1e300", "1.2.3", "TRUE", "2026-01-31", "0x10")
        rows = [self._row("SCR", "Bin A", value) for value in bad]
        record = self._check_file(self._csv(*rows))
        self.assertEqual(record.error_count, len(bad))
        self.assertEqual({p.field for p in record.problem_ids}, {"units"})

    def test_a_quantity_is_told_as_it_is_written(self):
        """I4: or nobody finds it in the file."""
        rows = [self._row("SCR", "Bin A", n) for n in ("99999999999", "-1234567")]
        record = self._check_file(self._csv(*rows))
        values = record.problem_ids.mapped("value")
        self.assertEqual(values, ["99999999999", "-1234567"])

    def test_bad_numbers_of_workbooks_are_refused(self):
        """I4: as cells, not as texts."""
        cells = "".join(
            f'<row r="{n}"><c r="A{n}" t="str"><v>SCR</v></c>{cell}</row>'
            for n, cell in enumerate(
                (
                    '<c r="B1" t="str"><v>Units</v></c>',
                    '<c r="B2"><v>NaN</v></c>',
                    '<c r="B3"><v>1e999</v></c>',
                    '<c r="B4" t="b"><v>1</v></c>',
                    '<c r="B5" t="e"><v>#N/A</v></c>',
                    '<c r="B6"><f>SUM(A1:A9)</f></c>',
                ),
                1,
            )
        ).replace("SCR", "Item", 1)
        record = self._upload(
            make_parts(cells), "a.xlsx", warehouse_id=self.warehouse.id
        )
        record.action_read()
        record.action_check()
        codes = [problem.code for problem in record.problem_ids]
        self.assertEqual(
            codes, ["not_a_quantity"] * 3 + ["cell_error", "no_formula_value"]
        )

    def test_long_and_unprintable_texts_are_refused(self):
        """I4: a serial number of 300 characters, zero bytes, bells."""
        heading = "Warehouse;Item;Location;Units;Serial;Note\n"
        name = self.warehouse.name
        rows = [
            f"{name};Drill;Bin A;1;{'9' * 300};",
            f"{name};Drill;Bin A;1;S\x07;",
            f"{name};Glue;Bin A;1;L\x00;",
            f"{name};SCR;Bin A;1;;a\x00b",
        ]
        padding = "".join(f"{name};SCR;Bin A;;;pad\n" for _i in range(3000))
        content = self._csv(*[padding.strip(), *rows], heading=heading)
        record = self._check_file(content, mode="good")
        self.assertEqual([p.field for p in record.problem_ids], ["serial", "serial"])
        self.assertIn("The field Serial/Lot is longer", record.problem_ids[0].message)
        record.action_import()
        self.assertEqual(record.recorded_count, 2)

    def test_line_breaks_are_in_no_names(self):
        """I4: nobody could scan such a serial number, or type such a count."""
        heading = [
            "Warehouse",
            "Item",
            "Location",
            "Units",
            "Serial",
            "Session",
            "Note",
        ]
        good = [self.warehouse.name, "Glue", "Bin A", 1, "L-1", "Annual", "two\nlines"]
        rows = [[*good] for _i in range(4)]
        for row, place in zip(rows, (1, 2, 4, 5), strict=True):
            row[place] = "a\nb\x01"
        record = self._check_file(make_xlsx([heading, good, *rows]), "a.xlsx")
        self.assertEqual(set(record.problem_ids.mapped("code")), {"unprintable"})
        fields_ = record.problem_ids.mapped("field")
        self.assertEqual(fields_, ["item", "location", "serial", "session"])

    def test_a_verb_is_for_one_import(self):
        """Z2: none, or several, is told in words."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        Import = self.env["stock.count.import"]
        several = self._upload(b"a;b") | self._upload(b"c;d")
        for verb in ("action_read", "action_check", "action_import", "get_job"):
            for records in (Import, several):
                with self.assertRaisesRegex(UserError, "Choose one record"):
                    self._rpc(lead, records, verb)

    def test_a_default_count_is_never_nameless(self):
        """I7: whatever was deleted in the form."""
        row = self._row("SCR", "Bin A", 1, session="")
        record = self._check_file(self._csv(row), session_name=False)
        record.action_import()
        self.assertEqual(record.session_ids.description, "count.csv")

    def test_an_ambiguous_count_is_asked_about(self):
        """I7: two open counts of one description."""
        for _i in range(2):
            self._create_session(self.bin_a, description="Annual")
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 1)))
        self.assertEqual(record.problem_ids.code, "ambiguous_session")

    def test_a_count_of_another_warehouse_takes_nothing(self):
        """I7: CC-00001 counts where it counts."""
        self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        session = self._create_session(self.bin_a)
        record = self._check_file(self._csv(f"OTH;SCR;;1;{session.name}"))
        self.assertEqual(record.problem_ids.code, "session_elsewhere")

    def test_wildcards_are_no_names(self):
        """I7, Z2: a percent sign finds no count but its own."""
        session = self._create_session(self.bin_a)
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 1, "CC-%")))
        self.assertEqual(record.new_session_count, 1)
        self.assertFalse(session.line_ids.entry_ids)

    def test_archived_items_and_places_are_not_counted(self):
        """I4: and the item is said to be archived."""
        self.screw.active = False
        self.bin_b.active = False
        rows = [self._row("SCR", "Bin A", 1), self._row("Glue", "Bin B", 1)]
        record = self._check_file(self._csv(*rows))
        codes = {problem.code for problem in record.problem_ids}
        self.assertEqual(codes, {"archived_item", "unknown_location"})

    def test_a_default_warehouse_is_one_of_the_company(self):
        """Z2: not by RPC either."""
        other = self.env["res.company"].create({"name": "Other & Co"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        with self.assertRaises(UserError):
            self._upload(b"x", warehouse_id=warehouse[:1].id)

    def test_other_companies_imports_are_out_of_reach(self):
        """Z2: by record rules, files and problems alike."""
        record = self._check_file(self._csv(self._row("NONE", "Bin A", 1)))
        other = self.env["res.company"].create({"name": "Other & Co"})
        stranger = self._create_user("stranger", "stock_count.group_count_lead")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self._rpc(stranger, record, "read", ["file"])
        with self.assertRaises(AccessError):
            self._rpc(stranger, record.problem_ids, "read", ["value"])

    def test_a_sheet_that_is_not_there_is_refused(self):
        """I1: whatever has become of the file."""
        record = self._upload(make_xlsx([["Item", "Units"], ["A", 1]]), "b.xlsx")
        record.action_read()
        record.warehouse_id = self.warehouse
        record.sheet_id.name = "Elsewhere"
        with self.assertRaisesRegex(UserError, "no sheet Elsewhere"):
            record.action_check()

    def test_columns_stay_what_the_file_says(self):
        """Z2: only their meaning is the user's."""
        record = self._upload(self._csv(self._row("SCR", "Bin A", 1)))
        record.action_read()
        lead = self._create_user("lead", "stock_count.group_count_lead")
        column = record.column_ids[:1]
        for values in ({"position": -1}, {"name": "x"}, {"import_id": record.id}):
            with self.assertRaises(AccessError):
                self._rpc(lead, column, "write", values)
        self._rpc(lead, column, "write", {"meaning": "note"})

    def test_numbers_of_rows_are_no_counts(self):
        """I7: a column that was taken for the count makes no thousand counts."""
        rows = [self._row("SCR", "Bin A", "1", f"Scan {n}") for n in range(205)]
        record = self._check_file(self._csv(*rows))
        self.assertEqual(record.error_count, 5)
        self.assertEqual(set(record.problem_ids.mapped("code")), {"too_many_counts"})

    def test_a_heading_that_is_not_there_leaves_the_columns(self):
        """I1: row 99 of a file with three."""
        record = self._upload(self._csv(self._row("SCR", "Bin A", 1)))
        record.action_read()
        with self.assertRaisesRegex(UserError, "no row with counts"):
            record.header_row = 99

    def test_a_context_gives_no_values_that_only_steps_give(self):
        """I6, Z2: nobody claims that a file was imported."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        Import = self.env["stock.count.import"]
        forged = {
            "default_state": "done",
            "default_digest": "0" * 64,
            "default_recorded_count": 5,
        }
        record_id = self._rpc(lead, Import, "create", {}, context=forged)
        record = Import.browse(record_id)
        self.assertEqual((record.state, record.digest), ("file", False))
        self.assertEqual(record.recorded_count, 0)

    def test_an_import_stays_in_its_company(self):
        """Z2: it is chosen once, when it is made."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        record = self._upload(self._csv(self._row("SCR", "Bin A", 1)))
        values = {"company_id": self.env.ref("base.main_company").id}
        with self.assertRaises(AccessError):
            self._rpc(lead, record, "write", values)

    def test_a_sheet_is_one_of_the_file(self):
        """Z2: and no sheet of others, whose name is theirs."""
        content = make_xlsx([["Item", "Units"], ["SCR", 5]])
        record, other = (self._upload(content, "a.xlsx") for _i in range(2))
        record.action_read()
        other.action_read()
        with self.assertRaisesRegex(UserError, "of this very file"):
            record.sheet_id = other.sheet_id

    def test_what_was_checked_stays_as_it_was_checked(self):
        """I4: until somebody goes back to the columns."""
        lead = self._create_user("lead", "stock_count.group_count_lead")
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 1)))
        for values in (
            {"operation": "add"},
            {"again": True},
            {"session_name": "Another"},
            {"warehouse_id": self.warehouse.id},
            {"encoding": "utf-16"},
            {"header_row": 0},
            {"file_name": "count.pdf"},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "another step"),
            ):
                self._rpc(lead, record, "write", values)
        self._rpc(lead, record, "write", {"mode": "good"})
        record.action_back()
        self._rpc(lead, record, "write", {"operation": "add"})

    def test_a_file_that_cannot_be_read_any_more_says_so(self):
        """I5: where its rows were to come back."""
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 1)))
        record.sudo().file_name = "count.pdf"
        with self.assertRaisesRegex(UserError, "not called so"):
            record._write_file("rows", "csv", io.BytesIO())

    def test_two_rows_of_one_number_are_damage(self):
        """I5, I8: nobody could tell them apart; none is left out, none wins."""
        heading = '<row r="1">' + "".join(
            f'<c t="str"><v>{name}</v></c>' for name in ("Item", "Units")
        )
        row = '<row r="%d"><c t="str"><v>SCR</v></c><c><v>%d</v></c></row>'
        for numbers in ((2, 2), (3, 2), (2, 1), (2, 0)):
            rows = "".join(row % (number, number) for number in numbers)
            with self.subTest(numbers):
                content = make_parts(f"{heading}</row>{rows}")
                self._assert_refused(content, "a.xlsx", "damaged")

    def _sheets(self, **rows):
        """A workbook with a sheet of each name, those called hidden hidden."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        for name, row in rows.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Warehouse", "Item", "Location", "Units"])
            sheet.write_row(1, 0, [self.warehouse.name, *row])
            if "hidden" in name:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
        book.close()
        return target.getvalue()

    def test_what_nobody_sees_is_not_imported(self):
        """I1, I5: a hidden sheet is chosen where there is nothing else."""
        content = self._sheets(hidden=["SCR", "Bin A", 99], Counts=["SCR", "Bin A", 5])
        record = self._check_file(content, "a.xlsx")
        self.assertEqual(record.sheet_id.name, "Counts")
        self.assertEqual(record.outcome, "1 rows are ready to be imported.")

    def test_other_sheets_with_counts_are_named(self):
        """I5: a workbook is not in as a whole after one of its sheets is."""
        content = self._sheets(North=["SCR", "Bin A", 9], South=["SCR", "Bin B", 5])
        record = self._check_file(content, "a.xlsx")
        self.assertEqual(record.sheet_id.name, "North")
        self.assertIn("Only sheet North is imported", record.outcome)
        record.action_import()
        self.assertIn("these have counts, too", record.outcome)
        self.assertIn("South", record.outcome)

    def test_problems_run_in_nobodys_spreadsheet(self):
        """I8: neither a cell nor the sentence that quotes it, in Odoo's own export."""
        formula = "=cmd|' /C calc'!A0"
        record = self._check_file(self._csv(self._row(formula, "Bin A", 1)))
        fields_ = ["row", "value", "message"]
        [[row, value, message]] = record.problem_ids.export_data(fields_)["datas"]
        self.assertEqual((row, value), (2, f"'{formula}"))
        self.assertTrue(message.startswith("'="))
        self.assertEqual(record.problem_ids.value, formula)

    def test_an_archived_warehouse_gets_no_count(self):
        """I7: where it was archived between check and import."""
        record = self._check_file(self._csv(self._row("SCR", "Bin A", 1)))
        self.warehouse.active = False
        with self.assertRaisesRegex(UserError, "was archived meanwhile"):
            record.action_import()

    def test_a_count_that_was_deleted_meanwhile_is_told(self):
        """I7: and is not made again under its number."""
        session = self._create_session(self.bin_a)
        row = self._row("SCR", "Bin A", 1, session.name)
        record = self._check_file(self._csv(row))
        session.unlink()
        with self.assertRaisesRegex(UserError, "deleted meanwhile"):
            record.action_import()

    def test_old_imports_that_stay_do_not_keep_the_others(self):
        """Z3: what was not all taken back is evidence; abandoned files go."""
        kept = self._import(self._csv(self._row("SCR", "Bin A", 1))).sudo()
        kept.state = "failed"
        gone = self._upload(self._csv(self._row("SCR", "Bin B", 1)))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_count_import SET write_date = '2020-01-01' WHERE id IN %s",
            [(kept.id, gone.id)],
        )
        self.env.invalidate_all()
        self.env["stock.count.import"]._gc_abandoned()
        self.assertTrue(kept.exists())
        self.assertFalse(gone.exists())

    def test_a_wrong_encoding_is_refused(self):
        """I1: the user may choose one, but not any."""
        content = self._csv(self._row("SCR", "Größe", 1)).decode().encode("cp1252")
        record = self._upload(content)
        record.action_read()
        self.assertEqual(record.encoding, "cp1252")
        for encoding in ("utf-8-sig", "utf-16"):
            with self.assertRaisesRegex(UserError, "another encoding"):
                record.encoding = encoding

    def test_opening_costs_are_taken_where_there_is_no_stock(self):
        """I10: an item with stock keeps its cost, whatever a file says."""
        self._book(self.glue, self.bin_b, 1, lot=self._create_lot(self.glue, "OLD"))
        heading = "Warehouse;Item;Location;Units;Serial;Unit Cost\n"
        name = self.warehouse.name
        rows = [
            f"{name};SCR;Bin A;10;;3,00",
            f"{name};SCR;Bin B;30;;5,00",
            f"{name};Glue;Bin A;4;L1;9,00",
        ]
        session = self._import(self._csv(*rows, heading=heading)).session_ids
        values = session.line_ids.mapped("variance_value")
        self.assertEqual(sorted(values), [30, 36, 150])
        self._post(session)
        self.assertEqual(session.state, "posted")
        self.assertEqual(
            (self.screw.standard_price, self.glue.standard_price), (4.5, 5)
        )

    def test_the_files_that_go_out_are_read_back(self):
        """I3, I5: rows to correct, as XLSX, corrected and sent again."""
        rows = [self._row("SCR", "Bin A", 1), self._row("NONE", "Bin B", 2)]
        record = self._check_file(self._csv(*rows), mode="good")
        target = io.BytesIO()
        name = record._write_file("bad", "xlsx", target)
        self.assertEqual(name, "count to correct.xlsx")
        again = self._check_file(target.getvalue(), name)
        self.assertEqual([p.code for p in again.problem_ids], ["unknown_item"])
        self.assertEqual(
            again.column_ids.filtered("meaning").mapped("meaning"),
            ["warehouse", "item", "location", "units", "session"],
        )

    def test_the_status_of_every_row_comes_back(self):
        """I4, I5: good, wrong, imported, not counted."""
        rows = [
            self._row("SCR", "Bin A", 1),
            self._row("NONE", "Bin B", 2),
            self._row("SCR", "Bin B", ""),
        ]
        record = self._import(self._csv(*rows), mode="good")
        target = io.BytesIO()
        record._write_file("rows", "csv", target)
        lines = target.getvalue().decode("utf-8-sig").splitlines()[1:]
        status = [line.split(";")[5] for line in lines]
        self.assertEqual(
            status, ["Imported", "Error", "Not counted, or imported before"]
        )
