"""A table in HTML, as many programs write it under the name of an Excel file.

Only tags of tables are looked at; nothing is loaded, run or drawn. Tables in tables lay
out a web page, which is refused.
"""

import codecs
import html
import re
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from .book import HEAD, Book, Merged, Row, Unreadable, is_utf16, trim
from .budget import MAX_TOKEN, Meter, RowCount, check_cell, check_columns
from .csv_text import is_decodable

BLOCK = 64 * 1024
TAG = re.compile(r"<(/?[a-z][a-z0-9]{0,15})", re.I)
SPAN = re.compile(r"\b(col|row)span\s{0,9}=\s{0,9}[\"']?(\d{1,6})", re.I)
HIDDEN = re.compile(r"display\s{0,9}:\s{0,9}none", re.I)
CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([a-z0-9_-]{1,20})", re.I)
# What has text that is no part of a table, and may have < in it.
SILENT = re.compile(r"<(style|script|title|xml)\b", re.I)
BREAKS = ("br", "p", "div", "li")
MAX_MERGED = 100_000


class HtmlBook(Book):
    """A web page with a table, or several below each other."""

    kind = "html"

    def __init__(self, file: BinaryIO):
        self._file, self._meter = file, Meter()
        self.encoding = find_charset(file)
        self._merged: list[Merged] | None = None
        if next(self.rows(), None) is None:
            raise Unreadable("web_page")

    @property
    def sheets(self) -> list[str]:
        return ["HTML"]

    def rows(self, sheet: str = "") -> Iterator[Row]:
        return self._read(_Table())

    def merged_cells(self, sheet: str = "") -> list[Merged]:
        if self._merged is None:
            table = _Table()
            for _row in self._read(table):
                pass
            self._merged = sorted(table.merged)
        return self._merged

    def _read(self, table) -> Iterator[Row]:
        for found in self._meter.timed(table.take(self._blocks())):
            yield from found

    def _blocks(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        # Two readings may take turns.
        for place in count(0, BLOCK):
            self._file.seek(place)
            if not (block := self._file.read(BLOCK)):
                return
            # A zero byte cannot be stored anywhere, and must not vanish either.
            yield decoder.decode(block).replace("\0", "\ufffd")


def find_charset(file: BinaryIO) -> str:
    """The encoding that a page names if it is a text in it, else UTF-8, else the
    Western one."""
    file.seek(0)
    head = file.read(HEAD)
    if is_utf16(head):
        return "utf-16"
    named = CHARSET.search(head)
    options = [named[1].decode()] if named else []
    for encoding in (*options, "utf-8-sig", "cp1252"):
        if _is_text_encoding(encoding) and is_decodable(file, encoding):
            return encoding
    return "latin-1"


def _is_text_encoding(name: str) -> bool:
    """Whether it turns bytes into text. Python also calls packers encodings.

    >>> _is_text_encoding("gbk"), _is_text_encoding("zlib"), _is_text_encoding("x")
    (True, False, False)
    """
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except LookupError:
        return False


class _Table:
    """Tags and texts become rows; a cell over several columns or rows is in the first
    of them."""

    def __init__(self):
        self.merged: list[Merged] = []
        self._count, self._number = RowCount(), 0
        self._depth = 0
        # By column, the last row that a cell from above takes.
        self._taken: dict[int, int] = {}
        self._values: list | None = None
        self._marks: tuple[str, ...] = ()
        self._column = 0
        self._first, self._pieces = 0, None
        self._length = 0

    def take(self, blocks: Iterator[str]) -> Iterator[list[Row]]:
        """The rows, block by block."""
        rest = ""
        for block in blocks:
            tokens, rest = _cut(rest + block)
            if len(rest) > MAX_TOKEN:
                raise Unreadable("zip_bomb")
            yield [row for token in tokens if (row := self._take(token))]
        if not rest.startswith("<"):
            self._add(rest)
        row = self._end_row()
        yield [row] if row else []

    def _take(self, token: str) -> Row | None:
        """What a tag or text says; a row where one ends."""
        match = TAG.match(token)
        if not match:
            if not token.startswith("<"):
                self._add(token)
            return None
        name = match[1].lower()
        if name in BREAKS:
            self._add(" ")
        return self._take_tag(name, token)

    def _take_tag(self, name: str, token: str) -> Row | None:
        row = None
        if name in ("table", "/table", "tr", "/tr"):
            row = self._end_row()
        if name == "table":
            self._depth += 1
            if self._depth > 1:
                raise Unreadable("web_page")
        elif name == "/table":
            self._depth = 0
        elif name == "tr" and self._depth:
            self._start_row(token)
        elif name in ("td", "th") and self._values is not None:
            self._end_cell()
            self._start_cell(token)
        elif name in ("/td", "/th"):
            self._end_cell()
        return row

    def _start_row(self, token):
        self._number += 1
        self._values, self._column = [], 0
        self._marks = ("hidden",) if HIDDEN.search(token) else ()

    def _end_row(self) -> Row | None:
        self._end_cell()
        if self._values is None:
            return None
        values, self._values = trim(self._values), None
        self._count.add(self._number, bool(values))
        return Row(self._number, values, self._marks) if values else None

    def _start_cell(self, token):
        while self._taken.get(self._column, 0) >= self._number:
            self._column += 1
        spans = {kind.lower(): int(number) for kind, number in SPAN.findall(token)}
        right = self._column + max(spans.get("col", 1), 1) - 1
        bottom = self._number + max(spans.get("row", 1), 1) - 1
        check_columns(right + 1)
        self._pieces, self._length = [], 0
        if right > self._column or bottom > self._number:
            self._merge(Merged(self._number, bottom, self._column, right))
        self._values.extend([None] * (right + 1 - len(self._values)))
        self._first, self._column = self._column, right + 1

    def _merge(self, cell: Merged):
        self.merged.append(cell)
        if len(self.merged) > MAX_MERGED:
            raise Unreadable("too_many_merged", limit=MAX_MERGED)
        for column in range(cell.left, cell.right + 1):
            self._taken[column] = cell.bottom

    def _add(self, text: str):
        if self._pieces is None:
            return
        self._pieces.append(text)
        self._length += len(text)
        # Written as entities, a character has some ten.
        if self._length > MAX_TOKEN:
            check_cell(self._number, "".join(self._pieces))

    def _end_cell(self):
        if self._pieces is None:
            return
        text = " ".join(html.unescape("".join(self._pieces)).split())
        check_cell(self._number, text)
        self._pieces, self._values[self._first] = None, text or None


def _cut(text: str) -> tuple[list[str], str]:
    """Tags, comments and the texts between them, and what has not ended yet.

    >>> _cut("<td>5 &lt; 6<!-- > --><b")
    (['<td>', '5 &lt; 6', '<!-- > -->'], '<b')
    """
    tokens, at = [], 0
    while (start := text.find("<", at)) >= 0:
        end = _find_end(text, start)
        if end < 0:
            break
        if start > at:
            tokens.append(text[at:start])
        at = end
        tokens.append(text[start:at])
    return tokens, text[at:]


def _find_end(text: str, start: int) -> int:
    """Where a tag ends that starts here, with all that is silent; -1 for nowhere yet.

    >>> _find_end("<td>", 0), _find_end("<td", 0), _find_end("<title>a<b</title>", 0)
    (4, -1, 10)
    """
    if text.startswith("<!--", start):
        found = text.find("-->", start)
        return found + 3 if found >= 0 else -1
    if silent := SILENT.match(text, start):
        ended = re.compile(f"</{silent[1]}", re.I).search(text, start)
        return ended.start() if ended else -1
    return text.find(">", start) + 1 or -1
