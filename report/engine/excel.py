from odoo import api, fields, models
from odoo.exceptions import UserError

from .definition import Filters
from .workbook import (
    MAX_ROWS,
    CountWorkbook,
    Formats,
    Labels,
    excel_money,
)


class StockCountReport(models.AbstractModel):
    """Writes reports as Excel files, row by row, so that memory does not grow."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.report"

    @api.model
    def _write_excel(self, filters, target):
        """Write the report: a summary, and a sheet with all rows.

        :param Filters filters: which rows
        :param target: path or binary file to write to
        :return: number of rows
        :raise UserError: when there are more rows than a sheet can have
        """
        self._check_may_read()
        self._check_writable(filters)
        company = self._get_company(filters)
        tables = list(self._get_tables(filters))
        book = CountWorkbook(
            target,
            self._get_formats(company),
            self._get_sheet_labels(),
            to_local=self._to_local,
            charts=any(table.chart for table in tables),
        )
        title = self._get_full_title()
        columns = self._get_columns()
        totals, groups = self._new_totals(), {}
        rows = self._add_up(filters, totals, groups)
        number = book.write_rows(title, columns, rows)
        subtotals = self._get_group_table(self._get_group(filters), groups)
        book.write_summary(
            title,
            self._get_summary(filters, company, totals),
            [*tables, *([subtotals] if subtotals else [])],
        )
        book.close()
        return number

    @api.model
    def _check_writable(self, filters):
        number = self._count_rows(filters)
        if number > MAX_ROWS:
            raise UserError(
                self.env._(
                    "%(title)s would have %(lines)s lines; a sheet of Excel takes"
                    " %(limit)s: narrow the filters.",
                    title=self._get_title(),
                    lines=number,
                    limit=MAX_ROWS,
                )
            )

    @api.model
    def _add_up(self, filters, totals, groups):
        """Yield rows, and add each to the totals."""
        key = self._get_group(filters)
        for row in self._read_rows(filters):
            totals.add(row)
            if key:
                name = row[key]
                if name not in groups:
                    groups[name] = self._new_totals()
                groups[name].add(row)
            yield row

    @api.model
    def _get_summary(self, filters, company, totals):
        """The lines of the summary above its tables: tuples (label, type, value)."""
        _ = self.env._
        described = [
            (label, "text", text) for label, text in self._describe_filters(filters)
        ]
        return [
            (_("Company"), "text", company.name),
            (_("Report"), "text", self._report_number),
            (_("Printed on"), "datetime", fields.Datetime.now()),
            (_("Printed by"), "text", self.env.user.name),
            (_("Time zone"), "text", str(self.env.tz)),
            (_("Currency"), "text", company.sudo().currency_id.name),
            *((_("Filter: %s", label), kind, text) for label, kind, text in described),
            *((f.label, f.type, f.value) for f in self._get_figures(totals)),
            *((label, "text", text) for label, text in self._get_seals(totals)),
        ]

    @api.model
    def _get_formats(self, company):
        currency = company.sudo().currency_id
        language = self.env["res.lang"]._lang_get(self.env.lang or "en_US")
        return Formats(
            money=excel_money(
                currency.symbol or currency.name,
                before=currency.position == "before",
                decimals=currency.decimal_places,
            ),
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
            right_to_left=language.direction == "rtl",
        )

    @api.model
    def _get_sheet_labels(self):
        _ = self.env._
        return Labels(_("Lines"), _("Summary"), _("Total"), _("Page"))

    @api.model
    def _get_file_name(self, filters: Filters):
        """The name of the file: number, title and sessions of the report."""
        sessions = self.env["stock.count.session"].browse(filters.session_ids)
        names = [self._get_full_title(), *sessions[:3].mapped("name")]
        return " ".join(names).replace("/", "-") + ".xlsx"
