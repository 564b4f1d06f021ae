from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...const import OPEN_EXCEPTION_STATES

_lt = LazyTranslate(__name__)

# By next action: a sentence that says what to do.
NEXT_TEXTS = {
    "open_line": _lt("Open the line, see its problem, solve it and post it."),
    "recount": _lt("Have it counted again, or submit it for approval."),
    "find_barcode": _lt("Find what this is and give it the barcode."),
    "compare": _lt("Compare it with the newer count; nothing is posted for it."),
    "release_hold": _lt("Release the hold, then post the line."),
    "reserve": _lt("Reserve the transfer again, or tell the customer."),
    "verify": _lt(
        "Find the cause and put it right. It closes when its verification count finds"
        " no variance."
    ),
    "open_session": _lt("Finish the count, or give it another due date."),
    "open_transfer": _lt("Validate the transfer, or take back what was picked."),
}


class StockCountException(models.Model):
    """The next action of an exception: a sentence and a method ``_next_<action>``."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.exception"

    next_text = fields.Char(string="What to Do", compute="_compute_next_text")

    # === COMPUTE METHODS === #

    @api.depends("next_action", "state", "user_id")
    @api.depends_context("lang")
    def _compute_next_text(self):
        texts = self._next_texts()
        for exception in self:
            done = exception.state not in OPEN_EXCEPTION_STATES
            exception.next_text = not done and texts.get(exception.next_action)

    # === BUSINESS METHODS === #

    @api.model
    def _next_texts(self):
        """By next action, a sentence that says what to do, translated."""
        return {action: self.env._(text) for action, text in NEXT_TEXTS.items()}

    def _next_open_line(self):
        action = self.session_id._open_whole_sheet()
        action["domain"] = [("id", "=", self.line_id.id)]
        return action

    def _next_recount(self):
        return self.line_id.action_request_recount()

    def _next_compare(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_line_action_history"
        )
        action["domain"] = [
            ("product_id", "=", self.product_id.id),
            ("location_id", "=", self.location_id.id),
        ]
        return action

    def _next_find_barcode(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who has the barcode %s?", self.barcode),
            "res_model": "product.product",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "context": {"default_barcode": self.barcode, "default_is_storable": True},
        }

    def _next_release_hold(self):
        """Release the blocks of the line, with the caller's own rights."""
        place = self.location_id
        parents = [int(part) for part in (place.parent_path or "").split("/") if part]
        blocked = (place.browse(parents), self.lot_id, self.product_id.product_tmpl_id)
        for records in blocked:
            records.filtered("count_hold_reason").count_hold_reason = False
        return True

    def _next_reserve(self):
        """Reserve stock again. If that is not enough, open the transfer."""
        if self.picking_id:
            self.picking_id.action_assign()
        else:
            self.move_id._action_assign()
        # Reserving may have closed the exception.
        if self.state not in OPEN_EXCEPTION_STATES or self._find_cleared():
            return True
        return self._next_open_transfer() if self.picking_id else self._open_move()

    def _next_open_transfer(self):
        return self._open_record(self.picking_id)

    def _open_move(self):
        return self._open_record(self.move_id)

    def _next_open_session(self):
        return self._open_record(self.session_id)

    def _open_record(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
