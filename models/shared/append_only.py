from odoo import api, models
from odoo.exceptions import AccessError


class StockCountAppendOnly(models.AbstractModel):
    """Records that only the addon makes, and that nobody changes or deletes.

    A model says in ``_refuse_change`` why, and whom it lets through.
    """

    _name = "stock.count.append.only"
    _inherit = ["stock.count.unlinking"]
    _description = "Records That Are Only Added"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    # === BUSINESS METHODS === #

    def _refuse_change(self):
        """Refuse that records are made, changed or deleted.

        :raise AccessError: unless a model lets the call through
        """
        raise AccessError(self.env._("These records are only added, by the addon."))
