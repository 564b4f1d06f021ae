from odoo import models
from odoo.tools import SQL


class StockCountApproval(models.Model):
    """Who imports what somebody else has counted, has typed it: another approves it."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.approval"

    # === BUSINESS METHODS === #

    def _find_counters(self):
        self.env["stock.count.import"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT unnest(ARRAY[done.create_uid, done.write_uid])
                  FROM stock_count_approval_line covered
                  JOIN stock_count_entry entry
                    ON entry.line_id = covered.line_id AND entry.source = 'import'
                  JOIN stock_count_import_session_rel rel
                    ON rel.stock_count_session_id = entry.session_id
                  JOIN stock_count_import done
                    ON done.id = rel.stock_count_import_id
                 WHERE covered.approval_id = %s
                """,
                self.id,
            )
        )
        importers = [user_id for (user_id,) in self.env.cr.fetchall()]
        return super()._find_counters() | self.env["res.users"].browse(importers)
