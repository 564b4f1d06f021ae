from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import OPEN_EXCEPTION_STATES
from ..shared.keys import sql_rows

# How many variances with one root cause, in more than one count, are no accident.
REPEATS = 3
# How many days back root causes are counted.
CAUSE_DAYS = 90
# How many lines the evidence names.
NAMED = 3
KINDS = ("repeated_variance", "repeated_cause")


class StockCountWatch(models.AbstractModel):
    """Watches for what comes up again: a variance at one place, or a root cause."""

    _inherit = "stock.count.watch"

    # === BUSINESS METHODS === #

    @api.model
    def _watch_repeats(self, lines):
        """Raise what came up again with these posted lines, close what they prove to be
        solved, and have the rest verified."""
        self._raise_repeated_variances(lines)
        self._raise_repeated_causes(lines)
        repeated = self._find_repeats(lines)
        cleared = self._find_cleared(repeated)
        cleared._close_solved()
        (repeated - cleared)._schedule_verifications()

    # === REPEATED VARIANCES === #

    @api.model
    def _raise_repeated_variances(self, lines):
        """Raise a variance in two of the last three counts of a product at a place."""
        differing = self._read_differing(lines.ids)
        last = self._read_last_counts(
            {(line.product_id.id, line.location_id.id) for line in differing}
        )
        repeated = {
            (line.product_id.id, line.location_id.id): line
            for line in differing
            if sum(last.get((line.product_id.id, line.location_id.id), ())) >= 2
        }
        self.env["stock.count.exception"]._raise(
            [
                self._prepare_repeated(line, last[pair])
                for pair, line in repeated.items()
            ]
        )

    @api.model
    def _read_differing(self, line_ids):
        """The lines among these that were posted with a variance."""
        return self.env["stock.count.line"].search(
            [
                ("id", "in", line_ids),
                ("state", "=", "posted"),
                ("posted_qty", "!=", 0),
            ]
        )

    @api.model
    def _read_last_counts(self, pairs):
        """Whether each of the last three posted counts of a pair found a variance.

        :param pairs: (product id, location id)
        :return: dict pair → list of bool, the newest first
        """
        if not pairs:
            return {}
        self.env["stock.count.line"].flush_model()
        rows = [{"product": product, "place": place} for product, place in pairs]
        self.env.cr.execute(
            SQL(
                """
                SELECT rows.product, rows.place,
                       array_agg(last.differs ORDER BY last.at DESC)
                  FROM %s CROSS JOIN LATERAL (
                       SELECT max(line.posted_counted_at) AS at,
                              bool_or(line.posted_qty <> 0) AS differs
                         FROM stock_count_line line
                        WHERE line.product_id = rows.product
                          AND line.location_id = rows.place
                          AND line.posted_round > 0
                          AND line.posted_counted_at IS NOT NULL
                        GROUP BY line.session_id ORDER BY 1 DESC LIMIT 3) last
                 GROUP BY rows.product, rows.place
                """,
                sql_rows(rows, "product int, place int"),
            )
        )
        return {
            (product, place): last for product, place, last in self.env.cr.fetchall()
        }

    @api.model
    def _prepare_repeated(self, line, last):
        product, place = line.product_id, line.location_id
        return {
            **self._prepare_about(line.session_id),
            "kind": "repeated_variance",
            "key": f"product:{product.id}:{place.id}",
            "name": f"{product.display_name} · {place.display_name}",
            "evidence": self.env._(
                "A variance in %(number)s of the last %(counts)s counts, the last one"
                " in %(session)s: %(qty)s %(uom)s.",
                number=sum(last),
                counts=len(last),
                session=line.session_id.name,
                qty=f"{line.posted_qty:+g}",
                uom=line.product_uom_id.name,
            ),
            "impact_value": abs(line.variance_value),
            "impact_orders": 0,
            "line_id": line.id,
            "product_id": product.id,
            "location_id": place.id,
        }

    # === REPEATED CAUSES === #

    @api.model
    def _raise_repeated_causes(self, lines):
        """Raise the root causes that people gave too often."""
        rows = self._read_repeated_causes(lines)
        self.env["stock.count.exception"]._raise(
            [self._prepare_repeated_cause(lines[0].session_id, *row) for row in rows]
        )

    @api.model
    def _read_repeated_causes(self, lines):
        """Find root causes of these lines that were given too often lately.

        A default reason is no root cause. Lines from before a count that proved the
        cause to be solved are left out.

        :return: list of pairs (reason id, line ids with the newest first)
        """
        warehouse = lines[:1].session_id.warehouse_id
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT again.reason_id, array_agg(again.id ORDER BY again.id DESC)
                  FROM (%(given)s) given
                  JOIN stock_count_line again ON again.reason_id = given.reason_id
                       AND again.state = 'posted' AND again.posted_qty <> 0
                  JOIN stock_count_session session ON session.id = again.session_id
                       AND session.warehouse_id = %(warehouse)s
                 WHERE again.posted_at > GREATEST(%(since)s, %(solved)s)
                 GROUP BY again.reason_id
                HAVING count(*) >= %(repeats)s
                   AND count(DISTINCT again.session_id) > 1
                """,
                given=self._given_causes(lines),
                solved=self._solved_at(warehouse),
                warehouse=warehouse.id or None,
                since=fields.Datetime.now() - timedelta(days=CAUSE_DAYS),
                repeats=REPEATS,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _given_causes(self, lines):
        """SQL: the reasons of lines that were posted with a variance, without those
        that the company gives by default."""
        company = lines[:1].company_id
        defaults = company.count_shortage_reason_id | company.count_overage_reason_id
        return SQL(
            """
            SELECT DISTINCT reason_id FROM stock_count_line
             WHERE id = ANY(%s) AND state = 'posted' AND posted_qty <> 0
               AND reason_id <> ALL(%s)
            """,
            lines.ids,
            defaults.ids,
        )

    @api.model
    def _solved_at(self, warehouse):
        """SQL: when a count last proved the reason of line ``again`` to be solved."""
        return SQL(
            """
            (SELECT max(closed.closed_at) FROM stock_count_exception closed
              WHERE closed.kind = 'repeated_cause' AND closed.state = 'done'
                AND closed.reason_id = again.reason_id AND closed.warehouse_id = %s)
            """,
            warehouse.id or None,
        )

    @api.model
    def _prepare_repeated_cause(self, session, reason_id, line_ids):
        reason = self.env["stock.count.reason"].browse(reason_id)
        lines = self.env["stock.count.line"].browse(line_ids)
        warehouse = session.warehouse_id
        names = list(dict.fromkeys(lines.mapped("display_name")))
        return {
            **self._prepare_about(session),
            "kind": "repeated_cause",
            "key": f"reason:{reason.id}:{warehouse.id}",
            "name": f"{reason.display_name} · {warehouse.display_name}",
            "evidence": self.env._(
                "It explains %(number)s variances of %(counts)s counts in the last"
                " %(days)s days, such as %(names)s.",
                number=len(lines),
                counts=len(lines.session_id),
                days=CAUSE_DAYS,
                names=", ".join(names[:NAMED]),
            ),
            "impact_value": sum(abs(line.variance_value) for line in lines),
            "impact_orders": 0,
            "reason_id": reason.id,
        }

    # === CLEARING === #

    @api.model
    def _find_repeats(self, lines):
        """Open exceptions about the keys or reasons of these lines, or that their
        session verifies."""
        Exceptions = self.env["stock.count.exception"]
        repeated = [("kind", "in", KINDS), ("state", "in", OPEN_EXCEPTION_STATES)]
        # Mostly there is none, and thousands of lines need not be compared.
        if not Exceptions.search_count(repeated, limit=1):
            return Exceptions
        Exceptions.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT repeated.id
                  FROM stock_count_exception repeated
                 WHERE repeated.state IN %(open)s AND repeated.kind IN %(kinds)s
                   AND (repeated.verification_id = %(session)s
                     OR EXISTS (SELECT FROM stock_count_line line
                         WHERE line.id = ANY(%(ids)s)
                           AND line.product_id = repeated.product_id
                           AND line.location_id = repeated.location_id)
                     OR EXISTS (SELECT FROM stock_count_line line
                         WHERE line.id = ANY(%(ids)s)
                           AND line.company_id = repeated.company_id
                           AND line.reason_id = repeated.reason_id))
                """,
                open=OPEN_EXCEPTION_STATES,
                kinds=KINDS,
                ids=lines.ids,
                session=lines[:1].session_id.id or None,
            )
        )
        return Exceptions.browse(i for (i,) in self.env.cr.fetchall())

    @api.model
    def _verified(self, repeated):
        """The repeated variances whose last count found no variance."""
        last = self._read_last_counts(
            {(x.product_id.id, x.location_id.id) for x in repeated}
        )
        return repeated.filtered(
            lambda x: not last.get((x.product_id.id, x.location_id.id), (False,))[0]
        )

    @api.model
    def _proven(self, causes):
        """The root causes whose verification count is posted without a variance."""
        if not causes:
            return causes
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT session_id FROM stock_count_line WHERE session_id = ANY(%s)
                 GROUP BY session_id
                HAVING bool_and(state = 'posted' AND posted_qty = 0)
                """,
                causes.verification_id.ids,
            )
        )
        proofs = {session_id for (session_id,) in self.env.cr.fetchall()}
        return causes.filtered(lambda x: x.verification_id.id in proofs)
