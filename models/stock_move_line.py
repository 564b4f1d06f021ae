from odoo import api, fields, models
from odoo.exceptions import AccessError

# Fields of a done line whose change changes stock at once.
STOCK_FIELDS = {
    "quantity",
    "product_uom_id",
    "location_id",
    "location_dest_id",
    "lot_id",
    "lot_name",
    "package_id",
    "result_package_id",
    "owner_id",
    "quant_id",
}

# Fields of an open line whose change leaves a trace.
TRACED_FIELDS = frozenset(
    {
        "quantity",
        "product_uom_id",
        "location_id",
        "location_dest_id",
        "lot_id",
        "package_id",
        "result_package_id",
        "owner_id",
        "quant_id",
    }
)


class StockMoveLine(models.Model):
    _name = "stock.move.line"
    _inherit = ["stock.move.line", "stock.count.evidence"]

    _count_sealed = frozenset(
        {
            "count_picked_at",
            "count_done_at",
            "count_stamp",
            "count_xid",
            "count_correction",
        }
    )

    _count_sealed_when_posted = frozenset(
        {*STOCK_FIELDS, "date", "move_id", "picked", "picking_id", "state"}
    )

    # Odoo's dates have seconds and may be backdated, so counting keeps its own.
    count_picked_at = fields.Datetime(
        readonly=True, copy=False, help="When it was ticked as picked (UTC)."
    )
    count_done_at = fields.Datetime(
        readonly=True, copy=False, help="When it changed the stock (UTC, microseconds)."
    )
    count_stamp = fields.Integer(
        readonly=True, copy=False, help="Place in the order of counts and corrections."
    )
    count_xid = fields.Char(
        readonly=True,
        copy=False,
        help="The database transaction that changed the stock.",
    )
    count_correction = fields.Selection(
        selection=[("count", "Count"), ("native", "Native adjustment")],
        readonly=True,
        copy=False,
        help="Set where it changed the book, not what is on the floor.",
    )
    count_session_id = fields.Many2one(related="move_id.count_session_id")
    count_reason_id = fields.Many2one(related="move_id.count_reason_id")

    _count_source_index = models.Index(
        "(location_id, product_id, count_done_at) WHERE count_stamp IS NOT NULL"
    )
    _count_dest_index = models.Index(
        "(location_dest_id, product_id, count_done_at) WHERE count_stamp IS NOT NULL"
    )
    _count_open_index = models.Index(
        "(product_id, location_id) WHERE state NOT IN ('done', 'cancel')"
    )
    _count_open_dest_index = models.Index(
        "(product_id, location_dest_id) WHERE state NOT IN ('done', 'cancel')"
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # A line that is added to a done transfer changes stock at once.
        done = lines.filtered(lambda line: line.state == "done")
        done._count_refuse_joining()
        done._count_stamp_done()
        lines._count_stamp_picked()
        return lines

    def write(self, vals):
        changed = self._count_find_changed(vals)
        changed._count_leave_traces()
        if STOCK_FIELDS & vals.keys():
            done = self.filtered(lambda line: line.state == "done")
            done.filtered("count_correction")._count_check_may_correct()
        result = super().write(vals)
        if "move_id" in vals:
            self._count_refuse_joining()
        # A client cannot set this: its context is JSON, which has no frozenset.
        later = self.env.context.get("count_stamp_later")
        if "picked" in vals and not isinstance(later, frozenset):
            self._count_stamp_picked()
        if changed:
            # The changed line counts as ticked from now on.
            changed.sudo().count_picked_at = False
            changed._count_stamp_picked()
        return result

    def unlink(self):
        self._count_leave_traces()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _check_company(self, fnames=None):
        """Skip the check of done lines of a count: they were checked when created."""
        if self.env["stock.quant"]._count_has_locked():
            return None
        return super()._check_company(fnames)

    def _action_done(self):
        self._count_stamp_done()
        return super()._action_done()

    def _get_count_correction(self):
        """The kind of correction: a line that changes the book and not the floor.

        Unpacking and relocating are ``is_inventory``, too, but between two internal
        locations. Scrap goes to the location of losses, but is physical.

        :return: ``count``, ``native``, or False for a physical move
        """
        self.ensure_one()
        if self.move_id.count_line_id:
            return "count"
        ends = (self.location_id.usage, self.location_dest_id.usage)
        return "native" if self.is_inventory and ends.count("inventory") == 1 else False

    def _count_stamp_done(self):
        """Stamp done lines. Corrections first close the fences of their locations.

        See ``docs/concurrency.md``.
        """
        if not self:
            return
        Fence = self.env["stock.count.fence"].sudo()
        groups = self.grouped(lambda line: line._get_count_correction())
        corrections = self.browse().union(*(groups[kind] for kind in groups if kind))
        if corrections:
            groups.get("native", self.browse())._count_check_may_correct()
            locations = corrections.location_id | corrections.location_dest_id
            Fence._close(locations.filtered(lambda loc: loc.usage != "inventory").ids)
        stamp, now, xid = Fence._draw()
        values = {"count_stamp": stamp, "count_done_at": now, "count_xid": xid}
        for kind, lines in groups.items():
            # In sudo mode because these fields are sealed.
            lines.sudo().write({**values, "count_correction": kind})

    def _count_refuse_joining(self):
        """Refuse lines that were put on a move that a count has posted: they would
        change stock at once, in the name of that count.

        :raise AccessError: when one of these lines was
        """
        # In sudo mode because not everybody who writes lines reads moves.
        moves = self.browse() if self.env.su else self.sudo()
        if any(move._count_is_posted() for move in moves.move_id):
            raise AccessError(
                self.env._(
                    "This was posted by a count and stays as it is: it takes no other"
                    " line. Count again."
                )
            )

    def _count_check_may_correct(self):
        """Check that this user may correct the book (Option 170).

        :raise AccessError: when the user may not
        """
        if self:
            self.env["stock.quant"]._check_count_may_apply(self.company_id)

    def _count_stamp_picked(self):
        """Write when lines were ticked as picked, and clear it where they are not."""
        # In sudo mode because this field is sealed.
        changed = self.sudo().filtered(
            lambda line: line.picked != bool(line.count_picked_at)
        )
        ticked = changed.filtered("picked")
        if ticked:
            _stamp, now, _xid = self.env["stock.count.fence"].sudo()._draw()
            ticked.count_picked_at = now
        (changed - ticked).count_picked_at = False

    def _count_find_changed(self, vals):
        """The open lines that change when these values are written."""
        if not (vals.keys() & TRACED_FIELDS or "picked" in vals):
            return self.browse()
        return self.filtered(lambda line: line._count_becomes_another(vals))

    def _count_becomes_another(self, vals):
        """Whether writing these values changes an open line, or clears its tick."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return False
        if self.picked and not vals.get("picked", True):
            return True
        names = vals.keys() & TRACED_FIELDS
        now = self._convert_to_write({name: self[name] for name in names})
        return any((vals[name] or False) != (now[name] or False) for name in names)

    def _count_leave_traces(self):
        """Leave traces of open lines, for which goods may have been taken."""
        former = self.filtered(
            lambda line: (
                line.state not in ("done", "cancel")
                and line.quantity_product_uom
                and line.product_id.is_storable
            )
        )
        if former:
            # In sudo mode because no user may write traces.
            self.env["stock.count.trace"].sudo()._leave(former)

    def _count_is_posted(self):
        return self.state == "done" and self.count_correction == "count"
