from dataclasses import replace
from textwrap import shorten

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import RedirectWarning
from odoo.tools.misc import formatLang

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .count_chart import draw_chart
from .count_report import Item, lines_of, paginate

# Above this a PDF takes too long and too much memory to be of use on paper.
MAX_PRINTED_LINES = 5000
# What fits on a page at the template's font size: millimetres, characters across.
PAGE_MARGIN = 10
ROW_HEIGHT = 4.2
LINE_CHARACTERS = 205
# Of a page's running head, beside what stands at its end.
RUNNING_CHARACTERS = 130


class StockCountReport(models.AbstractModel):
    """Reports on paper: what the one template of all reports prints."""

    _inherit = "stock.count.report"

    # How high a printed row and a heading are at least, in lines of text.
    _report_row_height = 1
    _report_group_height = 1

    @api.model
    def _get_report_values(self, docids, data=None):
        """What the template of all count reports prints.

        :param list docids: ids of sessions, when printed from them
        :param dict data: filters as in ``Filters``
        """
        self._check_may_read()
        filters = self._read_filters(docids, data)
        self._check_printable(filters)
        group = self._get_group(filters)
        columns = [c for c in self._get_columns() if c.printed and c.key != group]
        sections = self._get_sections(filters)
        company = self._get_company(filters)
        if any(record for record, _narrowed in sections):
            # Each section says itself which count it is about.
            filters = replace(filters, session_ids=())
        return {
            "doc_ids": docids,
            "doc_model": "stock.count.session",
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
        """What each page says besides title, number and time: whose figures these are,
        and what was left out; shortened to one line."""
        narrowed = (": ".join(pair) for pair in self._describe_filters(filters))
        words = " · ".join([company.name, *narrowed])
        return shorten(words, RUNNING_CHARACTERS, placeholder=" …")

    @api.model
    def _get_signature(self):
        """What the person does who signs at the end."""
        return self.env._("Reviewed by")

    @api.model
    def _check_printable(self, filters):
        """Say so before a PDF takes the server's time and memory.

        :raise RedirectWarning: to Excel, when there are too many lines
        """
        lines = self._count_rows(filters)
        if lines > MAX_PRINTED_LINES:
            raise RedirectWarning(
                self.env._(
                    "%(title)s would have %(lines)s lines; a PDF takes at most"
                    " %(limit)s. Take Excel, which has no limit, or narrow the"
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
        """A section in the words of the page: groups of rows with their subtotals."""
        company = self._get_company(filters)
        currency = company.sudo().currency_id
        totals, groups, remarks = self._new_totals(), {}, []
        key = self._get_group(filters)
        for row in self._read_rows(filters):
            name = row[key] or "" if key else ""
            if name not in groups:
                # The heading is the first row's, as is the barcode of its place.
                groups[name] = ([], self._new_totals(), self._print_group(name, row))
            group = groups[name]
            group[0].append(self._print_row(row, columns, currency))
            group[1].add(row)
            totals.add(row)
            if row.get("remark"):
                remarks.append(row)
        facts = self._get_facts(record)
        return {
            "heading": record.display_name if record else "",
            "company": company.name,
            "facts": facts,
            "totals": self._print_totals(totals, currency),
            "seals": self._get_seals(totals),
            "remarks": remarks,
            "tables": self._print_tables(filters, currency),
            "pages": self._print_pages(groups, totals, currency, facts, remarks),
        }

    @api.model
    def _print_row(self, row, columns, currency):
        cells = [
            (column, self._print_cell(row.get(column.key), column, currency))
            for column in columns
        ]
        share = LINE_CHARACTERS / sum(column.width for column in columns)
        height = max(
            lines_of(
                row.get(column.key) if column.type == "barcode" else text,
                share * column.width,
            )
            for column, text in cells
        )
        height = max(height, self._report_row_height)
        note = row.get("note")
        return Item(
            "row",
            {"cells": cells, "note": note, "differs": bool(row.get("variance"))},
            height + (lines_of(note, LINE_CHARACTERS * 0.8) if note else 0),
        )

    @api.model
    def _print_group(self, name, row):
        """The heading of a group, whose first row this is."""
        return name or self.env._("None")

    @api.model
    def _print_cell(self, value, column, currency):
        return self._format_value(value, column.type, currency)

    @api.model
    def _print_tables(self, filters, currency):
        """The small tables in the words of the page, with their charts as drawn."""
        return [
            {
                "title": table.title,
                "columns": table.columns,
                "rows": [
                    [
                        (
                            column,
                            self._print_cell(row.get(column.key), column, currency),
                        )
                        for column in table.columns
                    ]
                    for row in table.rows
                ],
                "drawing": table.chart and table.rows and self._draw_chart(table),
            }
            for table in self._get_tables(filters)
        ]

    @api.model
    def _draw_chart(self, table):
        """The chart of a table as SVG for the page, or nothing.

        :param Table table: with ``chart`` and rows
        :rtype: markupsafe.Markup
        """
        # Names in it are escaped by what draws it.
        return Markup(draw_chart(table, self._format_mark))

    @api.model
    def _format_mark(self, value, kind):
        """A value on a chart: money without cents and currency, to be short."""
        if kind == "money":
            return formatLang(self.env, value, digits=0)
        return self._format_value(value, kind, None)

    @api.model
    def _print_pages(self, groups, totals, currency, facts, remarks):
        """The rows as pages, or as one endless page that wkhtmltopdf cuts."""
        if not groups:
            return []
        items = []
        for rows, subtotals, heading in groups.values():
            if not self._report_groups:
                items += rows
                continue
            items += [Item("group", heading, self._report_group_height), *rows]
            sums = self._print_totals(subtotals, currency)
            if sums["sums"]:
                items.append(Item("subtotal", sums))
        items.append(Item("total", self._print_totals(totals, currency), 4))
        if self._flows():
            return [items]
        room = self._page_rows()
        text = sum(len(label) + len(value) + 6 for label, value in facts)
        head = 5 + lines_of(" " * text, LINE_CHARACTERS) + 2 * len(remarks)
        return paginate(items, max(room - head, 1), room)

    @api.model
    def _flows(self):
        """Whether rows may flow from page to page as wkhtmltopdf cuts them.

        Without patched Qt it neither repeats the head of a table nor numbers pages, and
        it cuts through rows.
        """
        return _wkhtml().is_patched_qt

    @api.model
    def _page_rows(self):
        """How many rows of one line a landscape page has room for, below its title."""
        paper = self._get_report().sudo().get_paperformat()
        sides = (paper.print_page_width or 297, paper.print_page_height or 210)
        height = min(sides) - PAGE_MARGIN - (paper.margin_bottom or 0)
        return max(int(height / ROW_HEIGHT) - 4, 5)

    @api.model
    def _get_report(self):
        """The report action that prints this report."""
        name = self._name.removeprefix("report.")
        return self.env["ir.actions.report"]._get_report_from_name(name)

    @api.model
    def _print_totals(self, totals, currency):
        """Totals as text, by key, and as lists of (label, text) for the page."""
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
