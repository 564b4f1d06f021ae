from odoo import models

# By group: apps of ours whose menus the group has below Inventory.
FOUND_BELOW_INVENTORY = {
    "stock.group_stock_manager": ["menu_count_reports_root"],
    "stock.group_stock_user": ["menu_cycle_counts_app", "menu_cycle_count_import_app"],
}


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide apps from users who have their menus below Inventory."""
        hidden = super()._load_menus_blacklist()
        for group, names in FOUND_BELOW_INVENTORY.items():
            if self.env.user.has_group(group):
                for name in names:
                    menu = self.env.ref(f"stock_count.{name}", raise_if_not_found=False)
                    hidden += menu.ids if menu else []
        return hidden
