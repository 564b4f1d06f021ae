"""Workbooks of Excel 97 to 2003 (I1, I8)."""

import io
import struct
from datetime import datetime

import pytest
import xlwt
from reading import read_real

from domain.spreadsheet.book import CellError, Unreadable
from domain.spreadsheet.xls import (
    ENCRYPTED,
    MACROS,
    OLE,
    TABLES,
    XlsBook,
    check_container,
)

DAY = xlwt.easyxf(num_format_str="dd.mm.yyyy hh:mm")


def make_xls(*rows, dates_1904=False, style=None):
    """A workbook of one sheet; every value gets the style, if there is one."""
    book = xlwt.Workbook()
    book.dates_1904 = dates_1904
    sheet = book.add_sheet("Counts")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value, *([style] if style else []))
    return save(book)


def save(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def open_xls(content):
    return XlsBook(io.BytesIO(content))


def read(content):
    return [row.values for row in open_xls(content).rows()]


def refusal(content):
    with pytest.raises(Unreadable) as caught:
        list(open_xls(content).rows())
    return caught.value.code


# === VALUES === #


def test_texts_and_numbers_are_read():
    assert read(make_xls(["SCR", 5, 1.5, 0])) == [["SCR", 5, 1.5, 0]]


def test_whole_numbers_are_whole_and_others_are_not():
    [row] = read(make_xls([5.0, 1.5, -3.0]))
    assert [type(value) for value in row] == [int, float, int]


def test_truth_is_truth_and_no_number():
    """I4: TRUE is no quantity, and would be taken for one piece."""
    [row] = read(make_xls([True, False, 1, 0]))
    assert [type(value) for value in row] == [bool, bool, int, int]
    assert row == [True, False, 1, 0]


def test_a_cell_that_only_looks_like_something_is_empty():
    style = xlwt.easyxf("pattern: pattern solid")
    assert read(make_xls(["SCR", "", 5], style=style)) == [["SCR", None, 5]]


def test_errors_are_told_as_the_spreadsheet_shows_them():
    [_heading, *rows] = read(read_real("formulas.xls"))
    assert [(type(row[2]), row[2]) for row in rows[1:]] == [
        (CellError, "#DIV/0!"),
        (CellError, "#N/A"),
    ]


def test_an_error_that_nobody_knows_is_an_error():
    book = xlwt.Workbook()
    book.add_sheet("Counts").row(0).set_cell_error(0, 42)
    # Excel's record of an error: its number, its length, row, column and style; 42.
    record = struct.pack("<HHHHH", 0x205, 8, 0, 0, 0x11)
    content = save(book)
    place = content.index(record[:8]) + len(record)
    assert content[place] == 42
    [[error]] = read(content[:place] + b"\x99" + content[place + 1 :])
    assert (type(error), error) == (CellError, "#ERROR")


# === DATES === #


def test_a_number_that_is_shown_as_a_date_is_one():
    counted = datetime(2026, 1, 31, 14, 5)
    assert read(make_xls([counted], style=DAY)) == [[counted]]
    assert read(make_xls([46053.5], style=DAY)) == [[datetime(2026, 1, 31, 12)]]
    assert read(make_xls([46053.5])) == [[46053.5]]


def test_a_workbook_of_a_macintosh_counts_its_days_from_1904():
    """I1: read otherwise, each time would be four years and a day too early."""
    noon = 44591.5
    assert read(make_xls([noon], style=DAY)) == [[datetime(2022, 1, 30, 12)]]
    content = make_xls([noon], style=DAY, dates_1904=True)
    assert read(content) == [[datetime(2026, 1, 31, 12)]]


def test_a_date_that_no_calendar_has_stays_a_number():
    assert read(make_xls([1e9], style=DAY)) == [[1e9]]


# === SHEETS === #


def make_sheets(**visibility):
    book = xlwt.Workbook()
    for name, value in visibility.items():
        sheet = book.add_sheet(name)
        sheet.visibility = value
        sheet.write(0, 0, name)
    return open_xls(save(book))


def test_a_workbook_knows_its_sheets():
    book = make_sheets(North=0, South=0)
    assert (book.kind, book.sheets) == ("xls", ["North", "South"])
    assert [row.values for row in book.rows("South")] == [["South"]]
    assert [row.values for row in book.rows()] == [["North"]]


def test_a_sheet_that_nobody_sees_is_hidden():
    book = make_sheets(North=0, South=1, East=2)
    assert [book.is_hidden(name) for name in book.sheets] == [False, True, True]


def test_a_sheet_that_is_not_there_is_refused():
    with pytest.raises(Unreadable) as caught:
        list(make_sheets(North=0).rows("West"))
    assert caught.value.code == "damaged"


def test_rows_are_numbered_as_the_spreadsheet_does():
    rows = open_xls(make_xls(["Item"], [], [None, None], ["SCR"])).rows()
    assert [(row.number, row.values) for row in rows] == [(1, ["Item"]), (4, ["SCR"])]


def test_cells_merged_side_by_side_are_found_by_their_first_row():
    book = xlwt.Workbook(style_compression=2)
    sheet = book.add_sheet("Counts")
    sheet.write_merge(1, 1, 0, 1, "two columns")
    sheet.write_merge(3, 5, 2, 2, "three rows of one column")
    sheet.write_merge(7, 8, 0, 3, "a block")
    assert open_xls(save(book)).merged_rows() == {2, 8}


def test_cells_are_merged_in_their_sheet():
    book = xlwt.Workbook()
    book.add_sheet("North").write(0, 0, "Item")
    book.add_sheet("South").write_merge(0, 0, 0, 1, "Item")
    book = open_xls(save(book))
    assert [book.merged_rows(name) for name in ("", "North", "South")] == [
        set(),
        set(),
        {1},
    ]


def test_cells_are_merged_nowhere_where_nobody_can_tell():
    """What cells look like is damaged, and what is in them is not."""
    book = xlwt.Workbook()
    book.add_sheet("Counts").write_merge(0, 0, 0, 1, "Item")
    # Excel's record of merged cells: its number, its length, how many there are.
    one, many = (struct.pack("<HHH", 0xE5, 10, number) for number in (1, 99))
    broken = open_xls(save(book).replace(one, many))
    assert [row.values for row in broken.rows()] == [["Item"]]
    assert broken.merged_rows() == set()


def test_a_reader_that_wonders_says_nothing(capsys):
    assert read(make_xls(["SCR"]) + b"\0") == [["SCR"]]
    assert capsys.readouterr() == ("", "")


# === WHAT IS REFUSED === #


def test_a_zero_byte_in_the_name_of_any_sheet_is_damage():
    book = xlwt.Workbook()
    for name in ("North", "South"):
        book.add_sheet(name).write(0, 0, name)
    assert refusal(save(book).replace(b"South", b"So\0th", 1)) == "damaged"


def test_what_is_no_workbook_is_damaged():
    assert refusal(OLE + bytes(600)) == "damaged"
    assert refusal(make_xls(["SCR"])[:2000]) == "damaged"


def test_a_workbook_with_a_password_says_so():
    assert refusal(read_real("protected.xls")) == "password"


def container(*streams):
    return io.BytesIO(b"".join((OLE, bytes(600), *streams)))


def check(*streams):
    with pytest.raises(Unreadable) as caught:
        check_container(container(*streams))
    return caught.value.code, caught.value.params


@pytest.mark.parametrize("table", ["Workbook", "Book"])
def test_a_container_with_a_workbook_may_be_read(table):
    assert check_container(container(table.encode("utf-16-le"))) is None
    assert (
        check_container(io.BytesIO(b"\x09\0\4\0 of Excel 2, without a container"))
        is None
    )


def test_a_container_is_refused_for_what_it_holds():
    assert check(TABLES[0], ENCRYPTED) == ("password", {})
    assert check(TABLES[0], MACROS) == ("macros", {"name": ""})
    word = "WordDocument".encode("utf-16-le")
    assert check(word) == ("not_a_table", {"kind": "OLE"})


def test_a_container_is_looked_at_from_its_beginning():
    file = container(TABLES[0], MACROS)
    file.seek(0, 2)
    with pytest.raises(Unreadable):
        check_container(file)


def test_a_workbook_is_read_from_its_beginning():
    file = io.BytesIO(make_xls(["SCR"]))
    file.seek(0, 2)
    assert [row.values for row in XlsBook(file).rows()] == [["SCR"]]
