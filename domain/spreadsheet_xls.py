"""Excel's format of 1997 to 2003. It holds 65,536 rows, so it may be read at once."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from .spreadsheet_book import MAX_COLUMNS, Book, CellError, Row, Unreadable, trim

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MACROS = "_VBA_PROJECT".encode("utf-16-le")


class XlsBook(Book):
    """A workbook read by xlrd."""

    kind = "xls"

    def __init__(self, file: BinaryIO):
        file.seek(0)
        content = file.read()
        _check_container(content)
        self._book = _open(content)

    @property
    def sheets(self) -> list[str]:
        return self._book.sheet_names()

    def rows(self, sheet: str = "") -> Iterator[Row]:
        table = self._read_sheet(sheet)
        for number in range(table.nrows):
            if table.row_len(number) > MAX_COLUMNS:
                raise Unreadable(
                    "too_many_columns",
                    columns=table.row_len(number),
                    limit=MAX_COLUMNS,
                )
            values = trim([self._value(cell) for cell in table.row(number)])
            if values:
                yield Row(number + 1, values)

    def merged_rows(self, sheet: str = "") -> set[int]:
        cells = self._read_sheet(sheet).merged_cells
        return {row + 1 for row, _end, left, right in cells if right - left > 1}

    def _read_sheet(self, sheet):
        try:
            return self._book.sheet_by_name(sheet or self.sheets[0])
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
        return cell.value

    def _date(self, value) -> datetime | float:
        import xlrd

        try:
            return xlrd.xldate_as_datetime(value, self._book.datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return value


def _check_container(content: bytes) -> None:
    """Refuse what the container holds beside or instead of a workbook.

    >>> try:
    ...     _check_container(b"a workbook" + MACROS)
    ... except Unreadable as refused:
    ...     print(refused.code)
    macros
    """
    if ENCRYPTED in content:
        raise Unreadable("password")
    if MACROS in content:
        raise Unreadable("macros", name="")


def _open(content: bytes):
    import xlrd

    try:
        # xlrd writes what it wonders about to its log; nobody would read it.
        return xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), on_demand=True
        )
    except xlrd.XLRDError as error:
        code = "password" if "encrypted" in str(error).lower() else "damaged"
        raise Unreadable(code) from error
    except Exception as error:  # xlrd trusts what the file says of itself
        raise Unreadable("damaged") from error
