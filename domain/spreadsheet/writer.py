"""Tables that people fill in or correct, as XLSX and CSV, written row by row.

What they contain came from a stranger's file, so nothing in them may run when a
spreadsheet opens it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO

import xlsxwriter

from .cells import defuse

# Room for a name; a column of numbers needs less, which nobody minds.
WIDTH = 18
ROWS = 1_048_576


def write_xlsx(
    target: BinaryIO,
    title: str,
    heading: Sequence[str],
    rows: Iterable[Sequence[Any]],
    help_rows: Iterable[Sequence[str]] = (),
    help_title: str = "Help",
) -> None:
    """Write a workbook with one table, and an explanation if there is one.

    Cells are formatted as text, or a spreadsheet would make 1.23E+11 of the next
    serial number that somebody types into it.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd hh:mm:ss",
            "remove_timezone": True,
            "nan_inf_to_errors": True,
        },
    )
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True, "bottom": 2, "bg_color": "#EEEEEE"})
    sheet = book.add_worksheet(_sheet_name(title))
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(heading):
        sheet.set_column(column, column, max(WIDTH, len(name) + 2), text)
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if value is not None and value != "":
                _write(sheet, number, column, value, text)
    _write_help(book, help_title, help_rows)
    book.close()


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet1"


def _write(sheet, row, column, value, text):
    if isinstance(value, str):
        sheet.write_string(row, column, value[:32_767], text)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _write_help(book, title, rows):
    rows = list(rows)
    if not rows:
        return
    sheet = book.add_worksheet(_sheet_name(title))
    sheet.set_column(0, 0, WIDTH)
    sheet.set_column(1, 1, 5 * WIDTH)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value)


def write_csv(
    target: BinaryIO,
    heading: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    delimiter: str = ",",
    decimal: str = ".",
) -> None:
    """Write a CSV in UTF-8 with a byte order mark, which spreadsheets need."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(heading)
    for row in rows:
        writer.writerow([_csv_value(value, decimal) for value in row])
    text.flush()
    # The file stays the caller's.
    text.detach()


def _csv_value(value: Any, decimal: str) -> Any:
    """A cell as it is read back, and as no spreadsheet takes for a formula.

    >>> _csv_value(1.5, ","), _csv_value("=cmd", ".")
    ('1,5', "'=cmd")
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value) if value.is_integer() else value).replace(".", decimal)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return defuse(value)
