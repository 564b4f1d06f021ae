import re
from dataclasses import replace
from math import ceil
from textwrap import shorten

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import RedirectWarning
from odoo.tools.misc import formatLang

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .chart import draw_chart, drawn_height
from .definition import Item, height_of, lines_of, paginate

# With more lines, a PDF takes too long and too much memory.
MAX_PRINTED_LINES = 5000
# Sizes of a page, at the template's font size: millimetres; font sizes across, and how
# many of these are around a cell's text.
PAGE_MARGIN = 10
ROW_HEIGHT = 4.1
FONT_SIZE = 2.5
PAGE_WIDTH = 104
PADDING = 0.8
# How much wider bold letters are.
BOLD = 1.08
# Of a page's running head, beside what stands at its end.
RUNNING_CHARACTERS = 130
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
NUMBER = re.compile(r"(\d[\d.,]*)")


def mark_numbers(text):
    """A text for a page, with each number of a text from right to left in an element.

    Without that, wkhtmltopdf writes the words around a number over each other.

    >>> print(mark_numbers("Bolt 8"), mark_numbers("ברג 8 <"))
    Bolt 8 ברג <span>8</span> &lt;
    """
    if isinstance(text, Markup) or not RIGHT_TO_LEFT.search(str(text or "")):
        return text
    parts = enumerate(NUMBER.split(text))
    return Markup("").join(
        Markup("<span>{}</span>").format(part) if number % 2 else part
        for number, part in parts
    )


class StockCountReport(models.AbstractModel):
    """Renders reports for PDF: the values for the template of all reports."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.report"

    # The smallest height of a printed row and of a heading, in lines of text.
    _report_row_height = 1
    _report_group_height = 1

    @api.model
    def _get_report_values(self, docids, data=None):
        """The values for the template of all count reports.

        :param list docids: ids of sessions, when the report is printed from them
        :param dict data: see ``Filters``
        """
        self._check_may_read()
        filters = self._read_filters(docids, data)
        self._check_printable(filters)
        group = self._get_group(filters)
        columns = [c for c in self._get_columns() if c.printed and c.key != group]
        sections = self._get_sections(filters)
        company = self._get_company(filters)
        if any(record for record, _narrowed in sections):
            # Each section names its own session.
            filters = replace(filters, session_ids=())
        return {
            "doc_ids": docids,
            "doc_model": "stock.count.session",
            "mark": mark_numbers,
            "report": {
                "number": self._report_number,
                "title": self._get_title(),
                "printed": self._get_printed(),
                "filters": self._describe_filters(filters),
                "running": self._get_running(company, filters),
                "columns": columns,
                "flows": self._flows(),
                "signature": self._get_signature(),
                "page_width": sum(column.width for column in columns),
                "sections": [
                    self._print_section(record, narrowed, columns)
                    for record, narrowed in sections
                ],
            },
        }

    @api.model
    def _get_running(self, company, filters):
        """The head of each page besides title, number and time: company and filters,
        shortened to one line."""
        narrowed = (": ".join(pair) for pair in self._describe_filters(filters))
        words = " · ".join([company.name, *narrowed])
        return shorten(words, RUNNING_CHARACTERS, placeholder=" …")

    @api.model
    def _get_signature(self):
        """The role of the person who signs at the end."""
        return self.env._("Reviewed by")

    @api.model
    def _check_printable(self, filters):
        """Check the number of lines before a PDF takes the server's time and memory.

        :raise RedirectWarning: when there are too many lines; offers Excel
        """
        lines = self._count_rows(filters)
        if lines > MAX_PRINTED_LINES:
            raise RedirectWarning(
                self.env._(
                    "%(title)s would have %(lines)s lines; a PDF takes at most"
                    " %(limit)s. Take Excel, which takes a million, or narrow the"
                    " filters.",
                    title=self._get_title(),
                    lines=lines,
                    limit=MAX_PRINTED_LINES,
                ),
                self._download_excel(filters),
                self.env._("Excel"),
            )

    @api.model
    def _print_section(self, record, filters, columns):
        """A section for the template: groups of rows with their subtotals."""
        company = self._get_company(filters)
        currency = company.sudo().currency_id
        totals, groups, remarks = self._new_totals(), {}, []
        key = self._get_group(filters)
        for row in self._read_rows(filters):
            name = row[key] or "" if key else ""
            if name not in groups:
                # The first row gives the heading, and the barcode of the location.
                groups[name] = ([], self._new_totals(), self._print_group(name, row))
            group = groups[name]
            group[0].append(self._print_row(row, columns, currency))
            group[1].add(row)
            totals.add(row)
            if row.get("remark"):
                remarks.append(row)
        facts = self._get_facts(record)
        section = {
            "heading": record.display_name if record else "",
            "company": company.name,
            "facts": facts,
            "totals": self._print_totals(totals, currency),
            "seals": self._get_seals(totals),
            "remarks": remarks,
        }
        tables = self._print_tables(filters, currency)
        items = self._print_items(groups, totals, currency)
        return {
            **section,
            **self._print_pages(section, filters, columns, tables, items),
        }

    @api.model
    def _print_row(self, row, columns, currency):
        cells = [
            (column, self._print_cell(row.get(column.key), column, currency))
            for column in columns
        ]
        differs = bool(row.get("variance"))
        share = PAGE_WIDTH / sum(column.width for column in columns)
        if differs:
            share /= BOLD
        lines = max(
            lines_of(
                row.get(column.key) if column.type == "barcode" else text,
                share * column.width - PADDING,
            )
            for column, text in cells
        )
        note = row.get("note")
        height = max(height_of(lines), self._report_row_height)
        if note:
            height += height_of(lines_of(note, PAGE_WIDTH * 0.8))
        return Item("row", {"cells": cells, "note": note, "differs": differs}, height)

    @api.model
    def _print_group(self, name, row):
        """The heading of a group.

        :param dict row: the first row of the group
        """
        return name or self.env._("None")

    @api.model
    def _print_cell(self, value, column, currency):
        return self._show_cell(value, column, currency)

    @api.model
    def _print_tables(self, filters, currency):
        """The small tables for the template, with their charts.

        :return: list of ``Item``
        """
        return [
            Item("table", self._print_table(table, currency), self._table_height(table))
            for table in self._get_tables(filters)
        ]

    @api.model
    def _print_table(self, table, currency):
        rows = [
            [
                (column, self._print_cell(row.get(column.key), column, currency))
                for column in table.columns
            ]
            for row in table.rows
        ]
        return {
            "title": table.title,
            "columns": table.columns,
            "rows": rows,
            "drawing": table.chart and table.rows and self._draw_chart(table),
        }

    @api.model
    def _table_height(self, table):
        """The height of a small table with its title: that of the table or of the chart
        beside it."""
        half = PAGE_WIDTH / 2
        key = table.columns[0].key
        rows = sum(height_of(lines_of(row[key], half / 3)) for row in table.rows)
        drawn = drawn_height(table) * half * FONT_SIZE / ROW_HEIGHT
        # Its letters are smaller, and its head may take two lines.
        return 2 + max(0.95 * rows + height_of(2), drawn)

    @api.model
    def _draw_chart(self, table):
        """The chart of a table as SVG; empty without a chart.

        :param Table table: with ``chart`` and rows
        :rtype: markupsafe.Markup
        """
        # draw_chart() escapes the names in it.
        return Markup(draw_chart(table, self._format_mark))

    @api.model
    def _format_mark(self, value, kind):
        """A short text of a value on a chart: money without cents and currency."""
        if kind == "money":
            return formatLang(self.env, value, digits=0)
        return self._format_value(value, kind, None)

    @api.model
    def _print_items(self, groups, totals, currency):
        """The rows with the headings and sums of their groups."""
        items = []
        for rows, subtotals, heading in groups.values():
            if not self._report_groups:
                items += rows
                continue
            items += [Item("group", heading, self._report_group_height), *rows]
            sums = self._print_totals(subtotals, currency)
            if sums["sums"]:
                items.append(Item("subtotal", sums))
        if not items:
            return []
        # The total has a line for a signature below it.
        return [*items, Item("total", self._print_totals(totals, currency), 4)]

    @api.model
    def _print_pages(self, section, filters, columns, tables, items):
        """Cut tables and rows into pages, or leave the cutting to wkhtmltopdf.

        :return: dict with ``table_pages`` and ``pages`` (lists of tables or items of
            each page), ``before`` (number of pages before the rows) and ``page_count``
        """
        if self._flows():
            drawn = [table.content for table in tables]
            return {
                "table_pages": [drawn] if drawn else [],
                "pages": [items] if items else [],
                "before": 0,
                "page_count": 0,
            }
        room, head = self._page_rows(), self._head_height(section, filters)
        table_pages = paginate(tables, room - head + 1, room) if tables else []
        below = room - self._columns_height(columns)
        needed = sum(item.height for item in items[:2])
        before = len(table_pages)
        if not before and needed > below - head:
            # Remarks take the room that the head leaves.
            before = ceil(head / room)
        # The first page has only one line of head.
        first_room = below if before else below - head + 1
        pages = paginate(items, first_room, below) if items else []
        return {
            "table_pages": [[item.content for item in page] for page in table_pages],
            "pages": pages,
            "before": before,
            "page_count": before + len(pages),
        }

    @api.model
    def _head_height(self, section, filters):
        """The height of all that is above the rows, such as title, facts and sums."""
        pairs = [*section["facts"], *self._describe_filters(filters)]
        facts = "    ".join(": ".join(pair) for pair in pairs)
        height = 5.5
        if facts:
            height += height_of(lines_of(facts, PAGE_WIDTH / BOLD))
        for seal in section["seals"]:
            height += 1 + height_of(lines_of(": ".join(seal), PAGE_WIDTH))
        if section["remarks"]:
            height += 2 + sum(map(self._remark_height, section["remarks"]))
        return height

    @api.model
    def _remark_height(self, row):
        thing = " ".join(filter(None, (row["item"], row["description"], row["lot"])))
        cells = ((row["location"], 0.2), (thing, 0.32), (row["remark"], 0.38))
        return height_of(
            max(lines_of(text, PAGE_WIDTH * share - PADDING) for text, share in cells)
        )

    @api.model
    def _columns_height(self, columns):
        share = PAGE_WIDTH / sum(column.width for column in columns)
        return 0.25 + height_of(
            max(lines_of(c.label, share * c.width - PADDING) for c in columns)
        )

    @api.model
    def _flows(self):
        """Whether wkhtmltopdf may cut the rows into pages.

        Without patched Qt, it cuts through rows, and it neither repeats the head of a
        table nor numbers pages.
        """
        return _wkhtml().is_patched_qt

    @api.model
    def _page_rows(self):
        """How many rows of one line fit on a landscape page below its head."""
        paper = self._get_report().sudo().get_paperformat()
        sides = (paper.print_page_width or 297, paper.print_page_height or 210)
        height = min(sides) - PAGE_MARGIN - (paper.margin_bottom or 0)
        return max(height / ROW_HEIGHT - 2.5, 5)

    @api.model
    def _get_report(self):
        """The report action that prints this report."""
        name = self._name.removeprefix("report.")
        return self.env["ir.actions.report"]._get_report_from_name(name)

    @api.model
    def _print_totals(self, totals, currency):
        """The totals as texts for the template."""
        figures = self._get_figures(totals)
        texts = {f.key: self._print_figure(f, currency) for f in figures}
        return {
            **texts,
            "figures": [(f.label, texts[f.key]) for f in figures],
            "sums": [
                (figure.label, self._print_figure(figure, currency))
                for figure in self._get_subtotal(totals)
            ],
        }

    @api.model
    def _print_figure(self, figure, currency):
        if figure.value is None:
            return self.env._("none")
        return self._format_value(figure.value, figure.type, currency)
