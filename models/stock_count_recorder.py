import json
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..domain.entries import (
    MAX_QUANTITY,
    Draft,
    is_finer_than,
    read_entry,
    serial_refusal,
)
from ..domain.reconcile import (
    Entry,
    book_at,
    corrected_time,
    fold,
    picked_at_count,
)

SOURCES = ("sheet", "app", "import", "api")

LINE_ROW = """
    id int, round int, state text, is_counted boolean, found_qty numeric,
    serial_seen boolean, counted_at timestamp, counted_stamp int, counted_by_id int,
    first_entry_id int, last_entry_id int, book_qty numeric, picked_qty numeric
"""
ENTRY_ROW = """
    position int, line_id int, session_id int, uuid text, round int, operation text,
    qty numeric, uom_id int, product_qty numeric, withdrawn_id int, serial2 text,
        rfid text,
    note text, counted_at timestamp, recorded_at timestamp, user_id int, device text,
    source text, parts text, digest text, book_qty numeric, picked_qty numeric,
    stamp int, xid text, late boolean
"""


class StockCountRecorder(models.AbstractModel):
    """The one door's inside: from what a client sent to entries and counted lines.

    Takes one entry or ten thousand at a number of queries that does not grow with them.
    """

    _name = "stock.count.recorder"
    _description = "Count Recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, session, entries, source):
        """Record entries of one session, see ``stock.count.session.record_entries``."""
        if source not in SOURCES:
            source = "api"
        if not isinstance(entries, list | tuple):
            entries = [entries]
        drafts = [read_entry(raw) for raw in entries]
        # In sudo mode because counters read neither stock nor expected quantities; who
        # may count the session has been checked.
        recorder, session = self.sudo(), session.sudo()
        recorder._share_session(session)
        recorder._mark_duplicates(session, drafts)
        recorder._check_session(session, drafts)
        recorder._resolve(session, drafts)
        recorder._check(session, drafts)
        pending = [draft for draft in drafts if not draft.status]
        if pending:
            recorder._write(session, pending, source)
        recorder._answer_twins(drafts)
        recorder.env["stock.count.watch"]._watch_refusals(session, drafts)
        return [recorder._answer(draft) for draft in drafts]

    @api.model
    def _find_or_add_line(self, session, values):
        """The line of a natural key, made when missing; nothing is counted by it.

        :param dict values: the key as in an entry, without a quantity
        :raise ValidationError: saying what is wrong with it
        """
        draft = read_entry({**values, "uuid": session._new_uuid(), "qty": 0})
        recorder = self.sudo()
        for step in (recorder._check_session, recorder._resolve, recorder._check):
            step(session.sudo(), [draft])
        if draft.status:
            session._raise_refusal(recorder._answer(draft), values)
        recorder._find_lines(session.sudo(), [draft])
        return self.env["stock.count.line"].browse(draft.line_id)

    @api.model
    def _share_session(self, session):
        """Keep posting and closing of the session apart from recording, counters
        not."""
        session.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM stock_count_session WHERE id = %s FOR SHARE", session.id
            ),
            log_exceptions=False,
        )
        session.invalidate_recordset(["state", "closed_at"])

    # === CHECKS === #

    @api.model
    def _mark_duplicates(self, session, drafts):
        """A known uuid, or one named twice in the call, changes nothing."""
        self.env.cr.execute(
            SQL(
                "SELECT uuid, line_id, session_id = %s FROM stock_count_entry"
                " WHERE uuid = ANY(%s)",
                session.id,
                [draft.uuid for draft in drafts if not draft.status],
            )
        )
        known = {
            uuid: (line_id, ours) for uuid, line_id, ours in self.env.cr.fetchall()
        }
        first = {}
        for draft in drafts:
            if draft.status:
                continue
            line_id, ours = known.get(draft.uuid, (None, True))
            if not ours:
                draft.refuse("uuid_of_another_count")
            elif line_id or draft.uuid in first:
                draft.status = "duplicate"
                draft.line_id = line_id
                draft.twin = first.get(draft.uuid)
            else:
                first[draft.uuid] = draft

    @api.model
    def _answer_twins(self, drafts):
        """An entry named twice in the call gets the same answer twice: a duplicate of
        what was refused is not recorded either."""
        for draft in drafts:
            twin = draft.twin
            if twin and twin.status == "refused":
                draft.refuse(twin.code, **twin.params or {})
            elif twin:
                draft.line_id = twin.line_id

    @api.model
    def _check_session(self, session, drafts):
        """A closed session takes only what was counted while it was open."""
        if session.state in ("open", "partial", "pending_approval"):
            return
        for draft in drafts:
            if draft.status:
                continue
            counted_at = draft.counted_at
            late = counted_at and session.closed_at and counted_at < session.closed_at
            if session.state == "cancelled" or not late:
                draft.refuse("session_closed", session=session.name)

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
    def _open(self, drafts, *, withdrawals=False):
        return [
            draft
            for draft in drafts
            if not draft.status and (draft.operation == "withdraw") == withdrawals
        ]

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
            elif draft.withdraws in known:
                draft.line_id = known[draft.withdraws].line_id.id
            elif draft.withdraws not in coming:
                draft.refuse("unknown_entry", value=draft.withdraws)
            gone.add(draft.withdraws)

    @api.model
    def _resolve_lines(self, session, drafts):
        asked = [draft for draft in self._open(drafts) if draft.line_id]
        lines = self.env["stock.count.line"].search(
            [("id", "in", [draft.line_id for draft in asked])]
        )
        keys = {line.id: line for line in lines if line.session_id == session}
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
        lots = self.env["stock.lot"].search(
            [
                ("name", "in", [draft.lot_name for draft in asked]),
                ("product_id", "in", [draft.product_id for draft in asked]),
                ("company_id", "in", (False, session.company_id.id)),
            ]
        )
        known = {(lot.product_id.id, lot.name): lot.id for lot in lots}
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

    @api.model
    def _check(self, session, drafts):
        """Refuse what cannot have been counted there, each entry for itself."""
        counts = self._open(drafts)
        self._read_ahead(session, counts)
        scope = self._scope_location_ids(session, counts)
        digits = self.env["stock.count.book"]._digits()
        for draft in counts:
            self._check_key(session, draft, scope)
            self._check_options(session, draft)
            if not draft.status:
                self._check_quantity(draft, digits)
        self._check_serials(session, drafts)
        self.env["stock.count.recount"]._check_counters(session, self._open(drafts))

    @api.model
    def _read_ahead(self, session, drafts):
        """Read at once what the checks, which browse one record at a time, will ask
        for."""
        Product, Lot = self.env["product.product"], self.env["stock.lot"]
        products = Product.browse(
            {draft.product_id for draft in drafts if draft.product_id}
        )
        products.fetch(["product_tmpl_id"])
        products.product_tmpl_id.fetch(
            ["is_storable", "company_id", "tracking", "uom_id"]
        )
        if session.company_id.count_warehouse_items:
            products.product_tmpl_id.fetch(["count_warehouse_ids"])
        lots = Lot.browse({draft.lot_id for draft in drafts if draft.lot_id})
        lots.fetch(["product_id", "name", "company_id"])

    @api.model
    def _scope_location_ids(self, session, drafts):
        """Which of the named locations belong to the session."""
        ids = list({draft.location_id for draft in drafts if draft.location_id})
        Generator = self.env["stock.count.generator"]
        return set(Generator._scope_locations(session, [("id", "in", ids)]).ids)

    @api.model
    def _check_key(self, session, draft, scope):
        product = self.env["product.product"].browse(draft.product_id)
        location = self.env["stock.location"].browse(draft.location_id)
        lot = self.env["stock.lot"].browse(draft.lot_id)
        # The template's own fields: reading them through each product costs twice.
        template = product.product_tmpl_id
        if not product:
            draft.refuse("no_product")
        elif not location:
            draft.refuse("no_location", product=product.display_name)
        elif not template.is_storable:
            draft.refuse("not_stored", product=product.display_name)
        elif template.company_id and template.company_id != session.company_id:
            draft.refuse("foreign_product", product=product.display_name)
        elif draft.location_id not in scope and not draft.line_id:
            draft.refuse(
                "outside_session",
                location=location.display_name,
                session=session.name,
            )
        elif self._is_foreign(session, draft):
            draft.refuse("foreign_record", product=product.display_name)
        elif lot and lot.product_id != product:
            draft.refuse("wrong_lot", lot=lot.name, product=product.display_name)
        elif (lot or draft.lot_name) and template.tracking == "none":
            draft.refuse("not_tracked", product=product.display_name)
        elif (
            not (lot or draft.lot_name or draft.line_id) and template.tracking != "none"
        ):
            draft.refuse("lot_required", product=product.display_name)

    @api.model
    def _check_options(self, session, draft):
        """Refuse what the company's options do not open."""
        company = session.company_id
        if draft.status:
            return
        product = self.env["product.product"].browse(draft.product_id)
        if draft.parts and not company.count_split_units:
            draft.refuse("parts_off", product=product.display_name)
        elif draft.serial2 and not company.count_serial2:
            draft.refuse("serial2_off", product=product.display_name)
        elif company.count_warehouse_items:
            assigned = product.product_tmpl_id.count_warehouse_ids
            if assigned and session.warehouse_id not in assigned:
                draft.refuse(
                    "other_warehouse",
                    product=product.display_name,
                    assigned=", ".join(assigned.mapped("name")),
                    warehouse=session.warehouse_id.name,
                )

    @api.model
    def _is_foreign(self, session, draft):
        """Whether lot, package or owner belong to another company."""
        records = (
            ("stock.lot", draft.lot_id),
            ("stock.package", draft.package_id),
            ("res.partner", draft.owner_id),
        )
        companies = [self.env[m].browse(i).company_id for m, i in records if i]
        return any(company and company != session.company_id for company in companies)

    @api.model
    def _check_quantity(self, draft, digits):
        product = self.env["product.product"].browse(draft.product_id)
        uom = self.env["uom.uom"].browse(draft.uom_id) or (
            product.product_tmpl_id.uom_id
        )
        draft.uom_id = uom.id
        code = self._convert_quantity(draft, product.product_tmpl_id, uom, digits)
        # Names are read for a refusal only: they cost more than all the rest.
        if code:
            draft.refuse(
                code,
                product=product.display_name,
                uom=uom.name,
                qty=draft.qty,
                digits=digits,
                lot=self._lot_name(draft),
            )

    @api.model
    def _convert_quantity(self, draft, template, uom, digits):
        """Take the quantity over into the product's unit.

        :return: the code of what is wrong with it, if anything
        """
        if draft.parts:
            code = self._add_up_parts(draft, template, digits)
            if code:
                return code
            uom = template.uom_id
        if not uom._has_common_reference(template.uom_id):
            return "wrong_unit"
        if is_finer_than(draft.qty, digits):
            return "too_precise"
        draft.product_qty = uom._compute_quantity(
            draft.qty, template.uom_id, rounding_method="HALF-UP"
        )
        if template.tracking == "serial" and (draft.lot_id or draft.lot_name):
            return serial_refusal(draft.product_qty)
        return None

    @api.model
    def _add_up_parts(self, draft, template, digits):
        """Make the sum of the parts, rounded once, the quantity that was counted.

        :return: the code of what is wrong with a part, if anything
        """
        unit, total = template.uom_id, 0
        for qty, uom_id in draft.parts:
            uom = self.env["uom.uom"].browse(uom_id or unit.id)
            if not uom._has_common_reference(unit):
                return "wrong_unit"
            if is_finer_than(qty, digits):
                return "too_precise"
            total += uom._compute_quantity(qty, unit, round=False)
        draft.uom_id = unit.id
        draft.qty = unit.round(total, rounding_method="HALF-UP")
        return "too_large_sum" if draft.qty > MAX_QUANTITY else None

    @api.model
    def _lot_name(self, draft):
        return draft.lot_name or self.env["stock.lot"].browse(draft.lot_id).name or ""

    @api.model
    def _check_serials(self, session, drafts):
        """A serial number is found once per session, and never more than once."""
        serials = [
            draft
            for draft in self._open(drafts)
            if draft.product_qty
            and (draft.lot_id or draft.lot_name)
            and self.env["product.product"].browse(draft.product_id).tracking
            == "serial"
        ]
        if not serials:
            return
        seen = self._read_seen_serials(session, serials)
        coming_back = {
            draft.withdraws for draft in self._open(drafts, withdrawals=True)
        }
        for draft in serials:
            serial = (draft.product_id, draft.lot_id or 0, draft.lot_name or "")
            first = seen.get(serial)
            again_here = first == draft.key and draft.operation == "set"
            if first and not again_here:
                where = self.env["stock.location"].browse(first[1])
                draft.refuse(
                    "serial_twice",
                    lot=self._lot_name(draft),
                    location=where.display_name,
                )
            elif draft.uuid not in coming_back:
                seen[serial] = draft.key

    @api.model
    def _is_serial_product(self, product_id):
        product = self.env["product.product"].browse(product_id)
        return product.product_tmpl_id.tracking == "serial"

    @api.model
    def _read_seen_serials(self, session, drafts):
        """Where in the session each serial number was found, by (product, lot,
        name)."""
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, COALESCE(lot_id, 0), COALESCE(lot_name, ''),
                    location_id,
                       COALESCE(package_id, 0), COALESCE(owner_id, 0)
                  FROM stock_count_line
                 WHERE session_id = %s AND serial_seen AND product_id = ANY(%s)
                """,
                session.id,
                list({draft.product_id for draft in drafts}),
            )
        )
        return {
            (product, lot, name): (product, location, lot, name, package, owner)
            for product, lot, name, location, package, owner in self.env.cr.fetchall()
        }

    # === WRITING === #

    @api.model
    def _write(self, session, drafts, source):
        """Write entries and what their lines add up to, behind the fence."""
        counts = self._open(drafts)
        withdrawals = self._open(drafts, withdrawals=True)
        self._find_lines(session, counts)
        by_uuid = {draft.uuid: draft for draft in counts}
        for draft in withdrawals:
            draft.line_id = draft.line_id or by_uuid[draft.withdraws].line_id
        lines = self._read_lines({draft.line_id for draft in drafts})
        self.env["stock.count.fence"]._share(
            {row["location_id"] for row in lines.values()}
        )
        rounds = {line_id: self._round_of(row) for line_id, row in lines.items()}
        rows = self._prepare_entries(session, drafts, source, lines, rounds)
        self._insert_entries([row for row in rows if row["operation"] != "withdraw"])
        self._link_withdrawals(session, rows)
        self._insert_entries([row for row in rows if row["operation"] == "withdraw"])
        self._fold_lines(lines, rounds)
        for draft in drafts:
            draft.status = "recorded"
        self._after_recording(session, lines, rounds)

    @api.model
    def _find_lines(self, session, drafts):
        """Give each draft the line of its key, making the lines that are missing."""
        keys = {draft.key for draft in drafts if not draft.line_id}
        if not keys:
            return
        known = self._read_line_ids(session, keys)
        missing = [key for key in keys if key not in known]
        if missing:
            self.env["stock.count.generator"]._insert_keys(session, missing)
            known = self._read_line_ids(session, keys)
        for draft in drafts:
            draft.line_id = draft.line_id or known[draft.key]

    @api.model
    def _read_line_ids(self, session, keys):
        Book = self.env["stock.count.book"]
        names = (
            "product_id",
            "location_id",
            "lot_id",
            "lot_name",
            "package_id",
            "owner_id",
        )
        rows = [dict(zip(names, key, strict=True)) for key in keys]
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, rows.* FROM stock_count_line line JOIN %s
                    ON %s AND COALESCE(line.lot_name, '') = rows.lot_name
                 WHERE line.session_id = %s
                """,
                Book._rows(
                    rows,
                    "product_id int, location_id int, lot_id int, lot_name text,"
                    " package_id int, owner_id int",
                ),
                Book._same_key("line", "rows"),
                session.id,
            )
        )
        return {tuple(key): line_id for line_id, *key in self.env.cr.fetchall()}

    @api.model
    def _read_lines(self, line_ids):
        """The lines as they are now, by id; dicts, because ten thousand are nothing."""
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.product_id, line.location_id, line.lot_id,
                       line.lot_name, line.package_id, line.owner_id, line.round,
                       line.first_round, line.posted_round, line.state,
                       template.tracking
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 WHERE line.id = ANY(%s)
                """,
                list(line_ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _round_of(self, row):
        """The round an entry belongs to: a posted line opens its next one."""
        posted = row["posted_round"] >= row["round"]
        return row["posted_round"] + 1 if posted else row["round"]

    @api.model
    def _key_of(self, row):
        return (
            row["product_id"],
            row["location_id"],
            row["lot_id"] or 0,
            row["lot_name"] or "",
            row["package_id"] or 0,
            row["owner_id"] or 0,
        )

    @api.model
    def _prepare_entries(self, session, drafts, source, lines, rounds):
        """The rows of the entries: time, stamp, and the book as this transaction sees
        it."""
        self.env["stock.count.book"]._flush()
        stamp, now, xid = self.env["stock.count.fence"]._draw()
        stamps = [stamp, *self._draw_more(len(drafts) - 1)]
        keys = [self._key_of(lines[draft.line_id]) for draft in drafts]
        books = self.env["stock.count.book"]._read_books(list(dict.fromkeys(keys)))
        rows = []
        for i, (draft, key) in enumerate(zip(drafts, keys, strict=True)):
            offset = draft.sent_at - now if draft.sent_at else timedelta()
            counted_at = corrected_time(draft.counted_at, now, offset)
            book, picked = books[key]
            row = {
                "position": i,
                "line_id": draft.line_id,
                "session_id": session.id,
                "uuid": draft.uuid,
                "round": rounds[draft.line_id],
                "operation": draft.operation,
                "qty": draft.qty,
                "uom_id": draft.uom_id,
                "product_qty": draft.product_qty,
                "withdraws": draft.withdraws,
                "serial2": draft.serial2,
                "rfid": draft.rfid,
                "note": draft.note,
                "counted_at": counted_at,
                "user_id": self.env.uid,
                "device": draft.device,
                "source": source,
                "parts": draft.parts and json.dumps(draft.parts),
            }
            row["digest"] = self.env["stock.count.entry"]._digest(row)
            row.update(
                withdrawn_id=None,
                recorded_at=now,
                book_qty=book,
                picked_qty=picked,
                stamp=stamps[i],
                xid=xid,
                late=counted_at < now,
            )
            rows.append(row)
        self._roll_back_late(rows, keys)
        return rows

    @api.model
    def _draw_more(self, number):
        self.env.cr.execute(
            "SELECT nextval('stock_count_stamp')::int FROM generate_series(1, %s)",
            [number],
        )
        return [stamp for (stamp,) in self.env.cr.fetchall()]

    @api.model
    def _roll_back_late(self, rows, keys):
        """What book and ticked lines said when a late entry was counted."""
        late = [
            (row, key)
            for row, key in zip(rows, keys, strict=True)
            if row["late"] and row["operation"] != "withdraw"
        ]
        if not late:
            return
        movements = self.env["stock.count.book"]._read_movements_since(
            [(key, row["counted_at"]) for row, key in late]
        )
        for (row, _key), moved in zip(late, movements, strict=True):
            row["book_qty"] = book_at(row["book_qty"], moved)
            row["picked_qty"] = picked_at_count(moved, row["counted_at"])

    @api.model
    def _insert_entries(self, rows):
        if not rows:
            return
        names = [part.split()[0] for part in ENTRY_ROW.split(",")][1:]
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_entry (%s, snapshot)
                SELECT %s, pg_current_snapshot()::text FROM %s ORDER BY position
                    ON CONFLICT (uuid) DO NOTHING
                """,
                columns,
                columns,
                self.env["stock.count.book"]._rows(rows, ENTRY_ROW),
            ),
            # One entry sent twice at once conflicts here: the second is retried, and
            # then is a duplicate.
            log_exceptions=False,
        )

    @api.model
    def _link_withdrawals(self, session, rows):
        """Name the entries taken back, which may have come in the same call."""
        asked = [row for row in rows if row["operation"] == "withdraw"]
        if not asked:
            return
        self.env.cr.execute(
            SQL(
                "SELECT uuid, id FROM stock_count_entry"
                " WHERE session_id = %s AND uuid = ANY(%s)",
                session.id,
                [row["withdraws"] for row in asked],
            )
        )
        ids = dict(self.env.cr.fetchall())
        for row in asked:
            row["withdrawn_id"] = ids[row["withdraws"]]

    # === ADDING UP === #

    @api.model
    def _fold_lines(self, lines, rounds):
        """Write what the entries of each line add up to."""
        entries, details = self._read_entries(list(lines))
        digits = self.env["stock.count.book"]._digits()
        rows = []
        for line_id, row in lines.items():
            count = fold(entries.get(line_id, ()))
            values = {"id": line_id, "round": rounds[line_id]}
            if count:
                last = details[count.last.id]
                values.update(
                    state="counted",
                    is_counted=True,
                    found_qty=round(count.found, digits),
                    serial_seen=self._is_serial(row) and count.found > 0,
                    counted_at=count.last.counted_at,
                    counted_stamp=count.last.stamp,
                    counted_by_id=last["user_id"],
                    first_entry_id=count.first.id,
                    last_entry_id=count.last.id,
                    book_qty=last["book_qty"],
                    picked_qty=last["picked_qty"],
                )
            else:
                again = rounds[line_id] > 1
                values.update(
                    state="recount" if again else "to_count",
                    is_counted=False,
                    serial_seen=False,
                )
            rows.append(values)
        self._write_lines(rows)

    @api.model
    def _is_serial(self, row):
        return row["tracking"] == "serial" and bool(row["lot_id"] or row["lot_name"])

    @api.model
    def _read_entries(self, line_ids, *, all_rounds=False):
        """The entries that count for the lines, and their details by id.

        :param bool all_rounds: those of earlier rounds that are not posted, too
        """
        first = SQL("posted_round + 1") if all_rounds else SQL("first_round")
        self.env.cr.execute(
            SQL(
                """
                SELECT entry.line_id, entry.id, entry.operation, entry.product_qty,
                       entry.counted_at, entry.stamp, entry.withdrawn_id, entry.user_id,
                       entry.book_qty, entry.picked_qty, entry.round
                  FROM stock_count_entry entry
                  JOIN stock_count_line line ON line.id = entry.line_id
                 WHERE entry.line_id = ANY(%s) AND entry.round >= line.%s
                """,
                line_ids,
                first,
            )
        )
        entries, details = {}, {}
        for row in self.env.cr.dictfetchall():
            entry = Entry(
                row["id"],
                row["operation"],
                row["product_qty"],
                row["counted_at"],
                row["stamp"],
                row["withdrawn_id"],
            )
            entries.setdefault(row["line_id"], []).append(entry)
            details[row["id"]] = row
        return entries, details

    @api.model
    def _write_lines(self, rows):
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET round = rows.round, state = rows.state,
                       is_counted = rows.is_counted,
                       found_qty = COALESCE(rows.found_qty, 0),
                       serial_seen = rows.serial_seen,
                       counted_at = rows.counted_at, counted_stamp = rows.counted_stamp,
                       counted_by_id = rows.counted_by_id,
                       first_entry_id = rows.first_entry_id,
                       last_entry_id = rows.last_entry_id,
                       book_qty = COALESCE(rows.book_qty, line.book_qty),
                       picked_qty = COALESCE(rows.picked_qty, 0),
                       expected_qty = COALESCE(rows.book_qty, line.book_qty)
                           + COALESCE(rows.picked_qty, 0),
                       variance_qty = 0, variance_value = 0, corrected_qty = 0,
                       tolerance_ratio = 0,
                       hold_answer = NULL, explained_qty = 0, post_error = NULL,
                       moved_while_counting = FALSE
                  FROM %s
                 WHERE line.id = rows.id
                """,
                self.env["stock.count.book"]._rows(rows, LINE_ROW),
            ),
            # Two counters on one line conflict here, and the second is retried.
            log_exceptions=False,
        )
        self.env["stock.count.line"].invalidate_model()
        self.env["stock.count.entry"].invalidate_model()

    @api.model
    def _after_recording(self, session, lines, rounds):
        """Variances, holds, and word about counts that came after posting."""
        records = self.env["stock.count.line"].browse(lines)
        self._mark_moved_while_counting(list(lines))
        self.env["stock.count.book"]._refresh_verdicts(records)
        self.env["stock.count.recount"]._after_recording(session, records)
        reopened = records.filtered(
            lambda line: rounds[line.id] > lines[line.id]["round"]
        )
        if reopened:
            session._reopen_for(reopened)
        self.env["stock.count.watch"]._watch_lines(records)

    @api.model
    def _mark_moved_while_counting(self, line_ids):
        """Several entries add up only if nothing moved between the first and the
        last."""
        Book = self.env["stock.count.book"]
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET moved_while_counting = TRUE
                  FROM stock_count_entry first, stock_count_entry entry
                 WHERE line.id = ANY(%s) AND line.first_entry_id <> line.last_entry_id
                   AND first.id = line.first_entry_id AND entry.id = line.last_entry_id
                   AND EXISTS (%s)
                """,
                line_ids,
                Book._moves_of(
                    "line",
                    SQL("ml.id"),
                    SQL(
                        "ml.count_done_at > first.counted_at"
                        " AND ml.count_done_at <= entry.counted_at"
                    ),
                ),
            )
        )
        self.env["stock.count.line"].invalidate_model(["moved_while_counting"])

    # === ANSWERS === #

    @api.model
    def _answer(self, draft: Draft):
        """What the client is told; never an expected quantity."""
        message = self._message(draft) if draft.status == "refused" else ""
        return {
            "uuid": draft.uuid,
            "status": draft.status,
            "line_id": draft.line_id or False,
            "code": draft.code,
            "message": message,
        }

    @api.model
    def _message(self, draft):
        """The refusal in words: what is wrong, where, and what to do."""
        text = self._messages().get(draft.code, draft.code)
        return text % (draft.params or {})

    @api.model
    def _messages(self):
        _ = self.env._
        return {
            "not_an_object": _("An entry is an object with a uuid and a quantity."),
            "no_uuid": _("The entry has no uuid: the device must choose one."),
            "uuid_of_another_count": _(
                "This entry was recorded in another count: it needs a uuid of its own."
            ),
            "unknown_operation": _(
                "The operation %(value)s is not known: use add, set or withdraw."
            ),
            "names_no_entry": _(
                "A withdrawal names the uuid of the entry it takes back."
            ),
            "not_a_text": _("The field %(field)s must be a text."),
            "too_long": _("The field %(field)s is longer than %(limit)s characters."),
            "control_characters": _(
                "The field %(field)s contains characters that cannot be printed: scan"
                " or type it again."
            ),
            "not_an_id": _("The field %(field)s must be the id of a record."),
            "not_a_time": _(
                "%(value)s is no time: %(field)s is written as 2026-01-31 14:05:00, in"
                " UTC."
            ),
            "not_a_number": _("%(value)s is not a number: enter the quantity found."),
            "negative": _(
                "%(value)s is negative: nobody finds less than nothing. Enter 0 if"
                " none is there."
            ),
            "too_large": _("The quantity is above %(limit)s: check what was typed."),
            "session_closed": _(
                "%(session)s is closed: use Count Again for a new count."
            ),
            "withdrawn_already": _("This entry was withdrawn before."),
            "unknown_entry": _(
                "No entry %(value)s is in this count: it cannot be withdrawn."
            ),
            "unknown_line": _(
                "No line %(value)s is in this count: refresh the screen."
            ),
            "unknown_barcode": _("Nothing has the barcode %(value)s."),
            "ambiguous_barcode": _(
                "Several records have the barcode %(value)s: choose the right one by"
                " hand."
            ),
            "unknown_record": _(
                "%(field)s %(value)s does not exist any more: refresh the screen."
            ),
            "no_product": _("The entry does not say which product was counted."),
            "no_location": _(
                "%(product)s: the entry does not say where it was counted."
            ),
            "not_stored": _(
                "%(product)s is not tracked in inventory: switch on Track Inventory on"
                " the product, or leave it out."
            ),
            "foreign_product": _(
                "%(product)s belongs to another company: count it there."
            ),
            "foreign_record": _(
                "%(product)s: its lot, package or owner belongs to another company:"
                " count it there."
            ),
            "outside_session": _(
                "%(location)s does not belong to %(session)s: count it in a session of"
                " its own."
            ),
            "parts_off": _(
                "%(product)s: split units are not used here. Enter one quantity, or ask"
                " for Option 174."
            ),
            "bad_parts": _(
                "Parts are a list of at most %(limit)s quantities, each with its unit."
            ),
            "too_large_sum": _(
                "%(product)s: the parts add up to %(qty)s. Check what was typed."
            ),
            "serial2_off": _(
                "%(product)s: Serial2 is not used here. Leave it empty, or ask for"
                " Option 290."
            ),
            "other_warehouse": _(
                "%(product)s is assigned to %(assigned)s: count it there, or assign it"
                " to %(warehouse)s, too (Option 504)."
            ),
            "same_counter": _(
                "%(product)s, %(location)s: you counted it in an earlier round, so"
                " somebody else has to count it now."
            ),
            "wrong_lot": _(
                "Lot %(lot)s does not belong to %(product)s: scan it again."
            ),
            "not_tracked": _(
                "%(product)s is not tracked by lots or serial numbers: leave the lot"
                " empty."
            ),
            "lot_required": _(
                "%(product)s is tracked: enter the lot or serial number that was"
                " counted."
            ),
            "wrong_unit": _(
                "%(product)s cannot be counted in %(uom)s: use a unit of its own kind."
            ),
            "too_precise": _(
                "%(product)s: %(qty)s has more than the %(digits)s decimals of %(uom)s."
            ),
            "serial_quantity": _(
                "%(product)s: serial number %(lot)s is found once or not at all, not"
                " %(qty)s times."
            ),
            "serial_twice": _(
                "Serial number %(lot)s was counted at %(location)s already: withdraw"
                " that count if it is here."
            ),
        }
