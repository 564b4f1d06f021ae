import json
from dataclasses import dataclass, field, replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .engine.definition import Column, Figure
from .engine.stock_count_report import BATCH
from .stock_count_adjustment_report import new_digest

VERDICTS = ("covered", "unposted", "gap")


@dataclass
class CoverageTotals:
    """Coverage of pairs of product and place, of products, and of places."""

    things: dict[str, int] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    products: dict[int, bool] = field(default_factory=dict)
    places: dict[int, bool] = field(default_factory=dict)
    digest: object = field(default_factory=new_digest)

    def add(self, row):
        """Add a row of the report."""
        verdict = row["verdict"]
        self.things[verdict] = self.things.get(verdict, 0) + 1
        self.values[verdict] = self.values.get(verdict, 0) + (row["value"] or 0)
        # A product or place is covered when nothing of it was left out.
        covered = verdict == "covered"
        for seen, key in ((self.products, "product_id"), (self.places, "location_id")):
            seen[row[key]] = seen.get(row[key], True) and covered
        self.digest.update(json.dumps(row["evidence"], default=str).encode() + b"\n")

    @property
    def total(self):
        return sum(self.things.values())

    @property
    def coverage(self):
        """Covered things in percent; None when there is nothing to cover."""
        covered = self.things.get("covered", 0)
        return 100 * covered / self.total if self.total else None


class StockCountCoverageReport(models.AbstractModel):
    """Report S9: the coverage certificate of a fiscal year, with the gaps.

    It has a row for each product at each place with stock at the end of the period
    (today, while the period lasts), and for each one that was counted in the period. A
    row is covered if a count of the period was posted: the book was confirmed or
    corrected.
    """

    _name = "report.stock_count.report_coverage_document"
    _inherit = ["stock.count.report"]
    _description = "Coverage Certificate"

    _report_number = "S9"
    _report_model = ""
    _report_period = "year"
    _report_filters = (
        *("date_from", "date_to", "warehouse_ids", "location_ids"),
        *("product_ids", "categ_ids", "supplier_ids"),
    )
    _report_groups = ("outcome", "location", "category")

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Coverage Certificate")

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("outcome", _("Coverage"), width=11),
            Column("item", _("Item ID"), width=10),
            Column("description", _("Description"), width=24),
            Column("category", _("Category"), width=20, printed=False),
            Column("location", _("Location"), width=22),
            Column("book", _("Book at End"), "quantity", 10),
            Column("unit", _("Unit"), width=6),
            Column("value", _("Value at Cost"), "money", 11, total=True),
            Column("times", _("Counts"), "integer", 6, total=True),
            Column("counted_at", _("Last Counted"), "datetime", 13),
            Column("counter", _("Counted By"), width=12),
            Column("session", _("Cycle Count"), width=10),
        ]

    @api.model
    def _get_sections(self, filters):
        return [(None, self._complete(filters))]

    @api.model
    def _complete(self, filters):
        """The filters with a period; by default the fiscal year."""
        if filters.date_from and filters.date_to:
            return filters
        day = filters.date_to or filters.date_from or fields.Date.context_today(self)
        start, end = self._get_fiscal_year(day)
        return replace(
            filters,
            date_from=filters.date_from or start,
            date_to=filters.date_to or end,
        )

    @api.model
    def _describe_filters(self, filters):
        return super()._describe_filters(self._complete(filters))

    # === BUSINESS METHODS - READING === #

    @api.model
    def _count_rows(self, filters):
        self._read_places(filters)
        query = SQL("SELECT count(*) FROM (%s) pair", self._get_query(filters))
        self.env.cr.execute(query)
        return self.env.cr.fetchone()[0]

    @api.model
    def _read_rows(self, filters, offset=0, limit=None, order=None):
        """Yield one row for each product and place, gaps first."""
        self._check_may_read()
        # Costs differ by company, and the chosen counts decide on the company.
        report = self.with_company(self._get_company(filters))
        yield from report._read_pairs(filters, offset, limit)

    @api.model
    def _read_pairs(self, filters, offset, limit):
        self._read_places(filters)
        self.env.cr.execute(
            SQL(
                """
                SELECT *, CASE WHEN posted_at IS NOT NULL THEN 'covered'
                               WHEN counted_at IS NOT NULL THEN 'unposted'
                               ELSE 'gap' END AS verdict
                  FROM (%s) pair
                 ORDER BY posted_at IS NOT NULL, counted_at IS NOT NULL,
                          product_id, location_id
                OFFSET %s LIMIT %s
                """,
                self._get_query(filters),
                offset,
                limit,
            )
        )
        keys = [column.name for column in self.env.cr.description]
        found = self.env.cr.fetchall()
        period = [str(day) for day in self._get_period(filters)]
        for start in range(0, len(found), BATCH):
            batch = found[start : start + BATCH]
            rows = [dict(zip(keys, values, strict=True)) for values in batch]
            names = self._read_names(rows)
            for row in rows:
                yield self._prepare_pair(row, names, period)

    @api.model
    def _get_period(self, filters):
        filters = self._complete(filters)
        return filters.date_from, filters.date_to

    @api.model
    def _read_places(self, filters):
        """Write pending changes to the database, so that the query reads them.

        :raise UserError: when the period has not begun yet
        """
        start, _end = self._get_period(filters)
        if start > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The period begins on %s: there is nothing to certify yet.",
                    format_date(self.env, start),
                )
            )
        for model in (
            "stock.quant",
            "stock.move.line",
            "stock.count.line",
            "stock.count.session",
        ):
            self.env[model].flush_model()

    @api.model
    def _get_query(self, filters):
        """SQL: one row for each product and place that had stock at the end of the
        period or was counted in it, with its last count."""
        company = self._get_company(filters)
        return SQL(
            """
            WITH place AS (%(places)s), item AS (%(products)s), book AS (%(book)s),
            counted AS (%(counted)s), latest AS (%(latest)s), counts AS (
                SELECT product_id, location_id, count(*) AS times,
                       max(counted_at) FILTER (WHERE is_posted) AS posted_at
                  FROM counted GROUP BY product_id, location_id)
            SELECT COALESCE(book.product_id, latest.product_id) AS product_id,
                   COALESCE(book.location_id, latest.location_id) AS location_id,
                   COALESCE(book.book, 0) AS book, latest.session_id,
                   latest.counted_by_id, latest.counted_at, counts.posted_at,
                   COALESCE(counts.times, 0) AS times
              FROM latest
              JOIN counts USING (product_id, location_id)
              FULL JOIN book USING (product_id, location_id)
            """,
            places=self._get_places(filters, company),
            products=self._get_products(filters),
            book=self._get_book(filters),
            counted=self._get_counted(filters, company),
            latest=self._get_latest(),
        )

    @api.model
    def _get_moments(self, filters):
        """The first moment of the period, and the first one after it (UTC)."""
        start, end = self._get_period(filters)
        return self._to_utc(start), self._to_utc(fields.Date.add(end, days=1))

    @api.model
    def _get_book(self, filters):
        """SQL: what was booked at the end of the period, at each ``place`` of ``item``.

        It is what is booked now, without what was moved since.
        """
        _begin, after = self._get_moments(filters)
        return SQL(
            """
            SELECT product_id, location_id, sum(quantity) AS book FROM (
                SELECT product_id, location_id, quantity FROM stock_quant
                 UNION ALL
                SELECT product_id, location_id, quantity_product_uom
                  FROM stock_move_line
                 WHERE state = 'done' AND date >= %(after)s
                 UNION ALL
                SELECT product_id, location_dest_id, -quantity_product_uom
                  FROM stock_move_line
                 WHERE state = 'done' AND date >= %(after)s) flow
             WHERE location_id IN (SELECT id FROM place)
               AND product_id IN (SELECT id FROM item)
             GROUP BY product_id, location_id HAVING round(sum(quantity), 6) <> 0
            """,
            after=after,
        )

    @api.model
    def _get_counted(self, filters, company):
        """SQL: the lines that were counted in the period, at ``place`` of ``item``."""
        begin, after = self._get_moments(filters)
        # A posted line may be in its next round, so the posted count is taken.
        counted_at = SQL(
            "CASE WHEN line.posted_round > 0 THEN line.posted_counted_at"
            " WHEN line.is_counted THEN line.counted_at END"
        )
        return SQL(
            """
            SELECT line.id, line.product_id, line.location_id, line.session_id,
                   line.counted_by_id, line.unit_cost, %(counted)s AS counted_at,
                   line.posted_round > 0 AND line.posted_counted_at >= %(begin)s
                       AND line.posted_counted_at < %(after)s AS is_posted
              FROM stock_count_line line
              JOIN stock_count_session session ON session.id = line.session_id
             WHERE line.company_id = %(company)s AND session.state <> 'cancelled'
               AND %(counted)s >= %(begin)s AND %(counted)s < %(after)s
               AND line.location_id IN (SELECT id FROM place)
               AND line.product_id IN (SELECT id FROM item)
            """,
            company=company.id,
            begin=begin,
            after=after,
            counted=counted_at,
        )

    @api.model
    def _get_latest(self):
        """SQL: the last of ``counted`` by product and place, posted ones first."""
        return SQL(
            """
            SELECT DISTINCT ON (product_id, location_id) product_id, location_id,
                   session_id, counted_by_id, counted_at
              FROM counted
             ORDER BY product_id, location_id, is_posted DESC, counted_at DESC, id
            """
        )

    @api.model
    def _get_places(self, filters, company):
        domain = [("usage", "=", "internal"), ("company_id", "=", company.id)]
        if filters.warehouse_ids:
            domain.append(("warehouse_id", "in", list(filters.warehouse_ids)))
        if filters.location_ids:
            domain.append(("id", "child_of", list(filters.location_ids)))
        locations = self.env["stock.location"].with_context(active_test=False)
        return locations._search(domain).select()

    @api.model
    def _get_products(self, filters):
        domain = [("is_storable", "=", True)]
        if filters.product_ids:
            domain.append(("id", "in", list(filters.product_ids)))
        if filters.categ_ids:
            domain.append(("categ_id", "child_of", list(filters.categ_ids)))
        if filters.supplier_ids:
            suppliers = list(filters.supplier_ids)
            domain.append(("count_supplier_ids", "in", suppliers))
        products = self.env["product.product"].with_context(active_test=False)
        return products._search(domain).select()

    @api.model
    def _read_names(self, rows):
        """The records of rows by column, which Odoo prefetches together."""
        # In sudo mode because a counting lead need not be an Inventory user.
        env = self.env(su=True)
        return {
            key: env[model].browse(dict.fromkeys(row[key] for row in rows if row[key]))
            for key, model in (
                ("product_id", "product.product"),
                ("location_id", "stock.location"),
                ("session_id", "stock.count.session"),
                ("counted_by_id", "res.users"),
            )
        }

    @api.model
    def _prepare_pair(self, row, names, period):
        record = {
            key: records.browse(row[key] or ()).with_prefetch(records.ids)
            for key, records in names.items()
        }
        product, place = record["product_id"], record["location_id"]
        cost = product.standard_price
        currency = self.env.company.sudo().currency_id
        evidence = [*period, product.id, place.id, row["book"], row["counted_at"]]
        return {
            **row,
            "outcome": self._get_verdicts()[row["verdict"]],
            "item": product.default_code or product.barcode,
            "description": product.with_context(
                display_default_code=False
            ).display_name,
            "category": product.categ_id.complete_name,
            "location": place.complete_name,
            "unit": product.uom_id.name,
            "value": currency.round(float(row["book"]) * cost),
            "counter": record["counted_by_id"].name,
            "session": record["session_id"].name,
            "evidence": [*evidence, row["verdict"], record["counted_by_id"].id],
            "book": float(row["book"]),
        }

    @api.model
    def _get_verdicts(self):
        _ = self.env._
        return {
            "covered": _("Counted"),
            "unposted": _("Counted, not posted"),
            "gap": _("Not counted"),
        }

    @api.model
    def _get_group_labels(self):
        return {**super()._get_group_labels(), "outcome": self.env._("Coverage")}

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _new_totals(self):
        return CoverageTotals()

    @api.model
    def _get_figures(self, totals):
        _ = self.env._
        labels = self._get_verdicts()
        return [
            Figure("total", _("To cover"), "integer", totals.total),
            *(
                Figure(name, labels[name], "integer", totals.things.get(name, 0))
                for name in VERDICTS
            ),
            Figure("coverage", _("Coverage"), "percent", totals.coverage),
            Figure("products", _("Products covered"), "text", _share(totals.products)),
            Figure("places", _("Locations covered"), "text", _share(totals.places)),
            Figure(
                "covered_value",
                _("Value counted"),
                "money",
                totals.values.get("covered", 0.0),
            ),
            Figure(
                "open_value",
                _("Value not counted"),
                "money",
                sum(totals.values.get(name, 0.0) for name in VERDICTS[1:]),
            ),
        ]

    @api.model
    def _get_subtotal(self, totals):
        sentence = self.env._("Products in places: %s", totals.total)
        value = Figure(
            "value", self.env._("Value"), "money", sum(totals.values.values())
        )
        return [Figure("sentence", "", "text", sentence), value]

    @api.model
    def _get_seals(self, totals):
        _ = self.env._
        scope = _(
            "Every product in every place that the book has stock of at the end of the"
            " period, and all that was counted in it. Counted is what was counted in"
            " the period and posted."
        )
        digest = _("Digest (SHA-256) of %s rows", totals.total)
        return [(_("Scope"), scope), (digest, totals.digest.hexdigest())]


def _share(seen):
    """How many were covered, of how many."""
    return f"{sum(seen.values())} / {len(seen)}"
