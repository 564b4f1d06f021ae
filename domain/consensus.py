"""When independent counts of one thing agree (A7).

What is compared is how far each count was off the book of its own moment, so goods that
moved between two counts do not make them disagree.
"""

from collections import Counter
from collections.abc import Sequence

# Two of three: with the third count, two agree or somebody counts again.
NEEDED = 2


def agreed(differences: Sequence[float], *, digits: int) -> float | None:
    """What enough of the counts found in common, None while they do not.

    :param differences: found less booked, one for each independent round
    :param digits: decimals of a product unit

    >>> agreed([-2.0], digits=2)
    >>> agreed([-2.0, -3.0], digits=2)
    >>> agreed([-2.0, -3.0, -2.0], digits=2)
    -2.0
    >>> agreed([0.1 + 0.2, 0.3], digits=2)
    0.3
    """
    # Adding 0.0 makes -0.0 what it is: nothing.
    seen = Counter(round(difference, digits) + 0.0 for difference in differences)
    [(difference, times)] = seen.most_common(1) or [(None, 0)]
    return difference if times >= NEEDED else None
