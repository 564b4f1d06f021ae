from odoo import models
from odoo.exceptions import AccessError


class StockCountSharedRecords(models.AbstractModel):
    """Records that all companies share while they have no company of their own.

    Who works in one of several companies reads them, and does not change them for the
    others.
    """

    _name = "stock.count.shared.records"
    _description = "Records That Companies Share"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            # It may be shared from now on.
            self.check_access("write")
        return result

    # === BUSINESS METHODS === #

    def _default_company(self):
        """No company for who may share; else the user's."""
        return False if self._may_share() else self.env.company.id

    def _may_share(self):
        """Whether this user works in all companies."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return self.env.su or not companies.search_count(
            [("id", "not in", self.env.user.sudo().company_ids.ids)], limit=1
        )

    def _check_access(self, operation):
        """Refuse to change shared records to who works in some of the companies."""
        result = super()._check_access(operation)
        if result or operation == "read" or self.env.su:
            return result
        shared = self.sudo().filtered(lambda r: not r.company_id).sudo(False)
        if not shared or self._may_share():
            return result
        return shared, shared._make_shared_error

    def _make_shared_error(self):
        return AccessError(
            self.env._(
                "%s is shared by all companies: ask somebody who works in all of them,"
                " or make one for your company.",
                self[0].sudo().display_name,
            )
        )
