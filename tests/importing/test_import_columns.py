"""What an import asks about columns, and what its check says of them (I1, I2, I4)."""

import io

import xlsxwriter

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_import import LEAD, ImportCommon


class ColumnsCommon(ImportCommon):
    """Files of a few cells, for the warehouse of the tests."""

    def _columns(self, heading, *rows, name="count.csv", **values):
        """An import of a file in its second step."""
        content = "\n".join((heading, *rows)).encode()
        values = {"warehouse_id": self.warehouse.id, **values}
        record = self._upload(content, name, **values)
        record.action_read()
        return record

    def _checked(self, heading, *rows, **values):
        record = self._columns(heading, *rows, **values)
        record.action_check()
        return record

    def _meanings(self, record):
        return {c.name: c.meaning for c in record.column_ids if c.meaning}

    def _lines(self, record):
        """What is counted once it is imported, by location."""
        self.assertFalse(record.error_count, record.problem_ids.mapped("message"))
        record.action_import()
        lines = record.session_ids.line_ids
        return {line.location_id.name: line.found_qty for line in lines}


@tagged("post_install", "-at_install")
class TestImportQuestions(ColumnsCommon):
    def test_two_columns_that_could_be_the_count_are_asked_about(self):
        """I1: with their first values; the check does not go on without an answer."""
        record = self._columns("SKU;Bin;Qty;Quantity", "SCR;Bin A;48;41")
        self.assertFalse(record.column_ids.filtered(lambda c: c.meaning == "units"))
        self.assertEqual(
            record.question,
            "Which column has the counted quantity: C Qty (48), D Quantity (41)?",
        )
        with self.assertRaisesRegex(UserError, "Choose it in the list"):
            record.action_check()
        self.assertEqual((record.state, record.row_count), ("columns", 0))

    def test_an_answer_can_be_given_and_changed(self):
        """I1: by the button, or as any other meaning."""
        record = self._columns("SKU;Bin;Qty;Quantity", "SCR;Bin A;48;41")
        qty, quantity = record.column_ids[2:]
        qty.action_choose()
        self.assertFalse(record.question)
        quantity.action_choose()
        self.assertEqual((qty.meaning, quantity.meaning), (False, "units"))
        quantity.meaning = False
        self.assertTrue(record.question)
        quantity.meaning = "units"
        record.action_check()
        self.assertEqual(self._lines(record), {"Bin A": 41})

    def test_a_question_that_has_no_right_answer_is_left_out(self):
        """I1: neither of two bins is wanted."""
        record = self._columns(
            "SKU;Bin;Shelf;Qty", "SCR;Bin A;Bin B;4", location_id=self.bin_a.id
        )
        self.assertIn("Which column is Location", record.question)
        record.column_ids[1:3].meaning = "skip"
        self.assertFalse(record.question)
        record.action_check()
        self.assertEqual(self._lines(record), {"Bin A": 4})

    def test_a_lead_answers_and_a_counter_does_not(self):
        """Z1, Z2: also by RPC."""
        record = self._columns("SKU;Bin;Qty;Quantity", "SCR;Bin A;48;41")
        column = record.column_ids[3]
        counter = self._create_user("counter", "stock_count.group_count_counter")
        with self.assertRaises(AccessError):
            self._rpc(counter, column, "action_choose")
        self._rpc(self._create_user("lead", LEAD), column, "action_choose")
        self.assertEqual(column.meaning, "units")

    def test_packs_are_no_units_unless_somebody_says_so(self):
        """I2: five cases of twelve are not five."""
        record = self._columns("SKU;Bin;Cases", "SCR;Bin A;5")
        self.assertIn("C Cases (5)", record.question)

    def test_columns_with_numbers_that_are_left_are_named(self):
        """I1: in the check, but for codes, and for what somebody has left out."""
        record = self._checked(
            "SKU;EAN;Bin;System;Counted;Price", "SCR;2900000000018;Bin A;48;41;7.90"
        )
        problem = record.problem_ids
        self.assertEqual((problem.code, problem.kind), ("left_numbers", "warning"))
        self.assertIn(": System, Price.", problem.message)
        record.action_back()
        record.column_ids.filtered(lambda c: not c.meaning).meaning = "skip"
        record.action_check()
        self.assertFalse(record.problem_ids)

    def test_stock_that_is_taken_for_the_count_is_said(self):
        """I1, I10: a list of what lies there may be one of what is booked."""
        record = self._checked("SKU;Bin;On Hand", "SCR;Bin A;48")
        self.assertEqual(record.problem_ids.code, "stock_as_count")
        self.assertIn("On Hand", record.problem_ids.message)
        self.assertEqual(self._lines(record), {"Bin A": 48})

    # === WHAT ONLY THE RECORDS SAY === #

    def test_the_item_column_is_the_one_with_items(self):
        """I2: the reference of another system is none of ours."""
        self.screw.barcode = "2900000000018"
        record = self._columns("SKU;EAN;Bin;Qty", "X-1;2900000000018;Bin A;4")
        self.assertEqual(self._meanings(record)["EAN"], "item")

    def test_two_columns_with_other_items_are_asked_about(self):
        """I2: a barcode that is on the wrong item is found before the count."""
        self.drill.barcode = "2900000000018"
        record = self._columns("SKU;EAN;Bin;Qty", "SCR;2900000000018;Bin A;4")
        self.assertIn("Which column is Item ID", record.question)

    def test_two_columns_with_the_same_items_are_no_question(self):
        """I2: the reference is taken."""
        self.screw.barcode = "2900000000018"
        record = self._columns("EAN;SKU;Bin;Qty", "2900000000018;SCR;Bin A;4")
        self.assertEqual(self._meanings(record)["SKU"], "item")
        self.assertFalse(record.question)

    def test_a_location_with_names_of_warehouses_is_the_warehouse(self):
        """I2: as NetSuite and Shopify call it."""
        name = self.warehouse.name
        record = self._columns("SKU;Location;Qty", f"SCR;{name};4", warehouse_id=False)
        self.assertEqual(self._meanings(record)["Location"], "warehouse")

    def test_a_location_beside_bins_is_no_warehouse_if_none_is_called_so(self):
        """I2: zones have names, too."""
        record = self._columns("SKU;Location;Bin;Qty", "SCR;Zone 1;Bin A;4")
        self.assertEqual(
            self._meanings(record), {"SKU": "item", "Bin": "location", "Qty": "units"}
        )

    def test_two_columns_of_places_are_asked_about(self):
        """I2: an export with a column for each shop is imported once for each."""
        here, there = self.warehouse, self._warehouse("Annex")
        heading = f"SKU;{here.name};Annex"
        record = self._columns(heading, "SCR;4;7", warehouse_id=False)
        self.assertIn(f"B {here.name} (4), C Annex (7)", record.question)
        record.column_ids[2].action_choose()
        self.assertEqual(record.warehouse_id, there)
        record.warehouse_id = here
        with self.assertRaisesRegex(UserError, "in the column of Annex"):
            record.action_check()

    def _warehouse(self, name):
        return self.env["stock.warehouse"].create({"name": name, "code": name[:3]})

    def test_the_end_of_a_heading_names_the_warehouse(self):
        """I2: New Quantity Annex, as Square exports it."""
        annex = self._warehouse("Annex")
        heading = "SKU;Current Quantity Annex;New Quantity Annex"
        record = self._columns(heading, "SCR;4;7", warehouse_id=False)
        self.assertEqual(record.warehouse_id, annex)

    def test_a_column_may_be_called_like_a_location(self):
        """I2: it is the default location then."""
        record = self._checked("SKU;Bin A", "SCR;7", warehouse_id=False)
        self.assertEqual(record.location_id, self.bin_a)
        self.assertEqual(self._lines(record), {"Bin A": 7})


@tagged("post_install", "-at_install")
class TestImportRows(ColumnsCommon):
    # === WHERE SOMETHING LIES === #

    def test_a_whole_file_may_have_one_location(self):
        """I2: for rows that name none; the warehouse is that of the location."""
        values = {"warehouse_id": False, "location_id": self.bin_b.id}
        rows = ("SCR;;3", "Glue;;")
        record = self._checked("SKU;Bin;Qty", *rows, **values)
        self.assertEqual(self._lines(record), {"Bin B": 3})

    def test_another_default_location_makes_another_row(self):
        """I6: the same file for another bin is not the same count."""
        for bin_ in (self.bin_a, self.bin_b):
            record = self._checked("SKU;Qty", "SCR;3", location_id=bin_.id)
            self.assertEqual((record.known_count, record.good_count), (0, 1))
            record.action_import()
        lines = record.session_ids.line_ids
        self.assertEqual(lines.location_id, self.bin_a | self.bin_b)

    def test_a_default_location_is_in_the_warehouse_of_the_row(self):
        """I4: a row of another warehouse does not lie there."""
        annex = self.env["stock.warehouse"].create({"name": "Annex", "code": "ANX"})
        values = {"location_id": self.bin_a.id}
        record = self._checked("SKU;Warehouse;Qty", f"SCR;{annex.name};3", **values)
        self.assertEqual(record.problem_ids.code, "unknown_location")

    def test_a_location_that_is_named_once_for_some_rows_is_asked_about(self):
        """I4: empty may be the bin above, or where the item is booked."""
        rows = ("SCR;Bin A;3", "Glue;;2")
        record = self._checked("SKU;Bin;Qty", *rows, mode="good")
        self.assertEqual(self._problems(record), [(3, "location", "empty_location")])
        self.assertIn("Rows without Location", record.problem_ids.suggestion)

    def test_an_empty_location_may_be_that_of_the_row_above(self):
        """I4: and the check says in which rows."""
        rows = ("SCR;Bin A;3", "SCR 2;;2", "SCR;Bin B;1")
        self._create_product("Screw 2", default_code="SCR 2")
        record = self._checked("SKU;Bin;Qty", *rows, empty_location="above")
        self.assertEqual(record.problem_ids.code, "filled")
        self.assertIn("rows 3.", record.problem_ids.message)
        record.action_import()
        lines = record.session_ids.line_ids
        self.assertEqual(lines.mapped("location_id"), self.bin_a | self.bin_b)

    def test_an_empty_location_may_be_where_the_item_lies(self):
        """I2: if somebody says so."""
        self._book(self.screw, self.bin_b, 9)
        rows = ("SCR;Bin A;3", "SCR;;2")
        record = self._checked("SKU;Bin;Qty", *rows, empty_location="item")
        self.assertEqual(self._lines(record), {"Bin A": 3, "Bin B": 2})

    def test_rows_to_correct_have_what_merged_cells_said(self):
        """I5: alone nobody would know in which bin they are."""
        rows = ("SCR;Bin A;3", "NONE;;2")
        record = self._checked("SKU;Bin;Qty", *rows, empty_location="above")
        target = io.BytesIO()
        record._write_file("bad", "csv", target)
        self.assertIn("NONE;Bin A;2;Error", target.getvalue().decode("utf-8-sig"))

    # === SERIALS AND LOTS === #

    def test_serials_and_lots_stand_side_by_side(self):
        """I2: the serial is that of an item with serials, the lot of one with lots."""
        rows = ("Drill;Bin A;S-1;B-1;1", "Glue;Bin A;;B-2;4", "SCR;Bin A;;;9")
        record = self._checked("SKU;Bin;Serial No;Batch No;Qty", *rows)
        self.assertFalse(record.error_count)
        record.action_import()
        lots = record.session_ids.line_ids.mapped("lot_display")
        self.assertCountEqual(filter(None, lots), ["S-1", "B-2"])

    def test_a_batch_of_an_item_without_lots_is_said(self):
        """I4: it is refused as a serial is."""
        record = self._checked("SKU;Bin;Serial No;Batch No;Qty", "SCR;Bin A;S;B;9")
        self.assertEqual(self._problems(record), [(2, "serial", "refused")])

    def test_a_serial_is_no_lot_of_an_item_with_lots(self):
        """I4: the lot is missing."""
        record = self._checked("SKU;Bin;Serial No;Batch No;Qty", "Glue;Bin A;S-1;;9")
        self.assertEqual(self._problems(record), [(2, "serial", "refused")])

    # === UNITS === #

    def test_units_of_other_systems_are_ours(self):
        """I2: where exactly one of ours fits."""
        self.env.ref("uom.product_uom_dozen").active = True
        for unit, found in (("pcs", 5), ("Stk", 5), ("EA", 5), ("個", 5), ("dz", 60)):
            with self.subTest(unit):
                row = f"SCR;Bin A;5;{unit}"
                record = self._checked("SKU;Bin;Qty;UoM", row, session_name=unit)
                self.assertEqual(self._lines(record), {"Bin A": found})

    def test_a_unit_that_could_be_two_of_ours_is_refused(self):
        """I4: with the units that there are."""
        unit = self.env.ref("uom.product_uom_unit")
        values = {"relative_uom_id": unit.id, "relative_factor": 10}
        self.env["uom.uom"].create([{"name": "Pieces", **values}])
        self.screw.uom_id = self.env.ref("uom.product_uom_pack_6")
        record = self._checked("SKU;Bin;Qty;UoM", "SCR;Bin A;5;pcs")
        self.assertEqual(record.problem_ids.code, "unknown_uom")
        self.assertIn("Pieces", record.problem_ids.suggestion)

    def test_an_unknown_unit_names_units_of_the_item(self):
        """I4: which can be entered instead."""
        record = self._checked("SKU;Bin;Qty;UoM", "SCR;Bin A;5;Carton")
        self.assertEqual(record.problem_ids.code, "unknown_uom")
        self.assertIn("Units, Pack of 6", record.problem_ids.suggestion)
        self.assertNotIn("kg", record.problem_ids.suggestion)

    # === WHAT IS SAID BEFORE ANYTHING IS COUNTED === #

    def test_rows_with_totals_are_left_out(self):
        """I4: and said; a code that only begins so is an unknown item."""
        rows = ("SCR;Bin A;3", "Total;;3", ";Grand Total;3", "SUM-2000;Bin A;1")
        record = self._checked("SKU;Bin;Qty", *rows, empty_location="item")
        told = {p.code: p.row for p in record.problem_ids}
        self.assertEqual(told, {"total": 3, "unknown_item": 5})
        self.assertIn("3–4", record.problem_ids.filtered(lambda p: p.row == 3).message)
        self.assertEqual((record.good_count, record.empty_count), (1, 0))

    def test_a_subtotal_of_an_item_is_refused(self):
        """I4: SCR Total may be an item that nobody knows."""
        record = self._checked("SKU;Bin;Qty", "SCR;Bin A;3", "SCR Total;Bin A;3")
        self.assertEqual(self._problems(record), [(3, "item", "subtotal")])

    def test_an_item_that_is_called_total_is_counted(self):
        """I4: what is known is no sum."""
        self._create_product("Total", default_code="TOTAL")
        record = self._checked("SKU;Bin;Qty", "TOTAL;Bin A;3")
        self.assertEqual(self._lines(record), {"Bin A": 3})

    def test_headings_that_come_again_are_left_out(self):
        """I4: of each printed page."""
        rows = ("SCR;Bin A;3", "SKU;Bin;Qty", "SCR;Bin B;4")
        record = self._checked("SKU;Bin;Qty", *rows)
        self.assertEqual(record.problem_ids.code, "heading")
        self.assertEqual(self._lines(record), {"Bin A": 3, "Bin B": 4})

    def test_what_a_cell_shows_otherwise_is_said(self):
        """I4: 2.6 as 3 and 0.5 as 50 %."""
        self.screw.uom_id = self.env.ref("uom.product_uom_kgm")
        record = self._upload(
            self._formatted(), "a.xlsx", warehouse_id=self.warehouse.id
        )
        record.action_read()
        record.action_check()
        told = [(p.row, p.value, p.kind, p.message) for p in record.problem_ids]
        text = "The spreadsheet shows %s here."
        self.assertEqual(
            told,
            [(2, "2.6", "warning", text % 3), (3, "0.5", "warning", text % "50 %")],
        )

    def _formatted(self):
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["SKU", "Bin", "Qty"])
        for row, (place, value, code) in enumerate(
            [("Bin A", 2.6, "0"), ("Bin B", 0.5, "0%")], 1
        ):
            sheet.write_row(row, 0, ["SCR", place])
            sheet.write_number(row, 2, value, book.add_format({"num_format": code}))
        book.close()
        return target.getvalue()

    def test_a_number_that_could_be_another_is_said(self):
        """I1: 1.234 alone; where another number shows the decimals, it is clear."""
        record = self._checked("SKU;Bin;Qty", "SCR;Bin A;1.234")
        self.assertEqual(record.problem_ids.code, "grouped")
        self.assertIn("1.234 = 1234", record.problem_ids.message)
        record = self._checked("SKU;Bin;Qty", "SCR;Bin A;1.234", "SCR;Bin B;1,5")
        self.assertFalse(record.problem_ids)

    def test_who_chooses_the_decimals_is_not_asked_again(self):
        """I1: the setting that the remedy names."""
        record = self._columns("SKU;Bin;Qty", "SCR;Bin A;1.234")
        self.screw.uom_id = self.env.ref("uom.product_uom_ton")
        record.decimal = "."
        record.action_check()
        self.assertFalse(record.problem_ids.filtered(lambda p: p.code == "grouped"))

    def test_a_quantity_with_its_unit_says_where_the_unit_goes(self):
        """I4: 12 pcs."""
        record = self._checked("SKU;Bin;Qty", "SCR;Bin A;12 pcs", "SCR;Bin B;(5)")
        first, second = record.problem_ids
        self.assertEqual(first.suggestion, "Enter 12 here and pcs in a column UoM.")
        self.assertEqual(second.code, "in_brackets")

    def test_a_decimal_comma_that_was_cut_is_refused(self):
        """I4: 7,5 in a file with commas is two cells."""
        record = self._checked("SKU,Bin,Qty", "SCR,Bin A,7,5")
        codes = [(problem.row, problem.code) for problem in record.problem_ids]
        self.assertEqual(codes, [(1, "left_numbers"), (2, "extra_cells")])
