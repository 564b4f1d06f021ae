"""What open documents may have done to a counted line before they are booked.

Goods reach the shelf, leave it and are counted before their document is finished. A
line cannot know which part of its variance a document will book later; a person can,
and knows it for the whole document. So a document is asked once, and each answer says
by line how much of the variance is the document's:

    variance  = F - B - E - C        as in domain.reconcile
    remaining = variance - sum of what the answered documents explain

What remains is posted, what a document explains is left to it: by the time the document
is finished, it has booked (or its goods were put back) exactly that.

All quantities are signed effects on the stock of the counted place in the product's
unit: negative where goods leave, positive where they arrive.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

HAPPENED = "happened"
NOT_YET = "not_yet"
PARTLY = "partly"
ANSWERS = (HAPPENED, NOT_YET, PARTLY)


class Claim(NamedTuple):
    """What one movement of an open document may have done to one counted line.

    :param line: identity of the counted line
    :param movement: identity of the movement; one movement claims several lines where
        its goods may have been taken from, or put into, another lot, package or place
    :param qty: what the movement does to the stock of its place when it happens
    :param own: the document books the line's own key
    :param assumed: what is expected on the line takes the movement as happened already,
        because it was ticked as picked before the count
    """

    line: int
    movement: str
    qty: float
    own: bool = False
    assumed: bool = False

    def effect(self) -> float:
        """How much more than expected would be found, if paper and floor disagree.

        >>> Claim(1, "a", -3).effect()
        -3
        >>> Claim(1, "a", -3, own=True, assumed=True).effect()
        3
        """
        return -self.qty if self.assumed and self.own else self.qty


def may_explain(claims: Iterable[Claim], variance: float) -> bool:
    """Whether a document could explain the variance, or a part of it.

    >>> may_explain([Claim(1, "a", -3)], -4.0)
    True
    >>> may_explain([Claim(1, "a", -3)], 2.0)
    False
    """
    return any(claim.effect() * variance > 0 for claim in claims)


def explained_by_all(
    claims: Sequence[Claim], variances: dict[int, float], answer: str
) -> dict[tuple[int, str], float]:
    """What a document explains on each line by one answer for all of it.

    :param claims: of one document on counted lines, the closest place first
    :param variances: line → variance that nothing explains yet
    :param answer: ``happened`` (all of it had happened when the lines were counted) or
        ``not_yet`` (nothing of it had)
    :return: (line, movement) → quantity; the claims that explain nothing have 0

    >>> claims = [Claim(1, "a", -3, own=True)]
    >>> explained_by_all(claims, {1: -4.0}, "happened")
    {(1, 'a'): -3.0}
    >>> explained_by_all(claims, {1: -4.0}, "not_yet")
    {(1, 'a'): 0.0}

    Reserved from lot 1, taken from lot 2:

    >>> claims = [Claim(1, "a", -4, own=True), Claim(2, "a", -4)]
    >>> explained_by_all(claims, {1: 0.0, 2: -4.0}, "happened")
    {(1, 'a'): 0.0, (2, 'a'): -4.0}
    """
    left, result = dict(variances), {}
    for movement in dict.fromkeys(claim.movement for claim in claims):
        of_movement = [claim for claim in claims if claim.movement == movement]
        share = _share if answer == HAPPENED else _take_back
        for line, qty in share(of_movement, left).items():
            result[line, movement] = float(qty) + 0.0
            left[line] -= qty
    return result


def _share(claims, left):
    """Where a movement that has happened took place, by what the lines lack.

    The line that the document books comes first, then the others. What no line lacks
    belongs to the document's own line, because the person says that all of it has
    happened; unless that line has no variance at all, which shows that it was counted
    before the movement.
    """
    qty = claims[0].qty
    own = next((claim for claim in claims if claim.own), None)
    assumed = any(claim.assumed for claim in claims)
    rest = 0 if assumed else qty
    shares = dict.fromkeys((claim.line for claim in claims), 0)
    if own:
        shares[own.line] = _between(left[own.line], rest - qty, rest)
        rest -= shares[own.line]
    for claim in claims:
        if not claim.own:
            shares[claim.line] = _between(left[claim.line], 0, rest)
            rest -= shares[claim.line]
    if own and left[own.line]:
        shares[own.line] += rest
    return shares


def _take_back(claims, left):
    """What is expected takes a ticked movement as happened; it has not."""
    return {
        claim.line: claim.effect()
        if claim.own and claim.assumed and left[claim.line]
        else 0
        for claim in claims
    }


def _between(value, one, other):
    return min(max(value, min(one, other)), max(one, other))


def explained_by_parts(
    claims: Sequence[Claim],
    variances: dict[int, float],
    happened: dict[int, float],
) -> dict[tuple[int, str], float]:
    """What a document explains on each line of which a person knows the part.

    More than the document moves may have happened: a delivery over what was ordered.

    :param claims: of one document on counted lines, the closest place first
    :param variances: line → variance that nothing explains yet
    :param happened: line → how much of the document took place there by the count, not
        signed; a line that is missing had nothing of it
    :return: (line, movement) → quantity

    >>> explained_by_parts([Claim(1, "a", 5)], {1: 4.0}, {1: 4})
    {(1, 'a'): 4.0}
    >>> explained_by_parts([Claim(1, "a", -3, True, True)], {1: 2.0}, {1: 1})
    {(1, 'a'): 2.0}
    """
    left, result = dict(happened), {}
    for claim in claims:
        more = any(
            other.line == claim.line and (other.line, other.movement) not in result
            for other in claims
            if other != claim
        )
        part = left.get(claim.line, 0)
        taken = min(part, abs(claim.qty)) if more else part
        left[claim.line] = part - taken
        signed = taken if claim.qty > 0 else -taken
        expected = claim.qty if claim.own and claim.assumed else 0
        result[claim.line, claim.movement] = float(signed - expected) + 0.0
    return result
