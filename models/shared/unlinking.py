from odoo import SUPERUSER_ID, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class StockCountUnlinking(models.AbstractModel):
    """Evidence, which nobody deletes by saying that an addon is being uninstalled.

    Odoo then skips what ``api.ondelete`` refuses, and a client may say so in its
    context. Odoo itself uninstalls as the superuser.
    """

    _name = "stock.count.unlinking"
    _description = "Records That No Flag of a Client Deletes"

    # === CRUD METHODS === #

    def unlink(self):
        if self.env.uid == SUPERUSER_ID:
            return super().unlink()
        guarded = self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        return super(StockCountUnlinking, guarded).unlink()
