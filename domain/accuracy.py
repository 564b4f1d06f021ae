"""How accurate the inventory record is, judged by the part of it that was counted.

A count is a sample: 9 of 10 right says less than 900 of 1,000. The interval says how
much less. It is Wilson's score interval (E. B. Wilson, "Probable Inference, the Law of
Succession, and Statistical Inference", Journal of the American Statistical Association
22, 1927, pages 209 to 212): unlike the textbook's p ± z·√(p(1−p)/n) it stays between
0 and 1 and has a width where everything, or nothing, was right.
"""

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95


class Accuracy(NamedTuple):
    """The share of counted lines that were right, with its interval; shares of 1.

    ``share``, ``low`` and ``high`` are None where nothing was counted: no count is no
    accuracy, neither 0 nor 1.
    """

    counted: int = 0
    accurate: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None


def measure_accuracy(
    accurate: int, counted: int, confidence: float = CONFIDENCE
) -> Accuracy:
    """The accuracy of a record of which ``counted`` lines were looked at.

    :raise ValueError: when more were right than counted, or less than none

    >>> measure_accuracy(0, 0).share is None
    True
    >>> nine = measure_accuracy(9, 10)
    >>> nine.share, round(nine.low, 3), round(nine.high, 3)
    (0.9, 0.596, 0.982)
    >>> many = measure_accuracy(900, 1000)
    >>> many.share, round(many.low, 3), round(many.high, 3)
    (0.9, 0.88, 0.917)
    """
    if not 0 <= accurate <= counted:
        raise ValueError("of the counted lines some are right, others are not")
    if not counted:
        return Accuracy()
    low, high = wilson_interval(accurate, counted, confidence)
    return Accuracy(counted, accurate, accurate / counted, low, high)


def wilson_interval(
    hits: int, trials: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Between what shares the true one lies, with this confidence.

    The first two are examples of R. G. Newcombe, "Two-sided confidence intervals for
    the single proportion", Statistics in Medicine 17, 1998, table I.

    >>> [round(end, 4) for end in wilson_interval(81, 263)]
    [0.2553, 0.3662]
    >>> [round(end, 4) for end in wilson_interval(0, 20)]
    [0.0, 0.1611]
    >>> [round(end, 4) for end in wilson_interval(10, 10)]
    [0.7225, 1.0]
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = hits / trials, z * z / trials
    centre = share + weight / 2
    reach = z * sqrt(share * (1 - share) / trials + weight / (4 * trials))
    low, high = ((centre + way * reach) / (1 + weight) for way in (-1, 1))
    # Rounding must not tell of less than nothing or more than all.
    return max(low, 0.0) if hits else 0.0, min(high, 1.0) if hits < trials else 1.0


def is_accurate(variance: float, tolerance_ratio: float) -> bool:
    """Whether a counted line is right: exact, or off within a tolerance that it has.

    A line without a tolerance has a ratio of 0 whatever its variance is, so there only
    an exact count is right.

    >>> is_accurate(0, 0), is_accurate(-1, 0.5), is_accurate(-1, 1.5), is_accurate(2, 0)
    (True, True, False, False)
    """
    return not variance or 0 < tolerance_ratio <= 1
