from odoo import api, models
from odoo.tools import SQL


class StockCountRecorder(models.AbstractModel):
    """A serial number is found once in a session."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _check_serials(self, session, drafts):
        """Refuse a serial number that was found elsewhere in the session."""
        serials = [d for d in self._open(drafts) if self._finds_serial(d)]
        if not serials:
            return
        withdrawn = {draft.withdraws for draft in self._open(drafts, withdrawals=True)}
        seen = self._read_seen_serials(session, serials, withdrawn)
        for draft in serials:
            serial = (draft.product_id, draft.lot_id or 0, draft.lot_name or "")
            first = seen.get(serial)
            again_here = first == draft.key and draft.operation == "set"
            if first and not again_here:
                self._refuse_second_serial(draft, first)
            elif draft.uuid not in withdrawn:
                seen[serial] = draft.key

    @api.model
    def _finds_serial(self, draft):
        """Whether the draft says that a serial number was found."""
        has_number = draft.lot_id or draft.lot_name
        return draft.product_qty and has_number and draft.tracking == "serial"

    @api.model
    def _refuse_second_serial(self, draft, first):
        """Refuse a draft; ``first`` is the natural key where its serial number is."""
        location = self.env["stock.location"].browse(first[1])
        draft.refuse(
            "serial_twice", lot=self._lot_name(draft), location=location.display_name
        )

    @api.model
    def _read_seen_serials(self, session, drafts, withdrawn):
        """Where serial numbers of these products were found in the session.

        :param set withdrawn: uuids of the entries that the same call withdraws
        :return: dict (product id, lot id, lot name) → natural key
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, location_id, COALESCE(lot_id, 0),
                       COALESCE(lot_name, ''), COALESCE(package_id, 0),
                       COALESCE(owner_id, 0)
                  FROM stock_count_line line
                 WHERE session_id = %s AND serial_seen AND product_id = ANY(%s)
                   AND %s
                """,
                session.id,
                list({draft.product_id for draft in drafts}),
                self._is_still_seen(withdrawn),
            )
        )
        keys = self.env.cr.fetchall()
        return {(key[0], key[2], key[3]): key for key in keys}

    @api.model
    def _is_still_seen(self, withdrawn):
        """SQL condition: ``line`` has an entry that finds its serial number and that
        this call does not withdraw.

        :param set withdrawn: uuids of the entries that the call withdraws
        """
        if not withdrawn:
            return SQL("TRUE")
        return SQL(
            """
            EXISTS (SELECT FROM stock_count_entry entry
                     WHERE entry.line_id = line.id AND entry.product_qty > 0
                       AND entry.operation <> 'withdraw'
                       AND entry.round >= line.first_round
                       AND entry.uuid <> ALL(%s) AND NOT EXISTS (
                           SELECT FROM stock_count_entry taken_back
                            WHERE taken_back.withdrawn_id = entry.id))
            """,
            list(withdrawn),
        )
