"""Serial numbers and packages are in one place each, whatever was seen where when."""

import random
from dataclasses import dataclass
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import CountCommon
from ..floor_odoo import CLOCK, Clock

PLACES = ("A", "B", "C")
OUTSIDE = "customer"
# What happens more often stands there more often.
EVENTS = (
    *("misplace",) * 6,
    *("lose", "find"),
    *("transfer",) * 4,
    *("reserve", "validate", "cancel"),
    *("count",) * 4,
    *("post",) * 3,
)
RUNS = 15
UNKNOWN = object()


@dataclass
class Thing:
    """One serial number or package: where it is, and the newest word on it that the
    book has heard, a validated transfer or a posted count.

    ``told`` is UNKNOWN after a posting that left it to a person.
    """

    record: object
    at: str | None
    told: object
    told_at: int = 0
    transfer: object = None
    target: str | None = None

    def tell(self, moment, place):
        if moment > self.told_at:
            self.told, self.told_at = place, moment


@dataclass
class Seen:
    """A count of everything, and where things were then."""

    session: object
    moment: int
    places: dict


class ThingsCommon(CountCommon):
    """Random runs in which the newest word has to win (P3, P6, rules 1, 9 and 10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute(CLOCK)

    def _simulate(self):
        for seed in range(RUNS):
            savepoint = self.env.cr.savepoint()
            with self.subTest(seed=seed):
                self._run(random.Random(seed))
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _run(self, rng):
        self.rng, self.moment, self.story = rng, 0, []
        clock = Clock(self)
        self.bins = {"A": self.bin_a, "B": self.bin_b, "C": self._create_bin("Bin C")}
        self.things = [
            Thing(self._make(place, number), place, place)
            for place in PLACES
            for number in "12"
        ]
        self.counts = []
        for event in rng.choices(EVENTS, k=rng.randint(12, 20)):
            self.moment += 1
            # So long that no transfer after a count explains what was found.
            clock.wait(timedelta(hours=1))
            getattr(self, f"_{event}_one")()
        self._finish()

    # === WHAT HAPPENS === #

    def _pick(self, condition):
        possible = [thing for thing in self.things if condition(thing)]
        return self.rng.choice(possible) if possible else None

    def _tell_story(self, what, thing, place=""):
        self.story.append(f"{self.moment} {what} {thing.record.name} {place}")

    def _misplace_one(self):
        thing = self._pick(lambda thing: thing.at in PLACES)
        if thing:
            thing.at = self.rng.choice(PLACES)
            self._tell_story("misplaced", thing, thing.at)

    def _lose_one(self):
        thing = self._pick(lambda thing: thing.at in PLACES)
        if thing:
            thing.at = None
            self._tell_story("lost", thing)

    def _find_one(self):
        thing = self._pick(lambda thing: thing.at is None)
        if thing:
            thing.at = self.rng.choice(PLACES)
            self._tell_story("turned up", thing, thing.at)

    def _transfer_one(self):
        thing = self._reserve_one()
        if thing:
            self._carry_out(thing)

    def _reserve_one(self):
        """A transfer from where the book has it; whoever does it finds it anyway."""
        thing = self._pick(
            lambda thing: (
                thing.at in PLACES and not thing.transfer and self._booked_at(thing)
            )
        )
        if thing:
            source = self._booked_at(thing)
            others = [place for place in (*PLACES, OUTSIDE) if place != source]
            thing.target = self.rng.choice(others)
            target = self.bins.get(thing.target, self.customers)
            self._tell_story("reserved", thing, thing.target)
            thing.transfer = self._order(thing.record, self.bins[source], target)
        return thing

    def _validate_one(self):
        thing = self._pick(lambda thing: thing.transfer)
        if thing:
            self._carry_out(thing)

    def _carry_out(self, thing):
        """Unless a posting has freed what was reserved, or it is nowhere."""
        if not thing.at or not self._is_whole(thing.transfer):
            self._cancel(thing)
            return
        self._validate(thing.transfer)
        thing.at = thing.target
        thing.tell(self.moment, thing.target)
        thing.transfer = None
        self._tell_story("transferred", thing, thing.at)

    def _cancel_one(self):
        thing = self._pick(lambda thing: thing.transfer)
        if thing:
            self._cancel(thing)

    def _cancel(self, thing):
        thing.transfer.action_cancel()
        thing.transfer = None
        self._tell_story("cancelled", thing)

    def _count_one(self):
        """Somebody counts all that is there and all that should be, and right; what is
        missing they look for everywhere."""
        session = self._create_session(self.bin_a.union(*self.bins.values()))
        entries = [
            entry
            for place, location in self.bins.items()
            for thing in self.things
            if thing.at in (place, None) or self._is_expected(thing, session, location)
            for entry in self._see(thing.record, location, thing.at == place)
        ]
        answers = session.record_entries(entries)
        self.assertLessEqual({answer["status"] for answer in answers}, {"recorded"})
        places = {id(thing): thing.at for thing in self.things}
        self.counts.append(Seen(session, self.moment, places))
        self.story.append(f"{self.moment} counted {[t.at for t in self.things]}")

    def _is_expected(self, thing, session, location):
        lines = self._lines_of(thing.record, session.line_ids)
        return location in lines.location_id

    # === POSTING === #

    def _post_one(self):
        counts = [count for count in self.counts if count.session.state != "posted"]
        if counts:
            self._post_count(self.rng.choice(counts))
            self._check_told()

    def _post_count(self, count):
        if count.session.state == "posted":
            return
        lines = count.session.line_ids.filtered("is_counted")
        self._post(count.session)
        self.story.append(f"{self.moment} posted the count of {count.moment}")
        for thing in self.things:
            states = set(self._lines_of(thing.record, lines).mapped("state"))
            if states & {"held", "failed"}:
                thing.told = UNKNOWN
            elif count.places[id(thing)] != OUTSIDE:
                thing.tell(count.moment, count.places[id(thing)])

    def _check_told(self):
        for thing in self.things:
            if thing.told is not UNKNOWN:
                self._check_booked(thing, thing.told)

    def _check_booked(self, thing, place):
        booked = self._where(thing.record)
        right = {self.bins.get(place, self.customers): 1} if place else {}
        self.assertEqual(booked, right, "\n".join([thing.record.name, *self.story]))

    def _booked_at(self, thing):
        names = {location: place for place, location in self.bins.items()}
        return next(map(names.get, self._where(thing.record)), None)

    def _finish(self):
        """In the end an exact count is posted, and then everything that is older."""
        for thing in self.things:
            if thing.transfer:
                self._cancel(thing)
        self.moment += 1
        self._count_one()
        last = self.counts[-1]
        self._post_count(last)
        held = last.session.line_ids.filtered(lambda line: line.state == "held")
        if held:
            held.action_accept_variance()
            self._post_count(last)
        for count in [last, *self.counts]:
            self._post_count(count)
            for thing in self.things:
                self._check_booked(thing, thing.at)


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationOfSerials(ThingsCommon):
    def test_the_newest_word_on_a_serial_wins(self):
        """P3, P6, rules 1 and 9."""
        self._simulate()

    def _make(self, place, number):
        lot = self._create_lot(self.drill, f"S{place}{number}")
        self._book(self.drill, self.bins[place], 1, lot)
        return lot

    def _where(self, lot):
        return _places(lot.quant_ids)

    def _lines_of(self, lot, lines):
        return lines.filtered(lambda line: line.lot_id == lot)

    def _see(self, lot, location, is_there):
        return [self._entry(int(is_there), self.drill, location, lot_id=lot.id)]

    def _order(self, lot, source, target):
        return self._create_transfer(self.drill, 1, source, target, lot)

    def _is_whole(self, transfer):
        return bool(transfer.move_line_ids.lot_id)


@tagged("post_install", "-at_install", "stock_count_simulation")
class TestSimulationOfPackages(ThingsCommon):
    """A screw and two of a lot of glue in each."""

    def test_the_newest_word_on_a_package_wins(self):
        """P3, P6, rules 1 and 10."""
        self._simulate()

    def _make(self, place, number):
        package = self._create_package(f"P{place}{number}")
        self.lots = {
            **getattr(self, "lots", {}),
            package: self._create_lot(self.glue, package.name),
        }
        self._book(self.screw, self.bins[place], 1, package=package)
        self._book(self.glue, self.bins[place], 2, self.lots[package], package)
        return package

    def _where(self, package):
        glue = _places(package.quant_ids.filtered("lot_id"))
        screws = _places(package.quant_ids.filtered(lambda quant: not quant.lot_id))
        self.assertEqual(glue, {place: 2 * qty for place, qty in screws.items()})
        return screws

    def _lines_of(self, package, lines):
        return lines.filtered(lambda line: line.package_id == package)

    def _see(self, package, location, is_there):
        lot = self.lots[package]
        where = {"location": location, "package_id": package.id}
        return [
            self._entry(int(is_there), self.screw, **where),
            self._entry(2 * is_there, self.glue, lot_id=lot.id, **where),
        ]

    def _order(self, package, source, target):
        outgoing = target == self.customers
        kind = self.warehouse.out_type_id if outgoing else self.warehouse.int_type_id
        ends = {"location_id": source.id, "location_dest_id": target.id}
        wanted = {self.screw: (1, None), self.glue: (2, self.lots[package])}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                **ends,
                "move_ids": [
                    Command.create(
                        {
                            **ends,
                            "product_id": product.id,
                            "product_uom": product.uom_id.id,
                            "product_uom_qty": qty,
                        }
                    )
                    for product, (qty, _lot) in wanted.items()
                ],
            }
        )
        picking.action_confirm()
        picking.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                {
                    **ends,
                    "move_id": move.id,
                    "picking_id": picking.id,
                    "product_id": move.product_id.id,
                    "product_uom_id": move.product_uom.id,
                    "quantity": wanted[move.product_id][0],
                    "lot_id": lot.id if (lot := wanted[move.product_id][1]) else False,
                    "package_id": package.id,
                    "result_package_id": package.id,
                }
                for move in picking.move_ids
            ]
        )
        return picking

    def _is_whole(self, transfer):
        return sorted(transfer.move_line_ids.mapped("quantity")) == [1, 2]


def _places(quants):
    """Where something is booked, the loss location left out: location → quantity."""
    return {
        quant.location_id: quant.quantity
        for quant in quants
        if quant.quantity and quant.location_id.usage != "inventory"
    }
