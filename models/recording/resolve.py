from odoo import api, models

from ..shared.keys import KEY_NAMES


class StockCountRecorder(models.AbstractModel):
    """From what a client named to the records that it means, for all drafts of a call
    at once."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _resolve(self, session, drafts):
        """Replace barcodes, names and line ids by the natural key they mean."""
        self._resolve_withdrawals(session, drafts)
        self._resolve_lines(session, drafts)
        self._resolve_products(session, drafts)
        self._resolve_locations(session, drafts)
        self._resolve_lots(session, drafts)
        self._resolve_existing(drafts)
        self._resolve_parts(drafts)

    @api.model
    def _resolve_withdrawals(self, session, drafts):
        asked = self._open(drafts, withdrawals=True)
        if not asked:
            return
        uuids = [draft.withdraws for draft in asked]
        entries = self.env["stock.count.entry"].search(
            [("uuid", "in", uuids), ("session_id", "=", session.id)]
        )
        taken_back = entries.search([("withdrawn_id", "in", entries.ids)]).withdrawn_id
        known = {
            entry.uuid: entry for entry in entries if entry.operation != "withdraw"
        }
        coming = {draft.uuid: draft for draft in self._open(drafts)}
        gone = set(taken_back.mapped("uuid"))
        for draft in asked:
            if draft.withdraws in gone:
                draft.refuse("withdrawn_already")
            elif draft.withdraws not in {*known, *coming}:
                draft.refuse("unknown_entry", value=draft.withdraws)
            # The line of the entry, whatever the client says.
            entry = known.get(draft.withdraws)
            draft.line_id = entry.line_id.id if entry else None
            gone.add(draft.withdraws)

    @api.model
    def _resolve_lines(self, session, drafts):
        asked = [draft for draft in self._open(drafts) if draft.line_id]
        if not asked:
            return
        lines = self.env["stock.count.line"].search_fetch(
            [
                ("id", "in", [draft.line_id for draft in asked]),
                ("session_id", "=", session.id),
            ],
            KEY_NAMES,
            order="id",
        )
        keys = {line.id: line for line in lines}
        for draft in asked:
            line = keys.get(draft.line_id)
            if not line:
                draft.refuse("unknown_line", value=draft.line_id)
                continue
            draft.product_id, draft.location_id = (
                line.product_id.id,
                line.location_id.id,
            )
            draft.lot_id, draft.lot_name = line.lot_id.id, line.lot_name or None
            draft.package_id, draft.owner_id = line.package_id.id, line.owner_id.id

    @api.model
    def _resolve_barcodes(self, drafts, *, model, barcode, target, domain):
        """Look up the barcodes of one kind; none and several are both refused."""
        asked = [
            d
            for d in self._open(drafts)
            if not getattr(d, target) and getattr(d, barcode)
        ]
        if not asked:
            return
        found = {}
        records = self.env[model].search(
            [("barcode", "in", [getattr(draft, barcode) for draft in asked]), *domain]
        )
        for record in records:
            found.setdefault(record.barcode, []).append(record.id)
        for draft in asked:
            ids = found.get(getattr(draft, barcode), [])
            if len(ids) == 1:
                setattr(draft, target, ids[0])
            else:
                code = "ambiguous_barcode" if ids else "unknown_barcode"
                draft.refuse(code, value=getattr(draft, barcode))

    @api.model
    def _resolve_products(self, session, drafts):
        self._resolve_barcodes(
            drafts,
            model="product.product",
            barcode="barcode",
            target="product_id",
            domain=[("company_id", "in", (False, session.company_id.id))],
        )

    @api.model
    def _resolve_locations(self, session, drafts):
        self._resolve_barcodes(
            drafts,
            model="stock.location",
            barcode="location_barcode",
            target="location_id",
            domain=[("company_id", "in", (False, session.company_id.id))],
        )

    @api.model
    def _resolve_lots(self, session, drafts):
        """A lot's name becomes the lot where the product has one of that name."""
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
        """Refuse ids of records that are not there; the rest of the checks may
        browse."""
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
        """Refuse units of parts that are not there; the checks may browse them."""
        asked = [draft for draft in self._open(drafts) if draft.parts]
        uoms = self.env["uom.uom"].browse(
            {uom_id for draft in asked for _qty, uom_id in draft.parts if uom_id}
        )
        known = {False, None, *uoms.exists().ids} if asked else ()
        for draft in asked:
            missing = [uom_id for _qty, uom_id in draft.parts if uom_id not in known]
            if missing:
                draft.refuse("unknown_record", field="uom_id", value=missing[0])
