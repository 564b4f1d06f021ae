"""CSV as it is found in the world: any delimiter, encoding and line ending (I1, I8)."""

import io

import pytest

from domain.spreadsheet.book import Unreadable
from domain.spreadsheet.budget import MAX_CELL, MAX_COLUMNS, MAX_RECORD, MAX_ROWS
from domain.spreadsheet.csv_text import (
    DELIMITERS,
    SAMPLE,
    CsvBook,
    find_delimiter,
    find_encoding,
    is_decodable,
    is_utf8,
)

ROWS = [["Größe", "Menge"], ["10", "5"]]


def open_csv(content, **options):
    if isinstance(content, str):
        content = content.encode()
    return CsvBook(io.BytesIO(content), **options)


def read(content, **options):
    return [row.values for row in open_csv(content, **options).rows()]


def refusal(content, **options):
    with pytest.raises(Unreadable) as caught:
        read(content, **options)
    return caught.value.code, caught.value.params


# === ENCODINGS === #


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
    ],
)
def test_the_encoding_of_a_text_is_found(encoding, found):
    book = open_csv("Größe;Menge\n10;5\n".encode(encoding))
    assert (book.kind, book.encoding, book.delimiter) == ("csv", found, ";")
    assert [row.values for row in book.rows()] == ROWS


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_the_mark_of_utf16_is_believed(mark):
    assert find_encoding(io.BytesIO(mark + b"\x41")) == "utf-16"


def test_bytes_that_mean_nothing_in_the_western_code_page_are_read_all_the_same():
    assert find_encoding(io.BytesIO(b"Gr\xf6\xdfe\x81")) == "latin-1"


def test_an_encoding_is_judged_by_the_whole_file():
    late = "a" * 3_000_000 + "ö"
    assert find_encoding(io.BytesIO(late.encode("cp1252"))) == "cp1252"
    assert find_encoding(io.BytesIO(late.encode())) == "utf-8-sig"


def test_a_file_that_ends_within_a_letter_is_not_utf8():
    assert is_utf8(io.BytesIO("ö".encode()))
    assert not is_utf8(io.BytesIO("ö".encode()[:1]))
    assert not is_decodable(io.BytesIO("ö".encode()), "ascii")


def test_a_file_is_judged_from_its_beginning_wherever_it_stands():
    file = io.BytesIO("Größe;5".encode("cp1252"))
    file.seek(0, 2)
    assert not is_decodable(file, "utf-8")
    file.seek(0, 2)
    assert find_encoding(file) == "cp1252"


def test_an_encoding_that_is_given_is_taken():
    book = open_csv("Größe;1".encode("cp850"), encoding="cp850")
    assert (book.encoding, [row.values for row in book.rows()]) == (
        "cp850",
        [["Größe", "1"]],
    )


def test_a_text_in_another_encoding_than_was_said_is_refused():
    cp1252 = "Item;Größe\n".encode("cp1252")
    assert refusal(cp1252, encoding="utf-8") == (
        "wrong_encoding",
        {"encoding": "utf-8"},
    )
    assert refusal(b"\xd8", encoding="utf-32") == (
        "wrong_encoding",
        {"encoding": "utf-32"},
    )


def test_two_bytes_a_character_need_their_mark_or_their_order():
    no_mark = refusal(b"a;b\n", encoding="utf-16")
    assert no_mark == ("wrong_encoding", {"encoding": "utf-16"})


@pytest.mark.parametrize("encoding", ["klingon", "a\0b"])
def test_an_encoding_that_nobody_knows_is_refused(encoding):
    assert refusal(b"a;b", encoding=encoding) == (
        "unknown_encoding",
        {"encoding": encoding},
    )


# === DELIMITERS === #


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|", "^", "~", ":"])
def test_the_delimiter_of_a_text_is_found(delimiter):
    lines = (("Item", "Units"), ("SCR", "5"), ("NUT", "6"))
    text = "\n".join(delimiter.join(line) for line in lines)
    assert find_delimiter(text) == delimiter
    assert read(text) == [list(line) for line in lines]


def test_decimal_commas_do_not_delimit():
    assert find_delimiter("Item;Units\nSCR;1,5\nNUT;2,5") == ";"
    assert find_delimiter("Item|Units|Cost\nSCR|1,5|2,5\nNUT|1,5|2,5") == "|"


def test_letters_do_not_delimit():
    assert find_delimiter("aXb\ncXd\neXf,g") == ","


def test_a_colon_delimits_where_others_cut_few_lines():
    lines = ["a:b"] * 6 + ["a:b|c"] * 4
    assert find_delimiter("\n".join(lines)) == ":"


def test_the_colons_of_times_do_not_delimit():
    assert find_delimiter("08:15:00;5\n09:30:00;6\n10:45:00;7") == ";"


def test_a_comma_goes_before_others_that_cut_as_regularly():
    assert find_delimiter("a,b;c\nd,e;f") == ","


def test_the_delimiter_that_cuts_into_more_cells_goes_before_others():
    assert find_delimiter("a;b|c|d\ne;f|g|h") == "|"


def test_a_delimiter_that_cuts_most_lines_alike_is_chosen_over_a_rare_one():
    assert find_delimiter("a;b\nc;d\ne;f,g,h\ni;j") == ";"


def test_a_line_with_more_cells_than_the_others_does_not_decide():
    lines = ["a;b"] * 1 + ["a;b|c"] * 3 + ["a;b;c"]
    assert find_delimiter("\n".join(lines)) == ";"


def test_a_line_break_within_quotation_marks_makes_no_line():
    assert find_delimiter('a;"b,\nc,d"\ne;f\ng;h\n') == ";"


def test_a_cell_that_is_too_long_for_one_delimiter_leaves_the_others():
    """Python's reader takes no cell of more than 131,072 characters."""
    long = "x" * 100_000
    assert find_delimiter(f"{long},{long}\nz\n") == ","


def test_lines_that_are_not_cut_at_all_do_not_count_as_regular():
    assert find_delimiter("Count of May\nby Ann\nat night\na;b\nc;d") == ";"


def test_a_title_and_empty_lines_do_not_hide_the_delimiter():
    assert find_delimiter("Count\n\n\n\na;b\nc;d") == ";"


def test_a_delimiter_within_quotation_marks_does_not_delimit():
    assert find_delimiter('"a,b,c";d\n"e,f,g";h') == ";"


def test_one_column_is_cut_at_commas_that_are_not_there():
    assert find_delimiter("Item\nSCR\n") == ","


def test_a_delimiter_is_judged_by_the_first_records():
    text = "a;b\n" * SAMPLE + "a,b,c\n" * 500
    assert find_delimiter(text) == ";"


def test_the_record_that_a_sample_cuts_off_is_not_judged():
    assert find_delimiter("a;b,x\nc;d\ne,") == ";"
    assert find_delimiter("a|b\nc,d") == "|"


def test_the_only_record_is_judged():
    assert find_delimiter("a,b") == ","


def test_a_delimiter_is_chosen_where_no_line_is_a_record():
    """Python's reader takes no cell of more than 131,072 characters."""
    assert find_delimiter("x" * 200_000) in DELIMITERS


def test_a_delimiter_that_is_given_is_taken():
    book = open_csv("a;b,c", delimiter=",")
    assert (book.delimiter, [row.values for row in book.rows()]) == (
        ",",
        [["a;b", "c"]],
    )


@pytest.mark.parametrize("line", ["sep=,", '"sep=,"', "SEP=,", "\ufeffsep=,", "sep=, "])
def test_excels_own_line_says_the_delimiter_and_is_no_row(line):
    book = open_csv(f"{line}\r\na,b;c\r\n")
    assert book.delimiter == ","
    [row] = book.rows()
    assert (row.number, row.values) == (2, ["a", "b;c"])


def test_a_delimiter_that_is_given_goes_before_excels_line():
    assert read("sep=,\na;b", delimiter=";") == [["a", "b"]]


def test_excels_line_may_come_behind_a_mark_of_the_encoding():
    book = open_csv("\ufeffsep=,\na,b;c", encoding="utf-8")
    assert book.delimiter == ","


@pytest.mark.parametrize("line", ["sep=", "sep=,,", "step=,", "Xsep=,", "sep=,X"])
def test_a_line_that_only_looks_like_excels_is_a_row(line):
    assert len(read(f"{line}\na,b")) == 2


# === ROWS === #


def test_a_text_has_one_sheet_without_a_name():
    book = open_csv("a;b")
    assert (book.sheets, book.is_hidden(""), book.merged_rows()) == ([""], False, set())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(end):
    assert read(f"a|b{end}c|d{end}") == [["a", "b"], ["c", "d"]]


def test_rows_are_numbered_as_a_spreadsheet_does():
    """A line break in a cell starts no row; an empty line is one."""
    rows = open_csv('a;"b\nc"\n\nd;e\n').rows()
    assert [(row.number, row.values) for row in rows] == [
        (1, ["a", "b\nc"]),
        (3, ["d", "e"]),
    ]


def test_a_book_may_be_read_twice_and_its_file_stays_open():
    file = io.BytesIO(b"a;b\nc;d")
    book = CsvBook(file)
    assert list(book.rows()) == list(book.rows())
    assert not file.closed


def test_a_zero_byte_is_marked():
    assert read("a\0b;c") == [["a\ufffdb", "c"]]


def test_a_quotation_mark_that_never_ends_is_refused_with_its_row():
    assert refusal('a;b\nc;d\n"e;f\n') == ("broken_csv", {"row": 3})
    assert refusal('"e;f\n') == ("broken_csv", {"row": 1})


def test_text_after_a_closing_quotation_mark_is_refused():
    assert refusal('a;b\n"c"d;e\n') == ("broken_csv", {"row": 2})


def test_a_row_may_have_as_many_columns_as_allowed_and_no_more():
    [row] = read("x;" * (MAX_COLUMNS - 1) + "x")
    assert len(row) == MAX_COLUMNS
    wide = {"columns": MAX_COLUMNS + 1, "limit": MAX_COLUMNS}
    assert refusal("x;" * MAX_COLUMNS + "x") == ("too_many_columns", wide)


def test_empty_cells_beyond_the_last_column_are_not_there():
    assert read("a;b" + ";" * 2000) == [["a", "b"]]


def test_a_text_may_have_as_many_rows_as_a_spreadsheet_and_no_more():
    rows = open_csv("a\n" * (MAX_ROWS + 1)).rows()
    assert sum(1 for _row in zip(range(1_048_576), rows, strict=False)) == 1_048_576
    with pytest.raises(Unreadable) as caught:
        next(rows)
    assert (caught.value.code, caught.value.params) == (
        "too_many_rows",
        {"limit": 1_048_576},
    )


def test_a_line_is_shorter_than_its_limit():
    long = {"limit": 1024 * 1024}
    assert refusal("x" * MAX_RECORD, delimiter=";") == ("long_line", long)
    assert read("x;" * 400 + " " * (MAX_CELL - 1)) == [["x"] * 400 + [" " * 32_766]]


def test_a_cell_is_as_long_as_that_of_a_spreadsheet():
    long = {"row": 2, "limit": 32_767}
    assert read("a;b\nc;" + "x" * MAX_CELL)[1] == ["c", "x" * MAX_CELL]
    assert refusal("a;b\nc;" + "x" * (MAX_CELL + 1)) == ("long_cell", long)
