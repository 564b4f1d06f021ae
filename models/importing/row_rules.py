from collections import defaultdict
from datetime import UTC

from odoo import api, models
from odoo.tools import split_every

from ...const import OPEN_STATES
from ...domain.entries import read_entry
from ...domain.spreadsheet.rows import is_subtotal, read_row
from .check_memory import CheckMemory

# How many rows are looked up at a time. Each time, items that are not known by their
# reference are searched among all items.
BATCH = 10_000
# By code of a refused entry: the cell that it is about.
FIELD_OF = {
    "no_location": "location",
    "outside_session": "location",
    "wrong_unit": "uom",
    "too_precise": "units",
    "serial_quantity": "units",
    "negative": "units",
    "too_large": "units",
    "lot_required": "serial",
    "not_tracked": "serial",
    "wrong_lot": "serial",
    "serial_twice": "serial",
    "serial2_off": "serial2",
    "other_warehouse": "warehouse",
    "session_closed": "session",
}
# A problem of each row, which a default warehouse solves.
WITHOUT_WAREHOUSE = ("warehouse", "empty")
FIELD_OF_TEXT = {"lot_name": "serial"}


class StockCountImportRowRules(models.AbstractModel):
    """The rules for the rows of a file, before anything is written.

    First names become records. Then a row has to pass the recorder's own rules, and
    must not contradict other rows of the file.
    """

    _name = "stock.count.import.checker"
    _description = "Cycle Count Import Checker"

    # === BUSINESS METHODS === #

    @api.model
    def _prepare(self, record, reading):
        """The memory of a new check.

        :param record: the import
        :param reading: how its rows are read, ``domain.spreadsheet.rows.Reading``
        """
        return CheckMemory(self.env, record, reading)

    @api.model
    def _check(self, memory, rows):
        """Apply the rules to rows.

        :param memory: see ``_prepare``
        :param rows: iterator of the rows below the heading
        :return: generator of pairs: staged rows (tuples of row number, target, identity
            and entry), and problems. A problem may be about a row that was staged
            before
        """
        for batch in split_every(BATCH, rows):
            founds = [read_row(row, memory.reading) for row in batch]
            memory.tally.rows += len(founds)
            founds = [found for found in founds if not memory.leaves_out(found)]
            self._resolve(memory, founds)
            founds = [found for found in founds if not memory.leaves_out_total(found)]
            staged = self._apply_rules(memory, [f for f in founds if not f.is_bad])
            memory.tally.counted += len(founds)
            problems = [problem for found in founds for problem in found.problems]
            yield staged, [*problems, *memory.take_late_problems()]

    # === NAMES === #

    @api.model
    def _resolve(self, memory, founds):
        """Find warehouse, item, location, unit and session of each row."""
        for found in founds:
            self._resolve_warehouse(memory, found)
        memory.lookup.read_products({found.item for found in founds})
        self._resolve_products(memory, founds)
        self._resolve_places(memory, founds)
        self._resolve_holders(memory, founds)
        for found in founds:
            if found.warehouse_id:
                self._resolve_session(memory, found)

    @api.model
    def _resolve_warehouse(self, memory, found):
        if not found.warehouse:
            found.warehouse_id = memory.default_warehouse_id
            if found.warehouse_id:
                found.problems = [
                    p for p in found.problems if (p.field, p.code) != WITHOUT_WAREHOUSE
                ]
            return
        ids = memory.lookup.warehouse(found.warehouse)
        if len(ids) == 1:
            [found.warehouse_id] = ids
        elif ids:
            found.doubt("warehouse", "ambiguous_warehouse")
        elif memory.lookup.is_foreign_warehouse(found.warehouse):
            company = memory.record.company_id.name
            found.doubt("warehouse", "foreign_warehouse", company=company)
        else:
            found.doubt("warehouse", "unknown_warehouse")

    @api.model
    def _resolve_products(self, memory, founds):
        unknown = []
        products = memory.lookup.products
        memory.read_ahead(
            {i for f in founds if f.uom for i in products.get(f.item, ())}
        )
        for found in founds:
            ids = products.get(found.item, ())
            if len(ids) == 1:
                [found.product_id] = ids
                self._resolve_lot(memory, found)
                self._take_said(memory, found)
                self._resolve_uom(memory, found)
            elif ids:
                found.doubt("item", "ambiguous_item", number=len(ids))
            elif found.item:
                unknown.append(found)
        self._explain_unknown_items(memory, unknown)

    @api.model
    def _explain_unknown_items(self, memory, founds):
        if not founds:
            return
        texts = list({found.item for found in founds})
        archived = memory.lookup.archived_products(texts)
        similar = memory.lookup.similar_products(texts)
        for found in founds:
            code = "archived_item" if found.item in archived else "unknown_item"
            if is_subtotal(found.item):
                code = "subtotal"
            if reason := memory.lookup.bad.get(found.item):
                found.doubt("item", "refused", message=reason, door="bad_code")
                continue
            found.doubt("item", code, similar=similar.get(found.item, ""))

    @api.model
    def _resolve_lot(self, memory, found):
        """Of a file with serials and lots in two columns, what the item needs."""
        if "lot" not in memory.reading.columns:
            return
        tracking = memory.tracking(found.product_id)
        if tracking == "lot":
            found.serial = found.lot
        elif tracking == "none":
            # Refused by the one door, with one of them as well as with both.
            found.serial = found.serial or found.lot

    @api.model
    def _take_said(self, memory, found):
        """Of an item named by a code that says a lot, too, that lot."""
        said = memory.lookup.said.get(found.item)
        lot = self.env["stock.count.codes"].sudo()._lot_of(said) if said else ""
        if lot and found.serial and lot.upper() != found.serial.upper():
            found.doubt("serial", "other_lot", lot=lot)
        found.serial = found.serial or lot

    @api.model
    def _resolve_uom(self, memory, found):
        if not found.uom:
            said = memory.lookup.said.get(found.item)
            found.uom_id = said.uom_id if said else 0
            return
        product = memory.env["product.product"].browse(found.product_id)
        ids = memory.uom(found.uom, product)
        if ids:
            found.uom_id = ids[0]
        else:
            code, units = memory.unknown_uom(found.uom, product)
            found.doubt("uom", code, units=units)

    @api.model
    def _resolve_places(self, memory, founds):
        """Find the location that a row names, or where its item lies."""
        silent = defaultdict(list)
        for found in founds:
            if not found.warehouse_id:
                continue
            if not found.location:
                if not self._take_default_location(memory, found):
                    silent[found.warehouse_id].append(found)
                continue
            ids = memory.lookup.location(found.warehouse_id, found.location)
            if len(ids) == 1:
                [found.location_id] = ids
            elif ids:
                found.doubt("location", "ambiguous_location", number=len(ids))
            else:
                near = memory.similar_location(found)
                warehouse = memory.warehouse_name(found.warehouse_id)
                found.doubt(
                    "location", "unknown_location", similar=near, warehouse=warehouse
                )
        for warehouse_id, rows in silent.items():
            self._place_silent(memory, warehouse_id, rows)

    @api.model
    def _take_default_location(self, memory, found):
        """Whether the whole file has a location for rows that name none."""
        if not memory.location_id:
            return False
        if memory.location_id in memory.lookup.location_ids(found.warehouse_id):
            found.location_id = memory.location_id
        else:
            warehouse = memory.warehouse_name(found.warehouse_id)
            found.doubt("location", "unknown_location", warehouse=warehouse)
        return True

    @api.model
    def _place_silent(self, memory, warehouse_id, founds):
        ids = {found.product_id for found in founds if found.product_id}
        places = memory.lookup.read_lying(warehouse_id, ids)
        for found in founds:
            known = places.get(found.product_id, set())
            of_lot = {place for place, lot in known if lot == found.serial}
            options = of_lot if found.serial and of_lot else {p for p, _lot in known}
            if len(options) == 1:
                [found.location_id] = options
            elif options:
                found.doubt("location", "several_places", number=len(options))
            else:
                found.location_id = memory.default_location_id(warehouse_id)

    @api.model
    def _resolve_holders(self, memory, founds):
        """Who counted, packages and owners, which few files name."""
        for found in founds:
            self._resolve_counter(memory, found)
        for name, read in (
            ("package", memory.lookup.read_packages),
            ("owner", memory.lookup.read_owners),
        ):
            asked = [found for found in founds if getattr(found, name)]
            known = read({getattr(found, name) for found in asked}) if asked else {}
            for found in asked:
                ids = known.get(getattr(found, name), ())
                if len(ids) == 1:
                    setattr(found, f"{name}_id", ids[0])
                elif ids:
                    found.doubt(name, f"ambiguous_{name}", number=len(ids))
                else:
                    found.doubt(name, f"unknown_{name}")

    @api.model
    def _resolve_counter(self, memory, found):
        """Who counted it, if somebody else imports it."""
        found.counter_id = 0 if found.counted_by else memory.counter_id
        if not found.counted_by:
            return
        ids = memory.lookup.counter(found.counted_by)
        if len(ids) == 1:
            [found.counter_id] = ids
        else:
            found.doubt("counted_by", "ambiguous_user" if ids else "unknown_user")

    @api.model
    def _resolve_session(self, memory, found):
        """The number, among the counts of this import, of the one the row is for."""
        text = found.session or memory.default_name
        target, code, params = memory.target(found.warehouse_id, text)
        found.target = target
        if code:
            found.doubt("session", code, **params)

    # === RULES === #

    @api.model
    def _apply_rules(self, memory, founds):
        """Apply the recorder's rules, then compare with other rows.

        :return: staged rows, target by target: to record entries of one session takes
            some thirty statements, however many they are
        """
        by_target = defaultdict(list)
        for found in founds:
            self._check_time(memory, found)
            self._check_cost(memory, found)
            by_target[found.target].append(found)
        staged = []
        for target, rows in by_target.items():
            staged += self._stage(memory, target, [f for f in rows if not f.is_bad])
        return staged

    @api.model
    def _check_time(self, memory, found):
        """Convert the time of a row to UTC, and warn of a time in the future."""
        if not found.counted_at:
            return
        local = found.counted_at
        aware = local if local.tzinfo else local.replace(tzinfo=memory.zone)
        found.counted_at = aware.astimezone(UTC).replace(tzinfo=None)
        if found.counted_at > memory.now:
            found.doubt("counted_at", "future", "warning")

    @api.model
    def _check_cost(self, memory, found):
        if found.cost is not None and not memory.may_give_costs:
            found.doubt("cost", "cost_not_allowed")

    @api.model
    def _stage(self, memory, target, founds):
        """The rows of one target that are new and that the recorder would take.

        :return: list of staged rows
        """
        session = memory.sessions[target]
        pairs = self._read_drafts(session, founds, memory)
        contents = [memory.content(target, found) for found, _draft in pairs]
        known = self._find_known(memory, session, contents)
        fresh, again = [], []
        for pair, content in zip(pairs, contents, strict=True):
            if content in known:
                memory.tally.known += 1
                memory.remember(target, *pair)
                again.append(pair)
            elif session.id and session.state not in OPEN_STATES:
                pair[0].doubt("session", "closed_session", session=session.name)
            else:
                fresh.append((*pair, content))
        self._check_rounds(session, fresh)
        self._ask_the_door(session, [row for row in fresh if not row[0].is_bad])
        fresh = [row for row in fresh if self._is_good(memory, target, *row[:2])]
        self._warn_of_counted(memory, session, fresh)
        self._warn_of_later(memory, session, again)
        return [(f.row, target, content, f.entry) for f, _draft, content in fresh]

    @api.model
    def _read_drafts(self, session, founds, memory):
        """Pairs of a row and its draft, without rows that are no valid entry."""
        for found in founds:
            found.entry = memory.entry(found)
        pairs = [(found, read_entry(found.entry)) for found in founds]
        for found, draft in pairs:
            if draft.status:
                self._doubt_as_refused(found, draft)
        pairs = [pair for pair in pairs if not pair[1].status]
        Recorder = self.env["stock.count.recorder"].sudo()
        Recorder._resolve_lots(session, [draft for _found, draft in pairs])
        return pairs

    @api.model
    def _find_known(self, memory, session, contents):
        """The identities of rows that were imported before.

        :param list contents: identities of rows
        """
        if not session.id:
            return set()
        uuids = memory.record._identify(session, contents)
        known = memory.record._known(uuids)
        return {c for c, uuid in zip(contents, uuids, strict=True) if uuid in known}

    @api.model
    def _is_good(self, memory, target, found, draft):
        if found.is_bad:
            return False
        if draft.status:
            self._doubt_as_refused(found, draft)
        elif memory.check_against_file(target, found, draft):
            memory.tally.add(draft)
            memory.mark_placed(found)
            return True
        return False

    @api.model
    def _check_rounds(self, session, rows):
        """A file for a recount is for that round and no other."""
        rows = [(found, draft) for found, draft, _content in rows if found.round]
        if not rows:
            return
        Recorder = self.env["stock.count.recorder"].sudo()
        keys = {draft.key for _found, draft in rows}
        line_ids = Recorder._read_line_ids(session, keys) if session.id else {}
        lines = self.env["stock.count.line"].sudo().browse(line_ids.values())
        rounds = {line.id: line.round for line in lines}
        for found, draft in rows:
            current = rounds.get(line_ids.get(draft.key), 1)
            if current != found.round:
                found.doubt("round", "other_round", round=current)

    @api.model
    def _ask_the_door(self, session, rows):
        """The recorder's own rules, of which nothing is written."""
        Recorder = self.env["stock.count.recorder"].sudo()
        drafts = [draft for _found, draft, _content in rows]
        Recorder._check_each(session, drafts)
        if not session.id:
            return
        Recorder._check_serials(session, drafts)
        by_counter = defaultdict(list)
        for found, draft, _content in rows:
            by_counter[found.counter_id or self.env.uid].append(draft)
        for user_id, counted in by_counter.items():
            Recounts = self.env["stock.count.recount"].with_user(user_id).sudo()
            Recounts._check_counters(session, Recorder._open(counted))

    @api.model
    def _doubt_as_refused(self, found, draft):
        """Make the refusal of a draft the problem of its row."""
        name = (draft.params or {}).get("field")
        field = FIELD_OF_TEXT.get(name, name) or FIELD_OF.get(draft.code, "item")
        if name:
            # Name the column as the file does, not the field.
            labels = self.env["stock.count.import.words"]._field_labels()
            draft.params = {**draft.params, "field": labels.get(field, name)}
        message = self.env["stock.count.recorder"]._message(draft)
        found.doubt(field, "refused", message=message, door=draft.code)

    @api.model
    def _warn_of_counted(self, memory, session, rows):
        """Warn of rows that replace another quantity that was counted before."""
        known = self._read_found(memory, session, [draft for _f, draft, _c in rows])
        for found, draft, _content in rows:
            before = known.get(draft.key)
            if before is not None and before != draft.product_qty:
                found.doubt("units", "counted_before", "warning", before=f"{before:g}")

    @api.model
    def _warn_of_later(self, memory, session, rows):
        """Warn of rows that were imported before, where another quantity was counted
        since. They do not set it back."""
        # Rows with a unit of their own are left out: only the recorder converts units.
        rows = [(f, draft) for f, draft in rows if not draft.uom_id]
        known = self._read_found(memory, session, [draft for _found, draft in rows])
        for found, draft in rows:
            now = known.get(draft.key)
            if now is not None and now != draft.qty:
                found.doubt("units", "counted_since", "warning", now=f"{now:g}")

    @api.model
    def _read_found(self, memory, session, drafts):
        """What was found until now, for an import that sets quantities.

        :return: dict natural key → product units, None for "not counted"
        """
        if not session.id or not drafts or memory.record.operation != "set":
            return {}
        Recorder = self.env["stock.count.recorder"].sudo()
        line_ids = Recorder._read_line_ids(session, {draft.key for draft in drafts})
        lines = self.env["stock.count.line"].sudo().browse(line_ids.values())
        lines.fetch(["is_counted", "found_qty"])
        found_qty = {line.id: line.found_qty for line in lines if line.is_counted}
        return {key: found_qty.get(line_id) for key, line_id in line_ids.items()}
