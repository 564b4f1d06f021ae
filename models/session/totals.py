from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...const import LEAD, PROBLEM_STATES, UNPOSTED_COUNT_STATES
from ...domain.accuracy import measure_accuracy

# The totals that are 0 without lines.
SUMS = (
    "line_count",
    "counted_count",
    "discrepancy_count",
    "held_count",
    "problem_count",
    "over_count",
    "to_post_count",
    "shortage_value",
    "overage_value",
)


class StockCountSession(models.Model):
    """The totals of a session: how far it is counted, and its variances.

    They are computed when they are read. If they were stored, each entry would have to
    lock the row of its session.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    line_count = fields.Integer(string="Lines to Count", compute="_compute_totals")
    counted_count = fields.Integer(string="Counted", compute="_compute_totals")
    progress = fields.Float(compute="_compute_totals", help="Counted lines in percent.")
    discrepancy_count = fields.Integer(
        string="Discrepancies", compute="_compute_totals", groups=LEAD
    )
    held_count = fields.Integer(string="Held", compute="_compute_totals", groups=LEAD)
    problem_count = fields.Integer(
        string="Problems", compute="_compute_totals", groups=LEAD
    )
    over_count = fields.Integer(
        string="Over Tolerance", compute="_compute_totals", groups=LEAD
    )
    to_post_count = fields.Integer(
        string="Checked to Post", compute="_compute_totals", groups=LEAD
    )
    shortage_value = fields.Monetary(compute="_compute_totals", groups=LEAD)
    overage_value = fields.Monetary(compute="_compute_totals", groups=LEAD)
    net_value = fields.Monetary(
        string="Net Variance", compute="_compute_totals", groups=LEAD
    )
    accuracy = fields.Float(
        compute="_compute_totals",
        groups=LEAD,
        help="Counted lines without a variance, in percent of the counted lines.",
    )
    last_counted_at = fields.Datetime(compute="_compute_totals")
    move_count = fields.Integer(compute="_compute_move_count", groups=LEAD)

    accuracy_interval = fields.Char(
        string="95% Sure",
        compute="_compute_accuracy_interval",
        groups=LEAD,
        help="Between these the accuracy of all such lines lies, as far as the counted"
        " ones can tell. Of lines drawn by lot it is that of the whole scope.",
    )

    # === COMPUTE METHODS === #

    def _compute_totals(self):
        totals = self._read_totals()
        for session in self:
            session.update(totals[session.id])

    def _read_totals(self):
        """Read the totals of these sessions, in one statement.

        :return: dict session id → dict of the fields of ``_compute_totals``
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT session_id, %s FROM stock_count_line"
                " WHERE session_id = ANY(%s) GROUP BY session_id",
                self._total_columns(),
                list(self._origin.ids),
            )
        )
        rows = {row.pop("session_id"): row for row in self.env.cr.dictfetchall()}
        return {
            session.id: self._derive_totals(rows.get(session._origin.id, {}))
            for session in self
        }

    @api.model
    def _total_columns(self):
        """SQL: aggregates over the lines of a session; values in company currency."""
        return SQL(
            """
            count(*) AS line_count,
            count(*) FILTER (WHERE is_counted) AS counted_count,
            count(*) FILTER (WHERE is_counted AND variance_qty <> 0)
                AS discrepancy_count,
            count(*) FILTER (WHERE state = 'held') AS held_count,
            count(*) FILTER (WHERE state IN %(problem)s) AS problem_count,
            count(*) FILTER (WHERE is_counted AND tolerance_ratio > 1
                AND state <> 'posted') AS over_count,
            count(*) FILTER (WHERE to_post AND is_counted AND state IN %(unposted)s)
                AS to_post_count,
            -COALESCE(sum(variance_value) FILTER (WHERE variance_qty < 0), 0)
                AS shortage_value,
            COALESCE(sum(variance_value) FILTER (WHERE variance_qty > 0), 0)
                AS overage_value,
            max(counted_at) AS last_counted_at
            """,
            problem=PROBLEM_STATES,
            unposted=UNPOSTED_COUNT_STATES,
        )

    @api.model
    def _derive_totals(self, row):
        """All totals of a session from the aggregates over its lines.

        :param dict row: aggregates; empty for a session without lines
        """
        totals = {name: row.get(name, 0) for name in SUMS}
        counted = totals["counted_count"]
        totals["last_counted_at"] = row.get("last_counted_at")
        totals["net_value"] = totals["overage_value"] - totals["shortage_value"]
        totals["progress"] = 100 * counted / (totals["line_count"] or 1)
        matching = counted - totals["discrepancy_count"]
        totals["accuracy"] = 100 * matching / counted if counted else 0
        return totals

    def _compute_move_count(self):
        counts = dict(
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [("count_session_id", "in", self.ids)],
                ["count_session_id"],
                ["__count"],
            )
        )
        for session in self:
            session.move_count = counts.get(session._origin, 0)

    @api.depends("counted_count", "discrepancy_count")
    def _compute_accuracy_interval(self):
        for session in self:
            matching = session.counted_count - session.discrepancy_count
            accuracy = measure_accuracy(matching, session.counted_count)
            session.accuracy_interval = bool(accuracy.counted) and self.env._(
                "%(low)s %% to %(high)s %%",
                low=formatLang(self.env, 100 * accuracy.low, digits=1),
                high=formatLang(self.env, 100 * accuracy.high, digits=1),
            )
