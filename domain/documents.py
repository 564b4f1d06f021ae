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
unit: negative where goods leave, positive where they arrive. What a document explains
of a line is what of it had happened there when the line was counted, less what was
expected of it (its part of E)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
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
    :param assumed: how much of it is a part of what is expected on the line, because it
        had been ticked as picked when the line was counted; the quantity may have been
        changed since
    """

    line: int
    movement: str
    qty: float
    own: bool = False
    assumed: float = 0.0

    def way(self) -> int:
        """Whether its goods leave (-1) or arrive (1)."""
        return -1 if (self.qty or self.assumed) < 0 else 1

    def part_of(self, rest: float) -> float:
        """How much of the movement is left, where so much is of all that the document
        moves this way.

        >>> Claim(1, "a", -3).part_of(-5), Claim(1, "a", -3).part_of(2)
        (-3, 0)
        """
        return min(max(rest, min(self.qty, 0)), max(self.qty, 0))

    def may_explain(self, variance: float) -> bool:
        """Whether the movement could explain the variance, or a part of it: if all of
        it had happened when the line was counted, or if nothing of it had.

        >>> Claim(1, "a", -3).may_explain(-4.0)
        True
        >>> Claim(1, "a", -3).may_explain(2.0)
        False
        >>> Claim(1, "a", -3, own=True, assumed=-3).may_explain(2.0)
        True
        """
        effects = (self.qty - self.assumed, -self.assumed)
        return any(effect * variance > 0 for effect in effects)


def may_explain(claims: Iterable[Claim], variance: float) -> bool:
    """Whether a document could explain the variance, or a part of it.

    >>> may_explain([Claim(1, "a", -3), Claim(1, "b", 5)], 2.0)
    True
    """
    return any(claim.may_explain(variance) for claim in claims)


def speaks_for_later(answer: str, answered_at: datetime, counted_at: datetime) -> bool:
    """Whether an answer speaks for a line that nobody had in view who gave it.

    All of what had happened when somebody said so had happened for whoever counts after
    that. What had not happened may have happened since, and of a part nobody knows how
    it went on.

    >>> nine, ten = datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 10)
    >>> speaks_for_later("happened", nine, counted_at=ten)
    True
    >>> speaks_for_later("happened", ten, counted_at=nine)
    False
    """
    return answer == HAPPENED and counted_at > answered_at


def explained_later(
    claims: Sequence[Claim], left: dict[str, float]
) -> dict[tuple[int, str], float] | None:
    """What a document explains on a line that was counted after a person had said that
    all of it had happened, and that this person did not have in view.

    What is not known to have happened elsewhere happened where the document says.

    :param claims: of one document on one line
    :param left: movement → what of it is not known to have happened on other lines
    :return: (line, movement) → quantity; None where goods may have been taken from the
        line, or put there, otherwise than the document says

    >>> explained_later([Claim(1, "a", -3, own=True)], {"a": -2})
    {(1, 'a'): -2.0}
    >>> explained_later([Claim(2, "a", -3)], {"a": -3}) is None
    True
    """
    if any(left[claim.movement] and not claim.own for claim in claims):
        return None
    return {
        (claim.line, claim.movement): float(left[claim.movement] - claim.assumed) + 0.0
        for claim in claims
    }


def explained_by_all(
    claims: Sequence[Claim],
    variances: dict[int, float],
    answer: str,
    left: dict[str, float] | None = None,
) -> dict[tuple[int, str], float]:
    """What a document explains on each line by one answer for all of it.

    :param claims: of one document on counted lines, the closest place first
    :param variances: line → variance that nothing explains yet
    :param answer: ``happened`` (all of it had happened when the lines were counted) or
        ``not_yet`` (nothing of it had)
    :param left: movement → what of it is not known to have happened on other lines,
        signed; all of it where that is not said
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
    unexplained, result = dict(variances), {}
    for movement in dict.fromkeys(claim.movement for claim in claims):
        of_movement = [claim for claim in claims if claim.movement == movement]
        qty = (left or {}).get(movement, of_movement[0].qty)
        shares = _share(of_movement, unexplained, qty if answer == HAPPENED else 0.0)
        for claim, share in zip(of_movement, shares, strict=True):
            result[claim.line, movement] = float(share - claim.assumed) + 0.0
            unexplained[claim.line] -= share - claim.assumed
    return result


def _share(claims, unexplained, qty):
    """How much of a movement took place on each line, by what the lines lack.

    The line that the document books comes first, then the others. What no line lacks
    took place where the document books it, because a person says that all of it has
    happened.
    """
    shares, rest = [], qty
    for claim in claims:
        lacking = unexplained[claim.line] + claim.assumed
        shares.append(min(max(lacking, min(0, rest)), max(0, rest)))
        rest -= shares[-1]
    own = next((i for i, claim in enumerate(claims) if claim.own), None)
    if own is not None:
        shares[own] += rest
    return shares


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
    >>> explained_by_parts([Claim(1, "a", -3, True, -3)], {1: 2.0}, {1: 1})
    {(1, 'a'): 2.0}
    """
    result = {}
    for line in dict.fromkeys(claim.line for claim in claims):
        of_line = [claim for claim in claims if claim.line == line]
        shares = _fill(of_line, variances[line], happened.get(line, 0))
        for claim, share in zip(of_line, shares, strict=True):
            result[line, claim.movement] = float(share - claim.assumed) + 0.0
    return result


def _fill(claims, variance, part):
    """How much of each movement took place on one line, of which ``part`` did in all.

    Goods only left or only arrived for the document: as it has the line's own key, else
    as the line differs. What is over belongs to the first movement.
    """
    way = next((claim.way() for claim in claims if claim.own), variance)
    right = [claim.way() * way > 0 for claim in claims]
    first = right.index(True) if any(right) else 0
    shares = []
    for claim, is_right in zip(claims, right, strict=True):
        shares.append(min(part, abs(claim.qty)) if is_right else 0)
        part -= shares[-1]
    shares[first] += part
    return [share * claim.way() for claim, share in zip(claims, shares, strict=True)]
