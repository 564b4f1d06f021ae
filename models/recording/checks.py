from datetime import timedelta
from typing import Any, NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...const import OPEN_STATES
from ...domain.entries import MAX_QUANTITY, is_finer_than, serial_refusal
from ...domain.reconcile import corrected_time
from ..shared.quantities import quantity_digits


class Item(NamedTuple):
    """What the checks need of a product.

    A thousand drafts may name one product, and reading a field of its record takes as
    long as all checks of a draft.
    """

    is_storable: bool
    company_id: int | None
    tracking: str
    # Whether it has lots, though it may not be tracked any more.
    has_lots: bool
    # Whether its stock is that of its components.
    is_kit: bool
    uom: Any
    # The warehouses that it is assigned to (Option 504); empty: counted in all.
    warehouses: Any


class Things(NamedTuple):
    """What the drafts of a call name."""

    # By product id.
    items: dict[int, Item]
    # Product id by lot id.
    lots: dict[int, int]
    # Pairs (field, id) of records that belong to other companies.
    foreign: set[tuple[str, int]]


class StockCountRecorder(models.AbstractModel):
    """Checks that refuse drafts before anything is written.

    Each check refuses single drafts (``draft.refuse``) and lets the others pass.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _mark_duplicates(self, session, drafts):
        """Mark drafts whose uuid is recorded already, or twice in this call."""
        pending = [draft for draft in drafts if not draft.status]
        known = self._read_known(session, [draft.uuid for draft in pending])
        first = {}
        for draft in pending:
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
    def _read_known(self, session, uuids):
        """Which of these uuids are recorded.

        :return: dict uuid → (line id, whether it belongs to this session)
        """
        self.env.cr.execute(
            SQL(
                "SELECT uuid, line_id, session_id = %s FROM stock_count_entry"
                " WHERE uuid = ANY(%s)",
                session.id,
                uuids,
            )
        )
        return {uuid: (line_id, ours) for uuid, line_id, ours in self.env.cr.fetchall()}

    @api.model
    def _answer_twins(self, drafts):
        """Give a draft whose uuid is twice in the call the answer of the first one: if
        that is refused, the second was not recorded either."""
        for draft in drafts:
            twin = draft.twin
            if twin and twin.status == "refused":
                draft.refuse(twin.code, **twin.params or {})
            elif twin:
                draft.line_id = twin.line_id

    @api.model
    def _check_session(self, session, drafts):
        """Refuse drafts for a closed session, except late ones.

        A posted session still takes what was counted before it was closed.
        """
        if session.state in OPEN_STATES:
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
        """The time of the count (UTC), corrected for the device's clock.

        :param datetime now: the database's time
        """
        offset = draft.sent_at - now if draft.sent_at else timedelta()
        return corrected_time(draft.counted_at, now, offset)

    @api.model
    def _check(self, session, drafts):
        """Refuse drafts that cannot be true or that the options do not allow."""
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
        """The checks that need one draft only."""
        counts = self._open(drafts)
        things = self._read_things(session, counts)
        # A draft that names a line of the session has its location, too.
        scope = self._scope_location_ids(
            session, {draft.location_id for draft in counts if not draft.line_id}
        )
        digits = quantity_digits(self.env)
        self._resolve_former_lots(counts, things)
        for draft in self._open(drafts):
            item = things.items.get(draft.product_id)
            draft.tracking = item.tracking if item else ""
            self._check_key(session, draft, item, things, scope)
            self._check_options(session, draft, item)
            if not draft.status:
                self._check_quantity(draft, item, digits)

    @api.model
    def _read_things(self, session, drafts):
        """Read, once for all drafts, what the checks need of the records they name.

        :rtype: Things
        """
        lots = self.env["stock.lot"].browse({d.lot_id for d in drafts if d.lot_id})
        lots.fetch(["product_id", "company_id"])
        return Things(
            self._read_items(session, {draft.product_id for draft in drafts}),
            {lot.id: lot.product_id.id for lot in lots},
            self._find_foreign(session, drafts),
        )

    @api.model
    def _read_items(self, session, product_ids):
        """Read products.

        :return: dict product id → Item
        """
        rows = self._read_products(session, product_ids)
        assigned = {}
        if session.company_id.count_warehouse_items:
            templates = self.env["product.template"].browse({row[1] for row in rows})
            assigned = {t.id: t.count_warehouse_ids for t in templates}
        Uom = self.env["uom.uom"]
        uoms = {uom_id: Uom.browse(uom_id) for *_, uom_id in rows}
        return {
            product_id: Item(*values, uoms[uom_id], assigned.get(template_id, ()))
            for product_id, template_id, *values, uom_id in rows
        }

    @api.model
    def _read_products(self, session, product_ids):
        """Rows of product id, template id, storable, company, tracking, whether it has
        lots, whether it is a kit, and unit."""
        self.env["product.template"].flush_model(
            ["is_storable", "company_id", "tracking", "uom_id"]
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT product.id, template.id, template.is_storable,
                       template.company_id, template.tracking, EXISTS (
                           SELECT FROM stock_lot WHERE product_id = product.id),
                       %s, template.uom_id
                  FROM product_product product
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE product.id = ANY(%s)
                """,
                self._is_kit(session.company_id),
                list(product_ids),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _find_foreign(self, session, drafts):
        """Find lots, packages and owners that belong to other companies.

        :return: set of pairs (field, id)
        """
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
        """Which of these locations the session counts.

        :return: set of ids
        """
        ids = [location_id for location_id in location_ids if location_id]
        if not ids:
            return set()
        Generator = self.env["stock.count.generator"]
        return set(Generator._scope_locations(session, [("id", "in", ids)]).ids)

    @api.model
    def _check_key(self, session, draft, item, things, scope):
        """Refuse a natural key that the session cannot count.

        :param item: of the draft's product; None where it names none
        :param set scope: ids of the locations that the session counts
        """
        self._check_product(session, draft, item)
        if not draft.status:
            self._check_place(session, draft, things, scope)
        if not draft.status:
            self._check_lot(draft, item, things)

    @api.model
    def _check_product(self, session, draft, item):
        if not item:
            draft.refuse("no_product")
        elif not draft.location_id:
            draft.refuse("no_location", product=self._product_name(draft))
        elif not item.is_storable:
            draft.refuse("not_stored", product=self._product_name(draft))
        elif item.company_id and item.company_id != session.company_id.id:
            draft.refuse("foreign_product", product=self._product_name(draft))
        elif item.is_kit:
            draft.refuse("kit", **self._describe_kit(session, draft))

    @api.model
    def _check_place(self, session, draft, things, scope):
        if draft.location_id not in scope and not draft.line_id:
            location = self.env["stock.location"].browse(draft.location_id)
            draft.refuse(
                "outside_session",
                location=location.display_name,
                session=session.name,
            )
        elif things.foreign and self._is_foreign(draft, things.foreign):
            draft.refuse("foreign_record", product=self._product_name(draft))

    @api.model
    def _check_lot(self, draft, item, things):
        has_lot = draft.lot_id or draft.lot_name
        if draft.lot_id and things.lots[draft.lot_id] != draft.product_id:
            draft.refuse(
                "wrong_lot",
                lot=self._lot_name(draft),
                product=self._product_name(draft),
            )
        elif draft.lot_name and item.tracking == "none":
            draft.refuse("not_tracked", product=self._product_name(draft))
        elif not (has_lot or draft.line_id) and item.tracking != "none":
            draft.refuse("lot_required", product=self._product_name(draft))

    @api.model
    def _product_name(self, draft):
        # Only refusals need the name: reading it takes longer than all checks.
        return self.env["product.product"].browse(draft.product_id).display_name

    @api.model
    def _check_options(self, session, draft, item):
        """Refuse what the company's options do not allow."""
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
        """Whether the draft's lot, package or owner belongs to another company."""
        names = ("lot_id", "package_id", "owner_id")
        return any((name, getattr(draft, name)) in foreign for name in names)

    @api.model
    def _check_quantity(self, draft, item, digits):
        """Set the draft's quantity in the product's unit, or refuse the draft."""
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
        """Convert the quantity to the product's unit.

        :param uom: the unit of ``draft.qty``
        :param int digits: decimals of a quantity
        :return: code of the refusal, None if the quantity is right
        """
        unit = item.uom
        if draft.parts:
            code = self._add_up_parts(draft, unit, digits)
            if code:
                return code
            uom = unit
        if code := self._unit_refusal(uom, unit, draft.qty, digits):
            return code
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
    def _unit_refusal(self, uom, unit, qty, digits):
        """Code of the refusal of a quantity whose unit does not fit, or that has too
        many decimals; None if it is right."""
        if uom != unit and not uom._has_common_reference(unit):
            return "wrong_unit"
        return "too_precise" if is_finer_than(qty, digits) else None

    @api.model
    def _add_up_parts(self, draft, unit, digits):
        """Set the draft's quantity to the sum of its parts, rounded once.

        :param unit: the product's unit
        :return: code of the refusal of a part or of the sum, None if all are right
        """
        total = 0
        for qty, uom_id in draft.parts:
            uom = self.env["uom.uom"].browse(uom_id or unit.id)
            if code := self._unit_refusal(uom, unit, qty, digits):
                return code
            total += uom._compute_quantity(qty, unit, round=False)
        draft.uom_id = unit.id
        draft.qty = unit.round(total, rounding_method="HALF-UP")
        return "too_large_sum" if draft.qty > MAX_QUANTITY else None

    @api.model
    def _lot_name(self, draft):
        return draft.lot_name or self.env["stock.lot"].browse(draft.lot_id).name or ""

    @api.model
    def _check_withdrawals(self, drafts):
        """Refuse to withdraw an entry of this call that was itself refused."""
        coming = {draft.uuid for draft in self._open(drafts)}
        for draft in self._open(drafts, withdrawals=True):
            if not draft.line_id and draft.withdraws not in coming:
                draft.refuse("unknown_entry", value=draft.withdraws)

    @api.model
    def _check_zero(self, session, drafts):
        """Refuse zero counts while Option 325 is off."""
        if session.company_id.count_allow_zero:
            return
        for draft in self._open(drafts):
            if not draft.qty:
                product = self.env["product.product"].browse(draft.product_id)
                draft.refuse("zero_off", product=product.display_name)

    @api.model
    def _check_lock(self, session, drafts):
        """Refuse other locations than the one where the user began (Option 345)."""
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
        """Location id of this user's first count of the session that is not
        withdrawn; None without one."""
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
