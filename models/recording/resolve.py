from odoo import api, models

from ..shared.keys import KEY_NAMES


class StockCountRecorder(models.AbstractModel):
    """Finds the records that drafts name, for all drafts of a call at once."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _resolve(self, session, drafts):
        """Replace barcodes, names and line ids by natural keys; refuse unknown ones."""
        self._resolve_withdrawals(session, drafts)
        self._resolve_lines(session, drafts)
        self._resolve_products(session, drafts)
        self._resolve_locations(session, drafts)
        self._resolve_lots(session, drafts)
        self._resolve_existing(drafts)
        self._resolve_parts(drafts)

    @api.model
    def _resolve_withdrawals(self, session, drafts):
        """Give withdrawals the line of their entry; refuse a second withdrawal."""
        asked = self._open(drafts, withdrawals=True)
        if not asked:
            return
        known, gone = self._read_withdrawable(session, asked)
        coming = {draft.uuid for draft in self._open(drafts)}
        for draft in asked:
            if draft.withdraws in gone:
                draft.refuse("withdrawn_already")
            elif draft.withdraws not in known and draft.withdraws not in coming:
                draft.refuse("unknown_entry", value=draft.withdraws)
            # The client may have sent another line.
            draft.line_id = known.get(draft.withdraws)
            gone.add(draft.withdraws)

    @api.model
    def _read_withdrawable(self, session, drafts):
        """Look up the entries that drafts withdraw.

        :return: dict uuid → line id of these entries, and the set of uuids that are
            withdrawn already
        """
        uuids = [draft.withdraws for draft in drafts]
        entries = self.env["stock.count.entry"].search(
            [("uuid", "in", uuids), ("session_id", "=", session.id)]
        )
        gone = entries.search([("withdrawn_id", "in", entries.ids)]).withdrawn_id
        counts = entries.filtered(lambda entry: entry.operation != "withdraw")
        known = {entry.uuid: entry.line_id.id for entry in counts}
        return known, set(gone.mapped("uuid"))

    @api.model
    def _resolve_lines(self, session, drafts):
        """Give drafts the natural key of the line that they name."""
        asked = [draft for draft in self._open(drafts) if draft.line_id]
        if not asked:
            return
        ids = [draft.line_id for draft in asked]
        domain = [("id", "in", ids), ("session_id", "=", session.id)]
        lines = self.env["stock.count.line"].search_fetch(domain, KEY_NAMES, order="id")
        lines = {line.id: line for line in lines}
        for draft in asked:
            line = lines.get(draft.line_id)
            if line:
                self._take_key(draft, line)
            else:
                draft.refuse("unknown_line", value=draft.line_id)

    @api.model
    def _take_key(self, draft, line):
        draft.product_id, draft.location_id = line.product_id.id, line.location_id.id
        draft.lot_id, draft.lot_name = line.lot_id.id, line.lot_name or None
        draft.package_id, draft.owner_id = line.package_id.id, line.owner_id.id

    @api.model
    def _resolve_products(self, session, drafts):
        self._resolve_barcodes(
            session, drafts, "product.product", name="barcode", target="product_id"
        )

    @api.model
    def _resolve_locations(self, session, drafts):
        self._resolve_barcodes(
            session,
            drafts,
            "stock.location",
            name="location_barcode",
            target="location_id",
        )

    @api.model
    def _resolve_barcodes(self, session, drafts, model, *, name, target):
        """Find the records of barcodes; refuse unknown and ambiguous barcodes.

        :param str model: what has these barcodes
        :param str name: the draft's attribute with the barcode
        :param str target: the draft's attribute for the record's id
        """
        asked = [
            (draft, barcode)
            for draft in self._open(drafts)
            if not getattr(draft, target) and (barcode := getattr(draft, name))
        ]
        found = self._find_barcodes(session, model, [code for _draft, code in asked])
        for draft, barcode in asked:
            ids = found.get(barcode, [])
            if len(ids) == 1:
                setattr(draft, target, ids[0])
            else:
                code = "ambiguous_barcode" if ids else "unknown_barcode"
                draft.refuse(code, value=barcode)

    @api.model
    def _find_barcodes(self, session, model, barcodes):
        """Dict barcode → ids of the records of the session's company or of none."""
        if not barcodes:
            return {}
        companies = (False, session.company_id.id)
        records = self.env[model].search(
            [("barcode", "in", barcodes), ("company_id", "in", companies)]
        )
        return {code: same.ids for code, same in records.grouped("barcode").items()}

    @api.model
    def _resolve_lots(self, session, drafts):
        """Replace the name of a lot by the lot, where the product has one of it."""
        asked = [d for d in self._open(drafts) if d.lot_name and not d.lot_id]
        if not asked:
            return
        known = self.env["stock.count.book"]._read_lot_ids(
            session.company_id, {(draft.product_id, draft.lot_name) for draft in asked}
        )
        for draft in asked:
            draft.lot_id = known.get((draft.product_id, draft.lot_name))
            if draft.lot_id:
                draft.lot_name = None

    @api.model
    def _resolve_existing(self, drafts):
        """Refuse ids of records that do not exist: later checks rely on them."""
        for name, model in (
            ("product_id", "product.product"),
            ("location_id", "stock.location"),
            ("lot_id", "stock.lot"),
            ("package_id", "stock.package"),
            ("owner_id", "res.partner"),
            ("uom_id", "uom.uom"),
        ):
            asked = [draft for draft in self._open(drafts) if getattr(draft, name)]
            ids = {getattr(draft, name) for draft in asked}
            known = set(self.env[model].browse(ids).exists().ids)
            for draft in asked:
                if getattr(draft, name) not in known:
                    draft.refuse(
                        "unknown_record", field=name, value=getattr(draft, name)
                    )

    @api.model
    def _resolve_parts(self, drafts):
        """Refuse units of parts that do not exist: later checks rely on them."""
        asked = [draft for draft in self._open(drafts) if draft.parts]
        uoms = self.env["uom.uom"].browse(
            {uom_id for draft in asked for _qty, uom_id in draft.parts if uom_id}
        )
        known = {False, None, *uoms.exists().ids} if asked else ()
        for draft in asked:
            missing = [uom_id for _qty, uom_id in draft.parts if uom_id not in known]
            if missing:
                draft.refuse("unknown_record", field="uom_id", value=missing[0])
