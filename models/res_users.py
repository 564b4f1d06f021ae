from odoo import api, models

from ..const import COUNTER, LEAD, MANAGER

# By what a user gets and loses a role.
MEMBERSHIP = {"active", "all_group_ids", "group_ids", "role"}
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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env["res.groups"]._count_note_roles({}, users)
        return users

    def write(self, vals):
        if not MEMBERSHIP & vals.keys():
            return super().write(vals)
        Groups = self.env["res.groups"]
        before = Groups._count_read_roles(self)
        result = super().write(vals)
        Groups._count_note_roles(before, self)
        return result

    # === BUSINESS METHODS === #

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
