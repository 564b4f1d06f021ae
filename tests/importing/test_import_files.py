"""Files as other systems, scanners and people write them (I1, I2, I11): each comes out
right, or is refused with what helps."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_open

from .test_import import ImportCommon

ITEMS = ("FAS-0600", "FAS-0800", "FAS-2600", "FAS-2800", "FAS-4010")


@tagged("post_install", "-at_install")
class TestImportFiles(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.write({"name": "Northgate", "code": "NGT"})
        for name in ("A-01-01", "B-01-01", "D-01-01"):
            cls._create_bin(name, barcode=f"NGT-{name}")
        for name in ITEMS:
            cls._create_product(f"Item {name}", default_code=name)
        cls._item("FAS-0600").barcode = "2900000000018"
        cls._item("FAS-2600").barcode = "2900000000117"
        cls._item("FAS-2800").barcode = "2900000000124"
        cls._create_product("Silicone", default_code="CHM-1100", tracking="lot")

    @classmethod
    def _item(cls, code):
        return cls.env["product.product"].search(
            [("default_code", "=", code), ("company_id", "in", (False, cls.company.id))]
        )

    def _read_file(self, name, **values):
        """The columns of a file of the cases."""
        with file_open(f"stock_count/tests/files/import_files/{name}", "rb") as file:
            record = self._upload(file.read(), name)
        record.action_read()
        record.write(values)
        return record

    def _check(self, name, **values):
        record = self._read_file(name, warehouse_id=self.warehouse.id, **values)
        record.action_check()
        return record

    def _found(self, record):
        """What is counted once the file is imported: (item, location, quantity)."""
        record.action_import()
        return [
            (line.product_id.default_code, line.location_id.name, line.found_qty)
            for line in record.session_ids.line_ids.sorted("product_id")
        ]

    def _assert_counts(self, name, *found, **values):
        record = self._check(name, **values)
        self.assertFalse(record.error_count, record.problem_ids.mapped("message"))
        expected = [
            row if len(row) == 3 else (row[0], "A-01-01", row[1]) for row in found
        ]
        self.assertEqual(self._found(record), expected)
        return record

    def _codes(self, record):
        return {problem.code for problem in record.problem_ids}

    def test_the_physical_count_is_imported_not_the_book(self):
        """I1: whatever the book is called beside it."""
        for name, *units in (
            ("b_count_trap.csv", 40, 29),
            ("qty_physical_count.csv", 41, 30),
            ("onhand_count.csv", 41, 30),
            ("german_bestand_inventurbestand.csv", 41, 30),
        ):
            with self.subTest(name):
                found = zip(ITEMS[:2], units, strict=True)
                record = self._assert_counts(name, *found)
                self.assertEqual(self._codes(record), {"left_numbers"})
                self.assertEqual(record.session_ids.description, name[:-4])

    def test_money_is_not_imported_as_the_count(self):
        """I1: Count, Price, Amount."""
        record = self._assert_counts("count_price_amount.csv", ("FAS-0600", 41))
        self.assertIn("Price, Amount", record.problem_ids.message)

    def test_a_file_of_business_central_names_its_warehouse_and_unit(self):
        """I1, I2: Location Code is the warehouse, Quantity the difference."""
        record = self._read_file("bc_phys_inventory.csv")
        record.action_check()
        self.assertEqual(self._found(record), [("FAS-0600", "A-01-01", 41)])
        meant = dict(
            zip(record.column_ids.mapped("name"), record.column_ids, strict=True)
        )
        self.assertEqual(meant["Location Code"].meaning, "warehouse")
        self.assertEqual(meant["Unit of Measure Code"].meaning, "uom")
        self.assertIn("Qty. (Calculated), Quantity", record.problem_ids.message)

    def test_dozens_are_dozens_whatever_their_column_is_called(self):
        """I2: five dozen are sixty."""
        self.env.ref("uom.product_uom_dozen").active = True
        self._assert_counts("uom_unknown_heading.csv", ("FAS-0600", 60))

    def test_a_unit_that_is_archived_names_units_that_are_not(self):
        """I4: Is it Units? would be no help."""
        self.env.ref("uom.product_uom_dozen").active = False
        record = self._check("uom_unknown_heading.csv")
        self.assertEqual(record.problem_ids.code, "archived_uom")
        self.assertIn("Units, Pack of 6", record.problem_ids.suggestion)

    def test_doubled_headings_are_questions(self):
        """I1: which item, and how many, with the values to go by."""
        record = self._read_file("dup_headings.xlsx", warehouse_id=self.warehouse.id)
        self.assertIn("A Item (FAS-0600), B Item (FAS-0800)", record.question)
        self.assertIn("D Counted (5), E Counted (6)", record.question)
        with self.assertRaisesRegex(UserError, "Which column has the counted quantity"):
            record.action_check()
        for number in (0, 4):
            record.column_ids[number].action_choose()
        self.assertFalse(record.question)
        record.action_check()
        self.assertEqual(self._found(record), [("FAS-0600", "A-01-01", 6)])

    def test_an_export_of_erpnext_has_its_headings_in_two_rows(self):
        """I1: and notes below them, which count nothing."""
        record = self._read_file("erpnext_bulk_edit.csv")
        self.assertEqual(record.header_row, 3)
        record.action_check()
        self.assertEqual((record.good_count, record.error_count), (2, 0))
        place = self.stock.name
        found = [("FAS-0600", place, 47), ("FAS-2800", place, 31)]
        self.assertEqual(self._found(record), found)

    def test_a_chinese_file_is_read_in_its_encoding(self):
        """I1: GBK, by its headings."""
        record = self._assert_counts("gbk.csv", ("FAS-0600", 5))
        self.assertEqual(record.encoding, "gb18030")
        self.assertEqual(record.session_ids.line_ids.entry_ids.note, "已确认")

    def test_hidden_rows_are_said_before_they_are_counted(self):
        """I4: a filter hides them, and the import does not."""
        found = zip(ITEMS[:3], (5, 6, 7), strict=True)
        record = self._assert_counts("hidden_row.xlsx", *found)
        problem = record.problem_ids
        self.assertEqual((problem.code, problem.kind), ("hidden", "warning"))
        self.assertIn(": 3.", problem.message)

    def test_a_merged_location_is_that_of_all_its_rows(self):
        """I2: and the check says so."""
        items = (ITEMS[0], ITEMS[3], ITEMS[4])
        found = [(item, "B-01-01", n) for item, n in zip(items, (5, 6, 7), strict=True)]
        record = self._assert_counts("merged_location.xlsx", *found)
        self.assertEqual(record.problem_ids.code, "filled")
        self.assertIn("3–4", record.problem_ids.message)

    def test_an_encoding_is_found_by_its_headings(self):
        """I1, I11: Shift-JIS and Cyrillic; nobody has to be asked."""
        for words, encoding in (
            (("商品コード", "棚番", "実棚数"), "cp932"),
            (("Артикул", "Ячейка", "Количество"), "cp1251"),
        ):
            with self.subTest(encoding):
                content = f"{';'.join(words)}\nFAS-0600;A-01-01;5\n".encode(encoding)
                record = self._upload(content, f"{encoding}.csv")
                record.action_read()
                record.warehouse_id = self.warehouse
                record.action_check()
                self.assertEqual(record.encoding, encoding)
                self.assertNotIn("guessed_encoding", self._codes(record))
                self.assertEqual(self._found(record), [("FAS-0600", "A-01-01", 5)])

    def test_an_encoding_that_no_heading_shows_is_asked_about(self):
        """I11: with a text to go by, and the setting that would read it."""
        content = "Item;Bin;Counted;Note\nFAS-0600;A-01-01;5;Полка\n".encode("cp1251")
        record = self._upload(content, "note.csv")
        record.action_read()
        record.warehouse_id = self.warehouse
        record.action_check()
        self.assertEqual(self._codes(record), {"guessed_encoding"})
        record.action_back()
        record.encoding = "cp1251"
        record.warehouse_id = self.warehouse
        record.action_check()
        self.assertIn("Полка", record.problem_ids.message)
        self.assertEqual(self._found(record), [("FAS-0600", "A-01-01", 5)])

    def test_what_is_called_xls_is_read_as_what_it_is(self):
        """I11: text with tabs, a web page, SpreadsheetML; each with the same rows."""
        rows = [("Item", "Bin", "Counted"), ("FAS-0600", "A-01-01", "41")]
        cells = "".join(
            "<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>"
            for row in rows
        )
        data = "".join(
            "<Row>" + "".join(f"<Cell><Data>{v}</Data></Cell>" for v in row) + "</Row>"
            for row in rows
        )
        name = "urn:schemas-microsoft-com:office:spreadsheet"
        for number, content in enumerate(
            (
                "\n".join("\t".join(row) for row in rows),
                f"<html><table>{cells}</table></html>",
                f"<?xml version='1.0'?><Workbook xmlns='{name}'>"
                f"<Worksheet Name='A'>{data}</Worksheet></Workbook>",
            )
        ):
            with self.subTest(content[:9]):
                record = self._upload(content.encode(), f"export {number}.xls")
                record.action_read()
                record.warehouse_id = self.warehouse
                record.action_check()
                self.assertEqual(self._found(record), [("FAS-0600", "A-01-01", 41)])

    def test_zeros_at_the_end_of_a_file_are_nothing(self):
        """I11: as some scanners fill their files."""
        self._assert_counts("nul_padded.csv", ("FAS-0600", 5))

    def test_a_mark_of_text_is_no_part_of_an_item(self):
        """I2: 'FAS-0600."""
        self._assert_counts("apostrophe.csv", ("FAS-0600", 5))

    def test_lakhs_are_read(self):
        """I1: 1,23,456."""
        self._assert_counts("thousands_indian.csv", ("FAS-0600", 123456))

    def test_a_reference_of_the_maker_is_not_the_item(self):
        """I1: OpenBoxes in French; STOCK PHYSIQUE is the count."""
        found = ("CHM-1100", "D-01-01", 44)
        record = self._assert_counts("openboxes_old_french.csv", found)
        self.assertEqual(record.session_ids.line_ids.lot_display, "SIL-2514")

    def test_a_column_that_is_called_like_a_warehouse_has_its_quantities(self):
        """I2: an older export of Shopify; it is the default warehouse, too."""
        record = self._read_file("shopify_old.csv")
        self.assertEqual(record.warehouse_id, self.warehouse)
        record.action_check()
        self.assertEqual(self._codes(record), {"left_numbers", "placed"})
        self.assertEqual(self._found(record), [("FAS-0600", self.stock.name, 4)])

    def test_a_row_with_one_cell_more_is_refused(self):
        """I4: what stands behind a delimiter too many is in the wrong column."""
        record = self._check("client_extra_cell.csv")
        self.assertEqual(record.problem_ids.code, "extra_cells")
        self.assertEqual(record.problem_ids.value, "extra")
        self.assertIn("quotation marks", record.problem_ids.suggestion)

    def test_a_list_of_scans_counts_one_each_row(self):
        """I11: the items are found by their barcodes; the rest is asked."""
        record = self._read_file("barcodes_only.txt", warehouse_id=self.warehouse.id)
        self.assertEqual(record.column_ids.meaning, "item")
        with self.assertRaisesRegex(UserError, "Each Row Counts One"):
            record.action_check()
        record.count_rows = True
        self.assertEqual(record.operation, "add")
        record.action_check()
        place = self.stock.name
        found = [("FAS-2600", place, 2), ("FAS-2800", place, 1)]
        self.assertEqual(self._found(record), found)

    def test_a_file_of_a_pocket_scanner_counts_one_each_row(self):
        """I11: barcode, serial of the scanner, time, date."""
        values = {"warehouse_id": self.warehouse.id, "count_rows": True}
        record = self._read_file("opn2006_default.TXT", **values)
        self.assertEqual(record.column_ids[0].meaning, "item")
        meant = record.column_ids.mapped("meaning")
        self.assertEqual(meant, ["item", False, "counted_at", "counted_at"])
        record.action_check()
        self.assertFalse(record.error_count)
        self.assertEqual([row[2] for row in self._found(record)], [2, 1])

    def test_day_and_time_in_two_columns_are_one_time(self):
        """I11, I2: or all scans of a day would be of its midnight."""
        for name, content in (
            ("scans.txt", "2900000000117,003278,14:41:03,23/11/2024\r\n"),
            ("day.csv", "Item,Counted,Date,Time\nFAS-2800,3,23.11.2024,2:41 pm\n"),
        ):
            record = self._upload(content.encode(), name)
            record.action_read()
            record.write({"warehouse_id": self.warehouse.id, "count_rows": True})
            record.action_check()
            self.assertFalse(record.error_count, record.problem_ids.mapped("message"))
            record.action_import()
            [counted_at] = record.session_ids.line_ids.entry_ids.mapped("counted_at")
            self.assertEqual((counted_at.day, counted_at.minute), (23, 41))

    def test_two_columns_of_days_are_asked_about(self):
        """I4: which of them is it? Only a day and a time make one."""
        content = b"Item,Counted,Date,Day\nFAS-2800,3,23.11.2024,24.11.2024\n"
        record = self._upload(content, "days.csv")
        record.action_read()
        record.warehouse_id = self.warehouse
        record.column_ids[2:].meaning = "counted_at"
        record.action_check()
        self.assertEqual(record.problem_ids.mapped("code"), ["not_a_date"])
