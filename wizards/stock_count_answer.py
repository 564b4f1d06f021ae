from odoo import fields, models


class StockCountAnswer(models.TransientModel):
    """The dialog to approve or reject with a comment."""

    _name = "stock.count.answer"
    _description = "Answer a Count Approval"
    _inherit = ["stock.count.named.records"]

    approval_id = fields.Many2one(
        comodel_name="stock.count.approval", required=True, readonly=True
    )
    comment = fields.Text(help="Kept with the approval and with the count.")

    # === ACTION METHODS === #

    def action_approve(self):
        """Approve with this comment, see ``action_approve`` of the approval."""
        return self.approval_id.action_approve(self.comment)

    def action_reject(self):
        """Reject with this comment, see ``action_reject`` of the approval."""
        return self.approval_id.action_reject(self.comment)
