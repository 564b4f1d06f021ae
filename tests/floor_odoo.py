"""The floor's book kept by a real Odoo, in the transaction of a test."""

from datetime import timedelta

from .floor import ITEM, LAST_SESSION, PLACES, SESSIONS, STOCK, Backend, Key

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


class OdooBackend(Backend):
    """Transfers, counts and postings as people make them in Odoo.

    All of it happens within a second or two. Time passes by putting the database's
    clock forward, for this transaction.
    """

    def __init__(self, case, lot=None):
        """
        :param CountCommon case: with ``bins`` and ``sessions``, see prepare()
        :param lot: what the item is; screws without a lot by default
        """
        self.case = case
        self.env = case.env
        self.lot = lot
        self.product = lot.product_id if lot else case.screw
        self.passed = timedelta()
        # Open transfers with the quantity that people want in them.
        self.wanted = {}

    @classmethod
    def prepare(cls, case):
        """Make bins, opening stock and sessions, once for all runs.

        Each session keeps a line that nobody counts, so that it stays open.
        """
        case.env.cr.execute(CLOCK)
        idle = case._create_bin("Bin that nobody counts")
        case.bins = dict(zip(PLACES, (case.bin_a, case.bin_b), strict=True))
        case.lot = case._create_lot(case.glue, "L1")
        case._book(case.screw, idle, 1)
        for place, location in case.bins.items():
            case._book(case.screw, location, STOCK[place])
            case._book(case.glue, location, STOCK[place], case.lot)
        locations = idle.union(*case.bins.values())
        case.sessions = {
            number: case._create_session(locations)
            for number in (*SESSIONS, LAST_SESSION)
        }

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

    def book(self, key):
        return self.case._booked(self.product, self.case.bins[key.place], self.lot)

    # === Transfers === #

    def open_transfer(self, item, source, target, qty):
        ends = (
            self.case.bins.get(source, self.case.suppliers),
            self.case.bins.get(target, self.case.customers),
        )
        picking = self.case._create_transfer(self.product, qty, *ends, assign=False)
        self.wanted[picking] = qty
        self._restore()
        return picking

    def _restore(self):
        """Where others took what was reserved, people type in again what they have."""
        for picking, qty in self.wanted.items():
            lines = picking.move_line_ids
            right = len(lines) == 1 and lines.quantity == qty
            if right and lines.lot_id == (self.lot or lines.lot_id):
                continue
            lines.unlink()
            self.env["stock.move.line"].create(self._prepare_line(picking, qty))

    def _prepare_line(self, picking, qty):
        move = picking.move_ids
        return {
            "move_id": move.id,
            "picking_id": picking.id,
            "product_id": move.product_id.id,
            "product_uom_id": move.product_uom.id,
            "lot_id": self.lot.id if self.lot else False,
            "quantity": qty,
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
        }

    def tick(self, ref):
        ref.move_line_ids.picked = True

    def untick(self, ref):
        ref.move_line_ids.picked = False

    def change(self, ref, qty):
        self.wanted[ref] = qty
        ref.move_line_ids.quantity = qty
        ref.move_ids.product_uom_qty = qty
        self._restore()

    def validate(self, ref):
        del self.wanted[ref]
        self.case._validate(ref)
        self._restore()

    def cancel(self, ref):
        del self.wanted[ref]
        ref.action_cancel()
        self._restore()

    def scrap(self, key, qty):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "product_uom_id": self.product.uom_id.id,
                "lot_id": self.lot.id if self.lot else False,
                "scrap_qty": qty,
                "location_id": self.case.bins[key.place].id,
                "company_id": self.case.company.id,
            }
        )
        scrap.do_scrap()
        self._restore()

    def adjust(self, key, qty):
        location = self.case.bins[key.place]
        self.case._adjust_natively(self.product, location, qty, self.lot)
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
            entry["product_id"] = self.product.id
            entry["location_id"] = self.case.bins[sent.key.place].id
            entry["lot_id"] = self.lot.id if self.lot else None
        if sent.counted_at:
            entry["counted_at"] = sent.counted_at.isoformat()
            entry["sent_at"] = (self.now() + sent.clock).isoformat()
        return entry

    # === Posting === #

    def _lines(self, session, *states):
        lines = self.case.sessions[session].line_ids
        return lines.filtered(
            lambda line: (
                line.is_counted
                and line.state in states
                and line.product_id == self.product
            )
        )

    def _key(self, line):
        places = {location: place for place, location in self.case.bins.items()}
        return Key(places[line.location_id], ITEM)

    def post(self, session):
        self.case.sessions[session].action_check_all()
        # A superseded line stays checked: what superseded it may be undone.
        lines = self._lines(session, "counted", "held", "failed", "superseded")
        lines = lines.filtered("to_post")
        if lines:
            self.case.sessions[session].action_post()
            self._restore()
        return {self._key(line): line.state for line in lines}

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
