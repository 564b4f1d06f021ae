"""How far a count may be off, and how much of that it uses (A2)."""

import pytest

from domain.tolerance import NO_ALLOWANCE, Tolerance, most_specific, tolerance_ratio

BOTH = Tolerance(percent_minus=10, percent_plus=20, value_minus=5, value_plus=50)


@pytest.mark.parametrize(
    ("variance", "value", "ratio"),
    [
        (-5, 0, 0.5),
        (-20, 0, 2.0),
        (10, 0, 0.5),
        (-5, -10, 2.0),
        (-5, -1, 0.5),
        (10, 100, 2.0),
        (0, -100, 0.0),
    ],
)
def test_the_limit_that_is_used_most_decides(variance, value, ratio):
    assert tolerance_ratio(variance, 100, value, BOTH) == ratio


def test_percent_are_of_the_expected_quantity_whatever_its_sign():
    five = Tolerance(percent_minus=5)
    assert tolerance_ratio(-1, 40, 0, five) == 0.5
    assert tolerance_ratio(-1, -40, 0, five) == 0.5


def test_without_a_limit_nothing_is_over_it():
    assert tolerance_ratio(-50, 100, -1e6, Tolerance()) == 0.0
    assert tolerance_ratio(-50, 0, -1e6, Tolerance()) == 0.0


def test_a_limit_of_zero_allows_nothing():
    nothing = Tolerance(percent_minus=0, value_plus=0)
    assert tolerance_ratio(-1e-6, 100, -1, nothing) == 999.0
    assert tolerance_ratio(1e-6, 100, 1, nothing) == 999.0
    assert tolerance_ratio(1e-6, 100, 0, nothing) == 0.0


def test_a_limit_of_less_than_one_allows_that():
    assert tolerance_ratio(-1, 100, 0, Tolerance(percent_minus=0.5)) == 2.0


def test_no_ratio_is_above_the_largest():
    strict = Tolerance(percent_minus=0.001, value_minus=0.001)
    assert tolerance_ratio(-100, 100, 0, strict) == NO_ALLOWANCE
    assert tolerance_ratio(-100, 1e12, -1e6, strict) == NO_ALLOWANCE
    assert tolerance_ratio(-1, 0, 0, Tolerance(percent_minus=50)) == NO_ALLOWANCE


@pytest.mark.parametrize("field", Tolerance._fields)
def test_a_tolerance_is_given_by_each_of_its_limits(field):
    assert Tolerance(**{field: 0}).is_set
    assert not Tolerance().is_set


def test_the_first_level_with_a_limit_decides_alone():
    company = Tolerance(1, 1, 1, 1)
    item = Tolerance(value_minus=0)
    assert most_specific([Tolerance(), item, company]) == item
    assert most_specific([Tolerance()]) == most_specific([]) == Tolerance()
