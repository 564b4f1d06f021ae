from odoo import api, models
from odoo.exceptions import UserError


class StockCountOneRecord(models.AbstractModel):
    """Records whose verbs are for one of them, and say so in words."""

    _name = "stock.count.one.record"
    _description = "Records With Verbs for One of Them"

    # === BUSINESS METHODS === #

    @api.private
    def ensure_one(self):
        """Raise a message for people: RPC clients see it, too.

        :raise UserError: unless this is one record
        """
        if len(self) != 1:
            name = self.env["ir.model"]._get(self._name).sudo().name
            raise UserError(self.env._("Choose one record: %s.", name))
        return self
