from odoo import models

# People whose work needs costs keep them when they count, too.
JOBS_WITH_COSTS = (
    "stock_count.group_count_lead",
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
        """Whether the user may change stock by counting it.

        :param company: with its Option 170 on, only a count manager may
        """
        self.ensure_one()
        if self.has_group("stock_count.group_count_manager"):
            return True
        lead = self.has_group("stock_count.group_count_lead")
        return lead and not company.sudo().count_require_approval

    def _is_pure_counter(self):
        """Whether the user counts and has no work that needs to know costs.

        For a module to let more people see costs, override this method.
        """
        self.ensure_one()
        return self.has_group("stock_count.group_count_counter") and not any(
            self.has_group(group) for group in JOBS_WITH_COSTS
        )
