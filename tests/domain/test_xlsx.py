"""Workbooks of Office Open XML, part by part (I1, I8)."""

import io
import struct
import zipfile
from datetime import datetime, timedelta, timezone

import pytest
from workbooks import make_parts, make_xlsx

from domain.spreadsheet.book import NO_VALUE, CellError, Unreadable
from domain.spreadsheet.budget import MAX_CELL, MAX_COLUMNS
from domain.spreadsheet.xlsx import XlsxBook, column_number

ENCODED = "xl/_rels/workbook.xml.rels"


def open_xlsx(content):
    return XlsxBook(io.BytesIO(content))


def read(sheet, **parts):
    """The rows of a sheet whose XML is given, without their numbers."""
    return [row.values for row in open_xlsx(make_parts(sheet, **parts)).rows()]


def cells(*contents, **parts):
    [row] = read(f'<row r="1">{"".join(contents)}</row>', **parts)
    return row


def refusal(sheet="", **parts):
    return refusal_of(make_parts(sheet, **parts))


def refusal_of(content):
    with pytest.raises(Unreadable) as caught:
        list(open_xlsx(content).rows())
    return caught.value.code, caught.value.params


def styles(*formats, codes=()):
    """The part that names a number format for each style."""
    codes = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in codes
    )
    used = "".join(f'<xf numFmtId="{number}"/>' for number in formats)
    return {
        "xl/styles.xml": f"<styleSheet><numFmts>{codes}</numFmts><cellStyleXfs>"
        f'<xf numFmtId="14"/></cellStyleXfs><cellXfs>{used}</cellXfs>'
        '<cellStyles><xf numFmtId="14"/></cellStyles></styleSheet>'
    }


def styled(number, format_=0, *, code="", **parts):
    """A number as a format shows it, by the format's number or by its code."""
    codes = [(200, code)] if code else ()
    named = styles(0, 200 if code else format_, codes=codes)
    [value] = cells(f'<c s="1"><v>{number}</v></c>', **{**named, **parts})
    return value


# === VALUES === #


def test_a_cell_is_what_its_type_says():
    assert cells(
        "<c><v>5</v></c>",
        '<c t="n"><v>1.5</v></c>',
        '<c t="str"><v>SCR</v></c>',
        '<c t="inlineStr"><is><t>NUT</t></is></c>',
        '<c t="e"><v>#N/A</v></c>',
        '<c t="d"><v>2026-01-31T14:05:00</v></c>',
    ) == [5, 1.5, "SCR", "NUT", "#N/A", datetime(2026, 1, 31, 14, 5)]


def test_whole_numbers_are_whole_and_others_are_not():
    row = cells("<c><v>5</v></c>", "<c><v>5.0</v></c>", "<c><v>1.5</v></c>")
    assert [type(value) for value in row] == [int, int, float]


def test_truth_is_truth_and_no_number():
    """I4: TRUE is no quantity, and would be taken for one piece."""
    row = cells('<c t="b"><v>1</v></c>', '<c t="b"><v>0</v></c>')
    assert (row, [type(value) for value in row]) == ([True, False], [bool, bool])


def test_an_error_is_marked():
    [error] = cells('<c t="e"><v>#N/A</v></c>')
    assert isinstance(error, CellError)
    assert error is not NO_VALUE


def test_a_time_may_name_its_zone():
    [utc, east] = cells(
        '<c t="d"><v>2026-01-31T14:05:00Z</v></c>',
        '<c t="d"><v>2026-01-31T14:05:00+01:00</v></c>',
    )
    assert utc.utcoffset() == timedelta()
    assert east == datetime(2026, 1, 31, 14, 5, tzinfo=timezone(timedelta(hours=1)))


def test_rich_text_is_one_text():
    pieces = "<is><r><t>SCR</t></r><r><t>-1</t></r></is>"
    assert cells(f'<c t="inlineStr">{pieces}</c>') == ["SCR-1"]


def test_a_long_text_may_lie_in_two_blocks():
    """A part is read in blocks of 64 KB, and such a text comes in pieces."""
    long = [letter * 32_000 for letter in "abc"]
    rows = (f'<row><c t="str"><v>{text}</v></c></row>' for text in long)
    assert read("".join(rows)) == [[text] for text in long]


def test_how_a_word_is_pronounced_is_no_part_of_it():
    phonetic = "<is><t>SCR</t><rPh><t>skru</t></rPh></is>"
    after = "<c><v>5</v></c>"
    assert cells(f'<c t="inlineStr">{phonetic}</c>', after) == ["SCR", 5]
    inline = '<c t="inlineStr"><is><rPh><t>a</t></rPh><t>NUT</t></is></c>'
    assert cells(inline) == ["NUT"]


def test_a_formula_has_the_value_that_was_saved_with_it():
    assert cells("<c><f>1+1</f><v>2</v></c>") == [2]
    assert cells('<c t="str"><f>A1</f><v></v></c>', "<c><v>1</v></c>") == ["", 1]


def test_a_formula_without_a_value_says_so():
    assert cells("<c><f>A1</f></c>") == [NO_VALUE]
    assert cells("<c><f>A1</f><v/></c>") == [NO_VALUE]
    assert cells('<c t="str"><f>A1</f></c>') == [NO_VALUE]


def test_a_formula_is_one_of_its_own_cell():
    assert cells("<c><f>A1</f><v>2</v></c>", "<c/>", "<c><v>3</v></c>") == [2, None, 3]


@pytest.mark.parametrize("kind", ["n", "s", "b", "e", "inlineStr"])
def test_an_empty_value_is_no_value(kind):
    assert cells(f'<c t="{kind}"><v></v></c>', "<c><v>1</v></c>") == [None, 1]


def test_characters_that_xml_has_not_are_read_by_their_code():
    line = '<c t="{}">{}</c>'
    assert cells(line.format("str", "<v>a_x000A_b</v>")) == ["a\nb"]
    assert cells(line.format("inlineStr", "<is><t>a_x000A_b</t></is>")) == ["a\nb"]
    assert cells(line.format("str", "<v>_xD7FF__xE000__x005F_x</v>")) == [
        "\ud7ff\ue000_x"
    ]
    assert cells(line.format("str", "<v>_xZZZZ_</v>")) == ["_xZZZZ_"]


@pytest.mark.parametrize("code", ["0000", "D800", "DFFF"])
def test_a_code_of_no_character_is_marked(code):
    assert cells(f'<c t="str"><v>a_x{code}_b</v></c>') == ["a\ufffdb"]


@pytest.mark.parametrize(
    "cell",
    [
        "<c><v>five</v></c>",
        '<c t="s"><v>0</v></c>',
        '<c t="s"><v>x</v></c>',
        '<c t="d"><v>soon</v></c>',
        '<c r="a,1"><v>5</v></c>',
        '<c r="AAAA1"><v>5</v></c>',
        '<c s="x"><v>5</v></c>',
    ],
)
def test_a_cell_that_cannot_be_read_is_damage(cell):
    assert refusal(f'<row r="1">{cell}</row>') == ("damaged", {})


def test_a_cell_is_as_long_as_excel_allows_and_no_longer():
    cell = '<row r="3"><c t="str"><v>{}</v></c></row>'
    assert read(cell.format("x" * MAX_CELL)) == [["x" * MAX_CELL]]
    long = {"row": 3, "limit": 32_767}
    assert refusal(cell.format("x" * (MAX_CELL + 1))) == ("long_cell", long)


# === SHARED TEXTS === #


def shared(*items):
    items = "".join(f"<si>{item}</si>" for item in items)
    return {"xl/sharedStrings.xml": f"<sst>{items}</sst>"}


def test_cells_name_shared_texts_by_their_number():
    texts = shared(
        "<t>SCR</t>", "<r><t>NUT</t></r><r><t>-1</t></r>", "<t>a_x000A_b</t>"
    )
    row = cells(*(f'<c t="s"><v>{n}</v></c>' for n in (1, 0, 2)), **texts)
    assert row == ["NUT-1", "SCR", "a\nb"]


def test_only_what_is_shown_of_a_shared_text_is_part_of_it():
    item = "noise<t>SCR</t>noise<rPh><t>skru</t>noise</rPh><r><t>-1</t></r>"
    assert cells('<c t="s"><v>0</v></c>', **shared(item)) == ["SCR-1"]


def test_a_shared_text_may_be_empty():
    row = cells('<c t="s"><v>0</v></c>', "<c><v>5</v></c>", **shared("<t/>"))
    assert row == ["", 5]


def test_shared_texts_lie_where_the_workbook_says():
    links = (
        '<Relationships><Relationship Id="r1" Type="x/worksheet"'
        ' Target="worksheets/s.xml"/><Relationship Id="r2" Type="x/sharedStrings"'
        ' Target="/words.xml"/></Relationships>'
    )
    row = cells(
        '<c t="s"><v>0</v></c>',
        **{"words.xml": "<sst><si><t>SCR</t></si></sst>", ENCODED: links},
    )
    assert row == ["SCR"]


# === DATES AND CODES === #


@pytest.mark.parametrize("number", [14, 22, 27, 36, 45, 47, 50, 58])
def test_some_formats_are_dates_by_their_number(number):
    assert styled(46053.5, number) == datetime(2026, 1, 31, 12)


@pytest.mark.parametrize("number", [0, 13, 23, 26, 37, 44, 48, 49, 59, 300])
def test_other_formats_are_none(number):
    assert styled(46053.5, number) == 46053.5


@pytest.mark.parametrize(
    "code", ["dd.mm.yyyy", "yyyy", "h", "ss", "MM/DD", "[$-407]d. mmm", '"Tag "d']
)
def test_a_code_with_days_or_hours_is_a_date(code):
    code = code.replace('"', "&quot;")
    assert styled(46053.5, code=code) == datetime(2026, 1, 31, 12)


@pytest.mark.parametrize(
    "code", ["0.00", '0" days"', r"0\d", "0_d", "0*d", "[Red]0", '"yy"0', "#,##0"]
)
def test_letters_that_are_only_shown_make_no_date(code):
    code = code.replace('"', "&quot;")
    assert styled(46053.5, code=code) == 46053.5


def test_a_time_is_exact_to_the_second():
    """A fraction of a day is never exactly a time."""
    minute = 46053 + (14 * 60 + 5) / 1440
    assert styled(minute, 22) == datetime(2026, 1, 31, 14, 5)
    assert styled(46053 + 1 / 86_400, 22) == datetime(2026, 1, 31, 0, 0, 1)


@pytest.mark.parametrize(
    ("setting", "day"),
    [
        ('date1904="1"', datetime(2030, 2, 1, 12)),
        ('date1904="true"', datetime(2030, 2, 1, 12)),
        ('date1904="0"', datetime(2026, 1, 31, 12)),
        ('date1904="false"', datetime(2026, 1, 31, 12)),
        ("", datetime(2026, 1, 31, 12)),
    ],
)
def test_a_workbook_of_a_macintosh_counts_its_days_from_1904(setting, day):
    """I1: read otherwise, each time would be four years and a day too early."""
    workbook = (
        f'<workbook xmlns:r="r"><workbookPr {setting}/><sheets>'
        '<sheet name="Counts" r:id="r1"/></sheets></workbook>'
    )
    assert styled(46053.5, 14, **{"xl/workbook.xml": workbook}) == day


def test_another_program_writes_dates_of_1904():
    day = datetime(2026, 1, 31, 14, 5)
    content = make_xlsx([[day]], date_1904=True)
    assert [row.values for row in open_xlsx(content).rows()] == [[day]]


@pytest.mark.parametrize("number", [3e6, 1e300])
def test_a_date_that_no_calendar_has_stays_a_number(number):
    assert styled(number, 14) == number


def test_a_number_keeps_the_zeros_that_its_format_shows():
    """I2: an item number 00042 that a spreadsheet took for a number."""
    assert styled(42, code="00000") == "00042"
    assert styled(42, code="00") == "42"
    assert styled(42.5, code="00000") == 42.5
    assert styled(42, code="0") == 42
    assert styled(42, code="000.0") == 42
    assert styled(42, code="000&quot; kg&quot;") == "042"


def test_the_style_of_a_cell_is_one_of_cells():
    """Styles of styles stand in the same part, before and after."""
    part = styles(0, 14)
    assert cells('<c s="0"><v>5</v></c>', **part) == [5]
    assert cells('<c s="1"><v>5</v></c>', **part) == [datetime(1900, 1, 4)]


@pytest.mark.parametrize("number", [2, 3, 99])
def test_a_style_that_was_not_written_is_none(number):
    assert cells(f'<c s="{number}"><v>5</v></c>', **styles(14, 14)) == [5]


def test_a_style_is_one_of_its_own_cell():
    part = styles(0, 14)
    row = cells('<c s="1"><v>5</v></c>', "<c><v>5</v></c>", **part)
    assert row == [datetime(1900, 1, 4), 5]


def test_a_format_without_a_number_is_the_first():
    looks = (
        '<styleSheet><numFmt formatCode="yyyy"/><cellXfs><xf/></cellXfs></styleSheet>'
    )
    row = cells('<c s="0"><v>5</v></c>', **{"xl/styles.xml": looks})
    assert row == [datetime(1900, 1, 4)]


def test_a_format_code_is_read_as_far_as_excel_writes_it():
    assert styled(5, code="0" * 253 + "d") == datetime(1900, 1, 4)
    assert styled(5, code="0" * 255 + "d") == "5".zfill(255)


def test_styles_lie_where_the_workbook_says():
    links = (
        '<Relationships><Relationship Id="r1" Type="x/worksheet"'
        ' Target="worksheets/s.xml"/><Relationship Id="r2" Type="x/styles"'
        ' Target="looks.xml"/></Relationships>'
    )
    looks = styles(14)["xl/styles.xml"]
    row = cells('<c s="0"><v>5</v></c>', **{"xl/looks.xml": looks, ENCODED: links})
    assert row == [datetime(1900, 1, 4)]


# === ROWS AND COLUMNS === #


def test_rows_are_numbered_as_the_spreadsheet_does():
    sheet = (
        '<row r="2"><c t="str"><v>Item</v></c></row><row r="5"/>'
        "<row><c><v>5</v></c></row>"
    )
    rows = open_xlsx(make_parts(sheet)).rows()
    assert [(row.number, row.values) for row in rows] == [(2, ["Item"]), (6, [5])]


def test_cells_stand_in_the_columns_that_they_name():
    assert cells(
        '<c r="B1"><v>1</v></c>', "<c><v>2</v></c>", '<c r="E1"><v>3</v></c>'
    ) == [
        None,
        1,
        2,
        None,
        3,
    ]


def test_empty_cells_at_the_end_of_a_row_are_not_there():
    assert cells("<c><v>1</v></c>", '<c t="str"><f>A1</f><v></v></c>') == [1]


@pytest.mark.parametrize("ref", ["A1", "B1"])
def test_two_cells_in_one_column_or_backwards_are_damage(ref):
    first = '<c r="B1"><v>1</v></c>'
    again = f'<row r="1">{first}<c r="{ref}"><v>2</v></c></row>'
    assert refusal(again) == ("damaged", {})


@pytest.mark.parametrize("numbers", [(2, 2), (3, 2), (0,), (-1,)])
def test_a_row_that_does_not_come_after_the_last_is_damage(numbers):
    """I5: of two rows of one number nobody could say which was imported."""
    rows = "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in numbers)
    assert refusal(rows) == ("damaged", {})


def test_a_row_may_be_the_last_of_a_spreadsheet_and_no_later():
    row = '<row r="{}"><c><v>1</v></c></row>'
    assert read(row.format(1_048_576)) == [[1]]
    assert refusal(row.format(1_048_577)) == ("too_many_rows", {"limit": 1_048_576})


def test_a_row_may_have_as_many_columns_as_allowed_and_no_more():
    assert MAX_COLUMNS == column_number("SF") == 500
    assert len(cells('<c r="SF1"><v>1</v></c>')) == 500
    wide = {"columns": 501, "limit": 500}
    beyond = '<row r="1"><c r="SG1"><v>1</v></c></row>'
    assert refusal(beyond) == ("too_many_columns", wide)


def test_an_empty_text_beyond_the_last_column_is_not_there():
    far = '<c r="SG1" t="str"><f>A1</f><v></v></c>'
    assert cells("<c><v>1</v></c>", far) == [1]


@pytest.mark.parametrize(
    ("letters", "number"),
    [("A", 1), ("Z", 26), ("AA", 27), ("ZZZ", 18_278), ("xfd", 16384)],
)
def test_columns_are_numbered_from_one(letters, number):
    assert column_number(letters) == number


@pytest.mark.parametrize("letters", ["AAAA", "A@", "A[", "Ä", "1"])
def test_what_is_no_column_is_refused(letters):
    with pytest.raises(ValueError, match=letters[:9].replace("[", r"\[")):
        column_number(letters)


# === SHEETS === #


def workbook(*sheets, links=None):
    """A workbook with these sheets, as (name, attributes), one row each."""
    names = "".join(
        f'<sheet name="{name}" r:id="r{n}" {more}/>'
        for n, (name, more) in enumerate(sheets)
    )
    found = "".join(
        f'<Relationship Id="r{n}" Type="x/worksheet" Target="worksheets/{n}.xml"/>'
        for n in (range(len(sheets)) if links is None else links)
    )
    row = '<worksheet><sheetData><row><c t="str"><v>{}</v></c></row></sheetData>'
    return {
        "xl/workbook.xml": f'<workbook xmlns:r="r"><sheets>{names}</sheets></workbook>',
        ENCODED: f"<Relationships>{found}</Relationships>",
        **{
            f"xl/worksheets/{n}.xml": row.format(name) + "</worksheet>"
            for n, (name, _more) in enumerate(sheets)
        },
    }


def test_a_workbook_knows_its_sheets_in_their_order():
    book = open_xlsx(make_parts("", **workbook(("South", ""), ("North", ""))))
    assert (book.kind, book.sheets) == ("xlsx", ["South", "North"])
    assert [row.values for row in book.rows()] == [["South"]]
    assert [row.values for row in book.rows("North")] == [["North"]]


def test_a_sheet_that_nobody_sees_is_hidden():
    states = (("A", ""), ("B", 'state="visible"'), ("C", 'state="hidden"'))
    more = (("D", 'state="veryHidden"'),)
    book = open_xlsx(make_parts("", **workbook(*states, *more)))
    assert [book.is_hidden(name) for name in book.sheets] == [False, False, True, True]


def test_a_sheet_may_have_no_name():
    parts = workbook(("", ""))
    nameless = {
        name: text.replace('name=""', 'state="hidden"') for name, text in parts.items()
    }
    book = open_xlsx(make_parts("", **nameless))
    assert (book.sheets, book.is_hidden("")) == ([""], True)


def test_a_sheet_without_a_part_is_not_there():
    parts = workbook(("North", ""), ("South", ""), links=[1])
    assert open_xlsx(make_parts("", **parts)).sheets == ["South"]


def test_a_workbook_without_sheets_is_refused():
    assert refusal(**workbook()) == ("no_sheet", {})


def test_a_sheet_that_is_not_there_is_refused_by_its_name():
    with pytest.raises(Unreadable) as caught:
        list(open_xlsx(make_parts("")).rows("West"))
    assert (caught.value.code, caught.value.params) == (
        "unknown_sheet",
        {"sheet": "West"},
    )


def test_a_workbook_may_be_read_twice():
    book = open_xlsx(make_xlsx([["SCR", 5]]))
    assert list(book.rows()) == list(book.rows()) != []


def test_a_sheet_that_lies_elsewhere_is_not_followed():
    """I8: no file is read but the one that was sent."""
    links = (
        '<Relationships><Relationship Id="r1" Type="x/worksheet" TargetMode="External"'
        ' Target="worksheets/s.xml"/></Relationships>'
    )
    assert refusal(**{ENCODED: links}) == ("no_sheet", {})


def test_a_workbook_is_found_where_the_container_says():
    links = '<Relationships><Relationship Type="x/officeDocument" Target="/X/a/b.xml"/>'
    parts = workbook(("North", ""))
    content = make_parts(
        "",
        **{
            "_rels/.rels": links + "</Relationships>",
            "X/a/b.xml": parts["xl/workbook.xml"],
            "X/a/_rels/b.xml.rels": parts[ENCODED],
            "X/a/worksheets/0.xml": parts["xl/worksheets/0.xml"],
        },
    )
    assert [row.values for row in open_xlsx(content).rows()] == [["North"]]


def test_a_workbook_is_found_without_being_named():
    content = zip_of(
        {
            name: text
            for name, text in {**workbook(("North", ""))}.items()
            if not name.startswith("_rels")
        }
    )
    assert [row.values for row in open_xlsx(content).rows()] == [["North"]]


def test_elements_may_have_a_prefix():
    sheet = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c><x:v>5</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    assert read("", **{"xl/worksheets/s.xml": sheet}) == [[5]]


# === MERGED CELLS === #


def merged_rows(*refs, prefix="", filler=""):
    merged = "".join(f'<{prefix}mergeCell ref="{ref}"/>{filler}' for ref in refs)
    sheet = f"<worksheet><mergeCells>{merged}</mergeCells></worksheet>"
    return open_xlsx(make_parts("", **{"xl/worksheets/s.xml": sheet})).merged_rows()


def test_cells_merged_side_by_side_are_found_by_their_first_row():
    assert merged_rows("A2:B2", "C4:C6", "A8:D9") == {2, 8}
    assert merged_rows("A2:B2", prefix="x:") == {2}
    assert merged_rows() == set()


def test_merged_cells_are_found_in_a_part_of_any_length():
    """It is read block by block, and a tag may be in two of them."""
    refs = [f"A{row}:B{row}" for row in range(1, 8001)]
    assert merged_rows(*refs) == set(range(1, 8001))


def test_cells_are_merged_in_their_sheet():
    parts = workbook(("North", ""), ("South", ""))
    parts["xl/worksheets/1.xml"] += '<mergeCell ref="A1:B1"/>'
    book = open_xlsx(make_parts("", **parts))
    assert [book.merged_rows(name) for name in ("", "North", "South")] == [
        set(),
        set(),
        {1},
    ]


# === THE CONTAINER === #


def zip_of(parts, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return target.getvalue()


@pytest.mark.parametrize(
    ("part", "refusal_"),
    [
        ("xl/vbaProject.bin", ("macros", {"name": ""})),
        ("XL/VBAPROJECT.BIN", ("macros", {"name": ""})),
        ("xl/workbook.bin", ("other_spreadsheet", {"kind": "XLSB"})),
        ("mimetype", ("other_spreadsheet", {"kind": "ODS"})),
        ("content.xml", ("other_spreadsheet", {"kind": "ODS"})),
    ],
)
def test_a_container_is_refused_for_what_it_holds(part, refusal_):
    assert refusal(**{part: "x"}) == refusal_


def test_a_container_without_a_workbook_is_no_table():
    assert refusal_of(zip_of({"word/document.xml": "x"})) == (
        "not_a_table",
        {"kind": "ZIP"},
    )


def test_a_container_of_very_many_parts_is_refused():
    parts = {f"p{n}": "" for n in range(5_000 - 5)}
    assert read("<row><c><v>1</v></c></row>", **parts) == [[1]]
    assert refusal(**parts, one_more="") == ("zip_bomb", {})


def flag_encrypted(content):
    """The container as it is when its parts have a password."""
    return content.replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def test_a_container_with_a_password_says_so():
    assert refusal_of(flag_encrypted(make_parts(""))) == ("password", {})


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", ENCODED, "xl/worksheets/s.xml", "_rels/.rels"]
)
def test_a_part_that_is_no_xml_is_damage(part):
    assert refusal(**{part: "<workbook"}) == ("damaged", {})


def test_a_part_that_is_not_there_is_damage():
    links = (
        '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="gone.xml"/>'
        "</Relationships>"
    )
    assert refusal(**{ENCODED: links}) == ("damaged", {})


def test_what_is_no_container_is_damage():
    assert refusal_of(b"PK\x03\x04") == ("damaged", {})


def test_a_part_whose_bytes_changed_is_damage():
    content = make_parts("<row><c><v>1</v></c></row>" * 50)
    [info] = [
        info
        for info in zipfile.ZipFile(io.BytesIO(content)).infolist()
        if info.filename.endswith("s.xml")
    ]
    broken = bytearray(content)
    start = info.header_offset + 30 + len(info.filename)
    for place in range(start, start + info.compress_size):
        broken[place] ^= 0xFF
    assert refusal_of(bytes(broken)) == ("damaged", {})


def test_a_doctype_is_refused():
    """I8: neither entities nor files from elsewhere."""
    sheet = '<!DOCTYPE worksheet SYSTEM "http://example.com/x.dtd"><worksheet/>'
    assert refusal(**{"xl/worksheets/s.xml": sheet}) == ("damaged", {})


def test_a_part_with_another_sum_than_was_written_is_damage():
    """I8: also where its text can be read."""
    content = make_parts("<row><c><v>1</v></c></row>")
    entry = find_entry(content, "xl/worksheets/s.xml")
    broken = bytearray(content)
    broken[entry + 16] ^= 0xFF
    assert refusal_of(bytes(broken)) == ("damaged", {})


def test_a_part_that_is_not_where_it_should_be_is_damage():
    content = make_parts("<row><c><v>1</v></c></row>")
    name = b"xl/worksheets/s.xml"
    assert refusal_of(content.replace(name, b"xl/worksheets/t.xml", 1)) == (
        "damaged",
        {},
    )


# === LIMITS, BY WHAT A CONTAINER SAYS OF ITS PARTS === #

MIB = 1024**2
BIG = {"big": "x"}


def find_entry(content, name):
    """Where the container's list of its parts has this one."""
    place = content.index(b"PK\x01\x02")
    while content[place + 46 : place + 46 + len(name)] != name.encode():
        place = content.index(b"PK\x01\x02", place + 4)
    return place


def declare(content, **sizes):
    """The container, saying of each part how long it is packed and unpacked."""
    changed = bytearray(content)
    for name, (packed, unpacked) in sizes.items():
        place = find_entry(content, name)
        changed[place + 20 : place + 28] = struct.pack("<II", packed, unpacked)
    return bytes(changed)


@pytest.mark.parametrize(
    ("part", "limit"),
    [
        ("xl/worksheets/s.xml", 640 * MIB),
        ("xl/sharedStrings.xml", 64 * MIB),
        ("xl/styles.xml", 32 * MIB),
        ("xl/workbook.xml", 32 * MIB),
    ],
)
def test_a_part_is_no_longer_than_its_kind_may_be(part, limit):
    """I8: what the container says is enough; it is not unpacked to see."""
    content = make_parts("", **shared("<t>SCR</t>"), **styles(0))
    allowed = declare(content, **{part: (limit // 100, limit)})
    assert list(open_xlsx(allowed).rows()) == []
    assert refusal_of(declare(content, **{part: (limit // 100, limit + 1)})) == (
        "zip_bomb",
        {},
    )


@pytest.mark.parametrize(
    ("packed", "unpacked"), [(1, 8 * MIB), (0, 8 * MIB), (40_000, 10_000_000)]
)
def test_a_part_may_be_small_or_packed_as_tables_are(packed, unpacked):
    row = "<row><c><v>1</v></c></row>"
    content = declare(make_parts(row, **BIG), big=(packed, unpacked))
    assert [row.values for row in open_xlsx(content).rows()] == [[1]]


@pytest.mark.parametrize(
    ("packed", "unpacked"), [(1, 8 * MIB + 1), (0, 8 * MIB + 1), (39_999, 10_000_000)]
)
def test_a_large_part_that_is_packed_very_small_is_refused(packed, unpacked):
    """I8."""
    content = declare(make_parts("", **BIG), big=(packed, unpacked))
    assert refusal_of(content) == ("zip_bomb", {})


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_all_parts_together_are_no_longer_than_two_of_the_longest(more, refused):
    """I8."""
    row = "<row><c><v>1</v></c></row>"
    content = make_parts(row, big1="x", big2="x")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        others = sum(info.file_size for info in archive.infolist()) - 2
    rest = 640 * MIB - others + more
    sizes = {"big1": (100 * MIB, 640 * MIB), "big2": (100 * MIB, rest)}
    content = declare(content, **sizes)
    if refused:
        assert refusal_of(content) == ("zip_bomb", {})
    else:
        assert [row.values for row in open_xlsx(content).rows()] == [[1]]
