"""Counts over time: periods, their steps, and what matters most (R3, R213)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.trend import (
    MAX_POINTS,
    Period,
    choose_step,
    pareto,
    previous_period,
    split_period,
)

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
PERIODS = st.builds(
    lambda first, days: Period(first, first + timedelta(days=days)),
    DAYS,
    st.integers(0, 3000),
)


# === PARETO === #


def test_the_biggest_causes_come_first_with_what_they_make_together():
    bars = pareto([("a", 1), ("b", 5), ("c", 4)])
    assert bars == [("b", 5, 0.5, 0.5), ("c", 4, 0.4, 0.9), ("a", 1, 0.1, 1.0)]


def test_of_equal_causes_the_first_stays_first():
    assert [bar.key for bar in pareto([("a", 1), ("b", 1)])] == ["a", "b"]


def test_what_amounts_to_nothing_has_no_bar():
    assert pareto([("a", 0), ("b", -1), ("c", 0.5)]) == [("c", 0.5, 1.0, 1.0)]
    assert pareto([]) == []


# === PERIODS === #


def test_a_period_has_its_first_and_its_last_day():
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).days == 31
    assert Period(date(2026, 3, 1), date(2026, 3, 1)).days == 1


@given(PERIODS)
def test_the_period_before_is_as_long_and_ends_just_before(period):
    before = previous_period(period)
    assert before.days == period.days
    assert before.last + timedelta(days=1) == period.first


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (1, "day"),
        (32, "day"),
        (33, "week"),
        (224, "week"),
        (225, "month"),
        (960, "month"),
        (961, "quarter"),
        (9999, "quarter"),
    ],
)
def test_a_trend_has_few_enough_points_to_be_read(days, step):
    assert choose_step(days) == step


def parts(first, last):
    return [part.first for part in split_period(Period(first, last))]


def test_a_short_trend_has_days():
    days = parts(date(2026, 2, 27), date(2026, 3, 2))
    assert days == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 3, 2),
    ]


def test_weeks_begin_on_mondays():
    weeks = parts(date(2026, 1, 1), date(2026, 3, 31))
    assert weeks[:3] == [date(2026, 1, 1), date(2026, 1, 5), date(2026, 1, 12)]
    assert {day.weekday() for day in weeks[1:]} == {0}


def test_a_period_that_begins_on_a_monday_has_whole_weeks():
    assert parts(date(2026, 1, 5), date(2026, 3, 31))[:2] == [
        date(2026, 1, 5),
        date(2026, 1, 12),
    ]


def test_months_begin_on_the_first():
    months = parts(date(2025, 11, 15), date(2026, 12, 14))
    assert months[:4] == [
        date(2025, 11, 15),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    assert len(months) == 14


def test_quarters_begin_with_theirs():
    quarters = parts(date(2020, 5, 20), date(2025, 1, 1))
    assert quarters[:4] == [
        date(2020, 5, 20),
        date(2020, 7, 1),
        date(2020, 10, 1),
        date(2021, 1, 1),
    ]
    assert {day.month for day in quarters[1:]} == {1, 4, 7, 10}


@given(PERIODS)
def test_the_steps_of_a_period_are_all_of_it_and_nothing_twice(period):
    steps = split_period(period)
    assert (steps[0].first, steps[-1].last) == period
    assert sum(step.days for step in steps) == period.days
    assert all(step.days > 0 for step in steps)
    if choose_step(period.days) == "day":
        assert len(steps) <= MAX_POINTS
