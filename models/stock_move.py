from odoo import api, fields, models


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "stock.count.evidence"]

    _count_sealed = frozenset(
        {
            "count_line_id",
            "count_session_id",
            "count_reason_id",
            "count_booked_at",
            "count_container_id",
            "count_undoes_id",
        }
    )

    _count_sealed_when_posted = frozenset(
        {
            "company_id",
            "date",
            "inventory_name",
            "is_inventory",
            "location_dest_id",
            "location_final_id",
            "location_id",
            "lot_ids",
            "move_line_ids",
            "origin",
            "partner_id",
            "picked",
            # Odoo computes the places of a move from its transfer.
            "picking_id",
            "picking_type_id",
            "price_unit",
            "product_id",
            "product_uom",
            "product_uom_qty",
            "quantity",
            "reference",
            "state",
        }
    )

    # Fields that say which count made the move.
    count_line_id = fields.Many2one(
        comodel_name="stock.count.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    count_session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    count_reason_id = fields.Many2one(
        comodel_name="stock.count.reason",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    count_booked_at = fields.Datetime(
        string="Booked On",
        readonly=True,
        copy=False,
        help="When it is booked instead of when it was posted.",
    )
    count_undoes_id = fields.Many2one(
        string="Undoes",
        comodel_name="stock.move",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The posted move that this one reverses.",
    )
    count_container_id = fields.Many2one(
        string="Taken Out Of",
        comodel_name="stock.package",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The package that the moved package was in before, and is not any more.",
    )
    count_undone_by_ids = fields.One2many(
        string="Undone By", comodel_name="stock.move", inverse_name="count_undoes_id"
    )

    # Counts look for what is still to come or to go of an item.
    _count_open_index = models.Index(
        "(product_id) WHERE state IN"
        " ('waiting', 'confirmed', 'partially_available', 'assigned')"
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Give done moves of a count with an accounting date that date."""
        if vals.get("state") != "done" or "date" not in vals:
            return super().write(vals)
        for booked_at, moves in self.grouped("count_booked_at").items():
            when = {"date": booked_at} if booked_at else {}
            super(StockMove, moves).write({**vals, **when})
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Give moves of a count the packaging of their unit: Odoo would make a second
        record of each move and its line to compute it."""
        for vals in vals_list:
            # Only the addon itself sets a count line, see _count_sealed.
            if vals.get("count_line_id") and vals.get("product_uom"):
                vals["packaging_uom_id"] = vals["product_uom"]
        return super()._add_precomputed_values(vals_list)

    def _should_bypass_reservation(self, forced_location=False):
        """Let moves of a count take stock without reserving it.

        The poster frees what a shortage takes from reservations, once for each key.
        """
        if self.env.context.get("count_posting") and self.count_line_id:
            return True
        return super()._should_bypass_reservation(forced_location)

    def _inverse_picked(self):
        """Stamp all lines of ticked moves together."""
        unlike = self.filtered(
            lambda move: any(line.picked != move.picked for line in move.move_line_ids)
        )
        later = unlike.with_context(count_stamp_later=frozenset())
        result = super(StockMove, later)._inverse_picked()
        unlike.move_line_ids._count_stamp_picked()
        return result

    def _update_orderpoints(self):
        """Of a count's many moves, update only those with a reordering rule."""
        moves = self
        if self.env.context.get("count_posting"):
            rules = self.env["stock.warehouse.orderpoint"].sudo()
            ruled = rules.search([("product_id", "in", self.product_id.ids)]).product_id
            moves = self.filtered(lambda move: move.product_id in ruled)
        return super(StockMove, moves)._update_orderpoints()

    def _get_manual_value(self, quantity, at_date=None):
        """Skip the search for values by hand: moves of a count are new, and
        stock_account would search for each of them."""
        if self.env["stock.quant"]._count_has_locked():
            return {"value": 0, "quantity": 0, "description": False}
        return super()._get_manual_value(quantity, at_date)

    def _check_company(self, fnames=None):
        """Skip the check of done moves of a count: they were checked when created."""
        if self.env["stock.quant"]._count_has_locked():
            return None
        return super()._check_company(fnames)

    def _count_finish(self):
        """Finish the moves of a count, with journal entries of their booking day."""
        for booked_at, moves in self.grouped("count_booked_at").items():
            # Without a booking day, clear a day that the context may have.
            day = booked_at and booked_at.date()
            moves.with_context(force_period_date=day)._action_done()

    def _count_is_posted(self):
        return self.state == "done" and bool(self.count_line_id)
