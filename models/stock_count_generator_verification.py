from odoo import api, models
from odoo.fields import Domain


class StockCountGenerator(models.AbstractModel):
    """A verification count stays about what it verifies, also when it is refreshed."""

    _inherit = "stock.count.generator"

    @api.model
    def _scope_product_domain(self, session):
        domain = super()._scope_product_domain(session)
        exceptions = self.env["stock.count.exception"].sudo()
        verifies = session._origin and exceptions.search_count(
            [("verification_id", "=", session._origin.id)], limit=1
        )
        if verifies:
            products = session.sudo().line_ids.product_id
            domain &= Domain("id", "in", products.ids)
        return domain
