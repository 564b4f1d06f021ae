"""How many lines a random count needs, and how sure its accuracy is.

A count of lines that were drawn by lot tells the accuracy of all lines, give or take a
margin. The size is Cochran's (W. G. Cochran, "Sampling Techniques", third edition,
Wiley 1977, chapter 4, formulas 4.1 and 4.2): of a small warehouse less has to be
counted for the same margin.
"""

from math import ceil, sqrt
from statistics import NormalDist

from .accuracy import CONFIDENCE

# The accuracy that is expected where nobody knows better: of a worse record a sample
# says less, of a better one more.
EXPECTED = 0.9


def sample_size(
    margin: float,
    population: int | None = None,
    *,
    confidence: float = CONFIDENCE,
    expected: float = EXPECTED,
) -> int:
    """How many lines have to be drawn to know the accuracy of all of them.

    :param margin: share of 1, to either side
    :param population: how many lines there are; None: so many that it does not matter
    :raise ValueError: without a margin, or for shares that are none

    >>> sample_size(0.05, expected=0.5), sample_size(0.05, 1000, expected=0.5)
    (385, 278)
    >>> sample_size(0.02), sample_size(0.02, 500), sample_size(0.02, 10)
    (865, 317, 10)
    """
    if not (0 < margin < 1 and 0 < confidence < 1 and 0 <= expected <= 1):
        raise ValueError("margin and confidence are between 0 and 1")
    needed = (_quantile(confidence) / margin) ** 2 * expected * (1 - expected)
    if population is not None:
        needed = needed / (1 + (needed - 1) / population) if population else 0
    return ceil(round(needed, 9))


def margin_of(
    lines: int,
    population: int | None = None,
    *,
    confidence: float = CONFIDENCE,
    expected: float = EXPECTED,
) -> float | None:
    """How far off the accuracy of so many lines may be from that of all of them.

    :return: share of 1, to either side; None where nothing is drawn

    >>> round(margin_of(865), 3), margin_of(500, 500), margin_of(0)
    (0.02, 0.0, None)
    """
    if lines <= 0:
        return None
    margin = _quantile(confidence) * sqrt(expected * (1 - expected) / lines)
    if population is not None and population > 1:
        margin *= sqrt(max(population - lines, 0) / (population - 1))
    return margin


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
