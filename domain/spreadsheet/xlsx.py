"""XLSX, streamed: a part is never unpacked as a whole, and no entity is ever expanded.

Reading only what a table needs (values, and which of them are dates) takes a third of
the time of a library that also reads what it looks like.
"""

import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from posixpath import join, normpath
from typing import BinaryIO

from .book import (
    NO_VALUE,
    Book,
    CellError,
    Merged,
    Row,
    Unreadable,
    Value,
    trim,
)
from .budget import (
    MAX_COLUMNS,
    MAX_PART,
    MAX_STRINGS,
    MAX_TEXTS,
    Meter,
    RowCount,
    check_cell,
    check_columns,
)
from .number_formats import DATE, Decimals, number_format
from .xml_part import Part, feed, read_index, read_number, whole

BLOCK = 64 * 1024
MAX_PARTS = 5_000
# How much smaller a part may have been packed: a table of equal rows is 60 times
# smaller, a zip bomb a thousand times.
MAX_RATIO = 250
SMALL_PART = 8 * 1024 * 1024
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MERGED = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,100}?"
    rb'ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
MAX_MERGED = 100_000
EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}


class XlsxBook(Book):
    """A workbook of Office Open XML."""

    kind = "xlsx"

    def __init__(self, file: BinaryIO):
        self._zip, self._meter = _open_zip(file), Meter()
        self._strings: list[str] | None = None
        self._merged: dict[str, list[Merged]] = {}
        path = self._workbook_path()
        workbook = _WorkbookPart()
        self._parse(path, workbook)
        self._epoch = EPOCHS[workbook.is_1904]
        self._hidden = workbook.hidden
        targets = self._targets(path)
        self._paths = {
            name: targets[link] for name, link in workbook.sheets if link in targets
        }
        if not self._paths:
            raise Unreadable("no_sheet")
        self._formats = self._read_formats()

    @property
    def sheets(self) -> list[str]:
        return list(self._paths)

    def is_hidden(self, sheet: str) -> bool:
        return sheet in self._hidden

    def rows(self, sheet: str = "") -> Iterator[Row]:
        path = self._path(sheet)
        if self._strings is None:
            self._strings = self._read_strings()
        part = _SheetPart(self._strings, self._formats, self._epoch)
        for _block in self._feed(path, part, MAX_PART):
            while part.rows:
                yield part.rows.popleft()
        yield from part.rows

    def merged_cells(self, sheet: str = "") -> list[Merged]:
        path = self._path(sheet)
        if path not in self._merged:
            self._merged[path] = sorted(self._read_merged(path))
        return self._merged[path]

    def _read_merged(self, path: str) -> set[Merged]:
        cells = set()
        with self._open(path, MAX_PART) as stream:
            for found in self._meter.timed(_find_merged(stream)):
                cells.update(_merged(*names) for names in found)
                if len(cells) > MAX_MERGED:
                    raise Unreadable("too_many_merged", limit=MAX_MERGED)
        return cells

    def _path(self, sheet: str) -> str:
        path = self._paths.get(sheet or self.sheets[0])
        if not path:
            raise Unreadable("unknown_sheet", sheet=sheet)
        return path

    # === PARTS === #

    def _workbook_path(self) -> str:
        links = _LinksPart("")
        if "_rels/.rels" in self._zip.NameToInfo:
            self._parse("_rels/.rels", links)
        path = links.document or "xl/workbook.xml"
        if path not in self._zip.NameToInfo:
            raise Unreadable("not_a_table", kind="ZIP")
        return path

    def _targets(self, path: str) -> dict[str, str]:
        folder, _slash, name = path.rpartition("/")
        links = _LinksPart(folder)
        self._parse(join(folder, "_rels", name + ".rels"), links)
        self._strings_path = links.strings or join(folder, "sharedStrings.xml")
        self._styles_path = links.styles or join(folder, "styles.xml")
        return links.sheets

    def _read_strings(self) -> list[str]:
        part = _StringsPart()
        if self._strings_path in self._zip.NameToInfo:
            self._parse(self._strings_path, part, MAX_STRINGS)
        return part.strings

    def _read_formats(self) -> list:
        part = _StylesPart()
        if self._styles_path in self._zip.NameToInfo:
            self._parse(self._styles_path, part)
        return part.formats

    def _parse(self, path: str, part, limit: int = SMALL_PART * 4) -> None:
        deque(self._feed(path, part, limit), maxlen=0)

    def _feed(self, path: str, part, limit: int) -> Iterator[None]:
        """Parse a part block by block, letting the caller take what is there."""
        return self._meter.timed(self._feed_blocks(path, part, limit))

    def _feed_blocks(self, path: str, part, limit: int) -> Iterator[None]:
        with self._open(path, limit) as stream:
            yield from feed(_blocks(stream), part)

    def _open(self, path: str, limit: int):
        info = self._zip.NameToInfo.get(path)
        if not info:
            raise Unreadable("damaged")
        if info.file_size > limit:
            raise Unreadable("zip_bomb")
        try:
            return self._zip.open(info)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise Unreadable("damaged") from error


def _open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """The container, after looking at what it says it holds."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("damaged") from error
    infos = archive.infolist()
    _check_parts(infos)
    names = archive.NameToInfo
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("macros", name="")
    if "xl/workbook.bin" in names:
        raise Unreadable("other_spreadsheet", kind="XLSB")
    if "mimetype" in names or "content.xml" in names:
        raise Unreadable("other_spreadsheet", kind="ODS")
    return archive


def _check_parts(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_PARTS or sum(i.file_size for i in infos) > 2 * MAX_PART:
        raise Unreadable("zip_bomb")
    for info in infos:
        if info.flag_bits & 1:
            raise Unreadable("password")
        ratio = info.file_size / (info.compress_size or 1)
        if info.file_size > SMALL_PART and ratio > MAX_RATIO:
            raise Unreadable("zip_bomb")


def _find_merged(stream) -> Iterator[list]:
    """Block by block the names of cells that are merged."""
    rest = b""
    for block in _blocks(stream):
        yield MERGED.findall(rest + block)
        rest = block[-200:]


def _blocks(stream) -> Iterator[bytes]:
    try:
        while block := stream.read(BLOCK):
            yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise Unreadable("damaged") from error


# === THE PARTS, EVENT BY EVENT === #


class _LinksPart(Part):
    """Where the parts lie that another part names."""

    def __init__(self, folder: str):
        self._folder, self.sheets = folder, {}
        self.document = self.strings = self.styles = ""

    def start(self, name, attributes):
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        path = normpath(join("/", self._folder, target)).lstrip("/")
        kind = attributes.get("Type", "").rpartition("/")[2]
        if kind == "worksheet":
            self.sheets[attributes.get("Id")] = path
        elif kind == "officeDocument":
            self.document = path
        elif kind == "sharedStrings":
            self.strings = path
        elif kind == "styles":
            self.styles = path


class _WorkbookPart(Part):
    """The sheets, in their order, those that nobody sees, and the calendar."""

    def __init__(self):
        self.sheets, self.hidden, self.is_1904 = [], set(), False

    def start(self, name, attributes):
        if name == "sheet":
            link = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), link))
            if attributes.get("state", "visible") != "visible":
                self.hidden.add(attributes.get("name", ""))
        elif name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "0") in ("1", "true")


class _StylesPart(Part):
    """What each style makes of a number: a date, a code of so many digits, or a number
    with so many decimals."""

    def __init__(self):
        self._codes, self._in_cells, self.formats = {}, False, []

    def start(self, name, attributes):
        if name == "numFmt":
            number = read_index(attributes.get("numFmtId", "0"))
            self._codes[number] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = read_index(attributes.get("numFmtId", "0"))
            self.formats.append(number_format(number, self._codes.get(number, "")))

    def end(self, name):
        if name == "cellXfs":
            self._in_cells = False


def _merged(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Merged:
    first, last = (column_number(name.decode()) - 1 for name in (left, right))
    return Merged(int(top), int(bottom), first, last)


class _StringsPart(Part):
    """The texts that cells name by their number."""

    def __init__(self):
        self.strings, self._pieces, self._depth, self._reading = [], [], 0, False

    def start(self, name, attributes):
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._depth += 1
        # How a word is pronounced is no part of it.
        self._reading = name == "t" and not self._depth

    def end(self, name):
        self._reading = False
        if name == "rPh":
            self._depth -= 1
        elif name == "si":
            self.strings.append(_unescape("".join(self._pieces)))
            if len(self.strings) > MAX_TEXTS:
                raise Unreadable("zip_bomb")

    def _text(self, text):
        if self._reading:
            self._pieces.append(text)


class _SheetPart(Part):
    """The rows of a sheet, taken away by the reader as they come.

    The handlers are flat and long for their kind: they run some million times.
    """

    def __init__(self, strings: list[str], formats: list, epoch: datetime):
        self.rows: deque[Row] = deque()
        self._strings, self._formats, self._epoch = strings, formats, epoch
        self._number, self._count, self._values = 0, RowCount(), []
        self._columns: dict[str, int] = {}
        self._marks: tuple[str, ...] = ()
        self._column, self._type, self._style = 0, "n", None
        self._pieces: list[str] | None = None
        self._content, self._formula, self._phonetic = None, False, False

    def start(self, name, attributes):
        if name == "c":
            ref = attributes.get("r")
            column = self._column_of(ref) if ref else self._column + 1
            self._column = column
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s")
            self._content, self._formula = None, False
        elif name == "v" or (name == "t" and not self._phonetic):
            self._pieces = []
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            self._start_row(attributes)

    def _text(self, text):
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, name):
        if name == "v" or name == "t":
            if self._pieces is not None:
                text = "".join(self._pieces)
                # Rich text comes in several pieces.
                self._content = text if self._content is None else self._content + text
                self._pieces = None
                check_cell(self._number, self._content)
        elif name == "c":
            # Some programs write an empty value where there is none.
            if self._content or self._formula:
                self._put(self._value())
        elif name == "rPh":
            self._phonetic = False
        elif name == "row":
            self._end_row()

    def _start_row(self, attributes):
        given = attributes.get("r")
        number = read_index(given) if given else self._number + 1
        if number <= self._number:
            # Of two rows of one number, or one above the heading, nobody could tell
            # what became of it.
            raise Unreadable("damaged")
        self._number = number
        self._values, self._column = [], 0
        # A filter hides rows in the same way.
        is_hidden = attributes.get("hidden") in ("1", "true")
        self._marks = ("hidden",) if is_hidden else ()

    def _end_row(self):
        values = trim(self._values)
        self._count.add(self._number, bool(values))
        if values:
            self.rows.append(Row(self._number, values, self._marks))

    def _column_of(self, ref: str) -> int:
        letters = ref.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_number(letters)
        return column

    def _put(self, value: Value):
        missing = self._column - len(self._values) - 1
        if self._column > MAX_COLUMNS:
            if value is None or value == "":
                return
            check_columns(self._column)
        if missing < 0:
            raise Unreadable("damaged")
        if missing:
            self._values.extend([None] * missing)
        self._values.append(value)

    def _value(self) -> Value:
        kind, content = self._type, self._content
        if content is None or (content == "" and kind != "str"):
            return NO_VALUE
        if kind == "s":
            text = self._strings[read_index(content)]
            check_cell(self._number, text)
            return text
        if kind == "n":
            return self._number_value(content)
        if kind in ("str", "inlineStr"):
            return _unescape(content)
        if kind == "b":
            return content == "1"
        if kind == "d":
            return datetime.fromisoformat(content.replace("Z", "+00:00"))
        return CellError(content)

    def _number_value(self, content: str) -> Value:
        number = read_number(content)
        style = self._style_of() if self._style else None
        if style is DATE:
            return self._date(number)
        if style.__class__ is Decimals:
            return whole(style.show(number))
        if style and number.is_integer():
            return f"{int(number):0{style.number}d}"
        return whole(number)

    def _style_of(self):
        # Some programs name styles that they do not write.
        number = read_index(self._style)
        return self._formats[number] if number < len(self._formats) else None

    def _date(self, number: float) -> Value:
        try:
            # To the second: a day's fraction is never exactly a time.
            seconds = round(number * 86_400)
            return self._epoch + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            return number


def column_number(letters: str) -> int:
    """The number of a column, from 1.

    >>> column_number("A"), column_number("Z"), column_number("AA")
    (1, 26, 27)
    """
    number = 0
    # Three letters are 18,278 columns.
    if len(letters) > 3:
        raise ValueError(letters[:9])
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    return number


def _unescape(text: str) -> str:
    """Excel writes characters that XML has not by their code.

    >>> _unescape("a_x000A_b")
    'a\\nb'
    """
    if "_x" not in text:
        return text
    return ESCAPED.sub(_unescaped, text)


def _unescaped(match: re.Match) -> str:
    """The character of a code; halves of characters and zero are none.

    >>> _unescape("_x0000__xD800_")
    '\ufffd\ufffd'
    """
    code = int(match[1], 16)
    return chr(code) if code and not 0xD800 <= code <= 0xDFFF else "\ufffd"
