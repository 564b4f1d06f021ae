from odoo import api, fields, models
from odoo.tools import SQL

# No count stays unposted for so many days.
KEPT_DAYS = 60


class StockCountTrace(models.Model):
    """A trace: what an open move line was before it was changed, unticked or deleted.

    An example: goods are taken for a move line, a person counts the bin, then the order
    is cancelled and the goods are put back. Odoo deletes the line. Its trace still
    explains why these goods were not found.
    """

    _name = "stock.count.trace"
    _description = "Former Move Line"
    _log_access = False

    # No foreign key, because nothing else would need an index for deleting moves.
    move_id = fields.Integer(help="The stock move, which may be deleted since.")
    # Named as in stock.move.line, so that the same SQL reads both.
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, ondelete="cascade"
    )
    location_id = fields.Many2one(
        comodel_name="stock.location", required=True, ondelete="cascade"
    )
    location_dest_id = fields.Many2one(
        comodel_name="stock.location", required=True, ondelete="cascade"
    )
    lot_id = fields.Many2one(comodel_name="stock.lot", ondelete="cascade")
    package_id = fields.Many2one(comodel_name="stock.package", ondelete="cascade")
    result_package_id = fields.Many2one(
        comodel_name="stock.package", ondelete="cascade"
    )
    owner_id = fields.Many2one(comodel_name="res.partner", ondelete="cascade")
    quantity_product_uom = fields.Float(digits="Product Unit")
    count_picked_at = fields.Datetime(help="When it had been ticked as picked (UTC).")
    opened_at = fields.Datetime(required=True)
    gone_at = fields.Datetime(required=True, help="When it ceased to be so (UTC).")

    _source_index = models.Index("(product_id, location_id, gone_at)")
    _dest_index = models.Index("(product_id, location_dest_id, gone_at)")

    # === BUSINESS METHODS === #

    @api.model
    def _leave(self, lines):
        """Keep a trace of each of these open move lines as it is now.

        :param lines: records of ``stock.move.line``
        """
        lines.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_trace
                       (move_id, product_id, location_id, location_dest_id, lot_id,
                        package_id, result_package_id, owner_id, quantity_product_uom,
                        count_picked_at, opened_at, gone_at)
                SELECT ml.move_id, ml.product_id, ml.location_id, ml.location_dest_id,
                       ml.lot_id, ml.package_id, ml.result_package_id, ml.owner_id,
                       ml.quantity_product_uom, ml.count_picked_at,
                       COALESCE(move.create_date, ml.create_date),
                       clock_timestamp() AT TIME ZONE 'UTC'
                  FROM stock_move_line ml
                  LEFT JOIN stock_move move ON move.id = ml.move_id
                 WHERE ml.id = ANY(%s)
                """,
                lines.ids,
            )
        )

    @api.autovacuum
    def _gc_traces(self):
        """Delete traces that are too old for any count."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM stock_count_trace"
                " WHERE gone_at < now() AT TIME ZONE 'UTC' - %s * interval '1 day'",
                KEPT_DAYS,
            )
        )
