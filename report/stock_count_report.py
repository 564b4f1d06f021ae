from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..models.stock_count_entry import LEAD
from .count_report import Filters, Item, Totals, lines_of, paginate

# Lines read at once: enough for speed, few enough for memory.
BATCH = 1000
# Above this a PDF takes too long and too much memory to be of use on paper.
MAX_PRINTED_LINES = 5000
# What fits on a page at the template's font size: millimetres, characters across.
PAGE_MARGIN = 10
ROW_HEIGHT = 4.2
LINE_CHARACTERS = 205


class StockCountReport(models.AbstractModel):
    """What all count reports share. A report is one class that inherits this one.

    It says what the report is: number, title, columns, how its lines are found, and how
    a line becomes a row. How rows are shown is a renderer's business: the PDF is made
    from ``_get_report_values`` by one template for all reports; others read
    ``_read_rows``.
    """

    _name = "stock.count.report"
    _description = "Count Report"

    # The number that consultants know the report by.
    _report_number = ""
    # Rows with one value of this column stand under one heading, with a subtotal.
    _report_group = "location"
    _report_order = "session_id desc, location_id, id"

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        raise NotImplementedError

    @api.model
    def _get_columns(self):
        """The columns, in order.

        For a module to add a column, override this method and ``_prepare_row``.

        :rtype: list[Column]
        """
        raise NotImplementedError

    @api.model
    def _prepare_row(self, line):
        """One row: a value for each column's key, and what totals need.

        :param line: a count line
        :rtype: dict
        """
        raise NotImplementedError

    @api.model
    def _get_sections(self, filters):
        """The parts of the report, each with totals of its own.

        :return: list of (record or None, Filters)
        """
        return [(None, filters)]

    @api.model
    def _get_facts(self, record):
        """What stands above a section's table.

        :return: list of (label, text)
        """
        return []

    # === BUSINESS METHODS - READING === #

    @api.model
    def _check_may_read(self):
        """Reports show expected quantities and costs, so counters get none of them.

        :raise AccessError: for whoever is not a counting lead
        """
        if not self.env.su and not self.env.user.has_group(LEAD):
            raise AccessError(
                self.env._("Only a counting lead may read count reports.")
            )

    @api.model
    def _get_line_domain(self, filters):
        """Which count lines the filters leave.

        :rtype: Domain
        """
        domain = Domain.TRUE
        for name, field in (
            ("session_ids", "session_id"),
            ("warehouse_ids", "session_id.warehouse_id"),
            ("product_ids", "product_id"),
            ("states", "state"),
        ):
            if values := getattr(filters, name):
                domain &= Domain(field, "in", list(values))
        if filters.date_from:
            domain &= Domain("counted_at", ">=", filters.date_from)
        if filters.date_to:
            end = fields.Date.add(filters.date_to, days=1)
            domain &= Domain("counted_at", "<", end)
        return domain

    @api.model
    def _read_rows(self, filters):
        """Yield the rows, reading lines in batches: memory does not grow with them."""
        self._check_may_read()
        Line = self.env["stock.count.line"]
        ids = Line.search(self._get_line_domain(filters), order=self._report_order).ids
        for start in range(0, len(ids), BATCH):
            lines = Line.browse(ids[start : start + BATCH])
            for line in lines:
                yield self._prepare_row(line)
            lines.invalidate_recordset()

    # === BUSINESS METHODS - PRINTING === #

    @api.model
    def _get_report_values(self, docids, data=None):
        """What the template of all count reports prints.

        :param list docids: ids of sessions, when printed from them
        :param dict data: filters as in ``Filters``
        """
        self._check_may_read()
        filters = self._read_filters(docids, data)
        self._check_printable(filters)
        columns = [c for c in self._get_columns() if c.key != self._report_group]
        return {
            "doc_ids": docids,
            "doc_model": "stock.count.session",
            "report": {
                "number": self._report_number,
                "title": self._get_title(),
                "printed": self.env._(
                    "Printed %(time)s by %(user)s",
                    time=format_datetime(self.env, fields.Datetime.now()),
                    user=self.env.user.name,
                ),
                "filters": self._describe_filters(filters),
                "columns": columns,
                "flows": self._flows(),
                "page_width": sum(column.width for column in columns),
                "sections": [
                    self._print_section(record, narrowed, columns)
                    for record, narrowed in self._get_sections(filters)
                ],
            },
        }

    @api.model
    def _read_filters(self, docids, data):
        """The filters that came with a request.

        :raise UserError: when they cannot be read
        """
        raw = {**(data or {}), **({"session_ids": docids} if docids else {})}
        try:
            return Filters.parse(raw)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("The filters of the report cannot be read.")
            ) from error

    @api.model
    def _check_printable(self, filters):
        """Say so before a PDF takes the server's time and memory.

        :raise UserError: when there are too many lines
        """
        domain = self._get_line_domain(filters)
        lines = self.env["stock.count.line"].search_count(domain)
        if lines > MAX_PRINTED_LINES:
            raise UserError(
                self.env._(
                    "%(title)s would have %(lines)s lines; a PDF takes at most"
                    " %(limit)s. Print fewer cycle counts at a time, or export the"
                    " lines of the count sheet.",
                    title=self._get_title(),
                    lines=lines,
                    limit=MAX_PRINTED_LINES,
                )
            )

    @api.model
    def _print_section(self, record, filters, columns):
        """A section in the words of the page: groups of rows with their subtotals."""
        company = record.company_id if record else self.env.company
        currency = company.sudo().currency_id
        totals, groups, remarks = Totals(), {}, []
        for row in self._read_rows(filters):
            group = groups.setdefault(row[self._report_group], ([], Totals()))
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
            "remarks": remarks,
            "pages": self._print_pages(groups, totals, currency, facts, remarks),
        }

    @api.model
    def _print_row(self, row, columns, currency):
        cells = [
            (column, self._print_value(row.get(column.key), column.type, currency))
            for column in columns
        ]
        share = LINE_CHARACTERS / sum(column.width for column in columns)
        height = max(lines_of(text, share * column.width) for column, text in cells)
        note = row.get("note")
        return Item(
            "row",
            {"cells": cells, "note": note, "differs": bool(row["variance"])},
            height + (lines_of(note, LINE_CHARACTERS * 0.8) if note else 0),
        )

    @api.model
    def _print_pages(self, groups, totals, currency, facts, remarks):
        """The rows as pages, or as one endless page that wkhtmltopdf cuts."""
        if not groups:
            return []
        items = []
        for name, (rows, subtotals) in groups.items():
            items += [Item("group", name), *rows]
            items.append(Item("subtotal", self._print_totals(subtotals, currency)))
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
        return max(int(height / ROW_HEIGHT) - 3, 5)

    @api.model
    def _get_report(self):
        """The report action that prints this report."""
        name = self._name.removeprefix("report.")
        return self.env["ir.actions.report"]._get_report_from_name(name)

    @api.model
    def _print_value(self, value, kind, currency):
        """A value as text. None is empty: not counted is not zero."""
        if value is None or value is False:
            return ""
        if kind == "text":
            return str(value)
        if kind == "money":
            return formatLang(self.env, value, currency_obj=currency)
        text = formatLang(self.env, value, dp="Product Unit")
        return f"+{text}" if kind == "difference" and value > 0 else text

    @api.model
    def _print_totals(self, totals, currency):
        """Totals as text, under the names that the template asks for."""
        accuracy = totals.accuracy
        money = {
            name: formatLang(self.env, getattr(totals, name), currency_obj=currency)
            for name in ("shortage_value", "overage_value", "net", "absolute")
        }
        return {
            **money,
            "lines": totals.lines,
            "counted": totals.counted,
            "open": totals.lines - totals.counted,
            "matching": totals.matching,
            "differing": totals.differing,
            "shortages": totals.shortages,
            "overages": totals.overages,
            "posted": totals.in_states(["posted"]),
            "held": totals.in_states(["held"]),
            "problems": totals.in_states(["failed", "superseded"]),
            "accuracy": self.env._("none")
            if accuracy is None
            else f"{formatLang(self.env, accuracy, digits=1)} %",
        }

    @api.model
    def _describe_filters(self, filters):
        """The filters in words, so that a page says what it leaves out."""
        _ = self.env._
        states = dict(
            self.env["stock.count.line"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        names = {
            _("Warehouse"): self._names("stock.warehouse", filters.warehouse_ids),
            _("Item"): self._names("product.product", filters.product_ids),
            _("Status"): ", ".join(
                states.get(state, state) for state in filters.states
            ),
            _("Counted from"): format_date(self.env, filters.date_from),
            _("Counted to"): format_date(self.env, filters.date_to),
        }
        return [(label, text) for label, text in names.items() if text]

    @api.model
    def _names(self, model, ids):
        return ", ".join(self.env[model].browse(ids).mapped("display_name"))
