"""Which column is which, by the headings of many systems in many languages (I1)."""

import io
import json
import unittest

import xlsxwriter
import xlwt
from reading import read_real

from domain.spreadsheet.body import (
    ABOVE,
    ASK,
    Layout,
    read_body,
)
from domain.spreadsheet.book import Merged, Row
from domain.spreadsheet.cells import (
    Doubtful,
    read_code,
    read_quantity,
)
from domain.spreadsheet.columns import (
    find_header,
    match,
    read_headings,
)
from domain.spreadsheet.csv_text import find_encoding
from domain.spreadsheet.headings import WORDS
from domain.spreadsheet.meaning import NEVER, describe
from domain.spreadsheet.open_book import open_book
from domain.spreadsheet.rows import Reading, read_row
from domain.spreadsheet.units import unit_kind

ANSWERED = {"origin", "headings"}


def read_cases(name):
    return json.loads(read_real(name))


def answer(headings, field):
    """The heading of the column of a field, the headings to choose from, or None."""
    columns = read_headings(headings)
    if field in columns.doubts:
        return [headings[i] for i in columns.doubts[field]]
    found = dict(zip(columns.fields, headings, strict=True))
    return found.get(field)


def rows_of(text):
    return list(open_book(io.BytesIO(text.encode()), "a.csv").rows())


class TestHeadings(unittest.TestCase):
    def test_headings_of_other_systems_are_understood(self):
        """I1: each field of each case, or the question that it is."""
        for name in ("import_headings.json", "export_headings.json"):
            for case in read_cases(name):
                for field in case.keys() - ANSWERED:
                    with self.subTest(case["origin"], field=field):
                        found = answer(case["headings"], field)
                        expected = case[field]
                        if isinstance(expected, list):
                            self.assertCountEqual(found or [], expected)
                        else:
                            self.assertEqual(found, expected)

    def test_the_order_of_columns_changes_nothing(self):
        """I1: the words decide, not what comes first."""
        for case in read_cases("export_headings.json"):
            turned = case["headings"][::-1]
            for field in ("item", "units"):
                with self.subTest(case["origin"], field=field):
                    some, others = (
                        answer(case["headings"], field),
                        answer(turned, field),
                    )
                    self.assertCountEqual(some or [], others or [])

    def test_the_heading_row_of_every_system_is_found(self):
        """I1: above rows with texts and numbers."""
        for case in read_cases("export_headings.json"):
            width = len(case["headings"])
            rows = [Row(n, [f"A-{n}", *[n] * (width - 1)]) for n in (2, 3)]
            header = find_header([Row(1, case["headings"]), *rows])
            self.assertEqual(header.number, 1, case["origin"])

    def test_money_and_differences_are_never_the_count(self):
        """I1: also where nothing else could be it."""
        for name in (
            *("Amount", "Stock Value", "Betrag", "Montant", "Importe", "Valor"),
            *("Bedrag", "Wartość", "金额", "金額", "Unit Price", "Warenwert"),
            *("Difference", "Variance", "Differenz", "Écart", "Diferencia", "Różnica"),
            *("差异", "差異", "Verschil", "Scostamento", "Counted Value"),
        ):
            with self.subTest(name):
                self.assertIsNone(answer(["SKU", name], "units"))

    def test_the_book_is_never_the_count_beside_another_number(self):
        """I1: whatever the other column is called."""
        for name in (
            *("On Hand", "System Qty", "Expected", "Qty. (Calculated)", "Theoretical"),
            *("Sollbestand", "Buchbestand", "Stock teórico", "Stock théorique"),
            *("Boekvoorraad", "账面数量", "帳簿数量", "Stan księgowy", "QtyOnHand"),
        ):
            for other in ("Quantity", "Counted", "Physical", "Gezählt", "Conteo"):
                with self.subTest(name, other=other):
                    self.assertEqual(answer(["SKU", name, other], "units"), other)

    def test_what_only_the_book_says_is_no_count(self):
        """I1: expected quantities alone count nothing."""
        for name in ("Expected Qty", "System", "Sollmenge", "理論在庫", "账面数量"):
            self.assertIsNone(answer(["SKU", name], "units"), name)

    def test_two_numbers_of_one_kind_are_a_question(self):
        """I1: neither is guessed."""
        for names in (("Qty", "Quantity"), ("Count 1", "Count 2"), ("Menge", "Anzahl")):
            self.assertEqual(answer(["SKU", *names], "units"), list(names))

    def test_a_count_of_numbers_is_no_name_of_a_count(self):
        """I7: or two counts called 41 and 30 would be made."""
        names = ["SKU", "On Hand", "Count"]
        numbers = read_headings(names, samples=[["A"], [48, 36], [41, 30]])
        self.assertEqual(numbers.fields, ["item", None, "units"])
        texts = read_headings(names, samples=[["A"], [48, 36], ["Annual", "Annual"]])
        self.assertEqual(texts.fields, ["item", "units", "session"])

    def test_a_column_of_answers_is_no_column_of_quantities(self):
        """I1: Counted: yes; Qty: 5."""
        names = ["SKU", "Counted", "Qty"]
        columns = read_headings(names, samples=[["A"], ["yes", "no"], [5, 6]])
        self.assertEqual(columns.fields, ["item", None, "units"])

    def test_a_column_of_units_is_one_whatever_it_is_called(self):
        """I2: or five dozen would be five."""
        for name, values in (
            ("Packing", ["pcs", "dz"]),
            ("Units", ["EA", "EA"]),
            ("Geb.", ["Stk", "Dtz"]),
            ("規格", ["個", "個"]),
        ):
            with self.subTest(name):
                names = ["SKU", "Qty", name]
                columns = read_headings(names, samples=[["A"], [5, 6], values])
                self.assertEqual(columns.fields, ["item", "units", "uom"])

    def test_a_column_of_sizes_is_no_column_of_units(self):
        """I2: L is large, not litre, and No is an answer."""
        for values in (["L", "M"], ["No", "No"]):
            names = ["SKU", "Qty", "Fit"]
            columns = read_headings(names, samples=[["A"], [5, 6], values])
            self.assertIsNone(columns.fields[2])

    def test_units_of_other_systems_are_known(self):
        """I2: codes of SAP and UN, and what people write."""
        for kind, words in {
            "unit": "pcs PC EA Stk ST Stück pz szt. un ud. 个 個 шт H87 PCE Nos",
            "dozen": "dz DZN Dtz. doz docena douzaine 打 ダース",
            "kgm": "KG kilo кг 千克",
            "litre": "L ltr Liter",
        }.items():
            for word in words.split():
                self.assertEqual(unit_kind(word), f"product_uom_{kind}", word)
        self.assertEqual(unit_kind("carton"), "")

    def test_every_word_of_a_list_stands_there_once(self):
        """A list that nobody looks through is soon wrong."""
        for idea, words in WORDS.items():
            listed = words.split("|")
            self.assertTrue(all(word.strip("* ") for word in listed), idea)

    def test_a_sentence_is_no_heading(self):
        """I8: nor is a text made to take time."""
        self.assertEqual(describe("Count " * 200).field, "")
        self.assertEqual(describe("Has Item Scanned").field, NEVER)

    def test_serials_and_lots_side_by_side_are_two_fields(self):
        """I2: alone, each is what the one column of a template is."""
        fields = match(["SKU", "Serial No", "Batch No", "Qty"])
        self.assertEqual(fields, ["item", "serial", "lot", "units"])
        self.assertEqual(match(["SKU", "Batch No", "Qty"])[1], "serial")

    def test_a_location_is_the_warehouse_of_a_system_with_bins(self):
        """I2: Business Central, NetSuite, inFlow, Cin7; without bins it is none."""
        names = ["SKU", "Location Code", "Bin Code", "Qty"]
        self.assertEqual(match(names), ["item", "warehouse", "location", "units"])
        self.assertEqual(match(["SKU", "Location Code", "Qty"])[1], "location")

    # === HEADINGS IN TWO ROWS === #

    def test_names_of_a_program_below_the_headings_belong_to_them(self):
        """I1: ERPNext's export; they are no second heading."""
        rows = rows_of("Item Code,Warehouse,Quantity\nitem_code,warehouse,qty\nA,W,5\n")
        header = find_header(rows)
        self.assertEqual((header.number, header.names[0]), (2, "item_code"))

    def test_a_heading_over_two_columns_goes_on_below(self):
        """I1: Quantity over Booked and Counted."""
        rows = rows_of("Item;Bin;Quantity;\n;;Booked;Counted\nA;B;48;41\n")
        header = find_header(rows)
        self.assertEqual(header.number, 2)
        self.assertEqual(match(header.names), ["item", "location", None, "units"])

    def test_groups_above_equal_headings_tell_them_apart(self):
        """I1: Booked and Counted, each with Qty and Value."""
        rows = rows_of(";Booked;;Counted;\nItem;Qty;Value;Qty;Value\nA;48;1;41;2\n")
        header = find_header(rows)
        self.assertEqual(match(header.names), ["item", None, None, "units", None])

    def test_a_heading_that_comes_again_is_no_second_one(self):
        """I1: as printed pages have it."""
        rows = rows_of("Item;Qty\nA;5\nItem;Qty\nB;6\n")
        self.assertEqual(find_header(rows).number, 1)
        body = read_body(rows, Layout(1, ["Item", "Qty"], {"item": 0, "units": 1}))
        self.assertEqual([row.marks for row in body], [(), ("heading",), ()])

    def test_a_list_of_scans_may_have_one_heading(self):
        """I1: Barcode, and barcodes."""
        self.assertEqual(find_header(rows_of("Barcode\n2900000000117\n")).number, 1)
        self.assertEqual(find_header(rows_of("2900000000117\nEAN\n")).number, 0)

    # === THE ROWS BELOW === #

    def test_a_merged_cell_is_in_each_of_its_rows(self):
        """I2: but not below them."""
        rows = [Row(2, ["A", "B-01"]), Row(3, ["B"]), Row(4, ["C"])]
        layout = Layout(1, ["Item", "Bin"], {"location": 1}, [Merged(2, 3, 1, 1)])
        body = list(read_body(rows, layout))
        self.assertEqual([row.values for row in body[1:]], [["B", "B-01"], ["C"]])
        self.assertEqual(body[1].marks, ("filled",))

    def test_a_merged_quantity_is_no_quantity(self):
        """I2: five of three items together."""
        rows = [Row(2, ["A", 5]), Row(3, ["B"])]
        layout = Layout(1, [], {"item": 0, "units": 1}, [Merged(2, 3, 1, 1)])
        reading = Reading({"item": 0, "units": 1})
        founds = [read_row(row, reading) for row in read_body(rows, layout)]
        self.assertEqual(
            [["merged_units" in [p.code for p in f.problems] for f in founds]],
            [[True, True]],
        )

    def test_a_bin_that_only_a_first_row_names_is_asked_about(self):
        """I2: it is the bin of the rows below, or it is not."""
        rows = [Row(2, ["A", "B-01"]), Row(3, ["B"])]
        layout = Layout(1, [], {"location": 1}, empty_location=ASK)
        asked = list(read_body(rows, layout))
        self.assertEqual(asked[1].marks, ("empty_location",))
        layout = layout._replace(empty_location=ABOVE)
        self.assertEqual(list(read_body(rows, layout))[1].values, ["B", "B-01"])

    def test_hidden_rows_are_marked(self):
        """I4: in new and in old workbooks."""
        for name, content in (("a.xlsx", self._xlsx()), ("a.xls", self._xls())):
            with self.subTest(name):
                rows = list(open_book(io.BytesIO(content), name).rows())
                marks = [row.marks for row in rows]
                self.assertEqual(marks, [(), ("hidden",), ()])

    def test_numbers_that_are_shown_as_others_are_marked(self):
        """I4: 2.6 as 3 and 0.5 as 50 %, in new and in old workbooks."""
        for name, content in (("a.xlsx", self._xlsx()), ("a.xls", self._xls())):
            with self.subTest(name):
                rows = list(open_book(io.BytesIO(content), name).rows())
                shown = [getattr(row.values[0], "shown", None) for row in rows]
                self.assertEqual(shown, [None, "3", "50 %"])
                self.assertEqual([row.values[0] for row in rows], [2.5, 2.6, 0.5])

    def test_merged_cells_are_found(self):
        """I2: in new and in old workbooks."""
        for name, content in (("a.xlsx", self._xlsx()), ("a.xls", self._xls())):
            with self.subTest(name):
                book = open_book(io.BytesIO(content), name)
                self.assertEqual(book.merged_cells(), [Merged(2, 3, 1, 1)])

    def _xlsx(self):
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet()
        formats = ("0.0", "0", "0%")
        for row, value in enumerate((2.5, 2.6, 0.5)):
            style = book.add_format({"num_format": formats[row]})
            sheet.write_number(row, 0, value, style)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.merge_range(1, 1, 2, 1, "B-01")
        book.close()
        return target.getvalue()

    def _xls(self):
        target = io.BytesIO()
        book = xlwt.Workbook()
        sheet = book.add_sheet("Counts")
        formats = ("0.0", "0", "0%")
        for row, value in enumerate((2.5, 2.6, 0.5)):
            sheet.write(row, 0, value, xlwt.easyxf(num_format_str=formats[row]))
        sheet.row(1).hidden = True
        sheet.write_merge(1, 2, 1, 1, "B-01")
        book.save(target)
        return target.getvalue()

    # === CELLS AND ENCODINGS === #

    def test_indian_thousands_are_read(self):
        """I1: lakhs can be read in one way only."""
        self.assertEqual(read_quantity("1,23,456"), 123456)
        self.assertEqual(read_quantity("12,34,567.5", ","), 1234567.5)
        with self.assertRaises(Doubtful):
            read_quantity("1.23.456", ",")

    def test_a_quantity_that_is_refused_says_what_helps(self):
        """I4: the unit apart, no brackets."""
        for text, code in (("12 pcs", "with_unit"), ("(5)", "in_brackets")):
            with self.assertRaises(Doubtful) as caught:
                read_quantity(text)
            self.assertEqual(caught.exception.code, code)

    def test_an_apostrophe_marks_a_text_and_begins_no_name(self):
        """I2: as spreadsheets write it."""
        self.assertEqual(read_code("'FAS-0600"), "FAS-0600")
        self.assertEqual(read_code("'s-Gravenhage"), "'s-Gravenhage")

    def test_the_encoding_is_the_one_in_which_the_headings_make_sense(self):
        """I1: Chinese, Japanese, Korean, Cyrillic, Polish; Western as before."""
        cases = {case["origin"]: case for case in read_cases("export_headings.json")}
        for origin, written, found in (
            ("Kingdee", "gbk", "gb18030"),
            ("Taiwan", "big5", "big5"),
            ("Bugyo", "cp932", "cp932"),
            ("Douzone", "euc_kr", "euc_kr"),
            ("1C", "cp1251", "cp1251"),
            ("Subiekt", "cp1250", "cp1250"),
            ("NAV Spanish", "cp1252", "cp1252"),
        ):
            text = ";".join(cases[origin]["headings"]).encode(written)
            with self.subTest(origin):
                self.assertEqual(find_encoding(io.BytesIO(text + b"\nA;5\n")), found)
