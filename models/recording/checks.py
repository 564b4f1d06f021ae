from datetime import timedelta
from typing import Any, NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...domain.entries import MAX_QUANTITY, is_finer_than, serial_refusal
from ...domain.reconcile import corrected_time
from ..shared.quantities import quantity_digits


class Item(NamedTuple):
    """What the checks ask of a product: a thousand drafts name the same ones, and
    reading a field of a record takes as long as all of its checks."""

    is_storable: bool
    company_id: int | None
    tracking: str
    uom: Any
    # The warehouses that it is assigned to (Option 504); none: to all.
    warehouses: Any


class Things(NamedTuple):
    """What the drafts of a call name."""

    items: dict[int, Item]
    # The product of each lot.
    lots: dict[int, int]
    # Pairs (field, id) of what belongs to other companies.
    foreign: set[tuple[str, int]]


class StockCountRecorder(models.AbstractModel):
    """What a count is refused for before anything is written, each entry for itself."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

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
        _stamp, now, _xid = self.env["stock.count.fence"]._draw()
        for draft in drafts:
            if draft.status:
                continue
            closed_at = session.state == "posted" and session.closed_at
            if not closed_at or self._counted_at(draft, now) >= closed_at:
                draft.refuse("session_closed", session=session.name)

    @api.model
    def _counted_at(self, draft, now):
        """When it was counted by the server's clock, whatever the device's says."""
        offset = draft.sent_at - now if draft.sent_at else timedelta()
        return corrected_time(draft.counted_at, now, offset)

    @api.model
    def _check(self, session, drafts):
        """Refuse what cannot have been counted there, each entry for itself."""
        self._check_each(session, drafts)
        self._check_serials(session, drafts)
        if self.env.context.get("count_app_rules"):
            self._check_zero(session, drafts)
            self._check_lock(session, drafts)
        Recounts = self.env["stock.count.recount"]
        Recounts._mark_earlier(session, self._open(drafts))
        Recounts._check_counters(session, self._open(drafts))

    @api.model
    def _check_each(self, session, drafts):
        """What is asked of an entry whatever else was counted."""
        counts = self._open(drafts)
        things = self._read_things(session, counts)
        # The locations of the session's own lines belong to it.
        scope = self._scope_location_ids(
            session, {draft.location_id for draft in counts if not draft.line_id}
        )
        digits = quantity_digits(self.env)
        for draft in counts:
            item = things.items.get(draft.product_id)
            draft.tracking = item.tracking if item else ""
            self._check_key(session, draft, item, things, scope)
            self._check_options(session, draft, item)
            if not draft.status:
                self._check_quantity(draft, item, digits)

    @api.model
    def _read_things(self, session, drafts):
        """Read at once what the checks ask of all that the drafts name."""
        lots = self.env["stock.lot"].browse({d.lot_id for d in drafts if d.lot_id})
        lots.fetch(["product_id", "company_id"])
        return Things(
            self._read_items(session, {draft.product_id for draft in drafts}),
            {lot.id: lot.product_id.id for lot in lots},
            self._find_foreign(session, drafts),
        )

    @api.model
    def _read_items(self, session, product_ids):
        """By product id."""
        Template, Uom = self.env["product.template"], self.env["uom.uom"]
        Template.flush_model(["is_storable", "company_id", "tracking", "uom_id"])
        self.env.cr.execute(
            """
            SELECT product.id, template.id, template.is_storable, template.company_id,
                   template.tracking, template.uom_id
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE product.id = ANY(%s)
            """,
            [list(product_ids)],
        )
        rows = self.env.cr.fetchall()
        assigned = {}
        if session.company_id.count_warehouse_items:
            templates = Template.browse({template_id for _id, template_id, *_ in rows})
            assigned = {t.id: t.count_warehouse_ids for t in templates}
        uoms = {uom_id: Uom.browse(uom_id) for *_, uom_id in rows}
        return {
            product_id: Item(*values, uoms[uom_id], assigned.get(template_id, ()))
            for product_id, template_id, *values, uom_id in rows
        }

    @api.model
    def _find_foreign(self, session, drafts):
        """Lots, packages and owners of other companies, as pairs (field, id)."""
        return {
            (name, record.id)
            for name, model in (
                ("lot_id", "stock.lot"),
                ("package_id", "stock.package"),
                ("owner_id", "res.partner"),
            )
            for record in self.env[model].browse(
                {getattr(draft, name) for draft in drafts if getattr(draft, name)}
            )
            if record.company_id and record.company_id != session.company_id
        }

    @api.model
    def _scope_location_ids(self, session, location_ids):
        """Which of these locations belong to the session."""
        ids = [location_id for location_id in location_ids if location_id]
        if not ids:
            return set()
        Generator = self.env["stock.count.generator"]
        return set(Generator._scope_locations(session, [("id", "in", ids)]).ids)

    @api.model
    def _check_key(self, session, draft, item, things, scope):
        product_id, lot_id = draft.product_id, draft.lot_id
        if not item:
            draft.refuse("no_product")
        elif not draft.location_id:
            draft.refuse("no_location", product=self._product_name(draft))
        elif not item.is_storable:
            draft.refuse("not_stored", product=self._product_name(draft))
        elif item.company_id and item.company_id != session.company_id.id:
            draft.refuse("foreign_product", product=self._product_name(draft))
        elif draft.location_id not in scope and not draft.line_id:
            location = self.env["stock.location"].browse(draft.location_id)
            draft.refuse(
                "outside_session",
                location=location.display_name,
                session=session.name,
            )
        elif things.foreign and self._is_foreign(draft, things.foreign):
            draft.refuse("foreign_record", product=self._product_name(draft))
        elif lot_id and things.lots[lot_id] != product_id:
            draft.refuse(
                "wrong_lot",
                lot=self._lot_name(draft),
                product=self._product_name(draft),
            )
        elif (lot_id or draft.lot_name) and item.tracking == "none":
            draft.refuse("not_tracked", product=self._product_name(draft))
        elif (
            not (lot_id or draft.lot_name or draft.line_id) and item.tracking != "none"
        ):
            draft.refuse("lot_required", product=self._product_name(draft))

    @api.model
    def _product_name(self, draft):
        # For a refusal only: names cost more than all the rest.
        return self.env["product.product"].browse(draft.product_id).display_name

    @api.model
    def _check_options(self, session, draft, item):
        """Refuse what the company's options do not open."""
        if draft.status:
            return
        if draft.parts and not session.company_id.count_split_units:
            draft.refuse("parts_off", product=self._product_name(draft))
        elif draft.serial2 and not session.company_id.count_serial2:
            draft.refuse("serial2_off", product=self._product_name(draft))
        elif item.warehouses and session.warehouse_id not in item.warehouses:
            draft.refuse(
                "other_warehouse",
                product=self._product_name(draft),
                assigned=", ".join(item.warehouses.mapped("name")),
                warehouse=session.warehouse_id.name,
            )

    @api.model
    def _is_foreign(self, draft, foreign):
        """Whether lot, package or owner belong to another company."""
        names = ("lot_id", "package_id", "owner_id")
        return any((name, getattr(draft, name)) in foreign for name in names)

    @api.model
    def _check_quantity(self, draft, item, digits):
        uom = item.uom
        if draft.uom_id and draft.uom_id != uom.id:
            uom = uom.browse(draft.uom_id)
        draft.uom_id = uom.id
        code = self._convert_quantity(draft, item, uom, digits)
        if code:
            draft.refuse(
                code,
                product=self._product_name(draft),
                uom=uom.name,
                qty=draft.qty,
                digits=digits,
                lot=self._lot_name(draft),
            )

    @api.model
    def _convert_quantity(self, draft, item, uom, digits):
        """Take the quantity over into the product's unit.

        :return: the code of what is wrong with it, if anything
        """
        unit = item.uom
        if draft.parts:
            code = self._add_up_parts(draft, unit, digits)
            if code:
                return code
            uom = unit
        if uom != unit and not uom._has_common_reference(unit):
            return "wrong_unit"
        if is_finer_than(draft.qty, digits):
            return "too_precise"
        if uom == unit:
            draft.product_qty = round(draft.qty, digits)
        else:
            draft.product_qty = uom._compute_quantity(
                draft.qty, unit, rounding_method="HALF-UP"
            )
        if item.tracking == "serial" and (draft.lot_id or draft.lot_name):
            return serial_refusal(draft.product_qty)
        return None

    @api.model
    def _add_up_parts(self, draft, unit, digits):
        """Make the sum of the parts, rounded once, the quantity that was counted.

        :return: the code of what is wrong with a part, if anything
        """
        total = 0
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
            and draft.tracking == "serial"
        ]
        if not serials:
            return
        coming_back = {
            draft.withdraws for draft in self._open(drafts, withdrawals=True)
        }
        seen = self._read_seen_serials(session, serials, coming_back)
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
    def _check_withdrawals(self, drafts):
        """What was refused in this call is not there to be taken back."""
        coming = {draft.uuid for draft in self._open(drafts)}
        for draft in self._open(drafts, withdrawals=True):
            if not draft.line_id and draft.withdraws not in coming:
                draft.refuse("unknown_entry", value=draft.withdraws)

    @api.model
    def _read_seen_serials(self, session, drafts, withdrawn):
        """Where in the session each serial number was found, by (product, lot,
        name).

        :param withdrawn: uuids of what the same call takes back
        """
        stays = SQL("TRUE")
        if withdrawn:
            stays = SQL(
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
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, COALESCE(lot_id, 0), COALESCE(lot_name, ''),
                    location_id,
                       COALESCE(package_id, 0), COALESCE(owner_id, 0)
                  FROM stock_count_line line
                 WHERE session_id = %s AND serial_seen AND product_id = ANY(%s)
                   AND %s
                """,
                session.id,
                list({draft.product_id for draft in drafts}),
                stays,
            )
        )
        return {
            (product, lot, name): (product, location, lot, name, package, owner)
            for product, lot, name, location, package, owner in self.env.cr.fetchall()
        }

    @api.model
    def _check_zero(self, session, drafts):
        """Option 325: "none there" is refused while it is off."""
        if session.company_id.count_allow_zero:
            return
        for draft in self._open(drafts):
            if not draft.qty:
                product = self.env["product.product"].browse(draft.product_id)
                draft.refuse("zero_off", product=product.display_name)

    @api.model
    def _check_lock(self, session, drafts):
        """Option 345: who began at a location counts there only."""
        counts = self._open(drafts)
        if not counts or not session.company_id.count_lock_location:
            return
        locked = self._read_first_location(session) or counts[0].location_id
        place = self.env["stock.location"].browse(locked)
        for draft in counts:
            if draft.location_id != locked:
                draft.refuse("location_locked", location=place.display_name)

    @api.model
    def _read_first_location(self, session):
        """Where this user's first count of the session was that still stands."""
        self.env.cr.execute(
            """
            SELECT line.location_id
              FROM stock_count_entry entry
              JOIN stock_count_line line ON line.id = entry.line_id
             WHERE entry.session_id = %s AND entry.user_id = %s
               AND entry.operation <> 'withdraw' AND NOT EXISTS (
                   SELECT FROM stock_count_entry taken_back
                    WHERE taken_back.withdrawn_id = entry.id)
             ORDER BY entry.counted_at, entry.stamp LIMIT 1
            """,
            [session.id, self.env.uid],
        )
        return next(iter(self.env.cr.fetchone() or ()), None)
