from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .definition import Totals

LINE = "stock.count.line"
# Rows of a page; a client may ask for fewer.
MAX_PAGE = 500
# More rows than any report has: PostgreSQL takes no number without an end.
MAX_ROWS = 2**31


class StockCountReport(models.AbstractModel):
    """Reports on screen: a page of rows at a time, and what all of them sum up to."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.report"

    # === BUSINESS METHODS - CATALOGUE === #

    @api.model
    def _get_reports(self):
        """All reports, those of other addons too, by number.

        :return: list of report models
        """
        names = self.env.registry.descendants(["stock.count.report"], "_inherit")
        reports = (self.env[name] for name in names - {"stock.count.report"})
        return sorted(
            (report for report in reports if report._report_number),
            key=lambda report: (report._report_number, report._name),
        )

    @api.model
    def _find_report(self, name):
        """The report of a model's name that a client sent.

        :raise UserError: when there is no such report
        """
        for report in self.env["stock.count.report"]._get_reports():
            if report._name == name:
                return report
        raise UserError(self.env._("There is no count report “%s”.", name))

    @api.model
    def _get_full_title(self):
        return f"{self._report_number} {self._get_title()}"

    # === ACTION METHODS === #

    @api.model
    def get_screen(self, filters=None):
        """What stands around the rows: title, columns, figures, number of rows.

        :param dict filters: as ``Filters`` takes them
        :rtype: dict
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the filters make no sense
        """
        parsed = self._read_request(filters)
        company = self._get_company(parsed)
        currency = company.sudo().currency_id
        totals = self._sum_up(parsed)
        figures = self._get_figures(totals)
        return {
            "report": self._name,
            "title": self._get_full_title(),
            "company": company.name,
            "filters": parsed.dump(),
            "narrowed": self._describe_filters(parsed),
            "columns": [
                {
                    "key": column.key,
                    "label": column.label,
                    "number": column.is_number,
                    "order": column.order,
                }
                for column in self._get_columns()
                if column.printed
            ],
            "figures": [
                (figure.label, self._print_figure(figure, currency))
                for figure in figures
            ],
            "seals": self._get_seals(totals),
            "count": self._count_rows(parsed),
            "opens": bool(self._report_model),
            "graph": bool(self._get_graph(parsed)),
        }

    @api.model
    def get_rows(self, filters=None, offset=0, limit=80, order=None):
        """A page of rows as texts, in the order of the columns of ``get_screen``.

        :param str order: key of a column that can be sorted by, with ``-`` before it
            for the largest first
        :return: list of dicts with ``id``, ``cells``, ``note`` and ``differs``
        """
        parsed = self._read_request(filters)
        offset, limit = self._read_page(offset, limit)
        currency = self._get_company(parsed).sudo().currency_id
        columns = [column for column in self._get_columns() if column.printed]
        rows = self._read_rows(
            parsed,
            offset,
            limit,
            self._read_order(order),
        )
        return [
            {
                "id": row.get("id"),
                "cells": [
                    self._show_cell(row.get(column.key), column, currency)
                    for column in columns
                ],
                "note": row.get("note") or "",
                "differs": bool(row.get("variance")),
            }
            for row in rows
        ]

    @api.model
    def action_graph(self, filters=None):
        """Open what the filters leave as graph and pivot.

        :param dict filters: as ``Filters`` takes them
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the filters make no sense, or there is no graph
        """
        action = self._get_graph(self._read_request(filters))
        if not action:
            raise UserError(self.env._("The report has no graph."))
        return action

    @api.model
    def _get_graph(self, filters):
        """The action that shows the records as graph and pivot, or nothing."""
        return

    @api.model
    def action_open_row(self, row_id):
        """Open what a row is about.

        :param int row_id: ``id`` of the row
        :raise UserError: when it is gone
        """
        self._check_may_read()
        if not self._report_model:
            raise UserError(self.env._("This row stands for no record."))
        record = self.env[self._report_model].browse(int(row_id)).exists()
        if not record:
            raise UserError(self.env._("It was deleted meanwhile: reload the report."))
        record.check_access("read")
        return self._open_record(record)

    @api.model
    def _open_record(self, record):
        """The action of a row: a count line is shown on its count sheet."""
        if record._name != LINE:
            return {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [(False, "form")],
            }
        action = record.session_id._open_whole_sheet()
        product = record.product_id
        if product.default_code:
            action["context"]["search_default_default_code"] = product.default_code
        else:
            action["context"]["search_default_description"] = product.name
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _read_request(self, filters):
        """The filters that a client sent, if it may have the report at all.

        :rtype: Filters
        :raise AccessError: when the user is no counting lead
        :raise UserError: when they make no sense
        """
        self._check_may_read()
        return self._read_filters(None, self._as_mapping(filters))

    @api.model
    def _as_mapping(self, filters):
        if not isinstance(filters, dict | None):
            raise UserError(self.env._("The filters of the report cannot be read."))
        return filters or {}

    @api.model
    def _read_page(self, offset, limit):
        """The page that a client asked for, within what there can be.

        :raise UserError: for what is no number
        """
        try:
            offset, limit = int(offset), int(limit)
        except (TypeError, ValueError, OverflowError) as error:
            raise UserError(self.env._("The report has no such page.")) from error
        return min(max(offset, 0), MAX_ROWS), min(max(limit, 1), MAX_PAGE)

    @api.model
    def _read_order(self, order):
        """The order by a column that says what it is sorted by.

        :raise UserError: for anything else
        """
        if not order:
            return None
        key = str(order).removeprefix("-")
        columns = {column.key: column.order for column in self._get_columns()}
        if not columns.get(key):
            raise UserError(self.env._("The report cannot be sorted by %s.", key))
        direction = "desc" if str(order).startswith("-") else "asc"
        return f"{columns[key]} {direction}, id"

    @api.model
    def _sum_up(self, filters):
        """The totals of all rows, without making them where a query can.

        :raise AccessError: when the user is no counting lead
        """
        totals = self._new_totals()
        if self._report_model == LINE and type(totals) is Totals:
            return self._sum_up_lines(filters)
        for row in self._read_rows(filters):
            totals.add(row)
        return totals

    @api.model
    def _sum_up_lines(self, filters):
        """What ``Totals`` adds up row by row, in one statement."""
        self._check_may_read()
        lines = self.env[LINE]
        query = lines._search(self._get_domain(filters))
        lines.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT state, count(*) AS lines,
                       count(*) FILTER (WHERE is_counted) AS counted,
                       count(*) FILTER (WHERE is_counted AND variance_qty < 0)
                           AS shortages,
                       count(*) FILTER (WHERE is_counted AND variance_qty > 0)
                           AS overages,
                       -COALESCE(sum(variance_value)
                           FILTER (WHERE is_counted AND variance_qty < 0), 0)
                           AS shortage_value,
                       COALESCE(sum(variance_value)
                           FILTER (WHERE is_counted AND variance_qty > 0), 0)
                           AS overage_value
                  FROM stock_count_line
                 WHERE id IN %s
                 GROUP BY state
                """,
                query.subselect(),
            )
        )
        totals = Totals()
        for row in self.env.cr.dictfetchall():
            totals.merge(row.pop("state"), **row)
        return totals
