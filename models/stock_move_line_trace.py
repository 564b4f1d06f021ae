from odoo import models

# What makes another line of an open one; a tick alone does not.
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
    """Open move lines leave a trace of what they were, see stock.count.trace."""

    _inherit = "stock.move.line"

    # === CRUD METHODS === #

    def write(self, vals):
        changed = self.browse()
        if vals.keys() & TRACED_FIELDS or "picked" in vals:
            changed = self.filtered(lambda line: line._count_becomes_another(vals))
            changed._count_leave_traces()
        result = super().write(vals)
        if changed:
            # What it is now it was ticked as when it was changed, not before.
            changed.sudo().count_picked_at = False
            changed._count_stamp_picked()
        return result

    def unlink(self):
        self._count_leave_traces()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _count_becomes_another(self, vals):
        """Whether writing the values changes an open line, or takes its tick back."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return False
        if self.picked and not vals.get("picked", True):
            return True
        names = vals.keys() & TRACED_FIELDS
        now = self._convert_to_write({name: self[name] for name in names})
        return any((vals[name] or False) != (now[name] or False) for name in names)

    def _count_leave_traces(self):
        """Keep what open lines are: goods may have been taken for them."""
        former = self.filtered(
            lambda line: (
                line.state not in ("done", "cancel")
                and line.quantity_product_uom
                and line.product_id.is_storable
            )
        )
        if former:
            # In sudo mode because nobody may write traces.
            self.env["stock.count.trace"].sudo()._leave(former)
