from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...models.shared.hostile_values import check_texts
from .definition import Totals

LINE = "stock.count.line"
# The largest number of rows of a page.
MAX_PAGE = 500
# The largest offset, which PostgreSQL can still read.
MAX_ROWS = 2**31


class StockCountReport(models.AbstractModel):
    """Renders reports for the screen: a page of rows, and the figures of all rows."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.report"

    # === BUSINESS METHODS - CATALOGUE === #

    @api.model
    def _get_reports(self):
        """All count reports, also of other addons, sorted by number.

        :return: list of empty recordsets
        """
        names = self.env.registry.descendants(["stock.count.report"], "_inherit")
        reports = (self.env[name] for name in names - {"stock.count.report"})
        return sorted(
            (report for report in reports if report._report_number),
            key=lambda report: (report._report_number, report._name),
        )

    @api.model
    def _find_report(self, name):
        """The report of a name that a client sent.

        :param name: name of the report's model, of any type
        :raise UserError: when there is no such report
        """
        check_texts(self.env, name)
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
        """The report on screen, without its rows.

        :param dict filters: see ``Filters``
        :return: dict with ``report``, ``title``, ``company``, ``filters``,
            ``narrowed`` (the filters as texts), ``columns``, ``figures``, ``seals``,
            ``count`` (number of rows), ``opens`` (whether a row can be opened) and
            ``graph`` (whether there is a graph)
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used
        """
        parsed = self._read_request(filters)
        company = self._get_company(parsed)
        currency = company.sudo().currency_id
        totals = self._sum_up(parsed)
        return {
            "report": self._name,
            "title": self._get_full_title(),
            "company": company.name,
            "filters": parsed.dump(),
            "narrowed": self._describe_filters(parsed),
            "columns": self._describe_columns(),
            "figures": [
                (figure.label, self._print_figure(figure, currency))
                for figure in self._get_figures(totals)
            ],
            "seals": self._get_seals(totals),
            "count": self._count_rows(parsed),
            "opens": bool(self._report_model),
            "graph": bool(self._get_graph(parsed)),
        }

    @api.model
    def _describe_columns(self):
        """The columns on screen, as a client reads them."""
        return [
            {
                "key": column.key,
                "label": column.label,
                "number": column.is_number,
                "order": column.order,
            }
            for column in self._get_columns()
            if column.printed
        ]

    @api.model
    def get_rows(self, filters=None, offset=0, limit=80, order=None):
        """A page of rows.

        :param dict filters: see ``Filters``
        :param int offset: number of rows before the page
        :param int limit: number of rows of the page
        :param str order: key of a column that has an ``order`` in ``get_screen``, with
            ``-`` before it for the largest first; None for the report's order
        :return: list of dicts with ``id``, ``cells`` (texts in the order of the
            columns), ``note`` and ``differs`` (whether it has a variance)
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter, the page or the order cannot be used
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
        """Open the records of the report as graph and pivot.

        :param dict filters: see ``Filters``
        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used, or the report has no graph
        """
        action = self._get_graph(self._read_request(filters))
        if not action:
            raise UserError(self.env._("The report has no graph."))
        return action

    @api.model
    def _get_graph(self, filters):
        """The action that shows the records as graph and pivot; None without one."""
        return

    @api.model
    def action_open_row(self, row_id):
        """Open the record of a row.

        :param int row_id: ``id`` of the row, see ``get_rows``
        :return: action
        :raise AccessError: when the user may not read it
        :raise UserError: when it does not exist any more
        """
        self._check_may_read()
        if not self._report_model:
            raise UserError(self.env._("This row stands for no record."))
        # A number of any other kind is no id of PostgreSQL's.
        is_id = type(row_id) is int and 0 < row_id < MAX_ROWS
        record = self.env[self._report_model].browse(is_id and row_id).exists()
        if not record:
            raise UserError(self.env._("It was deleted meanwhile: reload the report."))
        record.check_access("read")
        return self._open_record(record)

    @api.model
    def _open_record(self, record):
        """The action that opens a record: a count line on its count sheet."""
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
        """The filters that a client sent, if the user may read the report.

        :rtype: Filters
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used
        """
        self._check_may_read()
        if not self._report_number:
            raise UserError(self.env._("Choose a report."))
        return self._read_filters(None, self._as_mapping(filters))

    @api.model
    def _as_mapping(self, filters):
        if not isinstance(filters, dict | None):
            raise UserError(self.env._("The filters of the report cannot be read."))
        check_texts(self.env, filters)
        return filters or {}

    @api.model
    def _read_page(self, offset, limit):
        """The offset and limit that a client sent, within their limits.

        :raise UserError: when one is no number
        """
        try:
            offset, limit = int(offset), int(limit)
        except (TypeError, ValueError, OverflowError) as error:
            raise UserError(self.env._("The report has no such page.")) from error
        return min(max(offset, 0), MAX_ROWS), min(max(limit, 1), MAX_PAGE)

    @api.model
    def _read_order(self, order):
        """The order of the records by a column, for the order that a client sent.

        :raise UserError: when the report cannot be sorted by it
        """
        if not order:
            return None
        check_texts(self.env, order)
        key = str(order).removeprefix("-")
        columns = {column.key: column.order for column in self._get_columns()}
        if not columns.get(key):
            raise UserError(self.env._("The report cannot be sorted by %s.", key))
        direction = "desc" if str(order).startswith("-") else "asc"
        return f"{columns[key]} {direction}, id"

    @api.model
    def _sum_up(self, filters):
        """The totals of all rows, by a query where that is possible.

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
        """The ``Totals`` of count lines, added up in one statement."""
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
