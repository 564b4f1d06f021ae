"""How far a count may be off before somebody has to look at it.

One number, the tolerance ratio, decides colour, gate, recount and reports: 0 is exact,
up to 1 is within tolerance, above 1 is over it.
"""

from collections.abc import Iterable
from typing import NamedTuple

# Stands for "infinitely over": nothing was allowed, or nothing was expected.
NO_ALLOWANCE = 999.0


class Tolerance(NamedTuple):
    """The allowed deviation, each limit for itself; None is no limit, 0 allows nothing.

    Percent are of the expected quantity, values in the company's currency; ``minus`` is
    for shortages, ``plus`` for overages.
    """

    percent_minus: float | None = None
    percent_plus: float | None = None
    value_minus: float | None = None
    value_plus: float | None = None

    @property
    def is_set(self) -> bool:
        """Whether any limit is given: the most specific level that gives one wins."""
        return any(limit is not None for limit in self)


def most_specific(levels: Iterable[Tolerance]) -> Tolerance:
    """The first level with a limit, from the item up to the company.

    >>> most_specific([Tolerance(), Tolerance(percent_minus=5), Tolerance(2, 2)])
    Tolerance(percent_minus=5, percent_plus=None, value_minus=None, value_plus=None)
    """
    return next((level for level in levels if level.is_set), Tolerance())


def tolerance_ratio(
    variance: float, expected: float, value: float, tolerance: Tolerance
) -> float:
    """How much of its tolerance a variance uses; above 1 is over.

    :param variance: product unit, found less expected
    :param expected: product unit
    :param value: of the variance, company currency

    >>> tolerance_ratio(-2, 100, -20, Tolerance(percent_minus=4))
    0.5
    >>> tolerance_ratio(-2, 100, -20, Tolerance(percent_minus=4, value_minus=10))
    2.0
    >>> tolerance_ratio(2, 100, 20, Tolerance(percent_minus=4))
    0.0
    >>> tolerance_ratio(1, 0, 5, Tolerance(percent_plus=50))
    999.0
    """
    if not variance:
        return 0.0
    percent, money = (
        (tolerance.percent_minus, tolerance.value_minus)
        if variance < 0
        else (tolerance.percent_plus, tolerance.value_plus)
    )
    share = abs(variance / expected) * 100 if expected else float("inf")
    return max(_used(share, percent), _used(abs(value), money))


def _used(actual: float, limit: float | None) -> float:
    if limit is None or not actual:
        return 0.0
    return min(actual / limit, NO_ALLOWANCE) if limit > 0 else NO_ALLOWANCE
