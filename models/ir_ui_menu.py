from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Whoever sees Inventory → Reporting finds the count reports there."""
        hidden = super()._load_menus_blacklist()
        if self.env.user.has_group("stock.group_stock_manager"):
            root = self.env.ref(
                "stock_count.menu_count_reports_root", raise_if_not_found=False
            )
            hidden += root.ids if root else []
        return hidden
