from odoo import api, models
from odoo.tools import SQL


class StockCountRecorder(models.AbstractModel):
    """Kits have no stock of their own: only their components are counted (P24)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _is_kit(self, company):
        """SQL: whether ``product`` of ``template`` is a kit in the company."""
        if "mrp.bom" not in self.env:
            return SQL("FALSE")
        return SQL(
            """
            EXISTS (SELECT FROM mrp_bom bom
                     WHERE bom.product_tmpl_id = template.id AND bom.active
                       AND bom.type = 'phantom'
                       AND COALESCE(bom.product_id, product.id) = product.id
                       AND COALESCE(bom.company_id, %(company)s) = %(company)s)
            """,
            company=company.id,
        )

    @api.model
    def _describe_kit(self, session, draft):
        """What a refused kit consists of, for the words of its refusal."""
        product = self.env["product.product"].browse(draft.product_id)
        boms = self.env["mrp.bom"]._bom_find(
            product, company_id=session.company_id.id, bom_type="phantom"
        )
        components = boms[product].bom_line_ids.product_id
        return {
            "product": product.display_name,
            "components": ", ".join(components.mapped("display_name")),
        }
