"""Reading a table that somebody sent, row by row, trusting nothing: CSV, XLS or XLSX,
and what other programs write under the name of XLS: text, HTML and SpreadsheetML.

``open_book`` looks at what a file contains, not at what it is called, and refuses what
cannot or must not be read with a code for programs and ``params`` for words.
"""

from typing import BinaryIO

from .book import HEAD, Book, Unreadable, is_utf16
from .budget import MAX_FILE, check_size
from .csv_text import CsvBook
from .html_table import HtmlBook
from .spreadsheet_ml import NAMESPACE, XmlBook
from .xls import OLE, XlsBook, check_container
from .xlsx import XlsxBook

# Excel 2 to 4 wrote without a container: the first record, and how long it is.
OLD_EXCEL = (b"\x09\0\4\0", b"\x09\2\6\0", b"\x09\4\6\0")
ZIP = b"PK\x03\x04"
# What a file of each name may contain. Many programs call a text, a web page or XML so
# that Excel opens it.
EXTENSIONS = {
    "csv": ("csv",),
    "txt": ("csv",),
    "tsv": ("csv",),
    "xls": ("xls", "csv", "html", "xml"),
    "xlsx": ("xlsx",),
    "htm": ("html",),
    "html": ("html",),
    "xml": ("xml",),
}
READERS = {"xls": XlsBook, "xlsx": XlsxBook, "html": HtmlBook, "xml": XmlBook}
HTML = (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style", b"<body")
# What is no table, by how it begins.
STRANGERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"{\\rtf": "RTF",
    b"MZ": "EXE",
    b"\x7fELF": "ELF",
}


def open_book(
    file: BinaryIO, name: str = "", *, encoding: str = "", delimiter: str = ""
) -> Book:
    """The book that a file contains.

    :param file: seekable, at any position
    :param name: what it is called; its extension has to fit what it contains
    :param encoding: of a CSV, found out where empty
    :param delimiter: of a CSV, found out where empty
    :raise Unreadable: where it is no table, or one that must not be read
    """
    kind = _kind(file, name)
    if kind == "xls":
        # Before the extension, because a protected XLSX comes in the same container.
        check_container(file)
    _check_extension(name, kind)
    if kind == "csv":
        return CsvBook(file, encoding=encoding, delimiter=delimiter)
    return READERS[kind](file)


def _kind(file: BinaryIO, name: str) -> str:
    size = file.seek(0, 2)
    check_size(size, MAX_FILE, name)
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty", name=name)
    if head.startswith(ZIP):
        return "xlsx"
    if head.startswith(OLE) or head[:4] in OLD_EXCEL:
        return "xls"
    for start, stranger in STRANGERS.items():
        if head.startswith(start):
            raise Unreadable("not_a_table", kind=stranger)
    return _text_kind(head)


def _text_kind(head: bytes) -> str:
    """What a file is that begins with neither of the spreadsheets' signs.

    >>> _text_kind(b"Item;Units")
    'csv'
    """
    text = head.decode("utf-16", "ignore").encode() if is_utf16(head) else head
    start = text.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000].lower()
    if start.startswith(HTML) or (start.startswith(b"<?xml") and b"<html" in start):
        return "html"
    if start.startswith(b"mime-version:"):
        raise Unreadable("web_page")
    if start.startswith((b"<?xml", b"<workbook")):
        if NAMESPACE in start:
            return "xml"
        raise Unreadable("not_a_table", kind="XML")
    if start.startswith((b"{", b"[{")):
        raise Unreadable("not_a_table", kind="JSON")
    if b"\0" in head.rstrip(b"\0") and not is_utf16(head):
        raise Unreadable("not_a_table", kind="binary")
    return "csv"


def _check_extension(name: str, kind: str) -> None:
    """Refuse a file whose name says something else than its content.

    >>> _check_extension("count.csv", "csv")
    """
    stem, dot, extension = name.lower().rpartition(".")
    if not (stem and dot):
        return
    if extension in ("xlsm", "xltm", "xlam"):
        raise Unreadable("macros", name=name)
    if extension in ("xlsb", "ods", "numbers"):
        raise Unreadable("other_spreadsheet", kind=extension.upper())
    if extension not in EXTENSIONS:
        raise Unreadable("unknown_extension", name=name, kind=kind.upper())
    if kind not in EXTENSIONS[extension]:
        raise Unreadable(
            "wrong_extension", name=name, extension=extension, kind=kind.upper()
        )
