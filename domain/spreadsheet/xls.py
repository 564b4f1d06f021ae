"""Excel's format of 1997 to 2003. It holds 65,536 rows, so it may be read at once."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from .book import Book, CellError, Merged, Row, Unreadable, trim
from .budget import MAX_XLS, Meter, RowCount, check_cell, check_columns, check_size
from .number_formats import Decimals, number_format

# Rows between two looks at the clock.
BATCH = 256
# How a container begins, and names of its streams.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MACROS = "_VBA_PROJECT".encode("utf-16-le")
TABLES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


class XlsBook(Book):
    """A workbook read by xlrd."""

    kind = "xls"

    def __init__(self, file: BinaryIO):
        file.seek(0)
        self._content, self._meter = file.read(), Meter()
        check_size(len(self._content), MAX_XLS)
        self._book = _open(self._content)
        self._formatted = None
        if any("\0" in name for name in self.sheets):
            raise Unreadable("damaged")

    @property
    def sheets(self) -> list[str]:
        return self._book.sheet_names()

    def is_hidden(self, sheet: str) -> bool:
        return bool(self._read_sheet(sheet).visibility)

    def rows(self, sheet: str = "") -> Iterator[Row]:
        return self._meter.timed(self._read_rows(sheet), BATCH)

    def _read_rows(self, sheet: str) -> Iterator[Row]:
        table, looks = self._read_sheet(sheet), self._read_looks(sheet)
        count = RowCount()
        for number in range(table.nrows):
            check_columns(table.row_len(number))
            values = trim([self._value(cell) for cell in table.row(number)])
            count.add(number + 1, bool(values))
            if values:
                for value in values:
                    if isinstance(value, str):
                        check_cell(number + 1, value)
                yield self._look(Row(number + 1, values), looks)

    def merged_cells(self, sheet: str = "") -> list[Merged]:
        looks = self._read_looks(sheet)
        cells = looks.merged_cells if looks else ()
        return sorted(
            Merged(top + 1, end, left, right - 1) for top, end, left, right in cells
        )

    def _read_looks(self, sheet):
        """The sheet with what its cells look like, None where that cannot be read:
        reading it takes much more trust than the values do."""
        try:
            self._formatted = self._formatted or _open(
                self._content, formatting_info=True
            )
            return self._read_sheet(sheet, self._formatted)
        except Unreadable:
            return None

    def _look(self, row: Row, looks) -> Row:
        """A row with what can be seen of it."""
        info = looks and looks.rowinfo_map.get(row.number - 1)
        marks = ("hidden",) if info and info.hidden else ()
        for column, value in enumerate(row.values):
            if looks and value.__class__ in (int, float):
                row.values[column] = self._shown(value, looks, row.number - 1, column)
        return row._replace(marks=marks)

    def _shown(self, value: float, looks, row: int, column: int) -> float:
        try:
            index = looks.cell_xf_index(row, column)
            key = self._formatted.xf_list[index].format_key
            code = self._formatted.format_map[key].format_str
        except (IndexError, KeyError):
            return value
        style = number_format(key, code)
        return style.show(value) if style.__class__ is Decimals else value

    def _read_sheet(self, sheet, book=None):
        try:
            return (book or self._book).sheet_by_name(sheet or self.sheets[0])
        except Exception as error:
            raise Unreadable("damaged") from error

    def _value(self, cell):
        import xlrd

        if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            return None
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return CellError(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_DATE:
            return self._date(cell.value)
        if cell.ctype == xlrd.XL_CELL_NUMBER and cell.value.is_integer():
            return int(cell.value)
        if isinstance(cell.value, str):
            # A zero byte cannot be stored anywhere, and must not vanish either.
            return cell.value.replace("\0", "\ufffd")
        return cell.value

    def _date(self, value) -> datetime | float:
        import xlrd

        try:
            return xlrd.xldate_as_datetime(value, self._book.datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return value


def check_container(file: BinaryIO) -> None:
    """Refuse what the container holds beside or instead of a workbook.

    >>> try:
    ...     check_container(io.BytesIO(OLE + TABLES[0] + MACROS))
    ... except Unreadable as refused:
    ...     print(refused.code)
    macros
    """
    file.seek(0)
    content = file.read()
    if ENCRYPTED in content:
        raise Unreadable("password")
    if MACROS in content:
        raise Unreadable("macros", name="")
    if content.startswith(OLE) and not any(name in content for name in TABLES):
        raise Unreadable("not_a_table", kind="OLE")


def _open(content: bytes, **options):
    import xlrd

    try:
        # xlrd writes what it wonders about to its log; nobody would read it. Rows are
        # as long as they are, or one cell far away would fill the memory.
        return xlrd.open_workbook(
            file_contents=content,
            logfile=io.StringIO(),
            on_demand=True,
            ragged_rows=True,
            **options,
        )
    except xlrd.XLRDError as error:
        code = "password" if "encrypted" in str(error).lower() else "damaged"
        raise Unreadable(code) from error
    except Exception as error:  # xlrd trusts what the file says of itself
        raise Unreadable("damaged") from error
