from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime
from odoo.tools.date_utils import get_fiscal_year
from odoo.tools.misc import formatLang

from ...const import PROBLEM_STATES
from ...rights import is_lead
from .definition import Column, Figure, Filters, Table, Totals

# By filter: the field of a count line.
LINE_FIELDS = {
    "session_ids": "session_id",
    "session_states": "session_id.state",
    "warehouse_ids": "session_id.warehouse_id",
    "location_ids": "location_id",
    "product_ids": "product_id",
    "categ_ids": "product_id.categ_id",
    "supplier_ids": "product_id.count_supplier_ids",
    "states": "state",
}
# Filters that include the locations or categories below.
NESTED = frozenset({"location_ids", "categ_ids"})
# How many records are read at once. More would take too much memory.
BATCH = 1000
# Between these years, Python and PostgreSQL can convert a day of any time zone to UTC.
FIRST_YEAR, LAST_YEAR = 1900, 9000
MAX_DAYS = 36_500


class StockCountReport(models.AbstractModel):
    """The base of all count reports.

    A report is one class that inherits this one. It has the number, title and columns
    of the report, the records of its rows, and a method that makes a row of a record.
    The renderers for PDF, Excel and screen each have a file in this folder.

    ``docs/reports.md`` says how to add a report.
    """

    _name = "stock.count.report"
    _description = "Count Report"

    # The number of the report, by which consultants know it.
    _report_number = ""
    # The model of the rows, their order, and the date of the filter "from … to …".
    _report_model = "stock.count.line"
    _report_order = "session_id desc, location_id, id"
    _report_date = "counted_at"
    # The period that the dialog proposes at first.
    _report_period = "all"
    # Fields of Filters that the report accepts, and for which its dialog asks.
    _report_filters = (
        "date_from",
        "date_to",
        "session_ids",
        "session_states",
        "states",
        "warehouse_ids",
        "location_ids",
        "product_ids",
        "categ_ids",
        "supplier_ids",
    )
    # Keys by which rows may be grouped under headings with subtotals. The first one is
    # the default. Empty for no groups.
    _report_groups = ("location", "category")

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        raise NotImplementedError

    @api.model
    def _get_columns(self):
        """The columns, in their order.

        For a module to add a column, override this method and ``_prepare_row``.

        :rtype: list[Column]
        """
        raise NotImplementedError

    @api.model
    def _prepare_row(self, record):
        """One row: a value for each column's key, and what the totals need.

        :param record: of the report's model
        :rtype: dict
        """
        raise NotImplementedError

    @api.model
    def _get_sections(self, filters):
        """The sections of the printed report, each with totals of its own.

        :return: list of pairs (record or None, Filters)
        """
        return [(None, filters)]

    @api.model
    def _get_facts(self, record):
        """The facts above a section's table.

        :return: list of pairs (label, text)
        """
        return []

    @api.model
    def _get_tables(self, filters):
        """Small tables beside the rows, such as the accuracy of each month.

        PDF and Excel also draw the charts of tables that have one.

        :rtype: list[Table]
        """
        return []

    @api.model
    def _is_available(self):
        """Whether the report can be used with the installed modules.

        :return: True, or a text that says why not
        """
        return True

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _new_totals(self):
        """An object that adds rows up.

        For a report whose rows are no count lines, override this, ``_get_figures`` and
        ``_get_subtotal``.
        """
        return Totals()

    @api.model
    def _get_figures(self, totals):
        """The figures above all rows.

        :rtype: list[Figure]
        """
        _ = self.env._
        numbers = {
            "lines": (_("Lines"), totals.lines),
            "counted": (_("Counted"), totals.counted),
            "open": (_("Not counted"), totals.lines - totals.counted),
            "matching": (_("Without variance"), totals.matching),
            "shortages": (_("Shortages"), totals.shortages),
            "overages": (_("Overages"), totals.overages),
        }
        states = {
            "posted": (_("Posted"), totals.in_states(["posted"])),
            "held": (_("Held"), totals.in_states(["held"])),
            "problems": (_("Problems"), totals.in_states(PROBLEM_STATES)),
        }
        return [
            *(Figure(key, label, "integer", n) for key, (label, n) in numbers.items()),
            Figure("accuracy", _("Accuracy"), "percent", totals.accuracy),
            *(Figure(key, label, "integer", n) for key, (label, n) in states.items()),
            *self._get_values(totals),
        ]

    @api.model
    def _get_values(self, totals):
        """The values: shortages and overages, and not only their net value, which hides
        both."""
        _ = self.env._
        return [
            Figure(
                "shortage_value", _("Shortage value"), "money", totals.shortage_value
            ),
            Figure("overage_value", _("Overage value"), "money", totals.overage_value),
            Figure("net", _("Net"), "money", totals.net),
            Figure("absolute", _("Absolute"), "money", totals.absolute),
        ]

    @api.model
    def _get_subtotal(self, totals):
        """The figures below a group of rows, and below all rows.

        :rtype: list[Figure]
        """
        sentence = self.env._(
            "%(counted)s of %(lines)s counted, %(differing)s with a variance",
            counted=totals.counted,
            lines=totals.lines,
            differing=totals.differing,
        )
        values = self._get_values(totals) if totals.differing else []
        return [Figure("sentence", "", "text", sentence), *values]

    @api.model
    def _get_seals(self, totals):
        """Seals of the rows, such as a digest.

        :return: list of pairs (label, text)
        """
        return []

    @api.model
    def _get_group_table(self, key, groups):
        """The subtotals of groups, as a table for the summary in Excel.

        :param str key: by which the rows are grouped
        :param dict groups: name of a group → its totals
        :return: ``Table``; None without groups
        """
        if not groups:
            return None
        figures = {name: self._get_figures(totals) for name, totals in groups.items()}
        label = self._get_group_labels()[key]
        first = next(iter(figures.values()))
        return Table(
            self.env._("By %s", label),
            [
                Column("group", label),
                *(Column(figure.key, figure.label, figure.type) for figure in first),
            ],
            [
                {"group": name or "", **{f.key: f.value for f in row}}
                for name, row in figures.items()
            ],
        )

    @api.model
    def _get_group_labels(self):
        _ = self.env._
        return {
            "location": _("Location"),
            "category": _("Category"),
            "supplier": _("Supplier"),
            "warehouse": _("Warehouse"),
            "session": _("Cycle Count"),
        }

    # === BUSINESS METHODS - FILTERS === #

    @api.model
    def _read_filters(self, docids, data):
        """The filters of a request.

        :param list docids: ids of sessions, when the report is printed from them
        :param dict data: filters as a client sent them, see ``Filters``
        :rtype: Filters
        :raise UserError: when they cannot be used
        """
        raw = {**(data or {}), **({"session_ids": docids} if docids else {})}
        try:
            filters = Filters.parse(raw)
        except (TypeError, ValueError, OverflowError, AttributeError) as error:
            raise UserError(
                self.env._(
                    "The filters of the report cannot be read: choose them anew."
                )
            ) from error
        self._check_filters(filters)
        return filters

    @api.model
    def _check_filters(self, filters):
        """Check that filters can be used.

        :raise UserError: for a wrong date range, a deleted session, or an unknown state
            or group
        """
        _ = self.env._
        self._check_days(filters)
        sessions = self.env["stock.count.session"].browse(filters.session_ids)
        if len(sessions.exists()) < len(set(filters.session_ids)):
            raise UserError(
                _("A chosen cycle count was deleted meanwhile: choose the counts anew.")
            )
        if filters.group and filters.group not in self._report_groups:
            raise UserError(_("The report has no subtotals by %s.", filters.group))
        self._check_states("stock.count.line", filters.states)
        self._check_states("stock.count.session", filters.session_states)

    @api.model
    def _check_days(self, filters):
        """Check the date range and the number of days.

        :raise UserError: when one is out of range, or the end comes before the start
        """
        _ = self.env._
        chosen = [day for day in (filters.date_from, filters.date_to) if day]
        if any(not FIRST_YEAR <= day.year <= LAST_YEAR for day in chosen):
            raise UserError(
                _(
                    "The years of the date range are from %(first)s to %(last)s.",
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            )
        if not 0 <= (filters.days or 0) <= MAX_DAYS:
            raise UserError(_("The days are from 0 to %s.", MAX_DAYS))
        if len(chosen) == 2 and filters.date_from > filters.date_to:
            raise UserError(
                _(
                    "The date range ends on %(end)s, before it starts on %(start)s:"
                    " exchange the two dates.",
                    start=format_date(self.env, filters.date_from),
                    end=format_date(self.env, filters.date_to),
                )
            )

    @api.model
    def _check_states(self, model, states):
        known = dict(self.env[model]._fields["state"]._description_selection(self.env))
        if unknown := [state for state in states if state not in known]:
            raise UserError(self.env._("There is no status “%s”.", unknown[0]))

    @api.model
    def _get_company(self, filters):
        """The company of the report. Values of two companies are never added up.

        :rtype: res.company
        :raise AccessError: when a chosen session belongs to a company that is not the
            user's
        :raise UserError: when the chosen sessions belong to several companies
        """
        sessions = self.env["stock.count.session"].browse(filters.session_ids)
        sessions.check_access("read")
        companies = sessions.company_id or self.env.company
        if len(companies) > 1:
            raise UserError(
                self.env._(
                    "The chosen cycle counts belong to several companies (%s): report"
                    " them one company at a time, amounts cannot be added up.",
                    ", ".join(companies.mapped("name")),
                )
            )
        return companies

    @api.model
    def _get_domain(self, filters):
        """Domain of the records that the filters select."""
        return self._get_line_domain(filters)

    @api.model
    def _get_line_domain(self, filters):
        """Domain of the count lines that the filters select.

        Lines of cancelled sessions are left out, unless they are chosen.
        """
        domain = self._narrow(filters, LINE_FIELDS)
        if not filters.session_ids and not filters.session_states:
            domain &= Domain("session_id.state", "!=", "cancelled")
        return domain

    @api.model
    def _narrow(self, filters, fields_by_filter):
        """Domain of filters, date range and company.

        :param dict fields_by_filter: name of a filter → field of the records
        """
        domain = self._get_date_domain(filters, self._report_date)
        domain &= self._narrow_by(filters, fields_by_filter)
        if not filters.session_ids:
            domain &= Domain("company_id", "=", self._get_company(filters).id)
        return domain

    @api.model
    def _narrow_by(self, filters, fields_by_filter):
        """Domain of the filters that have a field, see ``_narrow``."""
        domain = Domain.TRUE
        for name, field in fields_by_filter.items():
            if values := getattr(filters, name):
                operator = "child_of" if name in NESTED else "in"
                domain &= Domain(field, operator, list(values))
        return domain

    @api.model
    def _get_date_domain(self, filters, field):
        """Domain of a date range in the user's time zone, for a field in UTC."""
        domain = Domain.TRUE
        if filters.date_from:
            domain &= Domain(field, ">=", self._to_utc(filters.date_from))
        if filters.date_to:
            end = fields.Date.add(filters.date_to, days=1)
            domain &= Domain(field, "<", self._to_utc(end))
        return domain

    @api.model
    def _get_fiscal_year(self, day):
        """The fiscal year of the company; without accounting, the calendar year.

        :param date day: a day of the year
        :return: tuple of its first and last day
        """
        company = self.env.company.sudo()
        if "fiscalyear_last_month" not in company._fields:
            return get_fiscal_year(day)
        return get_fiscal_year(
            day,
            day=company.fiscalyear_last_day,
            month=int(company.fiscalyear_last_month),
        )

    @api.model
    def _to_utc(self, day):
        """The time (UTC) when a day begins in the user's time zone."""
        zone = self.env.tz
        begin = zone.localize(datetime.combine(day, time.min))
        return begin.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _to_local(self, moment):
        """A time in the user's time zone, without a zone, as Excel takes it."""
        return fields.Datetime.context_timestamp(self, moment).replace(tzinfo=None)

    @api.model
    def _describe_filters(self, filters):
        """The filters as texts, so that a page shows what it leaves out.

        :return: list of pairs (label, text)
        """
        _ = self.env._
        names = {
            _("Cycle Count"): self._names("stock.count.session", filters.session_ids),
            _("Warehouse"): self._names("stock.warehouse", filters.warehouse_ids),
            _("Location"): self._names("stock.location", filters.location_ids),
            _("Item"): self._names("product.product", filters.product_ids),
            _("Category"): self._names("product.category", filters.categ_ids),
            _("Supplier"): self._names("res.partner", filters.supplier_ids),
            _("Status"): self._labels("stock.count.line", filters.states),
            _("Count Status"): self._labels(
                "stock.count.session", filters.session_states
            ),
            _("From"): format_date(self.env, filters.date_from),
            _("To"): format_date(self.env, filters.date_to),
            _("Days"): filters.days and str(filters.days),
        }
        return [(label, text) for label, text in names.items() if text]

    @api.model
    def _names(self, model, ids):
        """The names of records, and "deleted" for those that do not exist any more."""
        records = self.env[model].browse(ids).exists()
        gone = [self.env._("deleted")] if len(records) < len(set(ids)) else []
        return ", ".join([*records.mapped("display_name"), *gone])

    @api.model
    def _labels(self, model, states):
        """The labels of states in the user's language."""
        labels = dict(self.env[model]._fields["state"]._description_selection(self.env))
        return ", ".join(labels.get(state, state) for state in states)

    # === BUSINESS METHODS - READING === #

    @api.model
    def _check_may_read(self):
        """Check that this user may read reports, which show expected quantities and
        costs.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when the report is not available
        """
        if not is_lead(self.env):
            raise AccessError(
                self.env._("Only a counting lead may read count reports.")
            )
        available = self._is_available()
        if available is not True:
            raise UserError(available)

    @api.model
    def _count_rows(self, filters):
        """The number of rows that the filters select."""
        return self.env[self._report_model].search_count(self._get_domain(filters))

    @api.model
    def _read_rows(self, filters, offset=0, limit=None, order=None):
        """Yield the rows. Records are read in batches, so that memory does not grow.

        For a report whose rows are no records, override this and ``_count_rows``.

        :param Filters filters: which rows
        :param str order: of the records; by default that of the report
        """
        self._check_may_read()
        model = self.env[self._report_model]
        ids = self._find(filters, offset, limit, order)
        for start in range(0, len(ids), BATCH):
            records = model.browse(ids[start : start + BATCH])
            yield from self._prepare_rows(records)
            records.invalidate_recordset()

    @api.model
    def _find(self, filters, offset, limit, order):
        """Ids of the records of a page, in their order."""
        model = self.env[self._report_model]
        order = order or self._report_order
        return model.search(self._get_domain(filters), offset, limit, order).ids

    @api.model
    def _prepare_rows(self, records):
        """Yield the rows of a batch of records.

        For a report that looks up something for all of them at once, override this
        instead of ``_prepare_row``.
        """
        for record in records:
            yield {"id": record.id, **self._prepare_row(record)}

    @api.model
    def _get_group(self, filters):
        """The key by which rows are grouped; "" for no groups."""
        return filters.group or next(iter(self._report_groups), "")

    # === BUSINESS METHODS - TEXTS === #

    @api.model
    def _get_printed(self):
        """A text with the time and the user of this print."""
        return self.env._(
            "Printed %(time)s by %(user)s",
            time=format_datetime(self.env, fields.Datetime.now()),
            user=self.env.user.name,
        )

    @api.model
    def _show_cell(self, value, column, currency):
        """The text of a cell in PDF and on screen. Excel has room for all of it."""
        return self._format_value(value, column.type, currency)

    @api.model
    def _format_value(self, value, kind, currency):
        """A value as text. None is an empty text: "not counted" is not zero.

        :param str kind: type of a column, see ``Column``
        """
        if value is None or value is False:
            return ""
        if kind == "money":
            return formatLang(self.env, value, currency_obj=currency)
        if kind == "integer":
            return formatLang(self.env, value, digits=0)
        if kind == "decimal":
            return formatLang(self.env, value, digits=2)
        if kind == "percent":
            return f"{formatLang(self.env, value, digits=1)} %"
        if kind == "date":
            return format_date(self.env, value)
        if kind == "datetime":
            return format_datetime(self.env, value, dt_format="short")
        if kind in ("quantity", "difference"):
            text = formatLang(self.env, value, dp="Product Unit")
            return f"+{text}" if kind == "difference" and value > 0 else text
        return str(value)
