from odoo import api, models
from odoo.exceptions import AccessError

from ..rights import leads_of


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        followers = super().create(vals_list)
        followers._count_check_leads()
        return followers

    def write(self, vals):
        result = super().write(vals)
        self._count_check_leads()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _insert_followers(self, res_model, res_ids, partner_ids, *args, **kwargs):
        """Leave out users who may not read the log of a count, instead of refusing."""
        if self._count_is_chatter(res_model):
            partner_ids = leads_of(self.env["res.partner"].browse(partner_ids)).ids
        return super()._insert_followers(
            res_model, res_ids, partner_ids, *args, **kwargs
        )

    @api.model
    def _count_is_chatter(self, model):
        """Whether a model has a log of counts."""
        return getattr(self.env.get(model), "_count_chatter", False)

    def _count_check_leads(self):
        """Check that only leads follow what happens at counts, also in sudo mode.

        :raise AccessError: naming somebody else
        """
        ours = self.filtered(lambda f: self._count_is_chatter(f.res_model))
        others = ours.partner_id - leads_of(ours.partner_id)
        if others:
            raise AccessError(
                self.env._(
                    "%s can't follow a count: only counting leads may read its log.",
                    others[0].display_name,
                )
            )
