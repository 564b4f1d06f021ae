from odoo import api, models
from odoo.tools import SQL


class StockCountRecorder(models.AbstractModel):
    """A reader sends an RFID tag again and again: it counts once in a session."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _mark_read_tags(self, session, drafts):
        """Mark drafts of tags that were read before, in the session or in this call, as
        duplicates: they change nothing."""
        asked = [draft for draft in self._open(drafts) if draft.tag]
        if not asked:
            return
        withdrawn = [draft.withdraws for draft in self._open(drafts, withdrawals=True)]
        known = self._read_tags(session, [draft.tag for draft in asked], withdrawn)
        first = {}
        for draft in asked:
            if draft.tag in known:
                draft.status, draft.line_id = "duplicate", known[draft.tag]
            elif draft.tag in first:
                draft.status, draft.twin = "duplicate", first[draft.tag]
            else:
                first[draft.tag] = draft

    @api.model
    def _read_tags(self, session, tags, withdrawn):
        """Which of these tags were counted in the session, in the line's round of now.

        :param list withdrawn: uuids of the entries that the same call withdraws
        :return: dict tag → line id
        """
        self.env["stock.count.entry"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT entry.rfid, entry.line_id FROM stock_count_entry entry
                  JOIN stock_count_line line ON line.id = entry.line_id
                 WHERE entry.session_id = %s AND entry.rfid = ANY(%s)
                   AND entry.operation <> 'withdraw' AND entry.product_qty > 0
                   AND entry.round >= line.first_round AND entry.uuid <> ALL(%s)
                   AND NOT EXISTS (SELECT FROM stock_count_entry taken_back
                                    WHERE taken_back.withdrawn_id = entry.id)
                """,
                session.id,
                tags,
                withdrawn,
            )
        )
        return dict(self.env.cr.fetchall())
