"""Tables that people fill in or correct, as XLSX and CSV (I3, I4, I5)."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from domain.spreadsheet.open_book import open_book
from domain.spreadsheet.writer import write_csv, write_xlsx

COUNTED = datetime(2026, 1, 31, 14, 5)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


def make_xlsx(rows=(), *, heading=("Item", "Units"), title="Counts", **options):
    target = io.BytesIO()
    write_xlsx(target, title, heading, rows, **options)
    return target.getvalue()


def open_sheet(content, name=None, **options):
    book = openpyxl.load_workbook(io.BytesIO(content), **options)
    return book[name] if name else book.worksheets[0]


def values(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def make_csv(rows, **options):
    target = io.BytesIO()
    write_csv(target, ("Item", "Units"), rows, **options)
    return target.getvalue()


# === XLSX === #


def test_a_workbook_has_the_heading_and_the_rows_below_it():
    sheet = open_sheet(make_xlsx([["SCR", 5], ["NUT", 1.5]]))
    assert sheet.title == "Counts"
    assert values(sheet) == [["Item", "Units"], ["SCR", 5], ["NUT", 1.5]]


def test_each_value_stays_what_it_is():
    row = ["00123", 5, 1.5, True, False, COUNTED, None, "", "end"]
    sheet = open_sheet(make_xlsx([row], heading=["x"] * 9))
    kinds = [cell.data_type for cell in sheet[2]]
    assert kinds == ["s", "n", "n", "b", "b", "d", "n", "n", "s"]
    assert values(sheet)[1] == [
        "00123",
        5,
        1.5,
        True,
        False,
        COUNTED,
        None,
        None,
        "end",
    ]


def test_dates_are_shown_to_the_second():
    cell = open_sheet(make_xlsx([[COUNTED]]))["A2"]
    assert cell.number_format == "yyyy-mm-dd hh:mm:ss"


def test_a_time_with_a_zone_is_written_as_it_is():
    aware = COUNTED.replace(tzinfo=UTC)
    assert values(open_sheet(make_xlsx([[aware]])))[1][0] == COUNTED


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_in_a_workbook_is_a_formula(formula):
    """I8: what somebody else typed runs in nobody's spreadsheet."""
    cell = open_sheet(make_xlsx([[formula, 1]]))["A2"]
    # XML has no carriage return; Excel writes its code.
    assert (cell.data_type, cell.value) == ("s", formula.replace("\r", "_x000D_"))


def test_a_text_that_looks_like_a_link_or_a_number_is_a_text():
    sheet = open_sheet(make_xlsx([["http://example.com", "00123"]]))
    assert [cell.data_type for cell in sheet[2]] == ["s", "s"]
    assert sheet["A2"].hyperlink is None


def test_numbers_that_excel_has_not_are_errors():
    content = make_xlsx([[float("inf"), float("nan")]])
    assert values(open_sheet(content, data_only=True))[1] == ["#DIV/0!", "#NUM!"]


def test_a_text_is_cut_off_where_excel_cuts_it_off():
    [row] = values(open_sheet(make_xlsx([["x" * 40_000, "y"]])))[1:]
    assert [len(value) for value in row] == [32_767, 1]


def test_cells_are_texts_also_those_that_people_add():
    """Or a spreadsheet would make 1.23E+11 of the next serial number."""
    sheet = open_sheet(make_xlsx([["SCR"]]))
    assert sheet["A2"].number_format == "@"
    assert sheet.column_dimensions["A"].number_format == "@"


def test_the_heading_is_bold_and_stays_in_sight():
    sheet = open_sheet(make_xlsx([["SCR", 5]]))
    assert sheet.freeze_panes == "A2"
    assert (sheet["A1"].font.b, sheet["A2"].font.b) == (True, False)
    assert sheet["A1"].border.bottom.style == "medium"
    assert sheet["A1"].fill.fgColor.rgb == "FFEEEEEE"


def test_a_column_has_room_for_its_heading():
    sheet = open_sheet(make_xlsx(heading=["Item", "x" * 40]))
    widths = [round(sheet.column_dimensions[name].width) for name in "AB"]
    assert widths == [19, 43]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("[a]:*?/\\'b", "ab"),
        ("x" * 40, "x" * 31),
        ("[]", "Sheet1"),
        ("", "Sheet1"),
        ("XL", "XL"),
    ],
)
def test_a_sheet_is_called_as_excel_allows(title, name):
    assert open_sheet(make_xlsx(title=title)).title == name


def test_an_explanation_is_a_sheet_of_its_own():
    help_rows = [["Item", "Its number"], ["Units", "How many were found"]]
    content = make_xlsx([["SCR", 5]], help_rows=iter(help_rows), help_title="How?")
    sheet = open_sheet(content, "How")
    assert values(sheet) == help_rows
    widths = [round(sheet.column_dimensions[name].width) for name in "AB"]
    assert widths == [19, 91]
    assert "C" not in sheet.column_dimensions
    assert "Help" in openpyxl.load_workbook(io.BytesIO(make_xlsx(help_rows=help_rows)))


def test_without_an_explanation_there_is_one_sheet():
    book = openpyxl.load_workbook(io.BytesIO(make_xlsx()))
    assert book.sheetnames == ["Counts"]


# === CSV === #


def test_a_csv_has_a_mark_by_which_spreadsheets_know_its_encoding():
    assert make_csv([["Größe", 5]]) == "\ufeffItem,Units\r\nGröße,5\r\n".encode()


def test_a_csv_is_written_as_its_country_writes():
    content = make_csv([["SCR", 1.5]], delimiter=";", decimal=",")
    assert content.decode("utf-8-sig") == "Item;Units\r\nSCR;1,5\r\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (5.0, "5"),
        (1.5, "1.5"),
        (5, "5"),
        (COUNTED, "2026-01-31 14:05:00"),
        (COUNTED.replace(microsecond=5), "2026-01-31 14:05:00"),
        ("1.5", "1.5"),
        (-1.5, "-1.5"),
    ],
)
def test_each_value_is_written_as_it_is_read_back(value, text):
    assert make_csv([[value, "x"]]).decode("utf-8-sig").split("\r\n")[1] == f"{text},x"


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_in_a_csv_is_taken_for_a_formula(formula):
    [_heading, row] = open_book(io.BytesIO(make_csv([[formula, 1]])), "a.csv").rows()
    assert row.values[0] == f"'{formula}"


def test_the_file_of_a_csv_stays_the_callers():
    target = io.BytesIO()
    write_csv(target, ["Item"], [["SCR"]])
    assert not target.closed


# === BOTH === #


def test_what_is_written_is_read_back():
    rows = [["SCR", 5], ["NUT", 1.5]]
    for content, name in ((make_xlsx(rows), "a.xlsx"), (make_csv(rows), "a.csv")):
        found = [row.values for row in open_book(io.BytesIO(content), name).rows()]
        assert [[str(value) for value in row] for row in found] == [
            ["Item", "Units"],
            ["SCR", "5"],
            ["NUT", "1.5"],
        ]
