from odoo import api, models
from odoo.tools import SQL

from ..shared.keys import sql_rows


class StockCountRecorder(models.AbstractModel):
    """Items that were tracked by lots when their stock was booked, and are not any
    more (P27)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _resolve_former_lots(self, drafts, things):
        """Name the lot for items that are not tracked any more, where their stock at
        the place is booked by one; by several, a person has to say which.

        Recorded without a lot it would be booked twice.
        """
        asked = [d for d in drafts if self._may_have_former_lot(d, things)]
        if not asked:
            return
        for draft, lot_ids in zip(asked, self._read_former_lots(asked), strict=True):
            if len(lot_ids) == 1 and lot_ids[0]:
                [draft.lot_id] = lot_ids
                things.lots[draft.lot_id] = draft.product_id
            elif any(lot_ids):
                lots = self.env["stock.lot"].browse(filter(None, lot_ids))
                place = self.env["stock.location"].browse(draft.location_id)
                draft.refuse(
                    "former_lots",
                    product=self._product_name(draft),
                    location=place.display_name,
                    lots=", ".join(lots.mapped("name")),
                )

    @api.model
    def _may_have_former_lot(self, draft, things):
        item = things.items.get(draft.product_id)
        is_loose = not (draft.lot_id or draft.lot_name or draft.line_id)
        return item and is_loose and item.has_lots and item.tracking == "none"

    @api.model
    def _read_former_lots(self, drafts):
        """The lots that stock is booked by where the drafts were counted.

        :return: list of lists of lot ids, None for stock without a lot
        """
        rows = [
            {
                "i": i,
                "product_id": draft.product_id,
                "location_id": draft.location_id,
                "package_id": draft.package_id or 0,
                "owner_id": draft.owner_id or 0,
            }
            for i, draft in enumerate(drafts)
        ]
        types = "i int, product_id int, location_id int, package_id int, owner_id int"
        self.env["stock.quant"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT rows.i, quant.lot_id
                  FROM %s JOIN stock_quant quant
                    ON quant.product_id = rows.product_id
                   AND quant.location_id = rows.location_id
                   AND COALESCE(quant.package_id, 0) = rows.package_id
                   AND COALESCE(quant.owner_id, 0) = rows.owner_id
                 GROUP BY rows.i, quant.lot_id HAVING sum(quant.quantity) <> 0
                 ORDER BY rows.i, quant.lot_id
                """,
                sql_rows(rows, types),
            )
        )
        lots = [[] for _draft in drafts]
        for i, lot_id in self.env.cr.fetchall():
            lots[i].append(lot_id)
        return lots
