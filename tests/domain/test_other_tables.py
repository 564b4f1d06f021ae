"""What other programs write under the name of XLS: text, HTML, SpreadsheetML (I11)."""

import io
import random
import tracemalloc
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import read
from workbooks import make_parts

from domain.spreadsheet.book import NO_VALUE, CellError, Merged, Unreadable
from domain.spreadsheet.open_book import open_book

ROWS = [["Item", "Bin", "Counted"], ["FAS-0600", "A-01-01", "5"]]
PAGE = """<html><head><style>td { x: "<" }</style><title>Counts</title></head><body>
<!-- <tr><td>no</td></tr> --><table border=1>
<tr><th>Item</th><th>Bin</th><th>Counted</th></tr>
<tr><td>FAS-0600</td><td>A-01-01&nbsp;</td><td> 5<br></td></tr>
</table></body></html>"""
XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles>
<Style ss:ID="code"><NumberFormat ss:Format="00000"/></Style>
<Style ss:ID="whole"><NumberFormat ss:Format="0"/></Style>
</Styles>{}</Workbook>"""
SHEET = '<Worksheet ss:Name="Counts"><Table>{}</Table></Worksheet>'


def cell(value, kind="String", **attributes):
    more = "".join(f' ss:{name}="{text}"' for name, text in attributes.items())
    return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def xml(*rows, sheet=SHEET):
    text = "".join(
        row if row.startswith("<Row") else f"<Row>{row}</Row>" for row in rows
    )
    return XML.format(sheet.format(text)).encode()


def open_xls(content):
    return open_book(io.BytesIO(content), "count.xls")


def refusal(content, name="count.xls"):
    with pytest.raises(Unreadable) as caught:
        read(content, name)
    return caught.value.code


# === TEXT === #


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_text_under_the_name_of_a_workbook_is_read(encoding):
    text = "Artikel\tPlatz\tGezählt\nFAS-0600\tA-01-01\t5\n"
    book = open_xls(text.encode(encoding))
    assert (book.kind, book.delimiter) == ("csv", "\t")
    assert [row.values[2] for row in book.rows()] == ["Gezählt", "5"]


# === HTML === #


@pytest.mark.parametrize("name", ["count.xls", "count.html", "count.htm", ""])
def test_a_table_in_html_is_read(name):
    assert read(PAGE.encode(), name) == ROWS
    assert refusal(PAGE.encode(), "count.csv") == "wrong_extension"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", ""), ("cp1251", "windows-1251"), ("gb18030", "gbk"), ("utf-16", "")],
)
def test_a_page_names_its_encoding(encoding, named):
    word = {"cp1251": "Товар", "gb18030": "商品"}.get(encoding, "Größe")
    head = f'<html><meta content="text/html; charset={named}">'
    content = f"{head}<table><tr><td>{word}<td>5</table>".encode(encoding)
    assert read(content, "a.xls") == [[word, "5"]]


@pytest.mark.parametrize("named", ["zlib", "bz2", "rot13", "klingon"])
def test_an_encoding_that_is_none_is_not_taken(named):
    """I8: Python would unpack it."""
    content = f"<html><meta charset={named}><table><tr><td>Größe</table>"
    assert read(content.encode(), "a.xls") == [["Größe"]]


def test_ends_of_cells_and_rows_may_be_left_out():
    assert read(b"<table><tr><td>A<td>5<tr><td>B<td>6", "a.xls") == [
        ["A", "5"],
        ["B", "6"],
    ]


def test_cells_over_several_columns_and_rows_are_in_the_first_of_them():
    page = b"""<table><tr><td rowspan=2>Bin</td><td colspan=2>Quantity</td></tr>
    <tr><td>Booked</td><td>Counted</td></tr></table>"""
    book = open_xls(page)
    found = [["Bin", "Quantity"], [None, "Booked", "Counted"]]
    assert [row.values for row in book.rows()] == found
    assert book.merged_cells() == [Merged(1, 1, 1, 2), Merged(1, 2, 0, 0)]


def test_hidden_rows_of_a_page_are_marked():
    page = b"<table><tr><td>A<tr style='display: none'><td>B</table>"
    assert [row.marks for row in open_xls(page).rows()] == [(), ("hidden",)]


@pytest.mark.parametrize(
    "page",
    [
        b"<html><p>Counts</p></html>",
        b"<table><tr><td><table><tr><td>Menu</td></tr></table></td></tr></table>",
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<table>",
        b"<html><frameset><frame src='sheet001.htm'></frameset></html>",
    ],
)
def test_a_page_that_is_no_table_is_refused(page):
    assert refusal(page) == "web_page"


# === SPREADSHEETML === #


def test_values_of_spreadsheet_ml_are_read():
    row = [
        cell("FAS-0600"),
        cell("5", "Number"),
        cell("2026-01-31T14:05:00.000", "DateTime"),
        cell("1", "Boolean"),
        cell("42", "Number", StyleID="code"),
        cell("#N/A", "Error"),
        '<Cell ss:Formula="=1"/>',
    ]
    [found] = read(xml("".join(row)), "a.xls")
    day = datetime(2026, 1, 31, 14, 5)
    assert found == ["FAS-0600", 5, day, True, "00042", "#N/A", NO_VALUE]
    assert isinstance(found[5], CellError)


def test_places_of_spreadsheet_ml_are_kept():
    book = open_xls(
        xml(
            cell("Bin", MergeDown="1") + cell("Units", Index="3", MergeAcross="1"),
            f'<Row ss:Index="4" ss:Hidden="1">{cell("A", Index="2")}</Row>',
        )
    )
    rows = [(row.number, row.values, row.marks) for row in book.rows()]
    hidden = (4, [None, "A"], ("hidden",))
    assert rows == [(1, ["Bin", None, "Units"], ()), hidden]
    assert book.merged_cells() == [Merged(1, 1, 2, 3), Merged(1, 2, 0, 0)]


def test_a_number_that_is_shown_as_another_says_so():
    [[value]] = read(xml(cell("2.6", "Number", StyleID="whole")), "a.xls")
    assert (value, value.shown) == (2.6, "3")


def test_sheets_of_spreadsheet_ml_are_read_one_by_one():
    options = "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    sheets = "".join(
        f'<Worksheet ss:Name="{name}"><Table><Row>{cell(name)}</Row></Table>{more}'
        "</Worksheet>"
        for name, more in (("A", ""), ("B", options))
    )
    book = open_xls(XML.format(sheets).encode())
    assert (book.sheets, book.is_hidden("A"), book.is_hidden("B")) == (
        ["A", "B"],
        False,
        True,
    )
    assert [row.values for row in book.rows("B")] == [["B"]]


def test_a_comment_is_no_value():
    comment = '<Comment><ss:Data ss:Type="String">9</ss:Data></Comment>'
    row = f'<Cell><Data ss:Type="Number">5</Data>{comment}</Cell>'
    assert read(xml(row), "a.xls") == [[5]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<?xml version='1.0'?><catalog/>", "not_a_table"),
        (XML.format("").encode(), "no_sheet"),
        (xml(cell("1_0", "Number")), "damaged"),
        (xml(cell("A", Index="0")), "damaged"),
        (xml('<Row ss:Index="0"/>'), "damaged"),
        (xml(cell("A", Index="501")), "too_many_columns"),
        (xml(cell("x" * 32_768)), "long_cell"),
        (xml(cell("A"))[:-20], "damaged"),
    ],
)
def test_bad_spreadsheet_ml_is_refused(content, code):
    assert refusal(content) == code


def test_entities_of_spreadsheet_ml_are_not_expanded():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]>'
    assert refusal(laughs + xml(cell("&a;"))[22:]) == "damaged"


# === WHAT IS MADE TO DO HARM === #


def test_elements_within_elements_fill_no_memory():
    """I8: each costs a hundred bytes until it ends."""
    letters = random.Random(1)
    names = ["".join(letters.choices("abcdefgh", k=4)) for _i in range(500_000)]
    nested = "".join(f"<{name}>" for name in names)
    for content, name in ((make_parts(nested), "a.xlsx"), (xml(nested), "a.xls")):
        tracemalloc.start()
        assert refusal(content, name) == "damaged"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()


@pytest.mark.parametrize(
    "filling",
    ["<" * 2_000_000, "<!--" + "x" * 2_000_000, "<td>" * 600, "x" * 2_000_000],
)
def test_a_page_that_never_ends_is_refused(filling):
    """I8: one endless tag, comment, row or text."""
    content = f"<table><tr><td>A<tr><td>{filling}".encode()
    assert refusal(content) in ("zip_bomb", "too_many_columns", "long_cell")


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from((PAGE.encode(), xml(cell("A") + cell("5", "Number")))),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8),
)
def test_no_damage_breaks_these_readers(content, changes):
    """I8: it is read or refused."""
    damaged = bytearray(content)
    for place, byte in changes:
        damaged[int(place * len(damaged))] = byte
    try:
        book = open_xls(bytes(damaged))
        list(book.rows())
        book.merged_cells()
    except Unreadable as refused:
        assert refused.code
