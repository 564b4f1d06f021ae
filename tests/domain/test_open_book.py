"""What a file contains decides how it is read, not what it is called (I8)."""

import io

import pytest
from reading import read_real
from workbooks import make_xlsx

from domain.spreadsheet.book import Book, Unreadable, is_utf16, trim
from domain.spreadsheet.open_book import OLD_EXCEL, open_book

TABLE = b"Item;Units\nSCR;5\n"
XLSX = make_xlsx([["Item", "Units"]])
XLS = read_real("libreoffice.xls")


def kind(content, name=""):
    return open_book(io.BytesIO(content), name).kind


def refusal(content, name=""):
    with pytest.raises(Unreadable) as caught:
        open_book(io.BytesIO(content), name)
    return caught.value.code, caught.value.params


# === WHAT IT CONTAINS === #


@pytest.mark.parametrize(
    ("content", "found"), [(TABLE, "csv"), (XLSX, "xlsx"), (XLS, "xls")]
)
def test_a_table_is_known_by_its_content(content, found):
    assert kind(content) == found


def test_a_table_is_read_from_its_beginning():
    file = io.BytesIO(TABLE)
    file.seek(5)
    assert [row.values[0] for row in open_book(file).rows()] == ["Item", "SCR"]


def test_encoding_and_delimiter_of_a_csv_may_be_given():
    book = open_book(io.BytesIO("Größe;5".encode("cp850")), encoding="cp850")
    assert [row.values for row in book.rows()] == [["Größe", "5"]]
    book = open_book(io.BytesIO(b"a,1;5"), delimiter=",")
    assert (book.encoding, book.delimiter) == ("utf-8-sig", ",")


@pytest.mark.parametrize(
    "content", [b"", b" \t\r\n", b"\0\0", b"\xef\xbb\xbf", b"\xff\xfe \0\n\0"]
)
def test_a_file_with_nothing_in_it_is_empty(content):
    assert refusal(content, "a.csv") == ("empty", {"name": "a.csv"})
    with pytest.raises(Unreadable) as caught:
        open_book(io.BytesIO(content))
    assert caught.value.params == {"name": ""}


def test_a_single_letter_is_a_table():
    assert kind(b"X") == "csv"


@pytest.mark.parametrize(
    ("start", "stranger"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"\x1f\x8b\x08", "GZIP"),
        (b"7z\xbc\xaf\x27", "7-Zip"),
        (b"Rar!\x1a", "RAR"),
        (b"{\\rtf1", "RTF"),
        (b"MZ\x90", "EXE"),
        (b"\x7fELF\x02", "ELF"),
    ],
)
def test_what_is_no_table_is_named(start, stranger):
    """Each file begins as its program begins it."""
    assert refusal(start + b" and more") == ("not_a_table", {"kind": stranger})


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html>", b"<HTML>", b"<table>", b"<meta charset=x>"]
)
def test_a_web_page_is_no_table_whatever_it_is_called(page):
    assert refusal(b"\xef\xbb\xbf \r\n" + page, "a.xls") == ("web_page", {})


@pytest.mark.parametrize(
    ("start", "stranger"),
    [(b"<?xml version='1.0'?>", "XML"), (b'{"a": 1}', "JSON"), (b"[{", "JSON")],
)
def test_data_of_other_programs_is_named(start, stranger):
    assert refusal(b"\n" + start) == ("not_a_table", {"kind": stranger})


def test_a_row_of_brackets_is_a_row():
    assert kind(b"[Item];[Units]\n") == "csv"
    assert kind(b"<Item>;<Units>\n") == "csv"
    assert kind(b"X<html>;Units\n") == "csv"


def test_bytes_that_are_no_text_are_no_table():
    assert refusal(b"Item\0\0\0\xffUnits") == ("not_a_table", {"kind": "binary"})
    assert kind("Item;Units\n".encode("utf-16-le")) == "csv"


@pytest.mark.parametrize("start", OLD_EXCEL)
def test_a_workbook_of_the_oldest_excel_is_none_of_text(start):
    assert refusal(start + b"\x02\0") == ("damaged", {})


def test_excel_2_to_4_begin_with_these_records():
    begins = [b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"]
    assert list(OLD_EXCEL) == begins


def test_a_file_may_be_as_large_as_allowed_and_no_larger(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE)
    with path.open("rb+") as file:
        file.truncate(64 * 1024**2 + 1)
        with pytest.raises(Unreadable) as caught:
            open_book(file, "a.csv")
        params = {"size": 64, "limit": 64, "name": "a.csv"}
        assert (caught.value.code, caught.value.params) == ("too_large", params)
        assert isinstance(caught.value.params["limit"], int)
        file.truncate(64 * 1024**2)
        # Filled with zeros behind its end, as some devices write files.
        assert open_book(file, "a.csv")
        file.truncate(1024**3)
        with pytest.raises(Unreadable) as caught:
            open_book(file, "a.csv")
        assert caught.value.params["size"] == 1024


# === WHAT IT IS CALLED === #


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TABLE, "a.csv"),
        (TABLE, "a.txt"),
        (TABLE, "a.tsv"),
        (TABLE, "Count.2026.CSV"),
        (XLS, "a.xls"),
        (XLSX, "a.xlsx"),
        (TABLE, "count"),
        (TABLE, ".csv"),
        (TABLE, ".profile"),
    ],
)
def test_a_name_that_fits_or_says_nothing_is_no_obstacle(content, name):
    assert kind(content, name) in ("csv", "xls", "xlsx")


@pytest.mark.parametrize(
    ("content", "name", "extension", "found"),
    [
        (TABLE, "a.xlsx", "xlsx", "CSV"),
        (XLSX, "a.b.XLS", "xls", "XLSX"),
        (XLSX, "a.csv", "csv", "XLSX"),
        (XLS, "a.xlsx", "xlsx", "XLS"),
    ],
)
def test_a_name_that_says_something_else_is_refused(content, name, extension, found):
    params = {"name": name, "extension": extension, "kind": found}
    assert refusal(content, name) == ("wrong_extension", params)


def test_an_extension_that_no_table_has_is_refused():
    params = {"name": "a.docx", "kind": "XLSX"}
    assert refusal(XLSX, "a.docx") == ("unknown_extension", params)


@pytest.mark.parametrize("name", ["a.xlsm", "a.XLTM", "a.xlam"])
def test_a_name_that_promises_macros_is_refused(name):
    assert refusal(XLSX, name) == ("macros", {"name": name})


@pytest.mark.parametrize("extension", ["xlsb", "ods", "numbers"])
def test_a_name_of_another_spreadsheet_is_refused(extension):
    refused = ("other_spreadsheet", {"kind": extension.upper()})
    assert refusal(XLSX, f"a.{extension}") == refused


def test_a_protected_workbook_says_so_whatever_it_is_called():
    """A protected XLSX is in the same container as an XLS."""
    protected = read_real("protected.xlsx")
    assert refusal(protected, "a.xlsx") == ("password", {})
    assert refusal(protected, "a.docx") == ("password", {})


# === WHAT ALL BOOKS SHARE === #


def test_a_book_hides_and_merges_nothing_unless_it_says_so():
    book = Book()
    assert (book.kind, book.encoding, book.delimiter) == ("", "", "")
    assert (book.is_hidden("x"), book.merged_rows()) == (False, set())
    with pytest.raises(NotImplementedError):
        list(book.sheets)
    with pytest.raises(NotImplementedError):
        book.rows()


def test_a_refusal_says_its_code():
    with pytest.raises(Unreadable, match=r"^empty$"):
        open_book(io.BytesIO(b""))


@pytest.mark.parametrize(
    ("values", "left"),
    [
        (["a", None, "", None], ["a"]),
        ([None, "a"], [None, "a"]),
        ([None, ""], []),
        ([0, False, 0.0], [0, False, 0.0]),
        ([], []),
    ],
)
def test_empty_cells_at_the_end_are_left_out_and_others_are_not(values, left):
    assert trim(values) == left


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_two_bytes_a_character_is_known(encoding):
    assert is_utf16("Größe;Menge\n".encode(encoding))
    assert is_utf16("A".encode(encoding))


@pytest.mark.parametrize(
    "head", [b"", b"A", b"Item;Units", bytes(10), b"A\0\0B", b"A\0B\0C\0DEFGHI"]
)
def test_other_bytes_are_not_taken_for_it(head):
    assert not is_utf16(head)


def test_most_letters_have_a_zero_in_the_same_half():
    european, others = "A" * 71 + "\u20ac" * 29, "A" * 70 + "\u20ac" * 30
    assert is_utf16(european.encode("utf-16-le"))
    assert not is_utf16(others.encode("utf-16-le"))
    assert is_utf16(european.encode("utf-16-be") + b"x")
    assert is_utf16(european.encode("utf-16-le") + b"\0")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_letters_of_other_scripts_are_known_by_their_mark(encoding):
    assert is_utf16("\ufeffЖЖЖ".encode(encoding))
    assert not is_utf16("ЖЖЖ".encode(encoding))
