"""Counts over time: periods, the steps of a trend, and what matters most first."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

# How many points a trend has at most before it goes over to the next longer step.
MAX_POINTS = 32


class Share(NamedTuple):
    """One bar of a Pareto chart; ``share`` and ``cumulative`` are shares of 1."""

    key: object
    amount: float
    share: float
    cumulative: float


def pareto(amounts: Iterable[tuple[object, float]]) -> list[Share]:
    """The causes from the biggest to the smallest, and how much they make together.

    >>> [(bar.key, round(bar.cumulative, 2)) for bar in pareto([("a", 1), ("b", 3)])]
    [('b', 0.75), ('a', 1.0)]
    >>> pareto([("a", 0)])
    []
    """
    bars = sorted(
        ((key, amount) for key, amount in amounts if amount > 0),
        key=lambda bar: -bar[1],
    )
    total = sum(amount for _key, amount in bars)
    shares, so_far = [], 0.0
    for key, amount in bars:
        so_far += amount
        shares.append(Share(key, amount, amount / total, so_far / total))
    return shares


# === PERIODS === #


class Period(NamedTuple):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def previous_period(period: Period) -> Period:
    """The same number of days just before.

    >>> before = previous_period(Period(date(2026, 3, 1), date(2026, 3, 31)))
    >>> before.first.isoformat(), before.last.isoformat()
    ('2026-01-29', '2026-02-28')
    """
    last = period.first - timedelta(days=1)
    return Period(last - timedelta(days=period.days - 1), last)


def choose_step(days: int) -> str:
    """In what steps a trend over so many days is told: day, week, month or quarter.

    >>> [choose_step(days) for days in (7, 30, 90, 365, 1826)]
    ['day', 'day', 'week', 'month', 'quarter']
    """
    steps = (("day", 1), ("week", 7), ("month", 30))
    return next((name for name, n in steps if days <= MAX_POINTS * n), "quarter")


def split_period(period: Period) -> Sequence[Period]:
    """The period in its steps; the first and the last may be cut off by its ends.

    >>> parts = split_period(Period(date(2026, 1, 15), date(2026, 12, 14)))
    >>> len(parts), parts[0].last.isoformat(), parts[-1].first.isoformat()
    (12, '2026-01-31', '2026-12-01')
    """
    step, first, parts = choose_step(period.days), period.first, []
    while first <= period.last:
        following = _start_of_next(first, step)
        parts.append(Period(first, min(following - timedelta(days=1), period.last)))
        first = following
    return parts


def _start_of_next(day: date, step: str) -> date:
    if step == "day":
        return day + timedelta(days=1)
    if step == "week":
        return day + timedelta(days=7 - day.weekday())
    months = 1 if step == "month" else 3
    month = day.month - 1 + months - (day.month - 1) % months
    return date(day.year + month // 12, month % 12 + 1, 1)
