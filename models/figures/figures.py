from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..shared.keys import sql_rows

STEP_TYPES = "n int, start timestamp, stop timestamp"
KINDS = ("location", "item", "category", "reason", "cause")
RATE_TYPES = "company_id int, rate numeric"


class StockCountFigures(models.AbstractModel):
    """What the dashboard, the digest and report 213 say of the count history.

    Added up in SQL over the rows that the user may read. Values are in the currency of
    the user's company, at today's rate where another company has another currency.
    """

    _name = "stock.count.figures"
    _description = "Figures of the Count History"

    # === BUSINESS METHODS - DAYS === #

    @api.model
    def _start_of(self, day):
        """The moment in UTC at which a day begins on the user's clock."""
        start = self.env.tz.localize(datetime.combine(day, time.min))
        return (start - start.utcoffset()).replace(tzinfo=None)

    @api.model
    def _between(self, period):
        """The history of some days.

        :param domain.trend.Period period: days on the user's clock
        :rtype: Domain
        """
        start = self._start_of(period.first)
        stop = self._start_of(period.last + timedelta(days=1))
        return Domain("posted_at", ">=", start) & Domain("posted_at", "<", stop)

    @api.model
    def _first_day(self, domain):
        """The day of the first posted count; None where there is none."""
        first = self.env["stock.count.history"].search(
            domain, order="posted_at", limit=1
        )
        moment = first.posted_at
        return moment and fields.Datetime.context_timestamp(self, moment).date()

    # === BUSINESS METHODS - FIGURES === #

    @api.model
    def _read_steps(self, domain, periods):
        """Lines and values of each of some periods, in one statement.

        Counted lines come from an index alone and variances from a small one, so
        millions of lines are added up in a fraction of a second.

        :param Domain domain: of the history
        :param list periods: of ``domain.trend.Period``
        :return: a dict per period: ``counted``, ``accurate``, ``differing``,
            ``expected``, ``shortage`` and ``overage``
        """
        names = ("counted", "accurate", "differing", "expected", "shortage", "overage")
        steps = [dict.fromkeys(names, 0) for _period in periods]
        rows = [
            {
                "n": n,
                "start": self._start_of(period.first),
                "stop": self._start_of(period.last + timedelta(days=1)),
            }
            for n, period in enumerate(periods)
        ]
        for n, *values in self._fetch_steps(domain, rows):
            for name, value in zip(names, values, strict=True):
                steps[n][name] += value
        return steps

    @api.model
    def _fetch_steps(self, domain, rows):
        history, allowed = self._source("stock.count.history", domain)
        self.env.cr.execute(
            SQL(
                """
                SELECT steps.n, every.lines, every.lines - COALESCE(off.inaccurate, 0),
                       COALESCE(off.lines, 0), every.expected * rates.rate,
                       COALESCE(off.shortage, 0) * rates.rate,
                       COALESCE(off.overage, 0) * rates.rate
                  FROM (SELECT * FROM %(steps)s) steps
                 CROSS JOIN LATERAL (
                       SELECT stock_count_history.company_id, count(*) AS lines,
                              COALESCE(sum(expected_value), 0) AS expected
                         FROM %(history)s
                        WHERE %(allowed)s AND %(within)s
                        GROUP BY stock_count_history.company_id) every
                  LEFT JOIN LATERAL (
                       SELECT count(*) AS lines,
                              count(*) FILTER (WHERE NOT accurate) AS inaccurate,
                              sum(shortage_value) AS shortage,
                              sum(overage_value) AS overage
                         FROM %(history)s
                        WHERE %(allowed)s AND %(within)s
                          AND stock_count_history.company_id = every.company_id
                          AND stock_count_history.variance_qty <> 0) off ON TRUE
                  JOIN (SELECT * FROM %(rates)s) rates
                       ON rates.company_id = every.company_id
                """,
                steps=self._rows(rows, STEP_TYPES),
                rates=self._rates(),
                history=history,
                allowed=allowed,
                within=SQL(
                    "stock_count_history.posted_at >= steps.start"
                    " AND stock_count_history.posted_at < steps.stop"
                ),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _read_frequency(self, domain, periods):
        """How often was counted in each of some periods.

        :return: a dict per period: ``sessions``, ``days`` (on the user's clock) and
            ``places`` (locations)
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
        """How often items were counted in a period, against how often their classes
        want it. An item in a warehouse is counted once by each cycle count of it.

        :param Domain domain: of the history
        :param Domain items: of the items' classes
        :return: a dict per class, the one that is counted most often first: ``name``,
            ``items``, ``planned`` and ``made`` (counts of an item, on average) and
            ``kept`` (items that were counted as often as planned, whole counts)
        """
        counts, allowed = self._source("stock.count.history", domain)
        classed, readable = self._source("stock.count.class.item", items)
        self.env["stock.count.class"].flush_model()
        self.env["product.template"].flush_model(["count_class_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH counted AS (
                    SELECT stock_count_history.product_id,
                           stock_count_history.warehouse_id,
                           count(DISTINCT stock_count_history.session_id) AS times
                      FROM %(counts)s WHERE %(allowed)s GROUP BY 1, 2)
                SELECT class.name, count(*) AS items,
                       class.counts_per_year * %(share)s AS planned,
                       avg(COALESCE(counted.times, 0))::float AS made,
                       count(*) FILTER (WHERE COALESCE(counted.times, 0)
                           >= floor(class.counts_per_year * %(share)s)) AS kept
                  FROM (SELECT stock_count_class_item.* FROM %(classed)s
                         WHERE %(readable)s) item
                  JOIN product_product product ON product.id = item.product_id
                  JOIN product_template template
                       ON template.id = product.product_tmpl_id
                  JOIN stock_count_class class ON class.id = COALESCE(
                       (template.count_class_id ->> item.company_id::text)::int,
                       item.class_id)
             LEFT JOIN counted ON counted.product_id = item.product_id
                       AND counted.warehouse_id = item.warehouse_id
                 GROUP BY class.id ORDER BY class.counts_per_year DESC, class.id
                """,
                counts=counts,
                allowed=allowed,
                classed=classed,
                readable=readable,
                share=period.days / 365,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _read_problems(self, domain, limit=5):
        """Where it differed most, and why: by location, item and category, by the
        reason that people gave, and by the cause that explained it best.

        :return: dict of ``location``, ``item``, ``category``, ``reason`` and ``cause``,
            each a list of dicts with ``key``, ``lines``, ``value`` (shortages and
            overages added up), ``shortage`` and ``overage``, the most valuable first
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
        """Of the places that hold stock, how many were counted.

        A place is a product at a location. Lots are not told apart: a bin is counted
        whole.

        :param Domain domain: of the quants
        :param datetime since: when the count must have been posted; None for ever
        :return: (places with stock, those that were counted)
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
        """When each ``place`` was counted last: its expression, FROM, WHERE and join.

        Of some months all counts are read at once. Of years the last one of a place is
        looked up by one step down the index.
        """
        if since is None:
            last = SQL(
                """
                (SELECT max(done.posted_at) FROM stock_count_history done
                  WHERE done.product_id = place.product_id
                    AND done.location_id = place.location_id)
                """
            )
            return last, stock, allowed, SQL()
        counts, readable = self._source(
            "stock.count.history",
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("posted_at", ">=", since),
        )
        join = SQL(
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
        return SQL("done.counted"), stock, allowed, join

    # === BUSINESS METHODS - SQL === #

    @api.model
    def _source(self, model, domain):
        """What the user may read of a model, as SQL for FROM and for WHERE."""
        self.env[model].flush_model()
        query = self.env[model]._search(domain)
        return query.from_clause, query.where_clause or SQL("TRUE")

    @api.model
    def _rows(self, rows, types):
        return sql_rows(rows, types)

    @api.model
    def _rates(self):
        """SQL: what a unit of each company's currency is worth in the user's."""
        own, today = self.env.company.currency_id, fields.Date.context_today(self)
        # In sudo mode because a rate is no secret of the other company.
        rates = [
            {
                "company_id": company.id,
                "rate": company.currency_id._convert(
                    1, own, company, today, round=False
                ),
            }
            for company in self.env.companies.sudo()
        ]
        return self._rows(rates, RATE_TYPES)
