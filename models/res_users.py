from odoo import models


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
