"""A warehouse floor whose truth is known, to prove the rules of counting with (P5, P6).

People take goods before they tick them, tick before they take them, put them back, lose
them, count with phones that have no network and a wrong clock, post, answer holds and
undo. The floor knows what really happened; a backend (the pure rules of
domain.reconcile, or a real Odoo) only hears what people tell it. So the floor can tell
whether the book is right.

For each key (a place and an item)

    floor = book + lost - corrected + ahead

``lost`` is what really vanished or turned up, ``corrected`` what counts and native
adjustments made of it, and ``ahead`` how far the goods of transfers are ahead of their
paperwork. What posting a count made at moment c has to achieve is therefore exactly

    corrected now = lost up to c

in other words: book now is floor now but for transfers that are not yet both carried
out and validated, and but for what got lost or turned up since the count. At the end,
with all transfers carried out and validated and an exact last count, book = floor.

What no rule can know, and where nothing is claimed of a single posting (but still of
the end):

- two unknowns at once: goods are really lost *and* a transfer of the same key is
  carried out but not told, at the moment of the count. Five are missing; whether three
  of them were taken for the order is not in any number.
- a transfer carried out in part at the count, and not told so.
- paper and goods further apart than HOLD_WINDOW: validated, cancelled or not even
  written down more than that before or after the goods moved, with the count in
  between. Open transfers may take as long as they like.
- more than MAX_EXPLAINING lines of transfers at one key.
- a count that is not exact: a part of the bin only, or a mistake not yet withdrawn.
"""

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo.addons.stock_count.domain.reconcile import HOLD_WINDOW, MAX_EXPLAINING

MINUTE = timedelta(minutes=1)
PLACES = ("A", "B")
ITEM = "bolt"
STOCK = {"A": 10, "B": 4}
# None is the world outside: a supplier or a customer.
ROUTES = (("A", None), ("B", None), (None, "A"), (None, "B"), ("A", "B"), ("B", "A"))
SESSIONS = (1, 2, 3)
LAST_SESSION = 9
# The sheet is online; the others send when they are back, by clocks of their own.
DEVICES = ("sheet", "phone", "scanner")
CLOCKS = {
    "sheet": timedelta(),
    "phone": timedelta(hours=3, minutes=7),
    "scanner": timedelta(minutes=-50),
}


class Key(NamedTuple):
    """What is counted: an item in a place."""

    place: str
    item: str

    def __str__(self):
        return f"{self.item} in {self.place}"


class Sent(NamedTuple):
    """An entry as a device sends it; ``counted_at`` is by its own clock."""

    uuid: str
    session: int
    key: Key
    operation: str
    qty: int = 0
    counted_at: datetime | None = None
    clock: timedelta = timedelta()
    withdraws: str | None = None


class Backend(ABC):
    """What books, counts and posts: the rules alone, or Odoo."""

    @abstractmethod
    def now(self) -> datetime:
        """The server's time, UTC."""

    @abstractmethod
    def wait(self, duration: timedelta) -> None:
        """Let time pass."""

    @abstractmethod
    def book(self, key: Key) -> float:
        """What is booked for the key."""

    @abstractmethod
    def open_transfer(
        self, item: str, source: str | None, target: str | None, qty: int
    ):
        """Make and reserve a transfer; return what the verbs below are given."""

    @abstractmethod
    def tick(self, ref) -> None:
        """Tick the transfer as picked."""

    @abstractmethod
    def untick(self, ref) -> None:
        """Take the tick back."""

    @abstractmethod
    def change(self, ref, qty: int) -> None:
        """Change the quantity of an open transfer; a tick stays."""

    @abstractmethod
    def validate(self, ref) -> None:
        """Book the transfer."""

    @abstractmethod
    def cancel(self, ref) -> None:
        """Cancel an open transfer."""

    @abstractmethod
    def scrap(self, key: Key, qty: int) -> None:
        """Scrap goods: they go to the same place as losses do."""

    @abstractmethod
    def adjust(self, key: Key, qty: int) -> None:
        """Odoo's own inventory adjustment: the book becomes ``qty``."""

    @abstractmethod
    def record(self, entries: list[Sent]) -> None:
        """Send entries of counts; sending one twice changes nothing."""

    @abstractmethod
    def post(self, session: int) -> dict[Key, str]:
        """Post a session.

        :return: for each line that was to be posted ``posted``, ``held``,
        ``superseded``
            or ``failed``
        """

    @abstractmethod
    def held(self, session: int) -> list[Key]:
        """The lines that wait for a reading."""

    @abstractmethod
    def answer(self, session: int, key: Key, reading: str) -> None:
        """Read a held line: the ``transfer`` explains it, or the ``variance`` is so."""

    @abstractmethod
    def undo(self, session: int) -> list[Key]:
        """Reverse what a session posted, where no later count of the key was posted.

        :return: what was undone; these lines can be posted again
        """


@dataclass
class Goods:
    """Pieces that are moved together. What a supplier brings is taken already."""

    qty: int
    taken: bool = False
    put: bool = False


@dataclass
class Transfer:
    """A transfer as the floor knows it: what was done, and what was told."""

    name: str
    item: str
    source: str | None
    target: str | None
    goods: list[Goods]
    ref: object = None
    opened_at: datetime | None = None
    done_at: datetime | None = None
    gone_at: datetime | None = None
    ticked: bool = False
    # How many lines the transfer's history amounts to: its present and its former
    # selves.
    lines: int = 1

    def __str__(self):
        return (
            f"{self.name} ({self.qty} {self.item} from {self.source or 'supplier'}"
            f" to {self.target or 'customer'})"
        )

    @property
    def qty(self):
        return sum(goods.qty for goods in self.goods)

    @property
    def is_open(self):
        return bool(self.opened_at and not self.done_at and not self.gone_at)

    def touches(self, key):
        return key.item == self.item and key.place in (self.source, self.target)

    def effect(self, key):
        """What the whole transfer changes at the key."""
        if not self.touches(key):
            return 0
        return self.qty * ((key.place == self.target) - (key.place == self.source))

    def ahead(self, key):
        """How much of it the floor is ahead of book and ticks at the key."""
        if key.place == self.source:
            told = bool(self.done_at) or self.ticked
            return sum(-goods.qty * (goods.taken - told) for goods in self.goods)
        told = bool(self.done_at)
        return sum(goods.qty * (goods.put - told) for goods in self.goods)


class Doubt(NamedTuple):
    """A transfer whose goods and paper said different things at a count."""

    transfer: Transfer
    is_whole: bool
    ended_at: datetime | None


class Sighting(NamedTuple):
    """The truth about a key at one moment."""

    moment: int
    at: datetime
    floor: int
    lost: int
    doubts: list[Doubt]


@dataclass
class Seen:
    """An entry as the floor knows it."""

    uuid: str
    operation: str
    qty: int
    sighting: Sighting
    device: str
    arrived: bool = False
    withdrawn: bool = False


@dataclass
class Tally:
    """A line of a session as the floor knows it."""

    seen: list[Seen] = field(default_factory=list)
    posted_moment: int | None = None
    posted_qty: float = 0
    # Whether the reading that was given is the whole truth; None without one.
    sound_answer: bool | None = None

    def live(self):
        """What the server knows of, in the order in which it was really counted."""
        return [seen for seen in self.seen if seen.arrived and not seen.withdrawn]

    def found(self):
        found = 0
        for seen in self.live():
            found = seen.qty + (found if seen.operation == "add" else 0)
        return found


class Wrong(AssertionError):
    """The book is not what it has to be."""


class Floor:
    """What really happens, told to a backend by people who are late, early or wrong.

    Every public verb of the first group is something that may happen; it does nothing
    when it cannot happen now. Numbers choose among what is possible, so any sequence of
    verbs makes sense and shrinks to a short story.
    """

    def __init__(self, backend: Backend):
        self.backend = backend
        self.keys = [Key(place, ITEM) for place in PLACES]
        self.stock = {key: STOCK[key.place] for key in self.keys}
        self.lost = dict.fromkeys(self.keys, 0)
        self.booked = dict.fromkeys(self.keys, 0)
        self.transfers: list[Transfer] = []
        self.tallies: dict[tuple[int, Key], Tally] = {}
        self.adjusted_moment = dict.fromkeys(self.keys, -1)
        self.journals = {device: [] for device in DEVICES}
        self.moment = 0
        self.story: list[str] = []
        self.happened: Counter = Counter()

    # === What may happen === #

    def open(self, route, qty):
        transfer = self._plan(route, qty)
        self._register(transfer)

    def grab(self, route, qty):
        """Goods are taken first; the transfer is written down later."""
        transfer = self._plan(route, qty)
        if not self._take(transfer, transfer.goods[0]):
            self.transfers.remove(transfer)

    def register(self, nth):
        self._register(self._choose(nth, lambda t: not t.opened_at))

    def take(self, nth):
        transfer = self._choose(nth, self._takeable)
        if transfer:
            self._take(transfer, self._takeable(transfer))

    def put(self, nth):
        transfer = self._choose(nth, self._puttable)
        if transfer:
            self._put(transfer, self._puttable(transfer))

    def put_back(self, nth):
        transfer = self._choose(nth, self._returnable)
        if transfer:
            self._put_back(transfer, self._returnable(transfer))

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
            transfer.lines += 1

    def validate(self, nth):
        transfer = self._choose(nth, lambda t: t.is_open)
        if transfer:
            self._validate(transfer)

    def cancel(self, nth):
        transfer = self._choose(
            nth, lambda t: t.is_open and not any(goods.put for goods in t.goods)
        )
        if transfer:
            self._cancel(transfer)

    def shorten(self, nth):
        """One piece less is needed; whoever has taken it puts it back."""
        transfer = self._choose(nth, lambda t: t.is_open and self._shortenable(t))
        if not transfer:
            return
        goods = self._shortenable(transfer)
        goods.qty -= 1
        if goods.taken and transfer.source:
            self.stock[Key(transfer.source, transfer.item)] += 1
        self._change(transfer, "one piece less")

    def lengthen(self, nth):
        """One piece more is needed, and not taken yet."""
        transfer = self._choose(nth, lambda t: t.is_open)
        if transfer:
            transfer.goods.append(Goods(1, taken=not transfer.source))
            self._change(transfer, "one piece more")

    def scrap(self, place, qty):
        key = self.keys[place]
        if self.stock[key] >= qty:
            self._tell(f"{qty} {key} scrapped")
            self.backend.scrap(key, qty)
            now = self.backend.now()
            scrap = Transfer(
                "scrap", key.item, key.place, None, [Goods(qty, taken=True)]
            )
            scrap.opened_at = scrap.done_at = now
            self.transfers.append(scrap)
            self.stock[key] -= qty
            self.booked[key] -= qty

    def lose(self, place, qty):
        key = self.keys[place]
        if self.stock[key] >= qty:
            self._tell(f"{qty} {key} vanish")
            self.stock[key] -= qty
            self.lost[key] -= qty

    def find(self, place, qty):
        key = self.keys[place]
        self._tell(f"{qty} {key} turn up")
        self.stock[key] += qty
        self.lost[key] += qty

    def adjust(self, place, error):
        """Somebody uses Odoo's own adjustment, with or without a mistake."""
        key = self.keys[place]
        qty = max(0, self.stock[key] + error)
        self._tell(f"{key} adjusted to {qty} in Odoo's own way")
        self.backend.adjust(key, qty)
        self.adjusted_moment[key] = self.moment

    def count(self, session, place, device):
        """Somebody counts all of it, and right."""
        key = self.keys[place]
        self._see(SESSIONS[session], key, DEVICES[device], "set", self.stock[key])

    def count_part(self, session, place, device):
        """Somebody counts a part and adds it up; the next one counts the rest."""
        key, session = self.keys[place], SESSIONS[session]
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
        self._see(SESSIONS[session], self.keys[place], DEVICES[device], "add", 5)

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

    def post(self, session):
        self._post(SESSIONS[session])

    def settle(self, session):
        """Post, read what is held, post that."""
        self._settle([SESSIONS[session]])

    def answer(self, session):
        self._answer(SESSIONS[session])

    def undo(self, session):
        self._undo(SESSIONS[session])

    def pause(self):
        """So long that no transfer done before has to do with a count after it."""
        self._tell("two hours pass")
        self.backend.wait(4 * HOLD_WINDOW)

    # === Goods === #

    def _plan(self, route, qty):
        source, target = ROUTES[route]
        name = f"T{len(self.transfers) + 1}"
        goods = Goods(qty, taken=not source)
        transfer = Transfer(name, ITEM, source, target, [goods])
        self.transfers.append(transfer)
        return transfer

    def _choose(self, nth, is_possible):
        possible = [transfer for transfer in self.transfers if is_possible(transfer)]
        return possible[nth % len(possible)] if possible else None

    def _takeable(self, transfer):
        if transfer.gone_at or not transfer.source:
            return None
        there = self.stock[Key(transfer.source, transfer.item)]
        waiting = (g for g in transfer.goods if not g.taken and g.qty <= there)
        return next(waiting, None)

    def _puttable(self, transfer):
        if transfer.gone_at or not transfer.target:
            return None
        return next((g for g in transfer.goods if g.taken and not g.put), None)

    def _returnable(self, transfer):
        if transfer.done_at or not transfer.source:
            return None
        return next((g for g in transfer.goods if g.taken and not g.put), None)

    def _shortenable(self, transfer):
        return next((g for g in transfer.goods if g.qty > 1 and not g.put), None)

    def _take(self, transfer, goods):
        if not transfer.source or self.stock[Key(transfer.source, ITEM)] < goods.qty:
            return False
        self._tell(f"{goods.qty} pieces are taken for {transfer}")
        self.stock[Key(transfer.source, transfer.item)] -= goods.qty
        goods.taken = True
        return True

    def _put(self, transfer, goods):
        self._tell(f"{goods.qty} pieces of {transfer} are put into {transfer.target}")
        self.stock[Key(transfer.target, transfer.item)] += goods.qty
        goods.put = True

    def _put_back(self, transfer, goods):
        self._tell(f"{goods.qty} pieces of {transfer} are put back")
        self.stock[Key(transfer.source, transfer.item)] += goods.qty
        goods.taken = False

    # === Paper === #

    def _register(self, transfer):
        if transfer:
            self._tell(f"{transfer} is made and reserved")
            transfer.opened_at = self.backend.now()
            transfer.ref = self.backend.open_transfer(
                transfer.item, transfer.source, transfer.target, transfer.qty
            )

    def _change(self, transfer, what):
        self._tell(f"{transfer}: {what}")
        self.backend.change(transfer.ref, transfer.qty)
        transfer.lines += 1

    def _validate(self, transfer):
        self._tell(f"{transfer} is validated")
        self.backend.validate(transfer.ref)
        transfer.done_at = self.backend.now()
        for key in self.keys:
            self.booked[key] += transfer.effect(key)

    def _cancel(self, transfer):
        self._tell(f"{transfer} is cancelled")
        self.backend.cancel(transfer.ref)
        transfer.gone_at = self.backend.now()
        transfer.ticked = False

    # === Counts === #

    def _tally(self, session, key):
        return self.tallies.setdefault((session, key), Tally())

    def _sight(self, key):
        doubts = [
            Doubt(t, abs(t.ahead(key)) == t.qty, t.done_at or t.gone_at)
            for t in self.transfers
            if t.touches(key) and t.ahead(key)
        ]
        now = self.backend.now()
        return Sighting(self.moment, now, self.stock[key], self.lost[key], doubts)

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
        tally.sound_answer = None
        for seen in tally.seen:
            if seen.uuid == sent.uuid:
                seen.arrived = True
            elif seen.uuid == sent.withdraws:
                seen.withdrawn = True

    # === Posting === #

    def corrected(self, key):
        """What counts and native adjustments made of the book so far."""
        return self.backend.book(key) - STOCK[key.place] - self.booked[key]

    def _is_sound(self, sighting, key):
        """Whether a count made then can tell what is really missing now."""
        if not sighting.doubts:
            return True
        if sighting.lost != self.corrected(key):
            return False
        touching = sum(t.lines for t in self.transfers if t.touches(key))
        return touching <= MAX_EXPLAINING and all(
            doubt.is_whole
            and doubt.transfer.opened_at
            and doubt.transfer.opened_at <= sighting.at + HOLD_WINDOW
            and (doubt.ended_at or sighting.at) >= sighting.at - HOLD_WINDOW
            for doubt in sighting.doubts
        )

    def _get_claim(self, session, key):
        """What has to be corrected once the line is posted, None if nobody can know."""
        tally = self._tally(session, key)
        if not tally.live():
            return None
        sighting = tally.live()[-1].sighting
        sound = tally.sound_answer
        if sound is None:
            sound = self._is_sound(sighting, key)
        return sighting.lost if sound and tally.found() == sighting.floor else None

    def _is_superseded(self, session, key, moment):
        """Whether a newer count was posted, or Odoo's own adjustment came later.

        A line that is posted again after its last entry was withdrawn is as old as what
        is left of it.
        """
        newer = (
            tally.posted_moment > moment
            for (rival, at), tally in self.tallies.items()
            if at == key and rival != session and tally.posted_moment is not None
        )
        return any(newer) or self.adjusted_moment[key] > moment

    def _post(self, session):
        self._tell(f"session {session} is posted")
        before = {key: self.corrected(key) for key in self.keys}
        claims = {key: self._get_claim(session, key) for key in self.keys}
        outcomes = self.backend.post(session)
        for key in self.keys:
            changed = self.corrected(key) - before[key]
            if outcomes.get(key) != "posted" and changed:
                self._fail(f"{key} changed by {changed:+g}, but nothing was posted")
            if key in outcomes:
                self._check_outcome(session, key, outcomes[key], changed)
            if outcomes.get(key) == "posted":
                self._check_posted(session, key, changed, claims[key])
        again = self.backend.post(session)
        if any(outcomes.get(key) == "posted" for key in again):
            self._fail("A line was posted twice")

    def _check_outcome(self, session, key, outcome, changed):
        self._tell(f"  {key} is {outcome} ({changed:+g})")
        live = self._tally(session, key).live()
        if not live:
            self._fail(f"{key} is {outcome}, but nobody counted it")
        moment = live[-1].sighting.moment
        self.happened[outcome] += 1
        must = self._is_superseded(session, key, moment)
        if outcome == "failed" or (outcome == "superseded") != must:
            self._fail(f"{key} is {outcome}; a newer count was posted: {must}")
        if outcome == "held" and not any(t.touches(key) for t in self.transfers):
            self._fail(f"{key} is held, but there is no transfer")

    def _check_posted(self, session, key, changed, claim):
        tally = self._tally(session, key)
        sighting = tally.live()[-1].sighting
        self.happened["checked"] += claim is not None
        self.happened["checked in doubt"] += claim is not None and bool(sighting.doubts)
        self.happened["posted again"] += tally.posted_moment is not None
        tally.posted_moment = sighting.moment
        tally.posted_qty += changed
        if claim is not None and self.corrected(key) != claim:
            self._fail(
                f"{key}: {claim:+g} really lost or found until it was counted,"
                f" but the book was corrected by {self.corrected(key):+g}"
            )

    def _answer(self, session):
        """Somebody who knows what happened reads the holds."""
        for key in self.backend.held(session):
            tally = self._tally(session, key)
            sighting = tally.live()[-1].sighting
            nothing_lost = sighting.lost == self.corrected(key)
            reading = "transfer" if nothing_lost else "variance"
            self._tell(f"session {session}, {key} is held: it is the {reading}")
            self.happened[reading] += 1
            tally.sound_answer = self._is_sound(sighting, key)
            self.backend.answer(session, key, reading)

    def _undo(self, session):
        """Which lines can be undone is the backend's business, but no superseded one.

        What was undone is counted and not posted, as if it had never been posted.
        """
        self._tell(f"session {session} is undone")
        before = {key: self.corrected(key) for key in self.keys}
        undone = self.backend.undo(session)
        for key in self.keys:
            due = self._undo_line(session, key) if key in undone else 0
            took_back = before[key] - self.corrected(key)
            if took_back != due:
                self._fail(f"{key}: undoing took {took_back:g} back instead of {due:g}")

    def _undo_line(self, session, key):
        """What undoing has to take back."""
        self._tell(f"  {key} is undone")
        self.happened["undone"] += 1
        tally = self._tally(session, key)
        later = self._is_superseded(session, key, tally.posted_moment)
        if tally.posted_qty and later:
            self._fail(f"{key}: undone although a later count was posted")
        due, tally.posted_qty, tally.posted_moment = tally.posted_qty, 0, None
        return due

    # === The whole story === #

    def play(self, events):
        """Let things happen, a minute each."""
        for verb, *numbers in events:
            self.moment += 1
            self.backend.wait(MINUTE)
            getattr(self, verb)(*numbers)

    def finish(self):
        """Clear the desk, carry everything out and count all once more."""
        self._settle(SESSIONS)
        for transfer in self.transfers:
            self.backend.wait(MINUTE)
            self._complete(transfer)
        self.play([("sync", DEVICES.index("phone"))])
        for place in range(len(PLACES)):
            self.moment += 1
            self.backend.wait(MINUTE)
            key = self.keys[place]
            self._see(LAST_SESSION, key, "sheet", "set", self.stock[key])
        self._settle([LAST_SESSION])
        self._check_end()
        # The other device comes back at last, and everybody posts what is left over.
        self.play([("sync", DEVICES.index("scanner"))])
        self._settle([*SESSIONS, LAST_SESSION])
        self._check_end()

    def _complete(self, transfer):
        if not transfer.opened_at:
            self._register(transfer)
        while goods := self._takeable(transfer):
            self._take(transfer, goods)
        if any(not goods.taken for goods in transfer.goods):
            self._give_up(transfer)
        while goods := self._puttable(transfer):
            self._put(transfer, goods)
        if transfer.is_open:
            self._validate(transfer)
        while transfer.gone_at and (goods := self._returnable(transfer)):
            self._put_back(transfer, goods)

    def _give_up(self, transfer):
        """What the transfer needs is not there any more."""
        if transfer.gone_at:
            return
        if transfer.is_open and not any(goods.put for goods in transfer.goods):
            self._cancel(transfer)
            return
        key = Key(transfer.source, transfer.item)
        for goods in transfer.goods:
            if not goods.taken:
                # It was validated and delivered: then it was taken from elsewhere, and
                # what is missing here is missing less.
                self._tell(f"{goods.qty} pieces of {transfer} come from elsewhere")
                self.lost[key] += goods.qty
                goods.taken = True

    def _settle(self, sessions):
        for session in sessions:
            self._post(session)
            self._answer(session)
            self._post(session)

    def _check_end(self):
        for key in self.keys:
            if self.backend.book(key) != self.stock[key]:
                book = self.backend.book(key)
                self._fail(
                    f"In the end {key} is {self.stock[key]}, booked are {book:g}"
                )

    def _tell(self, sentence):
        self.story.append(f"{self.backend.now():%H:%M} {sentence}")

    def _fail(self, what):
        raise Wrong("\n".join([what, "What happened:", *self.story]))


def run(events, backend: Backend) -> Counter:
    """Play a sequence of events to its end, and check everything on the way.

    :raise Wrong: with the story that shows it
    """
    floor = Floor(backend)
    floor.play(events)
    floor.finish()
    return floor.happened
