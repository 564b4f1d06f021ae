"""One budget for all readers: bytes, characters, rows and seconds (I8)."""

import csv
import io
import time
import tracemalloc

import pytest
from workbooks import make_parts

from domain.spreadsheet import budget
from domain.spreadsheet.book import Unreadable
from domain.spreadsheet.open_book import open_book

MIB = 1024 * 1024


def refusal(content, name):
    """Why a file is refused, and the memory that took."""
    tracemalloc.start()
    with pytest.raises(Unreadable) as caught:
        for _row in open_book(io.BytesIO(content), name).rows():
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return caught.value, peak


@pytest.fixture
def large_fields():
    """The cells that Odoo allows the csv module."""
    before = csv.field_size_limit(500 * MIB)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("large_fields")
@pytest.mark.parametrize("delimiter", [";", ","])
def test_an_unclosed_quotation_mark_takes_no_memory(delimiter):
    """I8: it would swallow the 60 MB behind it."""
    line = delimiter.join(("FAS-0600", "A-01-01", "5")) + "\n"
    content = f'Item;Bin;Counted\n"{line}'.encode()
    content += line.encode() * (60 * MIB // len(line))
    error, peak = refusal(content, "count.csv")
    assert (error.code, error.params) == ("broken_csv", {"row": 2})
    # The file itself is not traced: it was there before.
    assert peak < 20 * MIB


def test_styled_empty_rows_take_no_time():
    """I8: 1.1 million of them took ten seconds of a worker."""
    row = '<row r="{0}" s="1"><c r="A{0}" s="1"/><c r="B{0}" s="1"/></row>'
    sheet = '<row r="1"><c r="A1"><v>5</v></c></row>'
    sheet += "".join(row.format(number) for number in range(2, 1_048_576))
    content, since = make_parts(sheet), time.thread_time()
    book = open_book(io.BytesIO(content), "a.xlsx")
    with pytest.raises(Unreadable) as caught:
        list(book.rows())
    assert caught.value.code == "too_many_empty"
    assert time.thread_time() - since < 4


def test_as_many_empty_rows_as_allowed_are_no_reason(monkeypatch):
    """I8: and a row with a value begins anew."""
    monkeypatch.setattr(budget, "MAX_EMPTY", 2)
    content = b"a;b\n\n\nc;d\n\n\ne;f"
    book = open_book(io.BytesIO(content), "a.csv")
    assert [row.number for row in book.rows()] == [1, 4, 7]
    assert refusal(b"a;b\n\n\n\nc;d", "a.csv")[0].params == {"limit": 2}


def test_reading_ends_after_its_seconds(monkeypatch):
    """I8: whatever makes it long, in each kind of file."""
    monkeypatch.setattr(budget, "MAX_SECONDS", -1.0)
    error, _peak = refusal(b"a;b\nc;d", "a.csv")
    assert (error.code, error.params) == ("too_slow", {"limit": -1})
    assert refusal(make_parts("<row/>"), "a.xlsx")[0].code == "too_slow"


def test_what_the_rows_are_used_for_is_not_timed():
    """I8: a reader waits while its rows are looked up."""
    meter = budget.Meter()
    for _step in meter.timed(range(3)):
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass
    assert meter.seconds < 0.05


def test_texts_that_cells_share_are_as_long_as_cells_and_not_too_many(monkeypatch):
    """I8: whichever way a text comes."""
    table = {"xl/sharedStrings.xml": f"<sst><si><t>{'x' * 32_768}</t></si></sst>"}
    cell = '<row r="3"><c t="s"><v>0</v></c></row>'
    error, _peak = refusal(make_parts(cell, **table), "a.xlsx")
    assert (error.code, error.params) == ("long_cell", {"row": 3, "limit": 32_767})
    monkeypatch.setattr("domain.spreadsheet.xlsx.MAX_TEXTS", 2)
    table = {"xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 3 + "</sst>"}
    assert refusal(make_parts(cell, **table), "a.xlsx")[0].code == "zip_bomb"


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A1"><v>1_0</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>0_0</v></c></row>',
        '<row r="1"><c r="A1" s="-1"><v>1</v></c></row>',
        '<row r="1_0"><c><v>1</v></c></row>',
    ],
)
def test_numbers_that_only_python_takes_are_damage(row):
    """I8: 1_0 is no ten, and text number -1 not the last one."""
    table = {
        "xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>",
        "xl/styles.xml": "<styleSheet><cellXfs><xf/></cellXfs></styleSheet>",
    }
    assert refusal(make_parts(row, **table), "a.xlsx")[0].code == "damaged"


def test_a_large_old_workbook_is_refused():
    """I8: its library keeps all of it at once."""
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le")
    error, _peak = refusal(content + bytes(24 * MIB), "a.xls")
    assert (error.code, error.params["limit"]) == ("too_large", 24)
