"""Writes a report as an Excel file, without Odoo and one row at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import xlsxwriter

from .definition import Column, Table

# Limits of Excel: rows of a sheet, characters of a cell and of a sheet's name.
MAX_ROWS = 1_048_000
MAX_TEXT = 32_767
MAX_NAME = 31
# Width of a column in characters, from its share of a printed page.
WIDTH = 1.15
CHART_ROWS = 18
CHART_KINDS = {"pareto": "column"}


class Formats(NamedTuple):
    """Number formats of a company and a language.

    :param money: as Excel writes it, such as ``#,##0.00 "€"``
    :param digits: decimals of a quantity
    """

    money: str = "#,##0.00"
    digits: int = 2
    right_to_left: bool = False

    def number_format(self, kind: str) -> str:
        """Excel's format of a column type.

        >>> Formats(digits=0).number_format("difference")
        '+#,##0;-#,##0;0'
        """
        decimals = f".{'0' * self.digits}" if self.digits else ""
        quantity = f"#,##0{decimals}"
        return {
            "quantity": quantity,
            "difference": f"+{quantity};-{quantity};0{decimals}",
            "money": self.money,
            "integer": "#,##0",
            "decimal": "#,##0.00",
            "percent": "0.0%",
            "date": "yyyy-mm-dd",
            "datetime": "yyyy-mm-dd hh:mm",
        }.get(kind, "@")


class Labels(NamedTuple):
    """The texts of the file itself, in the user's language."""

    rows: str = "Lines"
    summary: str = "Summary"
    total: str = "Total"
    page: str = "Page"


class CountWorkbook:
    """Writes a report: first its rows, then the summary.

    A text that starts with ``=`` does not become a formula, and an address does not
    become a link.
    """

    def __init__(
        self, target, formats: Formats, labels: Labels, *, to_local, charts=False
    ):
        """
        :param target: path or binary file to write to
        :param to_local: function that makes a UTC datetime one in the user's time zone,
            without a zone
        :param charts: whether the file opens on its summary instead of on its rows
        """
        self._to_local = to_local
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(target, options)
        self._formats, self._labels, self._cache = formats, labels, {}
        self._summary = self._add_sheet(labels.summary)
        self._rows = self._add_sheet(labels.rows)
        (self._summary if charts else self._rows).activate()

    def _add_sheet(self, name):
        safe = "".join(char for char in name if char not in "[]:*?/\\'")
        sheet = self._book.add_worksheet(safe[:MAX_NAME] or None)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if self._formats.right_to_left:
            sheet.right_to_left()
        return sheet

    def _format(self, kind="text", **properties):
        """The format of cells of a kind, made once: Excel has a limit of 64,000."""
        key = (kind, *sorted(properties.items()))
        if key not in self._cache:
            self._cache[key] = self._book.add_format(
                {"num_format": self._formats.number_format(kind), **properties}
            )
        return self._cache[key]

    # === ROWS === #

    def write_rows(
        self, title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]
    ) -> int:
        """Write the rows below a frozen header with filters, and their totals.

        :return: number of rows
        """
        sheet = self._rows
        self._write_header(sheet, 0, columns)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, 4 + column.width * WIDTH)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer(f"&L{title.replace('&', '&&')}&R{self._labels.page} &P / &N")
        writers = [self._writer(sheet, i, column) for i, column in enumerate(columns)]
        sums = dict.fromkeys((c.key for c in columns if c.total), 0.0)
        number = 0
        for number, row in enumerate(rows, 1):
            for key, write in writers:
                if (value := row[key]) is not None:
                    write(number, value)
            for key in sums:
                sums[key] += row[key] or 0
        sheet.autofilter(0, 0, max(number, 1), len(columns) - 1)
        if number and sums:
            self._write_totals(columns, number, sums)
        return number

    def _write_header(self, sheet, row, columns, first=0):
        for index, column in enumerate(columns, first):
            align = "right" if column.is_number else "left"
            look = self._format(
                bold=True, bottom=2, bg_color="#EEEEEE", text_wrap=True, align=align
            )
            sheet.write_string(row, index, column.label, look)

    def _writer(self, sheet, index, column):
        """The key of a column, and a function that writes its value into a row."""
        look = self._format(column.type)
        if column.is_number:
            write = self._number_writer(sheet, index, look, column.type)
        elif column.type in ("date", "datetime"):
            write = self._moment_writer(sheet, index, look)
        else:
            write = self._text_writer(sheet, index, look)
        return column.key, write

    def _number_writer(self, sheet, index, look, kind):
        number = sheet.write_number
        if kind == "percent":
            return lambda row, value: number(row, index, value / 100, look)
        return lambda row, value: number(row, index, value, look)

    def _moment_writer(self, sheet, index, look):
        moment, to_local = sheet.write_datetime, self._to_local

        def write(row, value):
            if value:
                local = to_local(value) if isinstance(value, datetime) else value
                moment(row, index, local, look)

        return write

    def _text_writer(self, sheet, index, look):
        text = sheet.write_string

        def write(row, value):
            # None and "" are empty cells.
            if value or (value == 0 and value is not False):
                text(row, index, str(value)[:MAX_TEXT], look)

        return write

    def _write_totals(self, columns, number, sums):
        """Write sums as formulas that follow Excel's filter, with their values."""
        row = number + 1
        bold = {"bold": True, "top": 1, "bottom": 6}
        for index, column in enumerate(columns):
            look = self._format(column.type if column.total else "text", **bold)
            if column.total:
                letter = xlsxwriter.utility.xl_col_to_name(index)
                formula = f"=SUBTOTAL(109,{letter}2:{letter}{number + 1})"
                # Round away what adding floats leaves behind.
                value = round(sums[column.key], 6)
                self._rows.write_formula(row, index, formula, look, value)
            else:
                label = "" if index else self._labels.total
                self._rows.write_string(row, index, label, look)

    # === SUMMARY === #

    def write_summary(
        self,
        title: str,
        facts: Iterable[tuple[str, str, Any]],
        tables: Iterable[Table] = (),
    ) -> None:
        """Write the summary: facts, then tables with their charts.

        :param facts: tuples (label, type, value)
        """
        sheet = self._summary
        # Charts are to the right of all tables.
        tables = list(tables)
        width = max((len(table.columns) for table in tables), default=2)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, width, 18)
        sheet.write_string(0, 0, title, self._format(bold=True, font_size=14))
        row = 2
        for label, kind, value in facts:
            sheet.write_string(row, 0, label, self._format(bold=True))
            self._write_value(sheet, row, 1, kind, value)
            row += 1
        for table in tables:
            row = self._write_table(row + 1, table, width + 1)

    def _write_value(self, sheet, row, index, kind, value):
        if value is not None:
            _key, write = self._writer(sheet, index, Column("", "", kind))
            write(row, value)

    def _write_table(self, top, table, chart_column):
        """Write a table.

        :return: the first free row below
        """
        sheet = self._summary
        sheet.write_string(top, 0, table.title, self._format(bold=True, font_size=12))
        self._write_header(sheet, top + 1, table.columns)
        for number, row in enumerate(table.rows, top + 2):
            for index, column in enumerate(table.columns):
                self._write_value(
                    sheet, number, index, column.type, row.get(column.key)
                )
        end = top + 2 + len(table.rows)
        if not table.chart or not table.rows:
            return end + 1
        chart = self._draw(table, top + 2, end - 1)
        sheet.insert_chart(top, chart_column, chart)
        return max(end, top + CHART_ROWS) + 1

    def _draw(self, table, first, last):
        """Draw a chart of Excel, which changes with its cells."""
        kind = CHART_KINDS.get(table.chart.kind, table.chart.kind)
        chart = self._book.add_chart({"type": kind})
        series = table.series
        line = series.pop() if table.chart.kind == "pareto" else None
        for column in series:
            chart.add_series(self._series(table, column, first, last))
        if line:
            share = self._book.add_chart({"type": "line"})
            ends = self._series(table, line, first, last)
            share.add_series({**ends, "y2_axis": True})
            chart.combine(share)
        chart.set_title({"name": table.title, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom", "none": len(series) == 1 and not line})
        chart.set_size({"width": 560, "height": 20 * (CHART_ROWS - 1)})
        return chart

    def _series(self, table, column, first, last):
        name, index = self._summary.get_name(), table.columns.index(column)
        return {
            "name": [name, first - 1, index],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, index, last, index],
        }

    def close(self):
        """Write the file out."""
        self._book.close()


def excel_money(symbol: str, *, before: bool, decimals: int) -> str:
    """The format of Excel for amounts in a currency.

    >>> excel_money("€", before=False, decimals=2)
    '#,##0.00 "€"'
    >>> excel_money("$", before=True, decimals=0)
    '"$" #,##0;-"$" #,##0'
    """
    number = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    quoted = '"{}"'.format(symbol.replace('"', ""))
    if not symbol:
        return number
    return f"{quoted} {number};-{quoted} {number}" if before else f"{number} {quoted}"
