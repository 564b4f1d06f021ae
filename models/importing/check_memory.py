"""What a check of a file remembers from row to row."""

import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ...const import MANAGER, OPEN_STATES
from ...domain.spreadsheet.rows import Problem, is_total, spell_rows
from .lookup import Lookup

# Marks of rows that are said.
SAID = {"hidden", "filled", "heading"}
# Units that are named where one is not known.
MAX_UNITS = 8
# More counts than this in one file are the numbers of its rows.
MAX_TARGETS = 200


class Tally:
    """What an import would do, in numbers of rows and of new lots."""

    def __init__(self):
        self.rows = self.left_out = self.counted = self.good = self.known = 0
        self.zero = self.new_lots = 0
        self._lots = set()

    def add(self, draft):
        self.good += 1
        self.zero += not draft.product_qty
        if draft.lot_name:
            self._lots.add(hash((draft.product_id, draft.lot_name)))
            self.new_lots = len(self._lots)


class CheckMemory:
    """What a check of a file remembers from row to row.

    A *target* is a session that the file names, which may not exist yet. The methods
    use its number among the targets of the file.
    """

    def __init__(self, env, record, reading):
        self.env, self.record, self.reading = env(su=True), record, reading
        self.lookup = Lookup(env, record.company_id)
        self.tally = Tally()
        self.zone = ZoneInfo(env.user.tz or "UTC")
        name = record.session_name or record.file_name or env._("Import")
        self.default_name = name[:255]
        self.device = "".join(filter(str.isprintable, record.file_name or ""))[:128]
        self.now = datetime.now(UTC).replace(tzinfo=None)
        self.may_give_costs = env.user.has_group(MANAGER)
        # By number of the target: its values, and its session.
        self.targets, self.sessions = [], []
        # Numbers of the targets that have a good row.
        self.used = set()
        self._target_of, self._uoms, self._near = {}, {}, {}
        # Hashes instead of keys: the keys of a million rows would fill the memory.
        self._first, self._serials, self._times = {}, {}, defaultdict(int)
        self._late, self._doubted, self._known_rows = [], set(), set()
        self.counter_id = record.counted_by_id.id
        self.location_id = record.location_id.id
        warehouse = record.warehouse_id or record.location_id.warehouse_id
        self.default_warehouse_id = warehouse.id
        # The numbers of rows by what is said of them in one sentence.
        self._marked = defaultdict(list)
        self._units, self._grouped = {}, ""

    # === ROWS AS A WHOLE === #

    def mark(self, mark, found):
        """Have something said of a row."""
        self._marked[mark].append(found.row)

    def mark_placed(self, found):
        """Have it said that a row names no location, nor does the import."""
        if not found.location and not self.location_id:
            self.mark("placed", found)

    def leaves_out(self, found):
        """Whether a row counts nothing: nobody entered a quantity, or it is the heading
        of the next page."""
        for mark in SAID.intersection(found.marks):
            self.mark(mark, found)
        if found.grouped:
            self._grouped = self._grouped or f"{found.grouped} = {found.units:g}"
            self.mark("grouped", found)
        self.tally.left_out += "heading" in found.marks
        return found.is_empty or "heading" in found.marks

    def leaves_out_total(self, found):
        """Whether a row has the sum of others instead of an item."""
        if self.lookup.products.get(found.item) or not is_total(found):
            return False
        self.mark("total", found)
        self.tally.left_out += 1
        return True

    def describe_marks(self):
        """What is said of many rows at once.

        :return: list of problems, without errors
        """
        params = {"example": self._grouped}
        return [
            Problem(
                rows[0], "", "", mark, {"rows": spell_rows(rows), **params}, "warning"
            )
            for mark, rows in self._marked.items()
        ]

    # === RECORDS === #

    def read_ahead(self, product_ids):
        products = self.env["product.product"].browse(product_ids)
        products.fetch(["product_tmpl_id"])
        products.product_tmpl_id.fetch(["uom_id"])

    def uom(self, text, product):
        key = (text, product.product_tmpl_id.uom_id.id)
        if key not in self._uoms:
            self._uoms[key] = self.lookup.uom(text, product)
        return self._uoms[key]

    def unknown_uom(self, text, product):
        """Why a unit is none of an item, and the units that are."""
        key = (text.casefold(), product.product_tmpl_id.uom_id.id)
        if key not in self._units:
            is_archived = self.lookup.is_archived_uom(text)
            names = self.lookup.name_uoms(product)
            code = "archived_uom" if is_archived else "unknown_uom"
            self._units[key] = code, ", ".join(names[:MAX_UNITS])
        return self._units[key]

    def tracking(self, product_id):
        return self.env["product.product"].browse(product_id).tracking

    def warehouse_name(self, warehouse_id):
        return self.env["stock.warehouse"].browse(warehouse_id).name

    def default_location_id(self, warehouse_id):
        return self.env["stock.warehouse"].browse(warehouse_id).lot_stock_id.id

    def similar_location(self, found):
        key = (found.warehouse_id, found.location)
        if key not in self._near:
            self._near[key] = self.lookup.similar_location(*key)
        return self._near[key]

    # === SESSIONS === #

    def target(self, warehouse_id, text):
        """Find or add the target of a name.

        :return: tuple (number, code of a problem, its parameters); the number is -1
            when there is a problem
        """
        key = (warehouse_id, text)
        if key not in self._target_of and len(self.targets) >= MAX_TARGETS:
            return -1, "too_many_counts", {"limit": MAX_TARGETS}
        if key not in self._target_of:
            self._target_of[key] = self._find_target(warehouse_id, text)
        return self._target_of[key]

    def _find_target(self, warehouse_id, text):
        """See ``target``; for a name that comes up for the first time."""
        found = self.lookup.session(warehouse_id, text)
        if len(found) > 1 and found[0].state in OPEN_STATES:
            return -1, "ambiguous_session", {"number": len(found)}
        session = found[:1].with_env(self.record.env)
        if session and session.warehouse_id.id != warehouse_id:
            name = session.warehouse_id.name
            return -1, "session_elsewhere", {"warehouse": name}
        if len(text) > 255:
            return -1, "long_session", {}
        return self._add_target(session, warehouse_id, text), "", {}

    def _add_target(self, session, warehouse_id, text):
        company = self.record.company_id
        values = {"company_id": company.id, "warehouse_id": warehouse_id}
        self.sessions.append(
            session or self.record.env["stock.count.session"].new(values)
        )
        self.targets.append(
            {
                "name": text,
                "warehouse_id": warehouse_id,
                "session_id": session._origin.id,
            }
        )
        return len(self.targets) - 1

    # === ROWS === #

    def entry(self, found):
        """The row as an entry for ``record_entries``, with a uuid that is not final."""
        entry = {
            "uuid": "row",
            "operation": self.record.operation,
            "qty": found.units,
            "product_id": found.product_id,
            "location_id": found.location_id,
            "device": self.device,
        }
        optional = {
            "lot_name": found.serial,
            "serial2": found.serial2,
            "package_id": found.package_id,
            "owner_id": found.owner_id,
            "uom_id": found.uom_id,
            "note": found.note,
            "counted_at": found.counted_at and found.counted_at.isoformat(" "),
            "cost": found.cost,
            "counted_by_id": found.counter_id,
        }
        entry.update({k: v for k, v in optional.items() if v not in ("", 0, None)})
        return entry

    def content(self, target, found):
        """The identity of a row within its target.

        It does not depend on the name of the file, or on the place of the row in the
        file: the same observation is the same entry. Equal rows of a file are numbered
        in their order.
        """
        what = (
            found.product_id,
            # Where it names none, it stays the same row when the item moves.
            found.location_id if found.location or self.location_id else 0,
            found.serial,
            found.package_id,
            found.owner_id,
            found.uom_id,
            found.units,
            str(found.counted_at or ""),
            found.serial2,
            found.note,
            self.record.operation,
        )
        # What another person saw, or in another round, is not the same; what the import
        # says of the whole file is no part of the row.
        counter = found.counter_id if found.counted_by else 0
        if counter or found.round > 1:
            what += (counter, found.round)
        digest = hashlib.sha256(json.dumps(what).encode()).hexdigest()[:24]
        key = hash((target, digest))
        self._times[key] += 1
        return f"{digest}:{self._times[key]}"

    def remember(self, target, found, draft):
        """Remember a row that was imported before, to compare others with it."""
        self.used.add(target)
        self._known_rows.add(found.row)
        self._first.setdefault(hash((target, draft.key)), found.row)
        if found.serial and draft.product_qty:
            key = hash((target, draft.product_id, found.serial))
            self._serials.setdefault(key, found.row)

    def check_against_file(self, target, found, draft):
        """Refuse a row that contradicts an earlier row of the file.

        That is a serial number that is found twice, and, where the import sets
        quantities, a second row for the same key.

        :return: whether the row is good
        """
        if found.serial and draft.tracking == "serial" and draft.product_qty:
            key = hash((target, draft.product_id, found.serial))
            first = self._serials.setdefault(key, found.row)
            if first != found.row:
                found.doubt("serial", "serial_twice_in_file", first=first)
                return False
        if self.record.operation == "set":
            first = self._first.setdefault(hash((target, draft.key)), found.row)
            if first != found.row:
                found.doubt("units", "counted_twice", first=first)
                self._doubt_first(found, first)
                return False
        self.used.add(target)
        return True

    def _doubt_first(self, found, first):
        """Add a problem to the first of two rows for one key."""
        if first in self._doubted:
            return
        self._doubted.add(first)
        self.tally.good -= first not in self._known_rows
        # The first row may be staged already, so its problem is kept for later.
        other = type(found)(row=first)
        other.doubt("units", "counted_twice", first=found.row)
        self._late += [problem._replace(value="") for problem in other.problems]

    def take_late_problems(self):
        """Problems of rows that were staged before, since the last call."""
        late, self._late = self._late, []
        return late
