"""People on a simulated floor: they move goods, write papers, lose things and count."""

from collections import Counter
from datetime import timedelta

from odoo.addons.stock_count.domain.reconcile import HOLD_WINDOW

from .floor_backend import (
    LOTS,
    PACKS,
    PLACES,
    STOCK,
    YARD,
    Backend,
    Key,
    Piece,
    Sent,
    keys_of,
)
from .floor_goods import Goods, Seen, Sighting, Tally, Transfer, Wrong

MINUTE = timedelta(minutes=1)
# None is the world outside: a supplier or a customer.
ROUTES = (
    ("A", None),
    ("B", None),
    (None, "A"),
    (None, "B"),
    ("A", "B"),
    ("B", "A"),
    (None, YARD),
)
SESSIONS = (1, 2, 3)
LAST_SESSION = 9
# The sheet is online; the others send when they are back, by clocks of their own.
DEVICES = ("sheet", "phone", "scanner")
CLOCKS = {
    "sheet": timedelta(),
    "phone": timedelta(hours=3, minutes=7),
    "scanner": timedelta(minutes=-50),
}


class People:
    """Every public verb is something that may happen; it does nothing when it cannot
    happen now. Numbers choose among what is possible, so any sequence of verbs makes
    sense and shrinks to a short story.
    """

    def __init__(self, backend: Backend):
        self.backend = backend
        self.keys = keys_of(backend.items)
        self.stock = {key: STOCK[key] for key in self.keys}
        self.lost = dict.fromkeys(self.keys, 0)
        self.booked = dict.fromkeys(self.keys, 0)
        self.transfers: list[Transfer] = []
        self.tallies: dict[tuple[int, Key], Tally] = {}
        self.adjusted_moment = dict.fromkeys(self.keys, -1)
        self.journals = {device: [] for device in DEVICES}
        # (session, transfer) → when it was last answered, and its paper then.
        self.answered: dict[tuple[int, Transfer], tuple[int, set[Piece]]] = {}
        self.moment = 0
        self.story: list[str] = []
        self.happened: Counter = Counter()

    # === Papers === #

    def open(self, route, qty, item=0):
        self._register(self._plan(route, qty, item))

    def grab(self, route, qty, item=0):
        """Goods are taken first; the transfer is written down later."""
        transfer = self._plan(route, qty, item)
        if not self._take(transfer, transfer.goods[0]):
            self.transfers.remove(transfer)

    def register(self, nth):
        self._register(self._choose(nth, lambda t: not t.opened_at))

    def tick(self, nth):
        transfer = self._choose(nth, lambda t: t.is_open and not t.ticked)
        if transfer:
            self._tell(f"{transfer} is ticked as picked")
            self.backend.tick(transfer.ref)
            transfer.ticked = True

    def untick(self, nth):
        transfer = self._choose(nth, lambda t: t.is_open and t.ticked)
        if transfer:
            self._tell(f"{transfer} is unticked")
            self.backend.untick(transfer.ref)
            transfer.ticked = False
            transfer.lines += len(transfer.paper)

    def validate(self, nth):
        transfer = self._choose(nth, lambda t: t.is_open)
        if transfer:
            self._validate(transfer)

    def cancel(self, nth):
        transfer = self._choose(nth, self._is_cancellable)
        if transfer:
            self._cancel(transfer)

    def shorten(self, nth):
        """One piece less is needed; whoever has taken it puts it back."""
        transfer = self._choose(nth, lambda t: t.is_open and self._shortenable(t))
        if not transfer:
            return
        goods = self._shortenable(transfer)
        goods.qty -= 1
        if goods.taken and goods.source:
            self.stock[Key(goods.source, goods.item)] += 1
        self._rewrite(transfer, "one piece less")

    def lengthen(self, nth):
        """One piece more is needed, and not taken yet."""
        transfer = self._choose(nth, lambda t: t.is_open and t.goods)
        if transfer:
            like = transfer.goods[0]
            ends = (like.source, like.target)
            transfer.goods.append(Goods(1, like.item, *ends, taken=not like.source))
            self._rewrite(transfer, "one piece more")

    def correct(self, nth):
        """The paper is put right: it says what people really do."""
        transfer = self._choose(nth, lambda t: t.is_open and t.goods)
        if transfer:
            self._rewrite(transfer, "put right")

    # === Goods === #

    def take(self, nth):
        transfer = self._choose(nth, self._takeable)
        if transfer:
            self._take(transfer, self._takeable(transfer))

    def take_part(self, nth):
        """One piece is taken, the others stay for now."""
        transfer = self._choose(nth, self._takeable)
        if transfer:
            goods = self._takeable(transfer)
            self._take(transfer, self._single_out(transfer, goods))

    def take_elsewhere(self, nth):
        """Goods are taken from another bin than the paper says."""
        self._take_otherwise(nth, place=True)

    def take_other(self, nth):
        """Another lot or package is taken than the paper says."""
        self._take_otherwise(nth, place=False)

    def put(self, nth):
        transfer = self._choose(nth, self._puttable)
        if transfer:
            self._put(transfer, self._puttable(transfer))

    def put_part(self, nth):
        """One piece is put into its bin, the others come later."""
        transfer = self._choose(nth, self._puttable)
        if transfer:
            goods = self._puttable(transfer)
            self._put(transfer, self._single_out(transfer, goods))

    def put_elsewhere(self, nth):
        """Goods are put into another bin than the paper says."""
        transfer = self._choose(nth, lambda t: t.is_pending and self._puttable(t))
        if transfer:
            goods = self._puttable(transfer)
            other = self._other_place(goods.target)
            if other != goods.source:
                goods.target = other
                self._put(transfer, goods)

    def put_back(self, nth):
        transfer = self._choose(nth, self._returnable)
        if transfer:
            self._put_back(transfer, self._returnable(transfer))

    def lose_on_the_way(self, nth):
        """A piece that was taken for a transfer never arrives."""
        transfer = self._choose(nth, lambda t: t.is_pending and self._losable(t))
        if transfer:
            goods = self._losable(transfer)
            self._tell(f"1 {goods.item} of {transfer} is lost on the way")
            self.lost[Key(goods.source, goods.item)] -= 1
            self._reduce(transfer, goods)

    def arrive_short(self, nth):
        """A supplier brought a piece less than the paper says."""
        transfer = self._choose(nth, lambda t: t.is_pending and self._short(t))
        if transfer:
            self._tell(f"a piece of {transfer} did not come")
            self._reduce(transfer, self._short(transfer))

    def arrive_over(self, nth):
        """A supplier brought a piece more than the paper says."""
        transfer = self._choose(nth, lambda t: t.is_pending and t.is_from_outside)
        if transfer:
            self._tell(f"a piece more than {transfer} came")
            like = transfer.goods[0]
            transfer.changed_moment = self.moment
            transfer.goods.append(Goods(1, like.item, None, like.target, taken=True))

    def scrap(self, place, qty):
        key = self._key(place)
        if self.stock[key] >= qty:
            self._tell(f"{qty} {key} scrapped")
            self.backend.scrap(key, qty)
            goods = Goods(qty, key.item, key.place, None, taken=True)
            scrap = Transfer("scrap", [goods], [])
            scrap.paper = scrap.plan()
            scrap.opened_at = scrap.done_at = self.backend.now()
            self.transfers.append(scrap)
            self.stock[key] -= qty
            self.booked[key] -= qty

    def lose(self, place, qty):
        key = self._key(place)
        if self.stock[key] >= qty:
            self._tell(f"{qty} {key} vanish")
            self.stock[key] -= qty
            self.lost[key] -= qty

    def find(self, place, qty):
        key = self._key(place)
        self._tell(f"{qty} {key} turn up")
        self.stock[key] += qty
        self.lost[key] += qty

    # === Counts === #

    def adjust(self, place, error):
        """Somebody uses Odoo's own adjustment, with or without a mistake."""
        key = self._key(place)
        qty = max(0, self.stock[key] + error)
        self._tell(f"{key} adjusted to {qty} in Odoo's own way")
        self.backend.adjust(key, qty)
        self.adjusted_moment[key] = self.moment

    def count(self, session, place, device):
        """Somebody counts all of it, and right."""
        key = self._key(place)
        self._see(SESSIONS[session], key, DEVICES[device], "set", self.stock[key])

    def count_part(self, session, place, device):
        """Somebody counts a part and adds it up; the next one counts the rest."""
        key, session = self._key(place), SESSIONS[session]
        before = [s for s in self._tally(session, key).seen if not s.withdrawn]
        if before and before[-1].operation == "set":
            rest = self.stock[key] - before[-1].qty
            if rest >= 0:
                self._see(session, key, DEVICES[device], "add", rest)
        else:
            operation = "set" if before else "add"
            part = self.stock[key] // 2
            self._see(session, key, DEVICES[device], operation, part)

    def mistake(self, session, place, device):
        """Somebody counts pieces a second time; "withdraw" may repair it."""
        self._see(SESSIONS[session], self._key(place), DEVICES[device], "add", 5)

    def withdraw(self, nth):
        """Somebody takes an entry back, on the device that it was made with."""
        seen = [
            (session, key, seen)
            for (session, key), tally in self.tallies.items()
            for seen in tally.seen
            if not seen.withdrawn
        ]
        if not seen:
            return
        # The last ones first: they are the ones that people take back.
        session, key, chosen = seen[-1 - nth % len(seen)]
        self._tell(f"{chosen.device} withdraws {chosen.uuid}")
        entry = Sent(f"w{self.moment}", session, key, "withdraw", withdraws=chosen.uuid)
        self._journal(chosen.device, entry)

    def sync(self, device):
        """A device has network again; what it sends first it sends twice."""
        journal = self.journals[DEVICES[device]]
        if journal:
            self._tell(
                f"{DEVICES[device]} sends {', '.join(sent.uuid for sent in journal)}"
            )
            self.backend.record([journal[0], *journal])
            for sent in journal:
                self._arrive(sent)
            journal.clear()

    def pause(self):
        """So long that no transfer done before has to do with a count after it."""
        self._tell("two hours pass")
        self.backend.wait(4 * HOLD_WINDOW)

    # === Helpers: goods === #

    def _key(self, place):
        return self.keys[place % len(self.keys)]

    def _other_place(self, place):
        return next(other for other in PLACES if other != place)

    def _plan(self, route, qty, item):
        """Of a lot that people find out later, the paper knows nothing yet, and
        neither of the place into which goods of the yard are put."""
        source, target = ROUTES[route]
        name = f"T{len(self.transfers) + 1}"
        items = self.backend.items
        chosen = items[item % len(items)]
        if items == PACKS and (target or Key(source, chosen) not in self.stock):
            # Goods leave the packages of their place, they are not put into any.
            chosen = items[0]
        is_late = items == LOTS and not source and item >= len(items)
        place = PLACES[qty % len(PLACES)] if target == YARD else target
        goods = Goods(qty, chosen, source, place, taken=not source)
        paper = [Piece(qty, None if is_late else chosen, source, target)]
        transfer = Transfer(name, [goods], paper)
        self.transfers.append(transfer)
        return transfer

    def _choose(self, nth, is_possible):
        possible = [transfer for transfer in self.transfers if is_possible(transfer)]
        return possible[nth % len(possible)] if possible else None

    def _has(self, key, qty):
        return self.stock.get(key, 0) >= qty

    def _takeable(self, transfer):
        if transfer.gone_at:
            return None
        waiting = (
            goods
            for goods in transfer.goods
            if not goods.taken and self._has(Key(goods.source, goods.item), goods.qty)
        )
        return next(waiting, None)

    def _puttable(self, transfer):
        if transfer.gone_at:
            return None
        there = (g for g in transfer.goods if g.target and g.taken and not g.put)
        return next(there, None)

    def _returnable(self, transfer):
        if transfer.done_at:
            return None
        taken = (g for g in transfer.goods if g.source and g.taken and not g.put)
        return next(taken, None)

    def _losable(self, transfer):
        on_the_way = (
            g for g in transfer.goods if g.source and g.target and g.taken and not g.put
        )
        return next(on_the_way, None)

    def _short(self, transfer):
        coming = (g for g in transfer.goods if not g.source and not g.put)
        return next(coming, None)

    def _shortenable(self, transfer):
        more = (goods for goods in transfer.goods if goods.qty > 1 and not goods.put)
        return next(more, None)

    def _is_cancellable(self, transfer):
        return transfer.is_open and not any(goods.put for goods in transfer.goods)

    def _single_out(self, transfer, goods):
        """One of these pieces, by itself."""
        if goods.qty == 1:
            return goods
        transfer.goods.append(goods.split(1))
        return transfer.goods[-1]

    def _reduce(self, transfer, goods):
        transfer.changed_moment = self.moment
        goods.qty -= 1
        if not goods.qty:
            transfer.goods.remove(goods)

    def _take_otherwise(self, nth, place):
        """Take goods of another bin or another lot than they were meant to be of."""
        transfer = self._choose(nth, lambda t: t.is_pending and self._untaken(t))
        if not transfer:
            return
        goods = self._untaken(transfer)
        other = self._other_source(goods, place)
        if other not in self.stock:
            return
        if other.place != goods.target and self._has(other, goods.qty):
            goods.source, goods.item = other
            self._take(transfer, goods)

    def _untaken(self, transfer):
        return next((goods for goods in transfer.goods if not goods.taken), None)

    def _other_source(self, goods, place):
        if place:
            return Key(self._other_place(goods.source), goods.item)
        if self.backend.items == PACKS and goods.target:
            return Key(goods.source, goods.item)
        others = [
            key
            for key in self.keys
            if key.place == goods.source and key.item != goods.item
        ]
        return next(iter(others), Key(goods.source, goods.item))

    def _take(self, transfer, goods):
        key = Key(goods.source, goods.item)
        if not goods.source or not self._has(key, goods.qty):
            return False
        self._tell(f"{goods.qty} {key} are taken for {transfer}")
        self.stock[key] -= goods.qty
        goods.taken = True
        return True

    def _put(self, transfer, goods):
        key = Key(goods.target, goods.item)
        self._tell(f"{goods.qty} {goods.item} of {transfer} are put into {key.place}")
        self.stock[key] += goods.qty
        goods.put = True

    def _put_back(self, transfer, goods):
        key = Key(goods.source, goods.item)
        self._tell(f"{goods.qty} {key} of {transfer} are put back")
        self.stock[key] += goods.qty
        goods.taken = False
        transfer.changed_moment = self.moment

    # === Helpers: papers === #

    def _register(self, transfer):
        if transfer:
            self._tell(f"{transfer} is made and reserved")
            transfer.opened_at = self.backend.now()
            transfer.ref = self.backend.open_transfer(transfer.paper)

    def _rewrite(self, transfer, why):
        """Let the paper say what people do."""
        plan = transfer.plan()
        if Counter(plan) != Counter(transfer.paper):
            transfer.lines += len(transfer.paper)
            transfer.paper = plan
            self._tell(f"{transfer}: {why}")
            self.backend.rewrite(transfer.ref, plan)

    def _validate(self, transfer):
        """What is booked is what happened, or will."""
        if not transfer.goods:
            self._cancel(transfer)
            return
        self._rewrite(transfer, "put right")
        self._tell(f"{transfer} is validated")
        self.backend.validate(transfer.ref)
        transfer.done_at = self.backend.now()
        for key in self.keys:
            self.booked[key] += transfer.told(key)

    def _cancel(self, transfer):
        self._tell(f"{transfer} is cancelled")
        self.backend.cancel(transfer.ref)
        transfer.gone_at = self.backend.now()
        transfer.ticked = False

    # === Helpers: counts === #

    def _tally(self, session, key):
        return self.tallies.setdefault((session, key), Tally())

    def _sight(self, key):
        return Sighting(
            moment=self.moment,
            at=self.backend.now(),
            floor=self.stock[key],
            lost=self.lost[key],
            doubts={t: doubt for t in self.transfers if (doubt := t.doubt(key))},
        )

    def _see(self, session, key, device, operation, qty):
        sighting = self._sight(key)
        uuid = f"e{self.moment}"
        self._tell(
            f"session {session}: {device} counts {operation} {qty} {key} ({uuid})"
        )
        seen = Seen(uuid, operation, qty, sighting, device)
        self._tally(session, key).seen.append(seen)
        self._journal(device, Sent(uuid, session, key, operation, qty))

    def _journal(self, device, sent):
        clock = CLOCKS[device]
        if device != "sheet":
            sent = sent._replace(counted_at=self.backend.now() + clock, clock=clock)
            self.journals[device].append(sent)
        else:
            self.backend.record([sent])
            self._arrive(sent)

    def _arrive(self, sent):
        tally = self._tally(sent.session, sent.key)
        tally.reading, tally.is_held = None, False
        for seen in tally.seen:
            if seen.uuid == sent.uuid:
                seen.arrived = True
            elif seen.uuid == sent.withdraws:
                seen.withdrawn = True

    # === Helpers: the story === #

    def _pass(self):
        """A minute passes."""
        self.moment += 1
        self.backend.wait(MINUTE)

    def _tell(self, sentence):
        self.story.append(f"{self.backend.now():%H:%M} {sentence}")

    def _fail(self, what):
        raise Wrong("\n".join([what, "What happened:", *self.story]))
