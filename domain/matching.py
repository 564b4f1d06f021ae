"""Pairs of a shortage and an overage of one thing: found elsewhere rather than lost.

Within one product (and lot, owner, package) what is missing in some places may be what
is too much in others. The proposal moves as much as can be moved, in as few moves as
the greedy choice allows, equal quantities first: a person accepts each pair.
"""

from collections.abc import Hashable, Iterable
from typing import NamedTuple


class Imbalance(NamedTuple):
    """A line whose variance might be matched.

    :param id: of the line
    :param group: what may be matched with each other (product, lot, owner, package)
    :param qty: variance in the product unit, negative for a shortage
    """

    id: int
    group: Hashable
    qty: float


class Pair(NamedTuple):
    """A proposed location move of ``qty`` from the shortage to the overage line."""

    shortage_id: int
    overage_id: int
    qty: float


def propose_moves(imbalances: Iterable[Imbalance], digits: int) -> list[Pair]:
    """Pairs that move the greatest total quantity, min(missing, too much) of each
    group.

    Any complete allocation moves that much; equal quantities are paired first, because
    one shelf's contents on another shelf is the likely story, then the largest
    remainders.

    >>> sides = [Imbalance(1, "P", -3), Imbalance(2, "P", 5), Imbalance(3, "P", 3)]
    >>> propose_moves(sides, 2)
    [Pair(shortage_id=1, overage_id=3, qty=3)]
    """
    groups: dict[Hashable, list[Imbalance]] = {}
    for imbalance in imbalances:
        groups.setdefault(imbalance.group, []).append(imbalance)
    pairs: list[Pair] = []
    for members in groups.values():
        pairs += _match(members, digits)
    return pairs


def _match(members: list[Imbalance], digits: int) -> list[Pair]:
    missing = {m.id: round(-m.qty, digits) for m in members if m.qty < 0}
    surplus = {m.id: round(m.qty, digits) for m in members if m.qty > 0}
    return [
        *_match_equal(missing, surplus),
        *_match_rest(missing, surplus, digits),
    ]


def _match_equal(missing: dict[int, float], surplus: dict[int, float]) -> list[Pair]:
    """Take out the pairs of equal quantities."""
    by_qty: dict[float, list[int]] = {}
    for line_id, qty in sorted(surplus.items(), reverse=True):
        by_qty.setdefault(qty, []).append(line_id)
    pairs = []
    for line_id, qty in sorted(missing.items()):
        if by_qty.get(qty):
            other = by_qty[qty].pop()
            pairs.append(Pair(line_id, other, qty))
            del missing[line_id], surplus[other]
    return pairs


def _match_rest(
    missing: dict[int, float], surplus: dict[int, float], digits: int
) -> list[Pair]:
    """Allocate what is left, largest first, until one side is used up."""

    def largest_first(quantities):
        return sorted(quantities.items(), key=lambda item: (-item[1], item[0]))

    shortages, overages = largest_first(missing), largest_first(surplus)
    pairs = []
    while shortages and overages:
        (short_id, needed), (over_id, there) = shortages.pop(0), overages.pop(0)
        qty = min(needed, there)
        pairs.append(Pair(short_id, over_id, qty))
        if round(needed - qty, digits):
            shortages.insert(0, (short_id, round(needed - qty, digits)))
        if round(there - qty, digits):
            overages.insert(0, (over_id, round(there - qty, digits)))
    return pairs
