from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..shared.keys import sql_rows

STEP_TYPES = "n int, start timestamp, stop timestamp"
STEP_NAMES = ("counted", "accurate", "differing", "expected", "shortage", "overage")
KINDS = ("location", "item", "category", "reason", "cause")
RATE_TYPES = "company_id int, rate numeric"


class StockCountFigures(models.AbstractModel):
    """Sums over the count history, for the dashboard and report 213.

    SQL adds up the rows that the user may read. Values are in the currency of the
    user's company. Those of a company with another currency are converted at today's
    rate.
    """

    _name = "stock.count.figures"
    _description = "Figures of the Count History"

    # === BUSINESS METHODS - DAYS === #

    @api.model
    def _start_of(self, day):
        """The time (UTC) when a day begins in the user's time zone."""
        start = self.env.tz.localize(datetime.combine(day, time.min))
        return (start - start.utcoffset()).replace(tzinfo=None)

    @api.model
    def _between(self, period):
        """Domain of the history of some days.

        :param domain.trend.Period period: days in the user's time zone
        """
        start = self._start_of(period.first)
        stop = self._start_of(period.last + timedelta(days=1))
        return Domain("posted_at", ">=", start) & Domain("posted_at", "<", stop)

    @api.model
    def _first_day(self, domain):
        """The day of the first posted count in the user's time zone; False without
        one."""
        first = self.env["stock.count.history"].search(
            domain, order="posted_at", limit=1
        )
        moment = first.posted_at
        return moment and fields.Datetime.context_timestamp(self, moment).date()

    # === BUSINESS METHODS - FIGURES === #

    @api.model
    def _read_steps(self, domain, periods):
        """Numbers of lines and values of each of some periods, in one statement.

        Counted lines come from an index alone and variances from a small index. So
        millions of lines are added up in a fraction of a second.

        :param Domain domain: of the history
        :param list periods: ``domain.trend.Period`` each
        :return: list of dicts in the order of the periods: ``counted``, ``accurate``
            and ``differing`` (lines), ``expected``, ``shortage`` and ``overage``
            (values)
        """
        steps = [dict.fromkeys(STEP_NAMES, 0) for _period in periods]
        rows = [
            {
                "n": n,
                "start": self._start_of(period.first),
                "stop": self._start_of(period.last + timedelta(days=1)),
            }
            for n, period in enumerate(periods)
        ]
        for n, *values in self._fetch_steps(domain, rows):
            for name, value in zip(STEP_NAMES, values, strict=True):
                steps[n][name] += value
        return steps

    @api.model
    def _fetch_steps(self, domain, rows):
        """Rows (n, then the values of ``STEP_NAMES``), by period and company.

        :param list rows: of ``STEP_TYPES``
        """
        history, allowed = self._source("stock.count.history", domain)
        within = SQL(
            "%s AND stock_count_history.posted_at >= steps.start"
            " AND stock_count_history.posted_at < steps.stop",
            allowed,
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT steps.n, every.lines, every.lines - COALESCE(off.inaccurate, 0),
                       COALESCE(off.lines, 0), every.expected * rates.rate,
                       COALESCE(off.shortage, 0) * rates.rate,
                       COALESCE(off.overage, 0) * rates.rate
                  FROM (SELECT * FROM %s) steps
                 CROSS JOIN LATERAL (%s) every
                  LEFT JOIN LATERAL (%s) off ON TRUE
                  JOIN (SELECT * FROM %s) rates
                       ON rates.company_id = every.company_id
                """,
                sql_rows(rows, STEP_TYPES),
                self._counted_lines(history, within),
                self._differing_lines(history, within),
                self._rates(),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _counted_lines(self, history, condition):
        """SQL: number and expected value of the lines of each company."""
        return SQL(
            """
            SELECT stock_count_history.company_id, count(*) AS lines,
                   COALESCE(sum(expected_value), 0) AS expected
              FROM %s WHERE %s GROUP BY stock_count_history.company_id
            """,
            history,
            condition,
        )

    @api.model
    def _differing_lines(self, history, condition):
        """SQL: numbers and values of the lines with a variance, of the company of
        ``every``."""
        return SQL(
            """
            SELECT count(*) AS lines,
                   count(*) FILTER (WHERE NOT accurate) AS inaccurate,
                   sum(shortage_value) AS shortage, sum(overage_value) AS overage
              FROM %s WHERE %s
               AND stock_count_history.company_id = every.company_id
               AND stock_count_history.variance_qty <> 0
            """,
            history,
            condition,
        )

    @api.model
    def _read_frequency(self, domain, periods):
        """How often was counted in each of some periods.

        :param Domain domain: of the history
        :param list periods: ``domain.trend.Period`` each
        :return: list of dicts in the order of the periods: numbers of ``sessions``,
            ``days`` (in the user's time zone) and ``places`` (locations)
        """
        history, allowed = self._source("stock.count.history", domain)
        ends = [self._start_of(period.first) for period in periods]
        ends.append(self._start_of(periods[-1].last + timedelta(days=1)))
        self.env.cr.execute(
            SQL(
                """
                SELECT width_bucket(stock_count_history.posted_at, %s::timestamp[]) - 1,
                       count(DISTINCT stock_count_history.session_id) AS sessions,
                       count(DISTINCT (stock_count_history.posted_at
                           AT TIME ZONE 'UTC' AT TIME ZONE %s)::date) AS days,
                       count(DISTINCT stock_count_history.location_id) AS places
                  FROM %s WHERE %s GROUP BY 1
                """,
                ends,
                str(self.env.tz),
                history,
                allowed,
            )
        )
        found = {n: counts for n, *counts in self.env.cr.fetchall()}
        names = ("sessions", "days", "places")
        return [
            dict(zip(names, found.get(n, (0, 0, 0)), strict=True))
            for n in range(len(periods))
        ]

    @api.model
    def _read_plan(self, domain, items, period):
        """How often items were counted in a period, and how often their classes plan
        it.

        Each session of a warehouse counts an item there once.

        :param Domain domain: of the history
        :param Domain items: of the items' classes
        :param domain.trend.Period period: days on the user's clock
        :return: list of dicts, the class with the most planned counts first: ``name``,
            ``items`` (number), ``planned`` and ``made`` (mean counts of an item), and
            ``kept`` (number of items that were counted as often as planned, rounded
            down)
        """
        self.env["stock.count.class"].flush_model()
        self.env["product.template"].flush_model(["count_class_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH counted AS (%(counted)s)
                SELECT class.name, count(*) AS items,
                       class.counts_per_year * %(share)s AS planned,
                       avg(COALESCE(counted.times, 0))::float AS made,
                       count(*) FILTER (WHERE COALESCE(counted.times, 0)
                           >= floor(class.counts_per_year * %(share)s)) AS kept
                  FROM (%(classed)s) item
                  JOIN stock_count_class class ON class.id = item.class_id
             LEFT JOIN counted ON counted.product_id = item.product_id
                       AND counted.warehouse_id = item.warehouse_id
                 GROUP BY class.id ORDER BY class.counts_per_year DESC, class.id
                """,
                counted=self._times_counted(domain),
                classed=self._classed_items(items),
                share=period.days / 365,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _times_counted(self, domain):
        """SQL: in how many sessions each item was counted, by warehouse."""
        history, allowed = self._source("stock.count.history", domain)
        return SQL(
            """
            SELECT stock_count_history.product_id, stock_count_history.warehouse_id,
                   count(DISTINCT stock_count_history.session_id) AS times
              FROM %s WHERE %s GROUP BY 1, 2
            """,
            history,
            allowed,
        )

    @api.model
    def _classed_items(self, domain):
        """SQL: items by warehouse with their class; one given by hand goes first."""
        items, allowed = self._source("stock.count.class.item", domain)
        return SQL(
            """
            SELECT stock_count_class_item.product_id,
                   stock_count_class_item.warehouse_id, COALESCE(
                       (template.count_class_id
                           ->> stock_count_class_item.company_id::text)::int,
                       stock_count_class_item.class_id) AS class_id
              FROM (SELECT stock_count_class_item.* FROM %s WHERE %s)
                   stock_count_class_item
              JOIN product_product product
                ON product.id = stock_count_class_item.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            items,
            allowed,
        )

    @api.model
    def _read_problems(self, domain, limit=5):
        """The largest variances by location, item, category, reason and cause.

        :param Domain domain: of the history
        :param int limit: number of locations, items and categories
        :return: dict of ``location``, ``item``, ``category``, ``reason`` and ``cause``,
            each a list of dicts with ``key``, ``lines`` (number), ``value`` (shortages
            plus overages), ``shortage`` and ``overage``, the largest value first
        """
        history, allowed = self._source("stock.count.history", domain)
        self.env.cr.execute(
            SQL(
                """
                SELECT kind, key, lines, shortage + overage AS value, shortage, overage
                  FROM (SELECT *, row_number() OVER (PARTITION BY kind
                               ORDER BY shortage + overage DESC, lines DESC, key) AS n
                          FROM (%s) sums) ranked
                 WHERE n <= %s OR kind IN ('cause', 'reason')
                 ORDER BY kind, n
                """,
                self._problems_sql(history, allowed),
                limit,
            )
        )
        problems = {kind: [] for kind in KINDS}
        for row in self.env.cr.dictfetchall():
            problems[row.pop("kind")].append(row)
        return problems

    @api.model
    def _problems_sql(self, history, allowed):
        """SQL: sums of variances by kind and key, see ``_read_problems``."""
        return SQL(
            """
            SELECT CASE WHEN GROUPING(off.location_id) = 0 THEN 'location'
                        WHEN GROUPING(off.product_id) = 0 THEN 'item'
                        WHEN GROUPING(template.categ_id) = 0 THEN 'category'
                        WHEN GROUPING(off.reason_id) = 0 THEN 'reason'
                        ELSE 'cause' END AS kind,
                   COALESCE(off.location_id::text, off.product_id::text,
                            template.categ_id::text, off.reason_id::text,
                            off.cause) AS key,
                   count(*) AS lines,
                   sum(off.shortage_value * rates.rate) AS shortage,
                   sum(off.overage_value * rates.rate) AS overage
              FROM (SELECT stock_count_history.* FROM %s WHERE %s
                       AND stock_count_history.variance_qty <> 0) off
              JOIN (SELECT * FROM %s) rates ON rates.company_id = off.company_id
              JOIN product_product product ON product.id = off.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             GROUP BY GROUPING SETS ((off.location_id), (off.product_id),
                                     (template.categ_id), (off.reason_id),
                                     (off.cause))
            """,
            history,
            allowed,
            self._rates(),
        )

    @api.model
    def _read_coverage(self, domain, since=None):
        """How many places with stock were counted.

        A place is a product at a location, with all of its lots.

        :param Domain domain: of the quants
        :param datetime since: UTC, the earliest posting that counts; None for any
        :return: tuple (number of places with stock, number of these that were counted)
        """
        self.env["stock.count.history"].check_access("read")
        stock, allowed = self._source("stock.quant", domain)
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*), count(counted) FROM (
                    SELECT %s AS counted
                      FROM (SELECT DISTINCT stock_quant.product_id,
                                   stock_quant.location_id
                              FROM %s WHERE %s) place %s) places
                """,
                *self._counted_sql(since, stock, allowed),
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _counted_sql(self, since, stock, allowed):
        """SQL parts that say when each ``place`` was last counted.

        For some months, all counts are read at once. For all time, the last count of
        each place is looked up in an index.

        :return: tuple of an expression, FROM, WHERE and a join
        """
        if since:
            return SQL("done.counted"), stock, allowed, self._join_counted(since)
        last = SQL(
            """
            (SELECT max(done.posted_at) FROM stock_count_history done
              WHERE done.product_id = place.product_id
                AND done.location_id = place.location_id)
            """
        )
        return last, stock, allowed, SQL()

    @api.model
    def _join_counted(self, since):
        """SQL: join what was counted since a time to ``place``."""
        counts, readable = self._source(
            "stock.count.history",
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("posted_at", ">=", since),
        )
        return SQL(
            """
            LEFT JOIN (SELECT DISTINCT stock_count_history.product_id,
                              stock_count_history.location_id, TRUE AS counted
                         FROM %s WHERE %s) done
                   ON done.product_id = place.product_id
                  AND done.location_id = place.location_id
            """,
            counts,
            readable,
        )

    # === BUSINESS METHODS - SQL === #

    @api.model
    def _source(self, model, domain):
        """The records of a domain that the user may read.

        :return: tuple of SQL for FROM and for WHERE
        """
        self.env[model].flush_model()
        query = self.env[model]._search(domain)
        return query.from_clause, query.where_clause or SQL("TRUE")

    @api.model
    def _rates(self):
        """SQL: the value of one unit of each company's currency in the currency of the
        user's company, as rows of ``RATE_TYPES``."""
        own, today = self.env.company.currency_id, fields.Date.context_today(self)
        # In sudo mode because the other companies need not be readable.
        rates = [
            {
                "company_id": company.id,
                "rate": company.currency_id._convert(
                    1, own, company, today, round=False
                ),
            }
            for company in self.env.companies.sudo()
        ]
        return sql_rows(rates, RATE_TYPES)
