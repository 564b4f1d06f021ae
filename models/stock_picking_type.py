from odoo import fields, models


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    count_unticked = fields.Selection(
        string="Unticked Transfers at a Count",
        selection=[
            ("ask", "Ask"),
            ("not_left", "Have not moved yet"),
            ("left", "Have moved already"),
        ],
        default="ask",
        required=True,
        help="What a transfer that is not ticked as picked says of its goods when the"
        " stock is counted. Ask: the count asks once for each transfer that could"
        " explain a variance. Choose another one where every pick is scanned, or where"
        " transfers are always ticked later.",
    )
