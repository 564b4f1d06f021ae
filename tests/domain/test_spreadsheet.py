"""The reader of imported files (I1, I8): real files, broken files, and fuzz."""

import csv
import io
import random
import tempfile
import time
import tracemalloc
import unittest
from datetime import datetime

import openpyxl
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import read, read_real, trimmed
from workbooks import make_parts, make_xlsx, make_zip

from domain.spreadsheet.book import NO_VALUE, CellError, Unreadable
from domain.spreadsheet.budget import MAX_FILE
from domain.spreadsheet.cells import (
    Doubtful,
    find_decimal,
    read_code,
    read_quantity,
    read_time,
)
from domain.spreadsheet.columns import find_header, match
from domain.spreadsheet.open_book import open_book

CELLS = st.one_of(
    st.none(),
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_characters="_"),
        min_size=1,
        max_size=20,
    ).filter(lambda text: text.strip() == text),
    st.integers(-(10**14), 10**14),
    # One of the libraries writes no more than 16 digits.
    st.floats(-1e9, 1e9).map(lambda n: round(n, 4)).filter(lambda n: n % 1),
    st.booleans(),
    st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)).map(
        lambda time: time.replace(microsecond=0)
    ),
)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8)


OLD_WORKBOOK = read_real("merged.xls")


class TestSpreadsheet(unittest.TestCase):
    def assert_refused(self, code, content, name="count.xlsx"):
        with self.assertRaises(Unreadable) as caught:
            read(content, name)
        self.assertEqual(caught.exception.code, code)

    def assert_survives(self, reader, *args):
        """It reads or refuses, and does nothing else."""
        try:
            reader(*args)
        except (Unreadable, Doubtful) as refusal:
            self.assertTrue(refusal.code)

    # === WHAT IS READ === #

    @settings(max_examples=40, deadline=None)
    @given(TABLES)
    def test_what_one_library_writes_is_read_back(self, rows):
        """I1: texts, numbers, truth and times, with shared strings."""
        self.assertEqual(read(make_xlsx(rows)), trimmed(rows))

    @settings(max_examples=25, deadline=None)
    @given(TABLES)
    def test_what_another_library_writes_is_read_as_it_reads_it(self, rows):
        """I1: inline strings and other styles; the same as openpyxl reads, only that
        empty rows and cells are left out."""
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        target = io.BytesIO()
        book.save(target)
        again = openpyxl.load_workbook(target, read_only=True)
        values = list(again.worksheets[0].iter_rows(values_only=True))
        cells = [str(value) for row in rows for value in row]
        if not any(cell.startswith("=") for cell in cells):
            self.assertEqual(read(target.getvalue()), trimmed(values))

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.lists(st.text(max_size=12), min_size=2, max_size=5),
            min_size=1,
            max_size=8,
        ),
        st.sampled_from(";,\t|"),
        st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
    )
    def test_every_csv_is_read_or_refused(self, rows, delimiter, encoding):
        """I1, I8: quoted line breaks and delimiters are parts of cells."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter).writerows(rows)
        content = text.getvalue().encode(encoding, "ignore")
        try:
            found = read(content, "a.csv", encoding=encoding, delimiter=delimiter)
        except Unreadable:
            return
        if "\0" not in text.getvalue():
            cells = [[c for c in row if c] for row in found]
            self.assertEqual(len(cells), len(trimmed(rows)))

    @settings(max_examples=120, deadline=None)
    @given(st.binary(max_size=400), st.sampled_from(("a.csv", "a.xls", "a.xlsx", "a")))
    def test_no_bytes_break_the_reader(self, content, name):
        """I8: whatever comes is read or refused."""
        for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            self.assert_survives(read, start + content, name)

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8),
        st.floats(0, 1),
    )
    def test_no_damage_breaks_the_reader(self, changes, end):
        """I8, Z3: a file that was cut off or changed in transit."""
        content = bytearray(make_xlsx([["Item", "Units"], ["SCR", 5]]))
        for place, byte in changes:
            content[int(place * len(content))] = byte
        self.assert_survives(read, bytes(content[: int(end * len(content))]))

    @settings(max_examples=80, deadline=None)
    @given(st.text(max_size=200))
    def test_no_sheet_breaks_the_reader(self, text):
        """I8: XML that is none, and XML that is no sheet."""
        for sheet in (text, f'<row><c t="s"><v>{text}</v></c></row>'):
            parts = make_parts(sheet.encode("utf-8", "ignore").decode())
            self.assert_survives(read, parts)

    def test_real_files_are_read(self):
        """I1: of LibreOffice, of old Excel, of a German export, of a scanner."""
        for name in (
            "german.csv",
            "scanner_utf16.txt",
            "libreoffice.xlsx",
            "libreoffice.xls",
            "handwritten.xls",
        ):
            with self.subTest(name=name):
                book = open_book(io.BytesIO(read_real(name)), name)
                rows = list(book.rows())
                header = find_header(rows)
                self.assertEqual(header.number, rows[0].number)
                meanings = match(header.names)
                self.assertIn("item", meanings)
                units = meanings.index("units")
                decimal = find_decimal(row.values[units] for row in rows[1:])
                found = [read_quantity(r.values[units], decimal) for r in rows[1:]]
                self.assertEqual(found, [46.0, 1234.5, 0.0])
                first = meanings.index("counted_at")
                times = {read_time(row.values[first]) for row in rows[1:]}
                self.assertEqual(times, {datetime(2026, 1, 31, 14, 5)})

    def test_numbers_keep_the_zeros_that_their_format_shows(self):
        """I2: an item number 00042 that a spreadsheet took for a number."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet()
        sheet.write_number(0, 0, 42, book.add_format({"num_format": "00000"}))
        book.close()
        self.assertEqual(read(target.getvalue()), [["00042"]])

    # === WHAT IS REFUSED === #

    def test_what_is_no_table_is_refused(self):
        """I8: each with the reason."""
        self.assert_refused("empty", b"")
        self.assert_refused("empty", b"\xef\xbb\xbf \r\n", "a.csv")
        self.assert_refused("not_a_table", b"%PDF-1.7", "a.csv")
        self.assert_refused("not_a_table", b"\x00\x01\x02\x00\xff" * 9, "a.csv")
        self.assert_refused("web_page", b"<html><table>", "a.xls")
        self.assert_refused("not_a_table", make_zip("word/document.xml"))
        self.assert_refused("damaged", b"PK\x03\x04 and nothing more")

    def test_a_wrong_extension_is_refused(self):
        """I8: what it is called and what it is are two things."""
        self.assert_refused("wrong_extension", b"Item;Units", "a.xlsx")
        self.assert_refused("wrong_extension", make_xlsx([["a"]]), "a.csv")
        self.assert_refused("unknown_extension", make_xlsx([["a"]]), "a.docx")

    def test_macros_and_passwords_are_refused(self):
        """I8: neither is opened."""
        self.assert_refused("macros", make_xlsx([["a"]]), "a.xlsm")
        self.assert_refused("macros", make_parts("", **{"xl/vbaProject.bin": "x"}))
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        package = "EncryptedPackage".encode("utf-16-le")
        # A protected XLSX is in a container of that kind, too.
        for name in ("a.xls", "a.xlsx"):
            self.assert_refused("password", ole + bytes(600) + package, name)
        document = "WordDocument".encode("utf-16-le")
        self.assert_refused("not_a_table", ole + bytes(600) + document, "a.xls")
        self.assert_refused("other_spreadsheet", make_parts("", mimetype="x"))

    def test_real_files_that_are_not_read_say_why(self):
        """I8: protected by Excel's and LibreOffice's ways, with macros."""
        for name, code in (
            ("protected.xlsx", "password"),
            ("protected.xls", "password"),
            ("macro.xls", "macros"),
        ):
            with self.subTest(name):
                self.assert_refused(code, read_real(name), name)

    def test_merged_headings_of_old_workbooks_are_found(self):
        """I8: as those of new ones."""
        book = open_book(io.BytesIO(read_real("merged.xls")), "merged.xls")
        self.assertEqual(book.merged_rows(), {1})

    def test_errors_of_old_workbooks_are_marked(self):
        """I8: a value that was worked out is one, what could not be is none."""
        rows = read(read_real("formulas.xls"), "formulas.xls")
        self.assertEqual([row[2] for row in rows[1:]], [5, "#DIV/0!", "#N/A"])
        self.assertIsInstance(rows[2][2], CellError)

    def test_zero_bytes_of_old_workbooks_are_marked(self):
        """I8: they cannot be stored; as a sheet's name they are damage."""
        book = xlwt.Workbook()
        book.add_sheet("Counts").write(0, 0, "a\0b")
        target = io.BytesIO()
        book.save(target)
        content = target.getvalue()
        self.assertEqual(read(content, "a.xls"), [["a\ufffdb"]])
        damaged = content.replace(b"Counts", b"Coun\0s")
        self.assert_refused("damaged", damaged, "a.xls")

    def test_a_cell_far_away_fills_no_memory(self):
        """I8: the last cell of an old workbook is in row 65,536, column 256."""
        content = read_real("far.xls")
        tracemalloc.start()
        rows = read(content, "far.xls")
        self.assertLess(tracemalloc.get_traced_memory()[1], 60_000_000)
        tracemalloc.stop()
        self.assertEqual([len(row) for row in rows], [3, 3, 256])

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8),
        st.floats(0, 1),
    )
    def test_no_damage_breaks_the_reader_of_old_workbooks(self, changes, end):
        """I8, Z3: what such a file says of itself is not believed."""
        content = bytearray(OLD_WORKBOOK)
        for place, byte in changes:
            content[int(place * len(content))] = byte
        self.assert_survives(read, bytes(content[: int(end * len(content))]), "a.xls")

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self):
        """I8: by what its parts say, and by what they turn out to be."""
        bomb = make_parts("<row/>" * 9_000_000)
        tracemalloc.start()
        self.assert_refused("zip_bomb", bomb)
        self.assertLess(tracemalloc.get_traced_memory()[1], 8_000_000)
        tracemalloc.stop()

    def test_what_is_made_to_fill_the_memory_is_refused_while_it_is_read(self):
        """I8: one endless cell, tag, column or line; none is as small when packed as
        a bomb is."""
        noise = "".join(random.Random(1).choices("abcdefghij", k=9_000_000))
        cell = '<row><c t="str"><v>{}</v></c></row>'
        many = '<row><c t="inlineStr"><is>{}</is></c></row>'
        for code, sheet in (
            ("zip_bomb", cell.format(noise)),
            ("zip_bomb", f'<row spans="{noise}"/>'),
            ("long_cell", many.format("<t>abcdefgh</t>" * 9_000)),
            ("damaged", f'<row><c r="{"A" * 900_000}1"><v>1</v></c></row>'),
        ):
            content = make_parts(sheet)
            tracemalloc.start()
            self.assert_refused(code, content)
            self.assertLess(tracemalloc.get_traced_memory()[1], 8_000_000)
            tracemalloc.stop()
        self.assert_refused("long_line", noise.encode(), "a.csv")

    def test_no_pattern_takes_for_ever(self):
        """I8: what is matched is short, whatever a file says."""
        styles = '<styleSheet><numFmts><numFmt numFmtId="200" formatCode="{}"/>'
        styles = styles.format("[" * 900_000) + "</numFmts></styleSheet>"
        content = make_parts(
            '<row r="1"><c r="A1" s="0"><v>5</v></c></row>',
            **{"xl/styles.xml": styles},
        )
        started = time.monotonic()
        self.assertEqual(read(content), [[5]])
        merged = make_parts("<mergeCell " * 200_000)
        self.assertFalse(open_book(io.BytesIO(merged), "a.xlsx").merged_rows())
        self.assertLess(time.monotonic() - started, 5)

    def test_entities_are_not_expanded(self):
        """I8: no billion laughs."""
        laughs = '<!DOCTYPE x [<!ENTITY a "ha">]>'
        parts = make_parts("", **{"xl/worksheets/s.xml": laughs + "<worksheet/>"})
        self.assert_refused("damaged", parts)

    def test_absurd_dimensions_are_refused(self):
        """I8: 16,384 columns, 10 million rows."""
        self.assert_refused("too_many_columns", make_xlsx([["x"] * 16_384]))
        self.assert_refused("too_many_columns", b"x;" * 16_384, "a.csv")
        self.assert_refused("too_many_empty", b"a;b" + b"\n" * 10_000_000, "a.csv")
        self.assert_refused("too_many_rows", make_parts('<row r="10000000"/>'))

    def test_a_file_of_a_gigabyte_is_not_read(self):
        """I8: its size is enough."""
        with tempfile.TemporaryFile() as file:
            file.truncate(1024**3)
            with self.assertRaises(Unreadable) as caught:
                open_book(file, "a.csv")
        self.assertEqual(caught.exception.code, "too_large")
        self.assertEqual(caught.exception.params["limit"], MAX_FILE // 1024**2)

    def test_empty_cells_far_away_cost_nothing(self):
        """I8: a formatted but empty row is no row."""
        sheet = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c>'
        sheet += '<c r="XFD1" s="1"/></row>' + "<row/>" * 5000
        self.assertEqual(read(make_parts(sheet)), [["a"]])

    def test_a_formula_without_value_is_marked(self):
        """I8: saved by a program that does not calculate."""
        sheet = (
            '<row r="1"><c r="A1"><f>SUM(B1:B9)</f></c><c r="B1"><f>1</f><v>1</v></c>'
        )
        self.assertEqual(read(make_parts(sheet + "</row>")), [[NO_VALUE, 1]])

    def test_empty_values_are_empty_cells(self):
        """I1: as some programs write them; a formula without its value is none."""
        cells = ("<c><v/></c>", '<c t="s"><v></v></c>', "<c/>", '<c t="b"><v/></c>')
        for cell in cells:
            with self.subTest(cell):
                book = open_book(io.BytesIO(make_parts(f'<row r="1">{cell}</row>')))
                self.assertEqual(list(book.rows()), [])
        formula = make_parts('<row r="1"><c t="s"><f>A1</f><v/></c></row>')
        [row] = open_book(io.BytesIO(formula)).rows()
        self.assertIs(row.values[0], NO_VALUE)

    def test_a_quotation_mark_that_never_ends_is_refused(self):
        """I8: or it would swallow the rest of the file."""
        self.assert_refused("broken_csv", b'Item;Units\n"SCR;5\nNUT;6\n', "a.csv")

    def test_merged_headings_are_found(self):
        """I8: one heading over two columns."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        book.add_worksheet().merge_range(0, 0, 0, 3, "Item")
        book.close()
        self.assertEqual(open_book(target, "a.xlsx").merged_rows(), {1})

    def test_two_headings_are_refused(self):
        """I8: which of them would be right?"""
        rows = b"Item;Units\nArtikel;Menge\nSCR;5\n"
        with self.assertRaises(Unreadable) as caught:
            find_header(open_book(io.BytesIO(rows), "a.csv").rows())
        self.assertEqual(caught.exception.code, "two_headers")

    def test_a_row_may_say_what_headings_say(self):
        """I1: warehouse WH, at Stock, in Units, of which one was not counted."""
        for units in ("5", "", "1.234,5"):
            rows = f"Warehouse;Item;Location;Units;UoM\nWH;SCR;Stock;{units};Units\n"
            header = find_header(open_book(io.BytesIO(rows.encode()), "a.csv").rows())
            self.assertEqual(header.number, 1, units)
        rows = b"WH;SCR;Stock;5;Units\nWH;NUT;Stock;7;Units\n"
        header = find_header(open_book(io.BytesIO(rows), "a.csv").rows())
        self.assertEqual(header.number, 0)

    def test_a_title_above_the_heading_is_left_out(self):
        """I1: the heading is where the headings are."""
        rows = b"Inventory 2026\n\nItem;Units\nSCR;5\n"
        header = find_header(open_book(io.BytesIO(rows), "a.csv").rows())
        self.assertEqual((header.number, header.names), (3, ["Item", "Units"]))

    # === CELLS === #

    @settings(max_examples=200, deadline=None)
    @given(
        st.one_of(
            st.text(max_size=30),
            st.text("12.,", max_size=9),
            st.text("12.-/: pmE+", max_size=12),
            st.floats(),
            st.integers(),
            st.booleans(),
            st.none(),
        )
    )
    def test_no_cell_breaks_the_reader(self, value):
        """I8: NaN, Infinity, control characters and all the rest."""
        for reader in (read_code, read_quantity, read_time):
            self.assert_survives(reader, value)

    @given(st.floats(0, 1e8).map(lambda number: round(number, 2)))
    def test_a_quantity_is_read_however_it_is_written(self, number):
        """I1: with points, commas, spaces and apostrophes."""
        english = f"{number:,.2f}"
        german = english.translate(str.maketrans(",.", ".,"))
        for text, decimal in (
            (english, "."),
            (german, ","),
            (english.replace(",", " "), "."),
            (german.replace(".", "'"), ","),
            (f"{number:.2f}", "."),
        ):
            self.assertAlmostEqual(read_quantity(text, decimal), number, 6)

    @given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))
    def test_a_time_is_read_however_it_is_written(self, time):
        """I2: by day, month or year first."""
        time = time.replace(second=0, microsecond=0)
        for pattern, order in (
            ("%Y-%m-%d %H:%M", "dmy"),
            ("%d.%m.%Y %H:%M", "mdy"),
            ("%d/%m/%Y %H:%M", "dmy"),
            ("%m/%d/%Y %I:%M %p", "mdy"),
            ("%Y%m%d %H:%M", "dmy"),
            ("%d %B %Y %H:%M", "dmy"),
            ("%b %d, %Y %H:%M", "dmy"),
            ("%d-%b-%Y %H:%M", "mdy"),
            ("%d.%m.%Y, %H:%M Uhr", "mdy"),
            ("%d/%m/%Y %Hh%M", "dmy"),
            ("%Y-%b-%d %H:%M", "dmy"),
            ("%A, %B %d, %Y %I:%M %p", "dmy"),
            ("%a, %d. %b %Y %H:%M", "dmy"),
        ):
            self.assertEqual(read_time(time.strftime(pattern), order), time, pattern)

    def test_what_is_no_time_is_refused(self):
        """I2: rather than taken for another one."""
        for text in ("14", "31.01.2026 14", "31 Jan", "2026", "31-Foo-2026", "99:99"):
            with self.subTest(text), self.assertRaises(Doubtful):
                read_time(text)
        self.assertEqual(read_time("31-JAN-26 2pm"), datetime(2026, 1, 31, 14))

    def test_what_was_counted_wins_over_what_is_booked(self):
        """I1, I5: or a file with both would say that nothing differs."""
        for book, counted in (
            ("Quantity", "Counted Quantity"),
            ("On Hand Quantity", "Counted Quantity"),
            ("Bestand", "Gezählt"),
            ("Sollbestand", "Istbestand"),
            ("Stock", "Compté"),
            ("Stock", "Quantity"),
            ("Quantity", "Found"),
        ):
            for names in ([book, counted], [counted, book]):
                with self.subTest(names):
                    found = dict(zip(names, match(names), strict=True))
                    self.assertEqual(found[counted], "units")
                    self.assertIsNone(found[book])

    def test_columns_are_known_in_several_languages(self):
        """I1: by name, with synonyms, small mistakes and marks."""
        for names in (
            ("Warehouse*", "Item ID *", "Location", "Units"),
            ("Lager", "Artikel-Nr.", "Lagerplatz", "Menge"),
            ("Entrepôt", "Référence", "Emplacement", "Quantité"),
            ("Almacén", "Código", "Ubicación", "Cantidad"),
            ("WAREHOUSE", "SKU", "BIN", "QTY"),
            ("Warehose", "Item Numbr", "Locaton", "Quantty"),
        ):
            found = match(names)
            self.assertEqual(found, ["warehouse", "item", "location", "units"], names)
