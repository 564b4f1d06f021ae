from odoo import api, models

from ..shared.keys import KEY_NAMES

# More meanings of a code than this are not named.
MAX_OPTIONS = 5


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
        """Replace codes by the items, lots and quantities that they say; refuse unknown
        and ambiguous ones."""
        asked = [d for d in self._open(drafts) if d.barcode and not d.product_id]
        answers = self._resolve_codes(session, [draft.barcode for draft in asked])
        for draft in asked:
            meaning = self._choose(draft, draft.barcode, answers[draft.barcode], "item")
            if meaning:
                self._take_item(draft, meaning)
        for draft in self._open(drafts):
            if draft.qty is None:
                draft.refuse("no_quantity")

    @api.model
    def _resolve_locations(self, session, drafts):
        asked = [
            d for d in self._open(drafts) if d.location_barcode and not d.location_id
        ]
        answers = self._resolve_codes(session, [d.location_barcode for d in asked])
        for draft in asked:
            code = draft.location_barcode
            meaning = self._choose(draft, code, answers[code], "location")
            draft.location_id = meaning and meaning.location_id

    @api.model
    def _resolve_codes(self, session, codes):
        if not codes:
            return {}
        resolver = self.env["stock.count.codes"]
        return resolver._resolve_codes(session.company_id, set(codes))

    @api.model
    def _choose(self, draft, code, answer, kind):
        """The one meaning of a kind that a code has; without one, refuses the draft."""
        codes = self.env["stock.count.codes"]
        meanings = [meaning for meaning in answer.meanings if meaning.kind == kind]
        if len(meanings) == 1:
            return meanings[0]
        named = meanings or answer.meanings
        options = ", ".join(map(codes._name_meaning, named[:MAX_OPTIONS]))
        if answer.problem:
            draft.refuse("bad_code", reason=codes._explain_problem(answer.problem))
        elif meanings:
            draft.refuse("ambiguous_barcode", value=code, options=options)
        elif named:
            draft.refuse("other_code", value=code, options=options)
        else:
            draft.refuse("unknown_barcode", value=code)
        return None

    @api.model
    def _take_item(self, draft, meaning):
        """Take over what a code says of an item, unless the client says otherwise."""
        explain = self.env["stock.count.codes"]._explain_doubt
        draft.product_id = meaning.product_id
        draft.package_id = draft.package_id or meaning.package_id or None
        self._take_lot(draft, meaning)
        self._take_tag(draft, meaning)
        if draft.qty is not None:
            draft.uom_id = draft.uom_id or (not draft.parts and meaning.uom_id) or None
        elif meaning.qty is not None:
            draft.qty, draft.uom_id = meaning.qty, meaning.uom_id or None
        elif not draft.status and (reason := explain(meaning)):
            draft.refuse("bad_code", reason=reason)

    @api.model
    def _take_lot(self, draft, meaning):
        said = self.env["stock.count.codes"]._lot_of(meaning)
        value = draft.lot_name or self._name_lot(draft.lot_id)
        if said and value and said.upper() != value.upper():
            draft.refuse("other_lot", said=said, value=value)
        elif not value:
            draft.lot_id = meaning.lot_id or None
            draft.lot_name = meaning.lot_name or None

    @api.model
    def _take_tag(self, draft, meaning):
        """A tag is one piece, and is kept with the entry."""
        if meaning.tag:
            draft.tag, draft.rfid = meaning.tag, meaning.tag
            draft.qty = 1.0 if draft.qty is None else draft.qty

    @api.model
    def _name_lot(self, lot_id):
        """The name of a lot that a client named by an id, which may be none."""
        return self.env["stock.lot"].browse(lot_id or []).exists().name

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
