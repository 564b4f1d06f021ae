"""Why a line may differ: small rules that look at numbers and give a score with
evidence.

A rule knows one story. It returns a ``Cause`` when the numbers fit, or None. The score
is how much better than chance the story explains exactly this variance, between 0 and
1: it orders the causes of a line and is no probability.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Nearby(NamedTuple):
    """The same thing off by some quantity in another place of the session."""

    place: str
    variance: float
    same_zone: bool = False


class Pack(NamedTuple):
    """A packaging or unit that people count in; ``size`` in product units."""

    name: str
    size: float


class Transfer(NamedTuple):
    """A transfer at this key; ``qty`` is its effect there, negative when it takes."""

    name: str
    qty: float
    picked: bool = False
    done: bool = False


class Case(NamedTuple):
    """What is known of a line with a variance; quantities in the product unit.

    ``transfers`` are the ones that would explain the variance exactly, ``moved`` those
    done since the count.
    """

    found: float
    expected: float
    variance: float
    transfers: tuple[Transfer, ...] = ()
    moved: tuple[Transfer, ...] = ()
    nearby: tuple[Nearby, ...] = ()
    packs: tuple[Pack, ...] = ()
    serial_place: str | None = None


class Cause(NamedTuple):
    """A possible cause: its code, score, the facts for its words, and what to do.

    ``action`` is ``recount``, ``propose_move``, ``check`` (to be posted),
    ``open_transfer`` or ``open_receipts``.
    """

    code: str
    score: float
    facts: dict[str, Any]
    action: str


def open_transfer(case: Case) -> Cause | None:
    """Goods were taken before they were ticked, or ticked before they were taken.

    >>> open_transfer(Case(7, 10, -3, (Transfer("OUT/1", -3),))).facts["names"]
    'OUT/1'
    """
    if not case.transfers:
        return None
    names = ", ".join(dict.fromkeys(transfer.name for transfer in case.transfers))
    open_ones = any(not transfer.done for transfer in case.transfers)
    # The fewer transfers it takes, the less likely is a coincidence.
    score = 0.95 if len(case.transfers) == 1 else 0.7
    return Cause(
        "open_transfer",
        score if open_ones else score - 0.1,
        {"names": names, "qty": abs(case.variance)},
        "open_transfer",
    )


def serial_elsewhere(case: Case) -> Cause | None:
    """The serial number is booked in another place.

    >>> serial_elsewhere(Case(1, 0, 1, serial_place="Shelf 2")).action
    'check'
    """
    if not case.serial_place or case.variance <= 0:
        return None
    return Cause("serial_elsewhere", 0.98, {"place": case.serial_place}, "check")


def found_next_door(case: Case) -> Cause | None:
    """The same quantity is too much, or missing, in another place.

    >>> found_next_door(Case(7, 10, -3, nearby=(Nearby("Shelf 2", 3.0),))).score
    0.8
    """
    fitting = [near for near in case.nearby if near.variance == -case.variance]
    if not fitting:
        return None
    best = max(fitting, key=lambda near: near.same_zone)
    facts = {"place": best.place, "qty": abs(case.variance)}
    return Cause(
        "found_next_door", 0.9 if best.same_zone else 0.8, facts, "propose_move"
    )


def counted_in_packs(case: Case) -> Cause | None:
    """Packs were counted instead of units, or units instead of packs.

    >>> counted_in_packs(Case(4, 48, -44, packs=(Pack("Box of 12", 12),))).facts["pack"]
    'Box of 12'
    """
    for pack in case.packs:
        if pack.size <= 1 or not case.found or case.expected <= 0:
            continue
        if case.found * pack.size == case.expected:
            facts = {"pack": pack.name, "right": case.expected}
            return Cause("packs_for_units", 0.85, facts, "recount")
        if case.found == case.expected * pack.size:
            facts = {"pack": pack.name, "right": case.expected}
            return Cause("units_for_packs", 0.85, facts, "recount")
    return None


def swapped_digits(case: Case) -> Cause | None:
    """Two neighbouring digits change places in writing and typing: 63 becomes 36.

    >>> swapped_digits(Case(36, 63, -27)).code
    'swapped_digits'
    >>> swapped_digits(Case(37, 63, -26)) is None
    True
    """
    if case.found != int(case.found) or case.expected != int(case.expected):
        return None
    typed, right = str(int(case.found)), str(int(case.expected))
    if len(typed) != len(right) or len(right) < 2:
        return None
    off = [
        i for i, (one, two) in enumerate(zip(typed, right, strict=True)) if one != two
    ]
    if len(off) != 2 or off[1] - off[0] != 1:
        return None
    if typed[off[0]] != right[off[1]] or typed[off[1]] != right[off[0]]:
        return None
    return Cause("swapped_digits", 0.6, {"right": case.expected}, "recount")


def lost_digit(case: Case) -> Cause | None:
    """A digit was left out or doubled at the end: 120 becomes 12.

    >>> lost_digit(Case(12, 120, -108)).code
    'lost_digit'
    """
    if not case.found or case.expected <= 0:
        return None
    if case.found != int(case.found) or case.expected != int(case.expected):
        return None
    shorter, longer = sorted((str(int(case.found)), str(int(case.expected))), key=len)
    if len(longer) - len(shorter) != 1 or not longer.startswith(shorter):
        return None
    return Cause("lost_digit", 0.5, {"right": case.expected}, "recount")


def negative_book(case: Case) -> Cause | None:
    """The book was below zero, which no floor is: something that came was not booked.

    >>> negative_book(Case(0, -4, 4)).action
    'open_receipts'
    """
    if case.expected >= 0 or case.found < 0:
        return None
    return Cause("negative_book", 0.9, {"qty": -case.expected}, "open_receipts")


def moved_after_count(case: Case) -> Cause | None:
    """What moved after the count is exactly what differs: it may have moved before it.

    >>> left = Transfer("OUT/1", -3, done=True)
    >>> moved_after_count(Case(7, 10, -3, moved=(left,))).code
    'moved_after_count'
    """
    fitting = [m for m in case.moved if m.qty in (case.variance, -case.variance)]
    if not fitting or case.transfers:
        return None
    return Cause("moved_after_count", 0.65, {"names": fitting[0].name}, "recount")


RULES: tuple[Callable[[Case], Cause | None], ...] = (
    open_transfer,
    serial_elsewhere,
    found_next_door,
    counted_in_packs,
    swapped_digits,
    lost_digit,
    negative_book,
    moved_after_count,
)


def probable_causes(case: Case, rules: Iterable = RULES) -> list[Cause]:
    """The causes that fit, most telling first.

    >>> [cause.code for cause in probable_causes(Case(36, 63, -27))]
    ['swapped_digits']
    """
    if not case.variance:
        return []
    causes = [cause for rule in rules if (cause := rule(case))]
    return sorted(causes, key=lambda cause: -cause.score)
