from odoo import api, fields, models
from odoo.tools import SQL

from ..shared.keys import sql_rows
from ..shared.reference_field import Reference

CAUSE_TYPES = "line_id int, cause text"
# Columns of a line that its history copies under the same name.
COPIED = (
    "company_id",
    "session_id",
    "location_id",
    "product_id",
    "lot_id",
    "counted_by_id",
    "counted_at",
    "posted_by_id",
    "expected_qty",
    "found_qty",
    "variance_qty",
    "variance_value",
    "tolerance_ratio",
)


class StockCountHistory(models.Model):
    """The history: one row for each posting of a line.

    Posting writes a row and undoing deletes it, in the same transaction. So history and
    stock agree. A row keeps the figures of its posting: on the line, a later round
    overwrites them.

    A row has few columns and no foreign keys. So it costs posting next to nothing, and
    five years of daily counts are read in a fraction of a second
    (``benchmarks/dashboard.py``). Nobody can delete a posted line, which protects the
    records that its history names.

    Quantities are in the product's unit, values in the company's currency.
    """

    _name = "stock.count.history"
    _description = "Cycle Count History"
    _inherit = ["stock.count.one.record"]
    _order = "posted_at desc, id desc"
    _rec_name = "product_id"
    _log_access = False

    company_id = Reference(comodel_name="res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = Reference(comodel_name="stock.warehouse", readonly=True)
    session_id = Reference(
        string="Cycle Count",
        comodel_name="stock.count.session",
        required=True,
        readonly=True,
    )
    line_id = Reference(
        string="Count Line",
        comodel_name="stock.count.line",
        required=True,
        readonly=True,
    )
    round = fields.Integer(required=True, readonly=True, aggregator=None)

    # What was counted
    location_id = Reference(comodel_name="stock.location", required=True, readonly=True)
    product_id = Reference(comodel_name="product.product", required=True, readonly=True)
    default_code = fields.Char(string="Item ID", related="product_id.default_code")
    product_uom_id = fields.Many2one(string="Unit", related="product_id.uom_id")
    categ_id = fields.Many2one(string="Category", related="product_id.categ_id")
    lot_id = Reference(
        string="Lot/Serial Number", comodel_name="stock.lot", readonly=True
    )

    # Who and when
    counted_by_id = Reference(comodel_name="res.users", readonly=True)
    counted_at = fields.Datetime(string="Counted On", readonly=True)
    posted_by_id = Reference(comodel_name="res.users", readonly=True)
    posted_at = fields.Datetime(string="Posted On", required=True, readonly=True)
    rounds = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="How many times it was counted before it was posted.",
    )

    # What was found
    expected_qty = fields.Float(string="Expected", digits="Product Unit", readonly=True)
    found_qty = fields.Float(string="Found", digits="Product Unit", readonly=True)
    variance_qty = fields.Float(string="Variance", digits="Product Unit", readonly=True)
    expected_value = fields.Monetary(
        readonly=True, help="What the expected quantity cost."
    )
    variance_value = fields.Monetary(string="Net Variance", readonly=True)
    shortage_value = fields.Monetary(string="Shortages", readonly=True)
    overage_value = fields.Monetary(string="Overages", readonly=True)
    absolute_value = fields.Monetary(
        string="Absolute Variance",
        readonly=True,
        help="Shortages and overages added up: a net hides both.",
    )
    tolerance_ratio = fields.Float(
        digits=(12, 2),
        readonly=True,
        aggregator="max",
        help="How much of its tolerance the variance used; above 1 is over it.",
    )
    accurate = fields.Boolean(
        readonly=True, help="Without a variance, or within its tolerance."
    )
    accuracy = fields.Float(
        string="Accuracy %",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Lines without a variance or within their tolerance, in percent.",
    )

    # Why it differed
    reason_id = fields.Many2one(
        comodel_name="stock.count.reason", readonly=True, ondelete="set null"
    )
    cause = fields.Selection(
        string="Probable Cause",
        selection=[
            ("open_transfer", "Transfer not validated in time"),
            ("serial_elsewhere", "Serial number booked elsewhere"),
            ("found_next_door", "Put in another place"),
            ("packs_for_units", "Packs counted as units"),
            ("units_for_packs", "Units counted as packs"),
            ("swapped_digits", "Digits swapped"),
            ("lost_digit", "A digit too few or too many"),
            ("negative_book", "More went out than was booked in"),
            ("moved_after_count", "Moved around the count"),
            ("unknown", "Unknown"),
        ],
        readonly=True,
        help="What explained the variance best when it was posted.",
    )

    _once_per_posting = models.UniqueIndex(
        "(line_id, round)", "A posting of a line is in the history once."
    )
    # PostgreSQL adds up whole years from this index, without reading the table.
    _period_index = models.Index(
        "(company_id, posted_at) INCLUDE (warehouse_id, expected_value)"
    )
    _variance_index = models.Index("(company_id, posted_at) WHERE variance_qty <> 0")
    _place_index = models.Index("(product_id, location_id, posted_at)")

    # === ACTION METHODS === #

    def action_open_sheet(self):
        """Open the count sheet with the line of this posting.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        self.check_access("read")
        action = self.session_id._open_whole_sheet()
        action["domain"] = [("id", "=", self.line_id.id)]
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, lines, causes):
        """Write the history of the lines that were posted.

        :param lines: lines of one session; those that were not posted are left out
        :param dict causes: line id → code of the cause, for lines with a variance
        """
        rows = [{"line_id": i, "cause": code} for i, code in causes.items()]
        self._insert(
            SQL("line.id = ANY(%s) AND line.state = 'posted'", lines.ids),
            sql_rows(rows, CAUSE_TYPES),
            booked_at=lines[:1].session_id._booked_at(),
        )

    @api.model
    def _take_back(self, lines):
        """Delete the history of lines whose posting was undone."""
        self.sudo().search([("line_id", "in", lines.ids)]).unlink()

    @api.model
    def _backfill(self):
        """Write the history of lines that were posted before the addon kept one.

        A second call changes nothing.
        """
        self._insert(
            SQL(
                """
                line.state = 'posted' AND NOT EXISTS (
                    SELECT FROM stock_count_history kept
                     WHERE kept.line_id = line.id AND kept.round = line.posted_round)
                """
            ),
            sql_rows([], CAUSE_TYPES),
        )

    @api.model
    def _insert(self, condition, causes, *, booked_at=None):
        """Insert rows for posted lines.

        :param SQL condition: which lines ``line``
        :param SQL causes: rows of ``CAUSE_TYPES``
        :param datetime booked_at: UTC, instead of the time of posting
        """
        columns = self._get_columns()
        if booked_at:
            columns["posted_at"] = SQL("%s::timestamp", booked_at)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                -- A company has hundreds of columns, so it is not read for each line.
                WITH company AS MATERIALIZED (
                    SELECT id, count_shortage_reason_id, count_overage_reason_id
                      FROM res_company)
                INSERT INTO stock_count_history (%s)
                SELECT %s
                  FROM stock_count_line line
                  JOIN stock_count_session session ON session.id = line.session_id
                  JOIN company ON company.id = line.company_id
                  LEFT JOIN (SELECT * FROM %s) AS why ON why.line_id = line.id
                 WHERE %s
                    ON CONFLICT (line_id, round) DO NOTHING
                """,
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(columns.values()),
                causes,
                condition,
            )
        )
        self.invalidate_model()

    @api.model
    def _get_columns(self):
        """The value of each column of the history.

        For a module to keep more of a posted line, add a field and override this
        method.

        :return: dict column → SQL over the posted ``line``, its ``session`` and
            ``company``, and its cause ``why``
        """
        return {
            **{name: SQL.identifier("line", name) for name in COPIED},
            "line_id": SQL("line.id"),
            "round": SQL("line.posted_round"),
            "warehouse_id": SQL("session.warehouse_id"),
            "posted_at": SQL("line.posted_at"),
            "rounds": self._rounds_sql(),
            **self._value_columns(),
            "reason_id": self._reason_sql(),
            "cause": SQL(
                "CASE WHEN line.variance_qty <> 0 THEN COALESCE(why.cause, 'unknown')"
                " END"
            ),
        }

    @api.model
    def _value_columns(self):
        """Values and accuracy, see ``_get_columns``."""
        value = SQL("COALESCE(line.variance_value, 0)")
        accurate = self._accurate_sql()
        return {
            "expected_value": SQL("line.expected_qty * COALESCE(line.unit_cost, 0)"),
            "shortage_value": SQL("GREATEST(-%s, 0)", value),
            "overage_value": SQL("GREATEST(%s, 0)", value),
            "absolute_value": SQL("ABS(%s)", value),
            "accurate": accurate,
            "accuracy": SQL("CASE WHEN %s THEN 100 ELSE 0 END", accurate),
        }

    @api.model
    def _accurate_sql(self):
        """SQL: whether ``line`` is accurate, as ``domain.accuracy.is_accurate``."""
        return SQL(
            "(COALESCE(line.variance_qty, 0) = 0"
            " OR (line.tolerance_ratio > 0 AND line.tolerance_ratio <= 1))"
        )

    @api.model
    def _rounds_sql(self):
        """SQL: number of rounds that were counted since the line was last posted."""
        return SQL(
            """
            CASE WHEN line.posted_round = 1 THEN 1 ELSE GREATEST(1, (
                SELECT count(DISTINCT entry.round) FROM stock_count_entry entry
                 WHERE entry.line_id = line.id AND entry.operation <> 'withdraw'
                   AND entry.round > COALESCE((
                       SELECT max(kept.round) FROM stock_count_history kept
                        WHERE kept.line_id = line.id), 0)
                   AND NOT EXISTS (SELECT FROM stock_count_entry taken_back
                        WHERE taken_back.withdrawn_id = entry.id))) END
            """
        )

    @api.model
    def _reason_sql(self):
        """SQL: the reason of the posting: the line's own or the company's default."""
        return SQL(
            """
            CASE WHEN COALESCE(line.variance_qty, 0) = 0 THEN NULL
                 ELSE COALESCE(line.reason_id, CASE WHEN line.variance_qty < 0
                     THEN company.count_shortage_reason_id
                     ELSE company.count_overage_reason_id END) END
            """
        )
