"""How accurate the record is, and how sure that is (R3, S5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accuracy import Accuracy, is_accurate, measure_accuracy, wilson_interval


def test_without_a_count_there_is_no_accuracy():
    """Neither none nor all."""
    assert measure_accuracy(0, 0) == (0, 0, None, None, None) == Accuracy()


def test_accuracy_is_the_share_of_what_was_counted():
    found = measure_accuracy(9, 10)
    assert (found.counted, found.accurate, found.share) == (10, 9, 0.9)


@pytest.mark.parametrize("numbers", [(11, 10), (-1, 10), (1, 0)])
def test_more_right_than_counted_is_refused(numbers):
    with pytest.raises(ValueError, match=r"^of the counted lines some are"):
        measure_accuracy(*numbers)


def test_all_and_none_may_be_right():
    assert (measure_accuracy(10, 10).share, measure_accuracy(0, 10).share) == (1, 0)


def test_the_interval_is_wilsons():
    """R. G. Newcombe, 1998, table I, as published: to four digits."""
    for (hits, trials), published in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        ends = wilson_interval(hits, trials)
        assert tuple(round(end, 4) for end in ends) == published


def test_where_all_or_nothing_was_right_the_interval_has_a_width():
    low, high = wilson_interval(10, 10)
    assert (high, low) == (1.0, pytest.approx(0.7225, abs=1e-4))
    low, high = wilson_interval(0, 10)
    assert (low, high) == (0.0, pytest.approx(0.2775, abs=1e-4))


def test_more_confidence_takes_a_wider_interval():
    wide, narrow = wilson_interval(9, 10, 0.99), wilson_interval(9, 10, 0.8)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert measure_accuracy(9, 10, 0.99)[3:] == wide


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_share_lies_in_its_interval_and_that_between_none_and_all(hits, trials):
    hits = min(hits, trials)
    low, high = wilson_interval(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    assert (low == 0, high == 1) == (hits == 0, hits == trials)


@pytest.mark.parametrize(
    ("variance", "ratio", "accurate"),
    [
        (0, 0, True),
        (0, 2, True),
        (-1, 0, False),
        (1, 0, False),
        (-1, 0.5, True),
        (1, 1, True),
        (1, 1.01, False),
        (1, 999, False),
    ],
)
def test_a_count_is_right_that_is_exact_or_within_its_tolerance(
    variance, ratio, accurate
):
    assert is_accurate(variance, ratio) is accurate
