from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..domain.accuracy import measure_accuracy
from ..domain.trend import Period, choose_step, pareto, split_period
from ..models.figures.dashboard import PROBLEMS, STEP_FORMATS
from .engine.definition import Chart, Column, Figure, Table, Values

# How many locations, items and categories with the largest variances are named.
NAMED = 10
SUMS = ("lines", "accurate", "differing", "expected", "shortage_value", "overage_value")


@dataclass
class HistoryTotals(Values):
    """Sums over posted counts."""

    sessions: int = 0
    lines: int = 0
    accurate: int = 0
    differing: int = 0
    expected: float = 0.0

    def add(self, row):
        """Add a row of the report."""
        self.sessions += 1
        for name in SUMS:
            setattr(self, name, getattr(self, name) + row[name])

    @property
    def accuracy(self):
        """The share of accurate lines, with its interval."""
        return measure_accuracy(self.accurate, self.lines)


class StockCountHistoryReport(models.AbstractModel):
    """Report 213: what posted counts found over time, where, and why.

    It has a row for each session. The tables and their charts add up all lines.
    """

    _name = "report.stock_count.report_history_document"
    _inherit = ["stock.count.report"]
    _description = "Cycle Count History"

    _report_number = "213"
    # A row opens its cycle count.
    _report_model = "stock.count.session"
    _report_order = "posted_at"
    _report_date = "posted_at"
    _report_filters = (
        "date_from",
        "date_to",
        "session_ids",
        "warehouse_ids",
        "location_ids",
        "product_ids",
        "categ_ids",
        "supplier_ids",
    )
    _report_groups = ("month", "warehouse")

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Cycle Count History")

    @api.model
    def _get_group_labels(self):
        return {**super()._get_group_labels(), "month": self.env._("Month")}

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("posted", _("Posted"), "datetime", 15, order="posted_at"),
            Column("month", _("Month"), width=8, printed=False),
            Column("number", _("Number"), width=9, order="number"),
            Column("description", _("Description"), width=22),
            Column("warehouse", _("Warehouse"), width=13, order="warehouse"),
            Column("places", _("Locations"), "integer", 9, order="places"),
            Column("lines", _("Lines"), "integer", 8, True, "lines"),
            Column("differing", _("Differ"), "integer", 8, True, "differing"),
            Column("accurate", _("Accurate"), "integer", 9, True, "accurate"),
            Column("accuracy", _("Accuracy"), "percent", 9, order="accuracy"),
            Column("rounds", _("Rounds"), "decimal", 8, order="rounds"),
            Column("expected", _("Expected value"), "money", 11, True, printed=False),
            Column("shortage_value", _("Shortages"), "money", 11, True, "shortage"),
            Column("overage_value", _("Overages"), "money", 11, True, "overage"),
            Column("net", _("Net"), "money", 11, total=True),
            Column("absolute", _("Absolute"), "money", 11, total=True),
            Column("counters", _("Counters"), width=16, printed=False),
        ]

    @api.model
    def _get_domain(self, filters):
        """Domain of the history that the filters select."""
        company = Domain("company_id", "=", self._get_company(filters).id)
        return company & self._narrow(
            filters,
            {
                "session_ids": "session_id",
                "warehouse_ids": "warehouse_id",
                "location_ids": "location_id",
                "product_ids": "product_id",
                "categ_ids": "product_id.categ_id",
                "supplier_ids": "product_id.count_supplier_ids",
            },
        )

    # === BUSINESS METHODS - READING === #

    @api.model
    def _count_rows(self, filters):
        history, allowed = self._source(filters)
        self.env.cr.execute(
            SQL(
                "SELECT count(DISTINCT stock_count_history.session_id) FROM %s"
                " WHERE %s",
                history,
                allowed,
            )
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _source(self, filters):
        """The history that the filters select: tuple of SQL for FROM and for WHERE."""
        Figures = self.env["stock.count.figures"]
        return Figures._source("stock.count.history", self._get_domain(filters))

    @api.model
    def _read_rows(self, filters, offset=0, limit=None, order=None):
        """Yield a row for each session, added up in one statement."""
        self._check_may_read()
        self.env.cr.execute(
            SQL(
                """
                SELECT session.id, session.name AS number, session.description,
                       warehouse.name AS warehouse, sums.*,
                       100.0 * sums.accurate / sums.lines AS accuracy
                  FROM (%(sums)s) sums
                  JOIN stock_count_session session ON session.id = sums.session_id
                  LEFT JOIN stock_warehouse warehouse
                      ON warehouse.id = session.warehouse_id
                 ORDER BY %(order)s, session.id
                OFFSET %(offset)s LIMIT %(limit)s
                """,
                sums=self._get_sums(filters),
                # From a column or this report; a client's text is never used.
                order=SQL((order or self._report_order).removesuffix(", id")),
                offset=offset,
                limit=limit,
            )
        )
        rows = self.env.cr.dictfetchall()
        names = self._read_names(rows)
        for row in rows:
            yield self._prepare_row({**row, "names": names})

    @api.model
    def _get_sums(self, filters):
        """SQL: sums over the history of each session."""
        history, allowed = self._source(filters)
        return SQL(
            """
            SELECT stock_count_history.session_id,
                   max(stock_count_history.posted_at) AS posted_at,
                   count(*) AS lines,
                   count(*) FILTER (WHERE stock_count_history.accurate) AS accurate,
                   count(*) FILTER (WHERE stock_count_history.variance_qty <> 0)
                       AS differing,
                   count(DISTINCT stock_count_history.location_id) AS places,
                   avg(stock_count_history.rounds) AS rounds,
                   sum(stock_count_history.expected_value) AS expected,
                   sum(stock_count_history.shortage_value) AS shortage,
                   sum(stock_count_history.overage_value) AS overage,
                   array_agg(DISTINCT stock_count_history.counted_by_id) AS counter_ids
              FROM %s WHERE %s GROUP BY stock_count_history.session_id
            """,
            history,
            allowed,
        )

    @api.model
    def _read_names(self, rows):
        """The names of counters: dict user id → name."""
        ids = {i for row in rows for i in row["counter_ids"] if i}
        # In sudo mode because the user may not read other users; names are no secret.
        users = self.env["res.users"].sudo().browse(ids)
        return {user.id: user.name for user in users}

    @api.model
    def _prepare_row(self, row):
        posted = self._to_local(row["posted_at"])
        counters = (row["names"].get(i) for i in row["counter_ids"])
        shortage, overage = (float(row[name] or 0) for name in ("shortage", "overage"))
        return {
            **{name: row[name] for name in ("id", "number", "description")},
            **{name: row[name] for name in ("warehouse", "places", "lines")},
            "accurate": row["accurate"],
            "differing": row["differing"],
            "posted": row["posted_at"],
            "month": posted.strftime("%Y-%m"),
            "accuracy": float(row["accuracy"]),
            "rounds": float(row["rounds"]),
            "expected": float(row["expected"] or 0),
            "shortage_value": shortage,
            "overage_value": overage,
            "net": overage - shortage,
            "absolute": overage + shortage,
            "counters": ", ".join(sorted(name for name in counters if name)),
            "variance": row["differing"],
        }

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _new_totals(self):
        return HistoryTotals()

    @api.model
    def _get_figures(self, totals):
        _ = self.env._
        share, low, high = (
            None if part is None else 100 * part for part in totals.accuracy[2:]
        )
        return [
            Figure("sessions", _("Cycle counts"), "integer", totals.sessions),
            Figure("lines", _("Posted lines"), "integer", totals.lines),
            Figure("differing", _("With a variance"), "integer", totals.differing),
            Figure("accuracy", _("Accuracy"), "percent", share),
            Figure("low", _("95% sure: from"), "percent", low),
            Figure("high", _("to"), "percent", high),
            *self._get_values(totals),
        ]

    @api.model
    def _get_subtotal(self, totals):
        sentence = self.env._(
            "Cycle counts: %(sessions)s, lines: %(lines)s, with a variance:"
            " %(differing)s",
            sessions=totals.sessions,
            lines=totals.lines,
            differing=totals.differing,
        )
        return [Figure("sentence", "", "text", sentence), *self._get_values(totals)]

    # === BUSINESS METHODS - TABLES === #

    @api.model
    def _get_graph(self, filters):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_history_action"
        )
        # A month without a count has no accuracy, neither 0 nor 100 %.
        context = {"fill_temporal": False}
        return {**action, "domain": list(self._get_domain(filters)), "context": context}

    @api.model
    def _get_tables(self, filters):
        """Sums over time, by location, item, category, cause and counter."""
        # Values are in the currency of the report's company.
        company = self._get_company(filters)
        report = self.with_company(company)
        domain = report._get_domain(filters)
        period = report._get_period(filters, domain)
        return [
            *report._get_time_tables(domain, period),
            *report._get_plan_tables(filters, domain, period),
            *report._get_problem_tables(domain),
            report._get_counter_table(domain),
        ]

    @api.model
    def _get_period(self, filters, domain):
        """The days that the filters select; by default, from the first count on."""
        today = fields.Date.context_today(self)
        last = filters.date_to or today
        Figures = self.env["stock.count.figures"]
        first = filters.date_from or Figures._first_day(domain) or last
        return Period(min(first, last), last)

    @api.model
    def _get_time_tables(self, domain, period):
        """Tables of accuracy, values and number of counts over time."""
        rows = self._read_steps(domain, period)
        return [
            self._get_accuracy_table(rows),
            self._get_value_table(rows),
            self._get_frequency_table(rows),
        ]

    @api.model
    def _get_accuracy_table(self, rows):
        _ = self.env._
        columns = [
            Column("step", _("Period")),
            Column("lines", _("Lines"), "integer"),
            Column("accuracy", _("Accuracy"), "percent"),
            Column("low", _("From"), "percent"),
            Column("high", _("To"), "percent"),
        ]
        title = _("Accuracy over time, with its 95% interval")
        return Table(title, columns, rows, Chart("line", ("accuracy", "low", "high")))

    @api.model
    def _get_value_table(self, rows):
        _ = self.env._
        columns = [
            Column("step", _("Period")),
            Column("differing", _("Lines"), "integer"),
            *self._get_value_columns(),
        ]
        title = _("Shortages and overages over time")
        return Table(title, columns, rows, Chart("column", ("shortage", "overage")))

    @api.model
    def _get_frequency_table(self, rows):
        _ = self.env._
        columns = [
            Column("step", _("Period")),
            Column("sessions", _("Cycle counts"), "integer"),
            Column("days", _("Days with a posting"), "integer"),
            Column("places", _("Locations"), "integer"),
            Column("lines", _("Lines"), "integer"),
        ]
        title = _("How often was counted")
        return Table(title, columns, rows, Chart("column", ("lines",)))

    @api.model
    def _get_value_columns(self):
        _ = self.env._
        return [
            Column("shortage", _("Shortages"), "money"),
            Column("overage", _("Overages"), "money"),
            Column("net", _("Net"), "money"),
            Column("absolute", _("Absolute"), "money"),
        ]

    @api.model
    def _read_steps(self, domain, period):
        """A row for each step of the period."""
        Figures = self.env["stock.count.figures"]
        parts = split_period(period)
        form = STEP_FORMATS[choose_step(period.days)]
        return [
            {
                "step": format_date(self.env, part.first, date_format=form),
                **self._prepare_step(sums),
                **often,
            }
            for part, sums, often in zip(
                parts,
                Figures._read_steps(domain, parts),
                Figures._read_frequency(domain, parts),
                strict=True,
            )
        ]

    @api.model
    def _prepare_step(self, sums):
        accuracy = measure_accuracy(sums["accurate"], sums["counted"])
        shortage, overage = float(sums["shortage"]), float(sums["overage"])
        return {
            "lines": sums["counted"],
            "differing": sums["differing"],
            "accuracy": self._percent(accuracy.share),
            "low": self._percent(accuracy.low),
            "high": self._percent(accuracy.high),
            "shortage": shortage,
            "overage": overage,
            "net": overage - shortage,
            "absolute": overage + shortage,
        }

    @api.model
    def _get_plan_tables(self, filters, domain, period):
        """A table of how often items were counted, and how often their classes plan it.

        There is none before items have classes. There is none for chosen sessions or
        locations either, because a plan is for all places of an item in a warehouse.
        """
        if filters.session_ids or filters.location_ids:
            return []
        items = self._narrow_items(filters)
        domain &= self.env["stock.count.figures"]._between(period)
        rows = self.env["stock.count.figures"]._read_plan(domain, items, period)
        _ = self.env._
        columns = [
            Column("name", _("Class")),
            Column("items", _("Items"), "integer"),
            Column("planned", _("Counts planned for an item"), "decimal"),
            Column("made", _("Counts made of an item"), "decimal"),
            Column("kept", _("Items counted as planned"), "integer"),
            Column("share", _("In percent"), "percent"),
        ]
        for row in rows:
            row["share"] = 100 * row["kept"] / row["items"]
        chart = Chart("column", ("planned", "made"))
        title = _("How often items were counted against the plan of their class")
        return [Table(title, columns, rows, chart)] if rows else []

    @api.model
    def _narrow_items(self, filters):
        """Domain of the items by warehouse that the filters select."""
        company = Domain("company_id", "=", self._get_company(filters).id)
        return company & self._narrow_by(
            filters,
            {
                "warehouse_ids": "warehouse_id",
                "product_ids": "product_id",
                "categ_ids": "product_id.categ_id",
                "supplier_ids": "product_id.count_supplier_ids",
            },
        )

    @api.model
    def _percent(self, share):
        return None if share is None else 100 * share

    @api.model
    def _get_problem_tables(self, domain):
        """Tables of the largest variances, by location, item, category and cause."""
        _ = self.env._
        problems = self._read_named_problems(domain)
        titles = {
            "location": _("Locations that differed most"),
            "category": _("Categories that differed most"),
            "item": _("Items that differed most"),
        }
        tables = [
            Table(
                title,
                self._get_problem_columns(title),
                self._get_problem_rows(problems[kind]),
                Chart("bar", ("absolute",)),
            )
            for kind, title in titles.items()
        ]
        reasons = _("Reasons given, the most valuable first")
        causes = _("Probable causes, the most valuable first")
        return [
            *tables,
            self._get_pareto(reasons, _("Reason"), problems["reason"]),
            self._get_pareto(causes, _("Probable cause"), problems["cause"]),
        ]

    @api.model
    def _read_named_problems(self, domain):
        """The largest variances, with names, see ``_read_problems`` of the figures."""
        problems = self.env["stock.count.figures"]._read_problems(domain, NAMED)
        Dashboard = self.env["stock.count.dashboard"]
        for kind, (model, _field) in PROBLEMS.items():
            Dashboard._name_records(problems[kind], model)
        Dashboard._name_causes(problems["cause"])
        return problems

    @api.model
    def _get_problem_columns(self, label):
        _ = self.env._
        return [
            Column("name", label),
            Column("lines", _("Lines"), "integer"),
            *self._get_value_columns(),
        ]

    @api.model
    def _get_problem_rows(self, rows):
        return [
            {
                "name": row["name"],
                "lines": row["lines"],
                "shortage": float(row["shortage"]),
                "overage": float(row["overage"]),
                "net": float(row["overage"] - row["shortage"]),
                "absolute": float(row["value"]),
            }
            for row in rows
        ]

    @api.model
    def _get_pareto(self, title, label, rows):
        """A table with a Pareto chart: few causes often make most of the value."""
        _ = self.env._
        names = {row["name"]: row["lines"] for row in rows}
        bars = pareto((row["name"], float(row["value"])) for row in rows)
        return Table(
            title,
            [
                Column("name", label),
                Column("lines", _("Lines"), "integer"),
                Column("absolute", _("Absolute"), "money"),
                Column("together", _("Together"), "percent"),
            ],
            [
                {
                    "name": bar.key,
                    "lines": names[bar.key],
                    "absolute": bar.amount,
                    "together": 100 * bar.cumulative,
                }
                for bar in bars
            ],
            Chart("pareto", ("absolute", "together")),
        )

    @api.model
    def _get_counter_table(self, domain):
        """A table of counters and their rounds.

        It is no ranking: a counter may have counted the difficult bins.
        """
        _ = self.env._
        groups = self.env["stock.count.history"]._read_group(
            domain,
            ["counted_by_id"],
            ["__count", "rounds:avg", "rounds:max", "accuracy:avg"],
        )
        return Table(
            _("Counters and their rounds"),
            [
                Column("name", _("Counted By")),
                Column("lines", _("Lines"), "integer"),
                Column("rounds", _("Rounds on average"), "decimal"),
                Column("most", _("Rounds at most"), "integer"),
                Column("accuracy", _("Record accuracy"), "percent"),
            ],
            [
                {
                    # In sudo mode because the counter may be archived.
                    "name": user.sudo().name or _("None"),
                    "lines": lines,
                    "rounds": float(rounds),
                    "most": most,
                    "accuracy": float(accuracy),
                }
                for user, lines, rounds, most, accuracy in groups
            ],
        )
