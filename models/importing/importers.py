from odoo import api, models
from odoo.tools import SQL


class StockCountImport(models.Model):
    """Who imported counts: they typed what somebody else had counted (A4)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === BUSINESS METHODS === #

    @api.model
    def _find_importers(self, approval):
        """The users who imported counts that an approval covers.

        Answers the question ``counters_of``.
        """
        self.flush_model()
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
                approval.id,
            )
        )
        return self.env["res.users"].browse(row[0] for row in self.env.cr.fetchall())
