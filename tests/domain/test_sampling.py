"""How many lines a random count needs (S5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sampling import margin_of, sample_size


def test_the_size_is_cochrans():
    """W. G. Cochran, 1977, chapter 4: 385 for five percent at the worst share."""
    assert sample_size(0.05, expected=0.5) == 385
    assert sample_size(0.05, 1000, expected=0.5) == 278
    assert sample_size(0.03, expected=0.5, confidence=0.99) == 1844


def test_a_good_record_is_expected_where_nobody_knows_better():
    assert sample_size(0.02) == sample_size(0.02, expected=0.9) == 865
    assert margin_of(865) == margin_of(865, expected=0.9)


def test_of_a_small_warehouse_all_is_counted_at_most():
    assert [sample_size(0.02, size) for size in (0, 1, 10, 500)] == [0, 1, 10, 317]
    assert sample_size(0.05, 29, expected=0.5) == 28


def test_a_record_without_any_doubt_needs_no_sample():
    assert sample_size(0.05, expected=1) == sample_size(0.05, expected=0) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": 0},
        {"margin": 1},
        {"margin": -0.1},
        {"margin": 0.1, "confidence": 0},
        {"margin": 0.1, "confidence": 1},
        {"margin": 0.1, "expected": -0.1},
        {"margin": 0.1, "expected": 1.1},
    ],
)
def test_shares_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match=r"^margin and confidence are"):
        sample_size(**wrong)


def test_a_margin_is_the_standard_error_times_its_quantile():
    assert margin_of(100, expected=0.5) == pytest.approx(0.098, abs=1e-4)
    assert margin_of(100, expected=0.5, confidence=0.99) == pytest.approx(
        0.1288, abs=1e-4
    )
    assert margin_of(100, 1000, expected=0.5) == pytest.approx(0.093, abs=1e-4)


@pytest.mark.parametrize("lines", [0, -1])
def test_without_a_line_there_is_no_margin(lines):
    assert margin_of(lines) is None


def test_one_line_has_a_margin():
    assert margin_of(1) == pytest.approx(0.588, abs=1e-3)


def test_all_lines_leave_no_doubt():
    assert margin_of(500, 500) == margin_of(600, 500) == margin_of(2, 2) == 0.0
    assert margin_of(499, 500) > 0


def test_the_margin_of_few_lines_of_few_is_exact():
    """One of two: the one that was not drawn may be as different as it can be."""
    assert margin_of(1, 2, expected=0.5) == pytest.approx(0.98, abs=1e-3)


def test_in_a_warehouse_of_one_line_or_none_the_margin_is_that_of_a_large_one():
    assert margin_of(1, 1) == margin_of(1, 0) == margin_of(1)


@given(st.floats(0.005, 0.5), st.integers(2, 5000), st.floats(0.5, 0.99))
def test_a_sample_of_the_size_has_the_margin(margin, population, confidence):
    options = {"confidence": confidence, "expected": 0.5}
    size = sample_size(margin, population, **options)
    assert 0 < size <= population
    # The two formulas differ by one line of the population.
    reached = margin_of(size, population, **options)
    assert reached <= margin * (population / (population - 1)) ** 0.5 + 1e-9
