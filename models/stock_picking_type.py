from odoo import fields, models


class StockPickingType(models.Model):
    _name = "stock.picking.type"
    _inherit = ["stock.picking.type", "stock.count.audited"]

    count_unticked = fields.Selection(
        string="Unticked Transfers",
        selection=[
            ("ask", "Ask"),
            ("not_left", "Have not moved yet"),
            ("left", "Have moved already"),
        ],
        default="ask",
        required=True,
        help="Whether goods have moved when the stock is counted before the transfer is"
        " ticked as picked. Ask: the count sheet asks once for each transfer that could"
        " explain a variance. Have not moved yet: for operations where every pick is"
        " scanned. Have moved already: for operations that are ticked later.",
    )
