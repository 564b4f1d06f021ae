from collections import defaultdict
from datetime import UTC

from odoo import api, models
from odoo.tools import split_every

from ...const import OPEN_STATES
from ...domain.entries import read_entry
from ...domain.spreadsheet.problems import is_subtotal, read_row
from .check_memory import ImportRun

# Rows that are looked up at a time: each time reads all items once where some are
# not known by their reference.
BATCH = 10_000
# Which cell a refusal of the one door is about.
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
# A problem of every row, which a default solves.
WITHOUT_WAREHOUSE = ("warehouse", "empty")
FIELD_OF_TEXT = {"lot_name": "serial"}


class StockCountImportChecker(models.AbstractModel):
    """Looks at every row of a file before anything is written: the names, then the
    rules of the one door, then the file against itself."""

    _name = "stock.count.import.checker"
    _description = "Cycle Count Import Checker"

    # === BUSINESS METHODS === #

    @api.model
    def _prepare(self, record, reading):
        """What a check of an import remembers, and counts."""
        return ImportRun(self.env, record, reading)

    @api.model
    def _check(self, run, rows):
        """What each row of an import would do.

        :param rows: iterator of the rows below the heading
        :return: generator of pairs: staged rows, and problems, some of which are about
            rows that were staged before
        """
        for batch in split_every(BATCH, rows):
            founds = [read_row(row, run.reading) for row in batch]
            run.tally.rows += len(founds)
            founds = [found for found in founds if not run.leaves_out(found)]
            self._resolve(run, founds)
            founds = [found for found in founds if not run.leaves_out_total(found)]
            staged = self._apply_rules(run, [f for f in founds if not f.is_bad])
            run.tally.counted += len(founds)
            problems = [problem for found in founds for problem in found.problems]
            yield staged, [*problems, *run.take_late_problems()]

    # === NAMES === #

    @api.model
    def _resolve(self, run, founds):
        """Warehouse, item, location, unit and count of each row."""
        for found in founds:
            self._resolve_warehouse(run, found)
        run.lookup.read_products({found.item for found in founds})
        self._resolve_products(run, founds)
        self._resolve_places(run, founds)
        self._resolve_holders(run, founds)
        for found in founds:
            if found.warehouse_id:
                self._resolve_session(run, found)

    @api.model
    def _resolve_warehouse(self, run, found):
        if not found.warehouse:
            found.warehouse_id = run.default_warehouse_id
            if found.warehouse_id:
                found.problems = [
                    p for p in found.problems if (p.field, p.code) != WITHOUT_WAREHOUSE
                ]
            return
        ids = run.lookup.warehouse(found.warehouse)
        if len(ids) == 1:
            [found.warehouse_id] = ids
        elif ids:
            found.doubt("warehouse", "ambiguous_warehouse")
        elif run.lookup.is_foreign_warehouse(found.warehouse):
            company = run.record.company_id.name
            found.doubt("warehouse", "foreign_warehouse", company=company)
        else:
            found.doubt("warehouse", "unknown_warehouse")

    @api.model
    def _resolve_products(self, run, founds):
        unknown = []
        products = run.lookup.products
        run.read_ahead({i for f in founds if f.uom for i in products.get(f.item, ())})
        for found in founds:
            ids = products.get(found.item, ())
            if len(ids) == 1:
                [found.product_id] = ids
                self._resolve_lot(run, found)
                self._resolve_uom(run, found)
            elif ids:
                found.doubt("item", "ambiguous_item", number=len(ids))
            elif found.item:
                unknown.append(found)
        self._explain_unknown_items(run, unknown)

    @api.model
    def _explain_unknown_items(self, run, founds):
        if not founds:
            return
        texts = list({found.item for found in founds})
        archived = run.lookup.archived_products(texts)
        similar = run.lookup.similar_products(texts)
        for found in founds:
            code = "archived_item" if found.item in archived else "unknown_item"
            if is_subtotal(found.item):
                code = "subtotal"
            found.doubt("item", code, similar=similar.get(found.item, ""))

    @api.model
    def _resolve_lot(self, run, found):
        """Of a file with serials and lots in two columns, what the item needs."""
        if "lot" not in run.reading.columns:
            return
        tracking = run.tracking(found.product_id)
        if tracking == "lot":
            found.serial = found.lot
        elif tracking == "none":
            # Refused by the one door, with one of them as well as with both.
            found.serial = found.serial or found.lot

    @api.model
    def _resolve_uom(self, run, found):
        if not found.uom:
            found.uom_id = run.lookup.packaging.get(found.item, 0)
            return
        product = run.env["product.product"].browse(found.product_id)
        ids = run.uom(found.uom, product)
        if ids:
            found.uom_id = ids[0]
        else:
            code, units = run.unknown_uom(found.uom, product)
            found.doubt("uom", code, units=units)

    @api.model
    def _resolve_places(self, run, founds):
        """The location that a row names, or where the item lies if it names none."""
        silent = defaultdict(list)
        for found in founds:
            if not found.warehouse_id:
                continue
            if not found.location:
                if not self._take_default_location(run, found):
                    silent[found.warehouse_id].append(found)
                continue
            ids = run.lookup.location(found.warehouse_id, found.location)
            if len(ids) == 1:
                [found.location_id] = ids
            elif ids:
                found.doubt("location", "ambiguous_location", number=len(ids))
            else:
                near = run.similar_location(found)
                warehouse = run.warehouse_name(found.warehouse_id)
                found.doubt(
                    "location", "unknown_location", similar=near, warehouse=warehouse
                )
        for warehouse_id, rows in silent.items():
            self._place_silent(run, warehouse_id, rows)

    @api.model
    def _take_default_location(self, run, found):
        """Whether the whole file has a location for rows that name none."""
        if not run.location_id:
            return False
        if run.location_id in run.lookup.location_ids(found.warehouse_id):
            found.location_id = run.location_id
        else:
            warehouse = run.warehouse_name(found.warehouse_id)
            found.doubt("location", "unknown_location", warehouse=warehouse)
        return True

    @api.model
    def _place_silent(self, run, warehouse_id, founds):
        ids = {found.product_id for found in founds if found.product_id}
        places = run.lookup.read_lying(warehouse_id, ids)
        for found in founds:
            known = places.get(found.product_id, set())
            of_lot = {place for place, lot in known if lot == found.serial}
            options = of_lot if found.serial and of_lot else {p for p, _lot in known}
            if len(options) == 1:
                [found.location_id] = options
            elif options:
                found.doubt("location", "several_places", number=len(options))
            else:
                found.location_id = run.default_location_id(warehouse_id)

    @api.model
    def _resolve_holders(self, run, founds):
        """Who counted, packages and owners, which few files name."""
        for found in founds:
            self._resolve_counter(run, found)
        for name, read in (
            ("package", run.lookup.read_packages),
            ("owner", run.lookup.read_owners),
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
    def _resolve_counter(self, run, found):
        """Who counted it, if not whoever imports it."""
        found.counter_id = 0 if found.counted_by else run.counter_id
        if not found.counted_by:
            return
        ids = run.lookup.counter(found.counted_by)
        if len(ids) == 1:
            [found.counter_id] = ids
        else:
            found.doubt("counted_by", "ambiguous_user" if ids else "unknown_user")

    @api.model
    def _resolve_session(self, run, found):
        """The number, among the counts of this import, of the one the row is for."""
        text = found.session or run.default_name
        target, code, params = run.target(found.warehouse_id, text)
        found.target = target
        if code:
            found.doubt("session", code, **params)

    # === RULES === #

    @api.model
    def _apply_rules(self, run, founds):
        """Ask the one door's rules, then the rest of the file; staged rows."""
        by_target = defaultdict(list)
        for found in founds:
            self._check_time(run, found)
            self._check_cost(run, found)
            by_target[found.target].append(found)
        staged = []
        for target, rows in by_target.items():
            staged += self._stage(run, target, [f for f in rows if not f.is_bad])
        # Count by count: each time that one is recorded costs some thirty statements.
        return staged

    @api.model
    def _check_time(self, run, found):
        """Take the time from the user's clock over to UTC; the future is doubtful."""
        if not found.counted_at:
            return
        local = found.counted_at
        aware = local if local.tzinfo else local.replace(tzinfo=run.zone)
        found.counted_at = aware.astimezone(UTC).replace(tzinfo=None)
        if found.counted_at > run.now:
            found.doubt("counted_at", "future", "warning")

    @api.model
    def _check_cost(self, run, found):
        if found.cost is not None and not run.may_give_costs:
            found.doubt("cost", "cost_not_allowed")

    @api.model
    def _stage(self, run, target, founds):
        """What of these rows is new, and good enough for the one door."""
        session = run.sessions[target]
        pairs = self._read_drafts(session, founds, run)
        contents = [run.content(target, found) for found, _draft in pairs]
        known = self._find_known(run, session, contents)
        fresh, again = [], []
        for pair, content in zip(pairs, contents, strict=True):
            if content in known:
                run.tally.known += 1
                run.remember(target, *pair)
                again.append(pair)
            elif session.id and session.state not in OPEN_STATES:
                pair[0].doubt("session", "closed_session", session=session.name)
            else:
                fresh.append((*pair, content))
        self._check_rounds(session, fresh)
        self._ask_the_door(session, [row for row in fresh if not row[0].is_bad])
        fresh = [row for row in fresh if self._is_good(run, target, *row[:2])]
        self._warn_of_counted(run, session, fresh)
        self._warn_of_later(run, session, again)
        return [(f.row, target, content, f.entry) for f, _draft, content in fresh]

    @api.model
    def _read_drafts(self, session, founds, run):
        for found in founds:
            found.entry = run.entry(found)
        pairs = [(found, read_entry(found.entry)) for found in founds]
        for found, draft in pairs:
            if draft.status:
                self._doubt_as_refused(found, draft)
        pairs = [pair for pair in pairs if not pair[1].status]
        Recorder = self.env["stock.count.recorder"].sudo()
        Recorder._resolve_lots(session, [draft for _found, draft in pairs])
        return pairs

    @api.model
    def _find_known(self, run, session, contents):
        """Of these rows, those that were imported before; they do nothing."""
        if not session.id:
            return set()
        uuids = run.record._identify(session, contents)
        known = run.record._known(uuids)
        return {c for c, uuid in zip(contents, uuids, strict=True) if uuid in known}

    @api.model
    def _is_good(self, run, target, found, draft):
        if found.is_bad:
            return False
        if draft.status:
            self._doubt_as_refused(found, draft)
        elif run.check_against_file(target, found, draft):
            run.tally.add(draft)
            run.mark_placed(found)
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
        name = (draft.params or {}).get("field")
        field = FIELD_OF_TEXT.get(name, name) or FIELD_OF.get(draft.code, "item")
        if name:
            # The file calls it otherwise than a program does.
            labels = self.env["stock.count.import.words"]._field_labels()
            draft.params = {**draft.params, "field": labels.get(field, name)}
        message = self.env["stock.count.recorder"]._message(draft)
        found.doubt(field, "refused", message=message, door=draft.code)

    @api.model
    def _warn_of_counted(self, run, session, rows):
        """Say where a row sets what was counted before to something else."""
        known = self._read_found(run, session, [draft for _f, draft, _c in rows])
        for found, draft, _content in rows:
            before = known.get(draft.key)
            if before is not None and before != draft.product_qty:
                found.doubt("units", "counted_before", "warning", before=f"{before:g}")

    @api.model
    def _warn_of_later(self, run, session, rows):
        """Say where a row was imported before, and something else was found since: it
        does not set that back."""
        # Units are converted by the door, which what is known does not pass.
        rows = [(f, draft) for f, draft in rows if not draft.uom_id]
        known = self._read_found(run, session, [draft for _found, draft in rows])
        for found, draft in rows:
            now = known.get(draft.key)
            if now is not None and now != draft.qty:
                found.doubt("units", "counted_since", "warning", now=f"{now:g}")

    @api.model
    def _read_found(self, run, session, drafts):
        """What was found until now, by key, where rows set it."""
        if not session.id or not drafts or run.record.operation != "set":
            return {}
        Recorder = self.env["stock.count.recorder"].sudo()
        line_ids = Recorder._read_line_ids(session, {draft.key for draft in drafts})
        lines = self.env["stock.count.line"].sudo().browse(line_ids.values())
        lines.fetch(["is_counted", "found_qty"])
        found_qty = {line.id: line.found_qty for line in lines if line.is_counted}
        return {key: found_qty.get(line_id) for key, line_id in line_ids.items()}
