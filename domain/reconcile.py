"""What was there when it was counted, and what has to be posted for it.

The arithmetic for one key (product, location, lot, package, owner) counted at moment
``c`` with found quantity ``F``; all quantities are in the product's unit:

    B         book quantity that the count's own transaction read
    E         what had left the key at c and the book had not noticed: open move lines
              ticked as picked, source side only (never positive)
    C         net corrections of the key after c: they change the book, not the floor
    expected  = B + E
    variance  = F - expected - C

Physical moves after ``c`` change book and floor alike and cancel out, so nothing needs
to be frozen while people count.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from .documents import Claim, may_explain

# A transfer that was ticked or validated within this time of the count may have been
# carried out on the floor before or after it: nobody ticks in the second of the grip.
HOLD_WINDOW = timedelta(minutes=30)

# Above this many transfers at one key every number is the sum of some of them, so an
# explanation by several of them explains nothing.
MAX_EXPLAINING = 12


class Entry(NamedTuple):
    """One observation of a line, as it was recorded.

    :param id: any identity; ``withdraws`` names the id of the entry taken back
    :param operation: ``add``, ``set`` or ``withdraw``
    :param qty: product unit; ignored for ``withdraw``
    :param counted_at: UTC, already corrected for the device's clock
    :param stamp: drawn from the one sequence that corrections draw from, too
    """

    id: int
    operation: str
    qty: float
    counted_at: datetime
    stamp: int
    withdraws: int | None = None


class Count(NamedTuple):
    """What the entries of a line add up to."""

    found: float
    first: Entry
    last: Entry


class Movement(NamedTuple):
    """A move line seen from one key.

    :param qty: signed effect on the key's book, product unit: negative at its source
    :param opened_at: UTC, when the move was made
    :param picked_at: UTC, when it was ticked as picked
    :param done_at: UTC, when it changed the book; None while the transfer is open
    :param after: the book that the count read did not contain it
    :param gone_at: UTC, when an open line was taken away, unticked or changed. Whoever
        counted before that may have missed goods that were put back since, so a line's
        former self stays a movement of its own
    """

    id: int
    qty: float
    opened_at: datetime
    picked_at: datetime | None = None
    done_at: datetime | None = None
    after: bool = False
    correction: bool = False
    gone_at: datetime | None = None

    def is_booked(self) -> bool:
        """Whether the book at the count contained it."""
        return self.done_at is not None and not self.after

    def is_picked(self, counted_at: datetime) -> bool:
        """Whether it was ticked as picked at the count: its goods had left their bin.

        Only the source side: whether they had arrived is another question.
        """
        return (
            self.qty < 0
            and not self.correction
            and self.picked_at is not None
            and self.picked_at <= counted_at
            and not self.is_booked()
            and (self.gone_at is None or self.gone_at > counted_at)
        )


class Facts(NamedTuple):
    """What posting has to know of a counted line.

    :param book: B, :param picked: E, :param corrected: C
    :param book_now: the key's book in the transaction that posts
    :param moved: net quantity of all move lines done since B was read
    :param superseded: a newer count or native correction of the key was posted
    :param answer: ``transfer`` or ``variance`` when a person answered a hold, else None
    :param explained: the part of the difference that a person says open documents
        explain, signed like a variance; what remains is the variance
    :param asked: the count was held before and nobody has answered for the line
    :param answered: somebody has answered documents for the line since it was counted
    """

    found: float
    book: float
    picked: float = 0.0
    corrected: float = 0.0
    book_now: float = 0.0
    moved: float = 0.0
    superseded: bool = False
    answer: str | None = None
    explained: float = 0.0
    asked: bool = False
    answered: bool = False


class Verdict(NamedTuple):
    """What to do with a counted line.

    ``kind`` is one of

    - ``post``: a move of ``variance`` has to be made
    - ``nothing``: book and floor agree
    - ``held``: the move lines in ``explained_by`` would explain the variance exactly,
      or did when it was counted and are gone (a cancelled transfer's goods may be
      back), or documents that were open at the count could explain a part of it
    - ``superseded``: a newer count of the key counts
    - ``disturbed``: the book changed by something that is not a move
    """

    kind: str
    variance: float = 0.0
    explained_by: tuple[int, ...] = ()


def fold(entries: Iterable[Entry]) -> Count | None:
    """Add up the entries of a line in the order in which they were counted.

    A ``set`` replaces what was counted before it, an ``add`` adds to it, a withdrawn
    entry never was. None means "not counted", which is not zero.

    >>> at = datetime(2026, 1, 1, 9)
    >>> fold([Entry(1, "add", 3, at, 1), Entry(2, "add", 4, at, 2)]).found
    7.0
    >>> fold([Entry(1, "add", 3, at, 1), Entry(2, "withdraw", 0, at, 2, 1)]) is None
    True
    >>> late = Entry(9, "set", 5, datetime(2026, 1, 1, 8), 9)
    >>> fold([Entry(1, "add", 3, at, 1), late]).found
    8.0
    """
    entries = list(entries)
    withdrawn = {entry.withdraws for entry in entries if entry.operation == "withdraw"}
    live = sorted(
        (e for e in entries if e.operation != "withdraw" and e.id not in withdrawn),
        key=lambda entry: (entry.counted_at, entry.stamp),
    )
    if not live:
        return None
    found, first = 0.0, live[0]
    for entry in live:
        if entry.operation == "set":
            found, first = float(entry.qty), entry
        else:
            found += entry.qty
    return Count(found, first, live[-1])


def variance_of(facts: Facts, digits: int) -> float:
    """The variance in the product unit, rounded to the unit's ``digits``.

    >>> variance_of(Facts(found=8, book=10), 2)
    -2.0
    >>> variance_of(Facts(found=7, book=10, picked=-3), 2)
    0.0
    >>> variance_of(Facts(found=8, book=10, corrected=-2), 2)
    0.0
    >>> variance_of(Facts(found=6, book=10, explained=-3), 2)
    -1.0
    """
    expected = facts.book + facts.picked + facts.corrected
    variance = facts.found - expected - facts.explained
    # Adding 0.0 turns -0.0 into 0.0.
    return round(variance, digits) + 0.0


def book_at(book_read: float, movements: Iterable[Movement]) -> float:
    """The book at the count, rolled back from one read later (a phone without network).

    :param movements: those of the key; the ones with ``after`` are taken out again
    """
    return book_read - sum(m.qty for m in movements if m.done_at and m.after)


def picked_at_count(movements: Iterable[Movement], counted_at: datetime) -> float:
    """E: what had been ticked as picked at the count and was not in its book.

    >>> at = datetime(2026, 1, 1, 9)
    >>> picked_at_count([Movement(1, -3, at, picked_at=at), Movement(2, 5, at, at)], at)
    -3
    """
    return sum(m.qty for m in movements if m.is_picked(counted_at))


def _misread_effect(movement: Movement, counted_at: datetime) -> float:
    """How much more would be found, had the floor run ahead of or behind the book.

    What the book (or E) has already taken account of may not have happened on the floor
    yet; what it has not may have happened already.
    """
    expected = movement.is_booked() or movement.is_picked(counted_at)
    return -movement.qty if expected else movement.qty


def _may_explain(movement: Movement, counted_at: datetime) -> bool:
    if movement.correction or not movement.qty:
        return False
    if movement.opened_at > counted_at + HOLD_WINDOW:
        return False
    ended_at = movement.done_at or movement.gone_at
    return ended_at is None or ended_at >= counted_at - HOLD_WINDOW


def _may_have_run_ahead(
    variance: float, movement: Movement, counted_at: datetime
) -> bool:
    """Whether a movement that was open at the count, and was finished or changed since,
    could explain a part of the variance."""
    ended_at = movement.done_at or movement.gone_at
    if movement.correction or movement.opened_at > counted_at:
        return False
    if ended_at is None or ended_at <= counted_at or movement.is_booked():
        return False
    assumed = movement.qty if movement.is_picked(counted_at) else 0.0
    return (movement.qty - assumed) * variance > 0 or -assumed * variance > 0


def explain(
    variance: float,
    movements: Sequence[Movement],
    counted_at: datetime,
    digits: int,
) -> tuple[int, ...]:
    """The fewest move lines that would explain the variance exactly, () if none would.

    People often take goods before they tick them, tick before they take them, or put
    them back; so a variance equal to what such lines amount to needs a person's
    reading.

    >>> at = datetime(2026, 1, 1, 9)
    >>> explain(-3.0, [Movement(7, -3, at)], at, 2)
    (7,)
    >>> explain(3.0, [Movement(7, -3, at, picked_at=at)], at, 2)
    (7,)
    >>> explain(-2.0, [Movement(7, -3, at)], at, 2)
    ()
    """
    candidates = [m for m in movements if _may_explain(m, counted_at)]
    if len(candidates) > MAX_EXPLAINING:
        candidates.sort(key=lambda m: abs((m.done_at or m.opened_at) - counted_at))
    target = round(variance, digits)
    sums: dict[float, tuple[int, ...]] = {0.0: ()}
    for movement in candidates[:MAX_EXPLAINING]:
        effect = _misread_effect(movement, counted_at)
        for total, ids in list(sums.items()):
            reached = round(total + effect, digits) + 0.0
            if reached not in sums or len(sums[reached]) > len(ids) + 1:
                sums[reached] = (*ids, movement.id)
    return sums.get(target, ()) if target else ()


def judge(
    facts: Facts,
    movements: Sequence[Movement],
    counted_at: datetime,
    digits: int,
    claims: Sequence[Claim] = (),
) -> Verdict:
    """What is to be done with a counted line, by the rules 1, 3, 5, 6 and 14.

    :param claims: of open documents around the line that nobody has been asked about

    >>> judge(Facts(found=8, book=10, book_now=10), [], datetime(2026, 1, 1), 2)
    Verdict(kind='post', variance=-2.0, explained_by=())
    """
    variance = variance_of(facts, digits)
    if facts.superseded:
        return Verdict("superseded", variance)
    if round(facts.book_now - facts.book - facts.moved, digits):
        return Verdict("disturbed", variance)
    if not variance:
        return Verdict("nothing")
    if facts.answer:
        return Verdict("post", variance)
    explained_by = explain(variance, movements, counted_at, digits)
    held = explained_by or may_explain(claims, variance)
    if facts.asked and not held:
        # Of what it was held for, documents that were answered explain no more.
        held = not facts.answered or any(
            _may_have_run_ahead(variance, m, counted_at) for m in movements
        )
    return Verdict("held" if held else "post", variance, explained_by)


def corrected_time(
    counted_at: datetime | None, received_at: datetime, clock_offset: timedelta
) -> datetime:
    """When it was counted by the server's clock: never in the future.

    :param counted_at: UTC by the device's clock; None means now
    :param clock_offset: the device's clock minus the server's

    >>> now = datetime(2026, 1, 1, 12)
    >>> corrected_time(datetime(2026, 1, 1, 14), now, timedelta(hours=3))
    datetime.datetime(2026, 1, 1, 11, 0)
    >>> corrected_time(datetime(2026, 1, 1, 14), now, timedelta())
    datetime.datetime(2026, 1, 1, 12, 0)
    """
    if counted_at is None:
        return received_at
    return min(counted_at - clock_offset, received_at)
