"""SpreadsheetML, the XML of Excel 2003, in which many programs write "Excel" files."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import BinaryIO

from .book import NO_VALUE, Book, CellError, Merged, Row, Unreadable, Value, trim
from .budget import Meter, RowCount, check_cell, check_columns
from .number_formats import Decimals, Digits, number_format
from .xml_part import Part, feed, read_index, read_number, whole

NAMESPACE = b"urn:schemas-microsoft-com:office:spreadsheet"
BLOCK = 64 * 1024
MAX_MERGED = 100_000
MAX_SHEETS = 1_000
# What Excel calls formats that it does not spell.
NAMED = {"Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%"}


class XmlBook(Book):
    """A workbook in one XML file.

    >>> from io import BytesIO
    >>> row = b"<Row><Cell><Data>SCR</Data></Cell></Row>"
    >>> sheet = b"<Worksheet Name='A'>" + row + b"</Worksheet>"
    >>> book = XmlBook(BytesIO(b"<Workbook>" + sheet + b"</Workbook>"))
    >>> book.sheets, [row.values for row in book.rows()]
    (['A'], [['SCR']])
    """

    kind = "xml"

    def __init__(self, file: BinaryIO):
        self._file, self._meter = file, Meter()
        self._part = _WorkbookPart()
        deque(self._feed(self._part), maxlen=0)
        if not self._part.sheets:
            raise Unreadable("no_sheet")

    @property
    def sheets(self) -> list[str]:
        return list(self._part.sheets)

    def is_hidden(self, sheet: str) -> bool:
        return sheet in self._part.hidden

    def rows(self, sheet: str = "") -> Iterator[Row]:
        if sheet and sheet not in self._part.sheets:
            raise Unreadable("unknown_sheet", sheet=sheet)
        part = _WorkbookPart(sheet or self.sheets[0])
        for _block in self._feed(part):
            while part.rows:
                yield part.rows.popleft()
        yield from part.rows

    def merged_cells(self, sheet: str = "") -> list[Merged]:
        return sorted(self._part.sheets.get(sheet or self.sheets[0], ()))

    def _feed(self, part) -> Iterator[None]:
        return self._meter.timed(feed(self._blocks(), part))

    def _blocks(self) -> Iterator[bytes]:
        # Two readings may take turns.
        for place in count(0, BLOCK):
            self._file.seek(place)
            if not (block := self._file.read(BLOCK)):
                return
            yield block


class _WorkbookPart(Part):
    """The sheets of a workbook with their merged cells, and the rows of one sheet."""

    def __init__(self, wanted: str | None = None):
        self.sheets: dict[str, list[Merged]] = {}
        self.hidden: set[str] = set()
        self.rows: deque[Row] = deque()
        self._wanted, self._sheet, self._path = wanted, "", []
        self._formats, self._style = {}, ""
        self._number, self._span, self._count = 0, 0, RowCount()
        self._values: list[Value] = []
        self._marks: tuple[str, ...] = ()
        self._column, self._across = 0, 0
        self._cell: dict[str, str] = {}
        self._type, self._value = "", None

    # === EVENTS === #

    def start(self, name, attributes):
        if not self._path and name != "Workbook":
            raise Unreadable("not_a_table", kind="XML")
        self._path.append(name)
        handler = getattr(self, f"_start_{name.lower()}", None)
        if handler and "Comment" not in self._path:
            handler({k.rpartition(":")[2]: v for k, v in attributes.items()})

    def end(self, name):
        handler = getattr(self, f"_end_{name.lower()}", None)
        if handler and "Comment" not in self._path:
            handler()
        self._path.pop()

    def _text(self, text):
        if self._pieces is not None and "Comment" not in self._path:
            self._pieces.append(text)

    def _take_text(self) -> str:
        text, self._pieces = "".join(self._pieces or ()), None
        check_cell(self._number, text)
        return text

    # === STYLES AND SHEETS === #

    def _start_style(self, attributes):
        self._style = attributes.get("ID", "")

    def _start_numberformat(self, attributes):
        code = attributes.get("Format", "")
        self._formats[self._style] = number_format(0, NAMED.get(code, code))

    def _start_worksheet(self, attributes):
        self._sheet = attributes.get("Name", "")
        if self._sheet in self.sheets or len(self.sheets) >= MAX_SHEETS:
            raise Unreadable("damaged")
        self.sheets[self._sheet] = []
        self._number, self._span, self._count = 0, 0, RowCount()

    def _start_visible(self, _attributes):
        self._pieces = []

    def _end_visible(self):
        if self._take_text() != "SheetVisible":
            self.hidden.add(self._sheet)

    # === ROWS === #

    def _start_row(self, attributes):
        number = read_index(attributes.get("Index", str(self._number + self._span + 1)))
        if number <= self._number + self._span:
            raise Unreadable("damaged")
        self._number, self._span = number, read_index(attributes.get("Span", "0"))
        self._values, self._column, self._across = [], 0, 0
        self._marks = ("hidden",) if attributes.get("Hidden") == "1" else ()

    def _end_row(self):
        values = trim(self._values)
        if self._sheet == self._wanted:
            self._count.add(self._number, bool(values))
            if values:
                self.rows.append(Row(self._number, values, self._marks))

    def _start_cell(self, attributes):
        first = self._column + self._across + 1
        column = read_index(attributes.get("Index", str(first)))
        if column < first:
            raise Unreadable("damaged")
        self._cell, self._column, self._value = attributes, column, None
        self._across = read_index(attributes.get("MergeAcross", "0"))
        down = read_index(attributes.get("MergeDown", "0"))
        if self._across or down:
            self._merge(column - 1, down)

    def _merge(self, left, down):
        merged = self.sheets[self._sheet]
        merged.append(
            Merged(self._number, self._number + down, left, left + self._across)
        )
        if len(merged) > MAX_MERGED:
            raise Unreadable("too_many_merged", limit=MAX_MERGED)

    def _start_data(self, attributes):
        self._type, self._pieces = attributes.get("Type", "String"), []

    def _end_data(self):
        self._value = self._read(self._take_text())

    def _end_cell(self):
        value = self._value
        if value is None and "Formula" in self._cell:
            value = NO_VALUE
        if value is None or value == "" or self._sheet != self._wanted:
            return
        check_columns(self._column)
        self._values.extend([None] * (self._column - 1 - len(self._values)))
        self._values.append(value)

    # === VALUES === #

    def _read(self, text: str) -> Value:
        if self._type == "Number":
            return self._read_number(text)
        if self._type == "DateTime":
            return datetime.fromisoformat(text.replace("Z", "+00:00"))
        if self._type == "Boolean":
            return text == "1"
        return CellError(text) if self._type == "Error" else text

    def _read_number(self, text: str) -> Value:
        number = read_number(text)
        style = self._formats.get(self._cell.get("StyleID", ""))
        if isinstance(style, Decimals):
            return whole(style.show(number))
        if isinstance(style, Digits) and number.is_integer():
            return f"{int(number):0{style.number}d}"
        return whole(number)
