from odoo import api, fields, models
from odoo.tools import SQL

from ...const import LEAD
from ..shared.keys import is_booked, moves_of, same_key

# How many days back "returned" and "damaged" look.
RECENT_DAYS = 30
STATES = (
    "on_hand_qty",
    "reserved_qty",
    "ticked_qty",
    "incoming_qty",
    "outgoing_qty",
    "returned_qty",
    "damaged_qty",
)


class StockCountLine(models.Model):
    """The stock around a line: on hand, reserved, picked, coming, leaving (X4)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    on_hand_qty = fields.Float(
        string="On Hand",
        digits="Product Unit",
        compute="_compute_physical_states",
        groups=LEAD,
        help="Booked here now.",
    )
    reserved_qty = fields.Float(
        string="Reserved",
        digits="Product Unit",
        compute="_compute_physical_states",
        groups=LEAD,
        help="Promised to open transfers, of what is on hand.",
    )
    ticked_qty = fields.Float(
        string="Picked",
        digits="Product Unit",
        compute="_compute_physical_states",
        groups=LEAD,
        help="Ticked as picked from here in transfers that are not validated yet.",
    )
    incoming_qty = fields.Float(
        string="Incoming",
        digits="Product Unit",
        compute="_compute_physical_states",
        groups=LEAD,
        help="On its way here in open transfers.",
    )
    outgoing_qty = fields.Float(
        string="Outgoing",
        digits="Product Unit",
        compute="_compute_physical_states",
        groups=LEAD,
        help="To leave from here in open transfers.",
    )
    returned_qty = fields.Float(
        string="Returned",
        digits="Product Unit",
        compute="_compute_physical_states",
        groups=LEAD,
        help="Brought back here by customers in the last 30 days.",
    )
    damaged_qty = fields.Float(
        string="Damaged",
        digits="Product Unit",
        compute="_compute_physical_states",
        groups=LEAD,
        help="Scrapped from here in the last 30 days.",
    )
    # === COMPUTE METHODS === #

    @api.depends("product_id", "location_id", "lot_id", "package_id", "owner_id")
    def _compute_physical_states(self):
        states = self._read_physical_states()
        nothing = dict.fromkeys(STATES, 0)
        for line in self:
            line.update(states.get(line._origin.id, nothing))

    # === BUSINESS METHODS === #

    def _read_physical_states(self):
        """Read the quantities around these lines, in one statement.

        :return: dict line id → dict of the fields in ``STATES``, product units
        """
        self.env["stock.count.book"]._flush()
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, stock.on_hand_qty, stock.reserved_qty, moved.*
                  FROM stock_count_line line
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(sum(quantity), 0) AS on_hand_qty,
                              COALESCE(sum(reserved_quantity), 0) AS reserved_qty
                         FROM stock_quant quant WHERE %s AND %s) stock
                 CROSS JOIN LATERAL (%s) moved
                 WHERE line.id = ANY(%s)
                """,
                same_key("quant", "line"),
                is_booked("line"),
                self._moved_quantities(),
                self._origin.ids,
            )
        )
        return {row.pop("id"): row for row in self.env.cr.dictfetchall()}

    @api.model
    def _moved_quantities(self):
        """SQL: quantities that open and recent transfers move to or from ``line``."""
        return SQL(
            """
            SELECT COALESCE(-sum(qty) FILTER (
                       WHERE NOT done AND qty < 0 AND picked), 0) AS ticked_qty,
                   COALESCE(sum(qty) FILTER (
                       WHERE NOT done AND qty > 0), 0) AS incoming_qty,
                   COALESCE(-sum(qty) FILTER (
                       WHERE NOT done AND qty < 0), 0) AS outgoing_qty,
                   COALESCE(sum(qty) FILTER (
                       WHERE done AND qty > 0 AND source_usage = 'customer'), 0)
                       AS returned_qty,
                   COALESCE(-sum(qty) FILTER (
                       WHERE done AND qty < 0 AND dest_usage = 'inventory'
                         AND is_inventory IS NOT TRUE), 0) AS damaged_qty
              FROM (%s) moves
            """,
            self._open_and_recent_moves(),
        )

    @api.model
    def _open_and_recent_moves(self):
        """SQL: move lines of ``line`` that are open or were done lately."""
        columns = SQL(
            "ml.state = 'done' AS done, ml.picked, source.usage AS source_usage,"
            " dest.usage AS dest_usage, move.is_inventory"
        )
        condition = SQL(
            "ml.state <> 'cancel' AND (ml.state <> 'done' OR ml.date >"
            " (now() AT TIME ZONE 'UTC') - %s * interval '1 day')",
            RECENT_DAYS,
        )
        joins = SQL(
            "JOIN stock_move move ON move.id = ml.move_id"
            " JOIN stock_location source ON source.id = ml.location_id"
            " JOIN stock_location dest ON dest.id = ml.location_dest_id"
        )
        return moves_of("line", columns, condition, joins)
