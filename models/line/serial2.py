from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockCountLine(models.Model):
    """The second serial number of what a line counts (Option 290)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    serial2 = fields.Char(
        compute="_compute_serial2",
        search="_search_serial2",
        readonly=False,
        help="As counted last, or else as the lot has it (Option 290).",
    )

    # === COMPUTE METHODS === #

    @api.depends("last_entry_id", "lot_id.serial2")
    def _compute_serial2(self):
        counted = self._read_counted_serial2()
        for line in self:
            line.serial2 = counted.get(line._origin.id) or line.sudo().lot_id.serial2

    def _search_serial2(self, operator, value):
        if operator in fields.Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        condition = [("serial2", operator, value)]
        return Domain("lot_id", "any", condition) | Domain(
            "entry_ids", "any", condition
        )

    # === BUSINESS METHODS === #

    def _read_counted_serial2(self):
        """The Serial2 of the last valid entry that has one.

        :return: dict line id → text
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (entry.line_id) entry.line_id, entry.serial2
                  FROM stock_count_entry entry
                  JOIN stock_count_line line ON line.id = entry.line_id
                 WHERE line.id = ANY(%s) AND entry.serial2 IS NOT NULL
                   AND entry.round >= line.first_round AND NOT EXISTS (
                       SELECT FROM stock_count_entry taken_back
                        WHERE taken_back.withdrawn_id = entry.id)
                 ORDER BY entry.line_id, entry.counted_at DESC, entry.stamp DESC
                """,
                self._origin.ids,
            )
        )
        return dict(self.env.cr.fetchall())

    def _keep_serial2(self):
        """Write the counted Serial2 to posted lots that have none."""
        counted = self._read_counted_serial2()
        for line in self.browse(counted).filtered(lambda line: line.state == "posted"):
            if line.lot_id and line.found_qty and not line.lot_id.serial2:
                line.lot_id.serial2 = counted[line.id]
