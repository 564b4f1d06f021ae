"""CSV as it is found in the world: any delimiter, encoding and line ending."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from .book import HEAD, Book, Row, Unreadable, is_utf16, trim
from .budget import (
    MAX_CELL,
    MAX_RECORD,
    Meter,
    RowCount,
    check_cell,
    check_columns,
)
from .columns import find_header
from .meaning import NOTHING, describe

DELIMITERS = ";,\t|^~"
# What is tried where a text is not Unicode; the Western code page first, because most
# headings are the same in all of them.
ENCODINGS = (
    "cp1252",
    "cp1250",
    "cp1251",
    "gb18030",
    "cp932",
    "big5",
    "euc_kr",
    "cp437",
)
# How many records the delimiter is judged by.
SAMPLE = 50
# Records between two looks at the clock.
BATCH = 256


class CsvBook(Book):
    """A text with one record a line, quoted line breaks apart."""

    kind = "csv"

    def __init__(self, file: BinaryIO, *, encoding: str = "", delimiter: str = ""):
        self._file, self._meter = file, Meter()
        self.encoding = encoding or find_encoding(file)
        self._check_encoding()
        self.delimiter, self._skip = self._find_delimiter(delimiter)

    @property
    def sheets(self) -> list[str]:
        return [""]

    def rows(self, sheet: str = "") -> Iterator[Row]:
        # A row is numbered as a spreadsheet would: a quoted line break starts none.
        count = RowCount()
        try:
            for record in self._meter.timed(self._records(), BATCH):
                values = trim(record)
                count.add(count.rows + 1, bool(values))
                check_columns(len(values))
                if values and count.rows > self._skip:
                    yield Row(count.rows, values)
        except csv.Error as error:
            raise Unreadable("broken_csv", row=count.rows + 1) from error
        except UnicodeError as error:
            raise Unreadable("wrong_encoding", encoding=self.encoding) from error

    def _records(self):
        self._file.seek(0)
        text = io.TextIOWrapper(
            _Open(self._file), encoding=self.encoding, errors="strict", newline=""
        )
        lines = _Lines(text)
        # Strict, or a quotation mark that is never closed would swallow the rest.
        records = csv.reader(lines, delimiter=self.delimiter, strict=True)
        for number, record in enumerate(records, 1):
            # Only a long record has a long cell.
            if lines.pending > MAX_CELL:
                for value in record:
                    check_cell(number, value)
            lines.pending = 0
            yield record

    def _check_encoding(self) -> None:
        try:
            codecs.lookup(self.encoding)
        except (LookupError, ValueError) as error:
            raise Unreadable("unknown_encoding", encoding=self.encoding) from error

    def _find_delimiter(self, delimiter: str) -> tuple[str, int]:
        """The delimiter, and how many records come before the table."""
        self._file.seek(0)
        head = self._file.read(HEAD)
        try:
            text = codecs.getincrementaldecoder(self.encoding)("replace").decode(head)
        except UnicodeError as error:
            # UTF-16 without its mark cannot even be replaced.
            raise Unreadable("wrong_encoding", encoding=self.encoding) from error
        # Excel's own way to say it, which is no row of the table.
        first = text.lstrip("\ufeff").split("\n", 1)[0].strip().strip('"')
        if first.lower().startswith("sep=") and len(first) == 5:
            return delimiter or first[4], 1
        return delimiter or find_delimiter(text.rstrip("\0")), 0


class _Open(io.RawIOBase):
    """The bytes of a file that stays open when the text over it is closed."""

    def __init__(self, file):
        self._source = file

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Lines:
    """The lines of a text; ``pending`` are the characters of a record so far, which
    the caller that takes the record sets back."""

    def __init__(self, text):
        self._text, self.pending = text, 0

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_RECORD)
        if not line:
            raise StopIteration
        if len(line) == MAX_RECORD:
            raise Unreadable("long_line", limit=MAX_RECORD)
        self.pending += len(line)
        if self.pending > MAX_RECORD:
            raise csv.Error("unclosed")
        # A zero byte cannot be stored anywhere, and must not vanish either.
        return _mark_zeros(line)


def _mark_zeros(line: str) -> str:
    """Some programs fill a file with zeros at its end.

    >>> _mark_zeros("a\\0b"), _mark_zeros("\\0\\0\\0")
    ('a\ufffdb', '')
    """
    if "\0" not in line:
        return line
    return line.replace("\0", "\ufffd") if line.strip("\0\r\n \x1a") else ""


def find_encoding(file: BinaryIO) -> str:
    """UTF-8 or UTF-16 where it is one of them, else the code page in which the headings
    make sense, or the Western one.

    >>> find_encoding(io.BytesIO("Größe".encode()))
    'utf-8-sig'
    >>> find_encoding(io.BytesIO("Größe".encode("cp1252")))
    'cp1252'
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if is_utf16(head):
        return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    if is_utf8(file):
        return "utf-8-sig"
    found = _find_by_headings(head)
    if found and is_decodable(file, found):
        return found
    # Five bytes mean nothing in cp1252; Latin-1 reads every byte.
    return "cp1252" if is_decodable(file, "cp1252") else "latin-1"


def _find_by_headings(head: bytes) -> str:
    """The encoding in which the most headings make sense, or an empty text.

    >>> _find_by_headings("商品编码;实盘数量\\nA;5".encode("gbk"))
    'gb18030'
    """
    scores = [(_count_headings(head, encoding), encoding) for encoding in ENCODINGS]
    best, encoding = max(scores, key=lambda pair: pair[0])
    return encoding if best else ""


def _count_headings(head: bytes, encoding: str) -> int:
    # The last character may be cut off where the sample ends.
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if "\ufffd" in text:
        return 0
    records = _sample(text, find_delimiter(text))
    rows = (Row(number, trim(record)) for number, record in enumerate(records, 1))
    try:
        names = find_header(row for row in rows if row.values).names
    except Unreadable:
        return 1
    return sum(describe(name) != NOTHING for name in names)


def is_utf8(file: BinaryIO) -> bool:
    return is_decodable(file, "utf-8")


def is_decodable(file: BinaryIO, encoding: str) -> bool:
    """Whether the whole file can be read in an encoding, without keeping it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(1024 * 1024):
            decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(text: str) -> str:
    r"""The character that cuts the most lines into the same number of cells.

    >>> find_delimiter("Item;Units\nSCR;1,5\nNUT;2,5\n")
    ';'
    >>> find_delimiter("Item\tUnits\nSCR\t5")
    '\t'
    >>> find_delimiter("Item\nSCR")
    ','
    """
    return max(DELIMITERS + ":", key=lambda mark: _regularity(text, mark))


def _regularity(text: str, delimiter: str) -> tuple[float, int]:
    """How alike the first records are if they are cut here, and into how many cells."""
    try:
        lines = [r for r in _sample(text, delimiter) if r]
    except csv.Error:
        return 0.0, 0
    widths = Counter(map(len, lines))
    if not widths:
        return 0.0, 0
    width, often = max(widths.items(), key=lambda item: (item[0] > 1, item[1]))
    # A comma wins against nothing at all, so that one column is read, too.
    score = often / len(lines) if width > 1 else 0.0
    # A colon also stands in times, and a comma in numbers.
    return (score * (0.5 if delimiter == ":" else 1), width + (delimiter == ","))


def _sample(text: str, delimiter: str) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    records = [record for _i, record in zip(range(SAMPLE + 1), reader, strict=False)]
    # The last one may be cut off where the sample ends.
    return records[:-1] if len(records) > 1 and lines.tell() == len(text) else records
