"""The floor's book kept by a real Odoo, in the transaction of a test."""

from collections import Counter
from datetime import timedelta

from .floor_backend import (
    BOLTS,
    LOTS,
    PACKS,
    PLACES,
    STOCK,
    YARD,
    Asked,
    Backend,
    Key,
    keys_of,
)
from .floor_people import LAST_SESSION, SESSIONS

# The addon asks PostgreSQL what time it is, so that is who answers from the future.
CLOCK = """
    CREATE SCHEMA count_clock;
    CREATE FUNCTION count_clock.clock_timestamp() RETURNS timestamptz AS $$
        SELECT pg_catalog.clock_timestamp()
             + current_setting('count_clock.passed')::interval
    $$ LANGUAGE sql;
    SET LOCAL count_clock.passed = '0';
    SET LOCAL search_path = count_clock, pg_catalog, public
"""


class Clock:
    """All of a test happens within a second or two. Time passes by putting the
    database's clock forward, for this transaction; see CLOCK."""

    def __init__(self, case):
        self.env = case.env
        self.passed = timedelta()

    def now(self):
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return self.env.cr.fetchone()[0]

    def wait(self, duration):
        self.passed += duration
        seconds = f"{self.passed.total_seconds()} seconds"
        self.env.cr.execute(
            "SELECT set_config('count_clock.passed', %s, TRUE)", [seconds]
        )
        # Odoo gives all records of a transaction the time at which that began.
        self.env.cr._now = self.now()


class OdooBackend(Clock, Backend):
    """Transfers, counts and postings as people make them in Odoo."""

    def __init__(self, case, items=BOLTS):
        """
        :param CountCommon case: see prepare()
        :param items: screws without a lot, the lots of glue, or nails loose and packed
        """
        super().__init__(case)
        self.case, self.items = case, items
        self.product = case.products[items]
        # Open transfers with what people want in them.
        self.wanted = {}

    @classmethod
    def prepare(cls, case):
        """Make bins, opening stock and sessions, once for all runs.

        Each session keeps a line that nobody counts, so that it stays open.
        """
        case.env.cr.execute(CLOCK)
        kinds = case.env["stock.picking.type"].search([])
        if "auto_batch" in kinds._fields:
            # Odoo would put transfers into batches that it refuses a moment later.
            kinds.auto_batch = False
        idle = case._create_bin("Bin that nobody counts")
        case.bins = dict(zip(PLACES, (case.bin_a, case.bin_b), strict=True))
        nail = case._create_product("Nail")
        case.products = {BOLTS: case.screw, LOTS: case.glue, PACKS: nail}
        case.lots = {name: case._create_lot(case.glue, name) for name in LOTS}
        case.packs = {name: case._create_package(name) for name in PACKS[1:]}
        case._book(case.screw, idle, 1)
        for items, product in case.products.items():
            backend = cls(case, items)
            for key in keys_of(items):
                if STOCK[key]:
                    place, lot, package = backend._thing(key)
                    case._book(product, place, STOCK[key], lot, package)
        locations = idle.union(*case.bins.values())
        case.sessions = {
            number: case._create_session(locations)
            for number in (*SESSIONS, LAST_SESSION)
        }

    def book(self, key):
        return self.case._booked(self.product, *self._thing(key))

    def _thing(self, key):
        """Place, lot and package of a key, None for none."""
        lot, package = self.case.lots.get(key.item), self.case.packs.get(key.item)
        return self.case.bins[key.place], lot, package

    # === Transfers === #

    def open_transfer(self, pieces):
        [piece] = pieces
        source = self._place(piece.source, self.case.suppliers)
        target = self._place(piece.target, self.case.customers)
        ref = self._order(piece, source, target)
        self.wanted[ref] = pieces
        self._restore()
        return ref

    def _place(self, place, outside):
        return {**self.case.bins, YARD: self.case.stock}.get(place, outside)

    def _order(self, piece, source, target):
        """Make a document and leave the reserving to _restore()."""
        return self.case._create_transfer(
            self.product, piece.qty, source, target, assign=False
        )

    def _move(self, ref):
        """The move of a document that the floor knows of."""
        return ref.move_ids

    def _restore(self):
        """Where others took what was reserved, people type in again what they have."""
        for ref, pieces in self.wanted.items():
            move = self._move(ref)
            wanted = [self._prepare_piece(move, piece) for piece in pieces]
            present = [
                {name: line[name] for name in wanted[0]} for line in move.move_line_ids
            ]
            if sorted(present, key=str) != sorted(wanted, key=str):
                self._retype(move, wanted)

    def _prepare_piece(self, move, piece):
        """What a move line has to say, as records."""
        return {
            "quantity": piece.qty,
            "lot_id": self.case.lots.get(piece.item, self.env["stock.lot"]),
            "package_id": self.case.packs.get(piece.item, self.env["stock.package"]),
            "location_id": self._place(piece.source, move.location_id),
            "location_dest_id": self._place(piece.target, move.location_dest_id),
        }

    def _retype(self, move, wanted):
        lines = move.move_line_ids
        is_ticked = any(lines.mapped("picked"))
        lines.unlink()
        lines = lines.create([self._prepare_line(move, values) for values in wanted])
        lines.picked = is_ticked

    def _prepare_line(self, move, values):
        return {
            **move.move_line_ids._convert_to_write(values),
            "move_id": move.id,
            "picking_id": move.picking_id.id,
            "product_id": move.product_id.id,
            "product_uom_id": move.product_uom.id,
        }

    def tick(self, ref):
        self._move(ref).move_line_ids.picked = True

    def untick(self, ref):
        self._move(ref).move_line_ids.picked = False

    def rewrite(self, ref, pieces):
        self.wanted[ref] = pieces
        move = self._move(ref)
        line = move.move_line_ids
        if len(pieces) == len(line) == 1:
            # One line is changed as people change it, several are typed again.
            wanted = self._prepare_piece(move, pieces[0])
            changed = {k: v for k, v in wanted.items() if line[k] != v}
            line.write(line._convert_to_write(changed))
        move.product_uom_qty = sum(piece.qty for piece in pieces)
        self._restore()

    def validate(self, ref):
        del self.wanted[ref]
        self._book(ref)
        self._restore()

    def _book(self, ref):
        self.case._validate(ref)

    def cancel(self, ref):
        del self.wanted[ref]
        ref.action_cancel()
        self._restore()

    def scrap(self, key, qty):
        place, lot, package = self._thing(key)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "product_uom_id": self.product.uom_id.id,
                "lot_id": lot.id if lot else False,
                "package_id": package.id if package else False,
                "scrap_qty": qty,
                "location_id": place.id,
                "company_id": self.case.company.id,
            }
        )
        scrap.do_scrap()
        self._restore()

    def adjust(self, key, qty):
        place, lot, package = self._thing(key)
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = quants.create(
            {
                "product_id": self.product.id,
                "location_id": place.id,
                "lot_id": lot.id if lot else False,
                "package_id": package.id if package else False,
                "inventory_quantity": qty,
            }
        )
        quant.action_apply_inventory()
        self._restore()

    # === Counts === #

    def record(self, entries):
        for number in dict.fromkeys(sent.session for sent in entries):
            session = self.case.sessions[number]
            mine = [sent for sent in entries if sent.session == number]
            results = session.record_entries(list(map(self._prepare_entry, mine)))
            codes = {r["code"] for r in results if r["status"] == "refused"}
            self.case.assertLessEqual(codes, {"withdrawn_already"})

    def _prepare_entry(self, sent):
        entry = {"uuid": sent.uuid, "operation": sent.operation, "qty": sent.qty}
        if sent.withdraws:
            entry["withdraws"] = sent.withdraws
        else:
            place, lot, package = self._thing(sent.key)
            entry["product_id"] = self.product.id
            entry["location_id"] = place.id
            entry["lot_id"] = lot.id if lot else None
            entry["package_id"] = package.id if package else None
        if sent.counted_at:
            entry["counted_at"] = sent.counted_at.isoformat()
            entry["sent_at"] = (self.now() + sent.clock).isoformat()
        return entry

    # === Posting === #

    def _counted_lines(self, session):
        lines = self.case.sessions[session].line_ids
        return lines.filtered(
            lambda line: line.is_counted and line.product_id == self.product
        )

    def _lines(self, session, *states):
        return self._counted_lines(session).filtered(lambda line: line.state in states)

    def _key(self, line):
        places = {location: place for place, location in self.case.bins.items()}
        item = line.lot_id.name or line.package_id.name or self.items[0]
        return Key(places[line.location_id], item)

    def post(self, session):
        self.case.sessions[session].action_check_all()
        # A superseded line stays checked: what superseded it may be undone.
        lines = self._lines(session, "counted", "held", "failed", "superseded")
        lines = lines.filtered("to_post")
        if lines:
            self.case.sessions[session].action_post()
            self._restore()
        return {self._key(line): line.state for line in lines}

    # === Documents === #

    def documents(self, session):
        lines = self._lines(session, "counted", "held", "failed")
        self.env["stock.count.verdicts"]._refresh_verdicts(lines)
        return [
            Asked(self._ref(document["key"]), self._read_asked_lines(document))
            for document in self.case.sessions[session].get_documents()["open"]
        ]

    def _ref(self, key):
        model, res_id = key.split(",")
        return self.env[model].browse(int(res_id))

    def _read_asked_lines(self, document):
        return {
            self._key(self.env["stock.count.line"].browse(line["line_id"])): tuple(
                line[name] for name in ("variance", "happened", "not_yet")
            )
            for line in document["lines"]
        }

    def answer_documents(self, session, answers):
        lines = {self._key(line): line.id for line in self._counted_lines(session)}
        self.case.sessions[session].action_answer_documents(
            [
                {
                    "key": f"{ref._name},{ref.id}",
                    "answer": answer,
                    "quantities": {lines[k]: qty for k, qty in (parts or {}).items()},
                }
                for ref, answer, parts in answers
            ]
        )

    def explained(self, session, key):
        [line] = [ln for ln in self._counted_lines(session) if self._key(ln) == key]
        explained = Counter()
        for part in self.env["stock.count.document.line"].search(
            [("line_id", "=", line.id)]
        ):
            document = part.document_id
            ref = self.env[document.res_model].browse(document.res_id)
            explained[ref] += part.explained_qty
        return explained

    def withdraw_answer(self, session, ref):
        document = self.env["stock.count.document"]._find(
            self.case.sessions[session], (ref._name, ref.id)
        )
        self.case.sessions[session].action_withdraw_answer(document.id)

    # === Answers by line === #

    def held(self, session):
        lines = self._lines(session, "held")
        self.env["stock.count.verdicts"]._refresh_verdicts(lines)
        return [self._key(line) for line in lines if line.state == "held"]

    def answer(self, session, key, reading):
        [line] = [ln for ln in self._lines(session, "held") if self._key(ln) == key]
        if reading == "transfer":
            line.action_accept_transfer()
        else:
            line.action_accept_variance()

    def undo(self, session):
        posted = self._lines(session, "posted")
        if posted:
            self.case.sessions[session].action_undo_posting()
            self._restore()
        return [self._key(line) for line in posted if line.state != "posted"]
