from odoo import SUPERUSER_ID, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

# Odoo's models with records that counts have written.
EVIDENCE = {
    "ir.attachment",
    "mail.mail",
    "mail.message",
    "mail.tracking.value",
    "res.company",
    "stock.move",
    "stock.move.line",
    "stock.picking.type",
}


class Base(models.AbstractModel):
    """Nobody deletes evidence by saying that an addon is being uninstalled.

    Odoo then skips what ``api.ondelete`` refuses, and a client may say so in its
    context. Odoo itself uninstalls as the superuser.
    """

    _inherit = "base"

    # === CRUD METHODS === #

    def unlink(self):
        ours = self._name in EVIDENCE or self._name.startswith("stock.count.")
        if not ours or self.env.uid == SUPERUSER_ID:
            return super().unlink()
        guarded = self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        return super(Base, guarded).unlink()
