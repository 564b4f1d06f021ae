from odoo import models

from ..const import COUNTER, LEAD, MANAGER

# Groups of people whose work needs costs. They see them even if they count.
JOBS_WITH_COSTS = (
    LEAD,
    "product.group_product_manager",
    "sales_team.group_sale_salesman",
    "purchase.group_purchase_user",
    "account.group_account_readonly",
    "account.group_account_invoice",
    "mrp.group_mrp_user",
    "point_of_sale.group_pos_user",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _may_post_counts(self, company):
        """Whether this user may post counts.

        Leads may, but only count managers with the company's Option 170.

        :param company: record of ``res.company``
        """
        self.ensure_one()
        if self.has_group(MANAGER):
            return True
        return self.has_group(LEAD) and not company.sudo().count_require_approval

    def _is_pure_counter(self):
        """Whether this user counts, and does no work that needs costs.

        For a module to let more people see costs, override this method.
        """
        self.ensure_one()
        return self.has_group(COUNTER) and not any(
            self.has_group(group) for group in JOBS_WITH_COSTS
        )
