from odoo import models


class StockCountSession(models.Model):
    """What goes on in the background, in the header of the count sheet."""

    _inherit = "stock.count.session"

    def get_sheet_header(self):
        return {**super().get_sheet_header(), "job": self.get_job()}
