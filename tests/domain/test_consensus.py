import unittest
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.consensus import agreed

DIFFERENCES = st.lists(st.integers(-3, 3).map(float), max_size=6)


class TestAgreement(unittest.TestCase):
    def test_nothing_is_never_less_than_nothing(self):
        """A7: two who found a trifle too little agree on 0, not on -0."""
        self.assertEqual(str(agreed([-0.001, -0.001], digits=2)), "0.0")

    def test_what_is_agreed_is_rounded_as_its_unit_is(self):
        """A7: the arithmetic of two counts may differ far behind the decimals."""
        self.assertEqual(agreed([1.25001, 1.24999], digits=2), 1.25)
        self.assertIsNone(agreed([1.25, 1.24], digits=2))

    def test_without_a_count_nothing_is_agreed(self):
        """A7."""
        self.assertIsNone(agreed([], digits=2))

    @settings(max_examples=300, deadline=None, database=None)
    @given(DIFFERENCES)
    def test_what_is_agreed_was_found_twice(self, differences):
        """A7: and where nothing was found twice, nothing is agreed."""
        value = agreed(differences, digits=2)
        times = Counter(differences)
        if value is None:
            self.assertLessEqual(max(times.values(), default=0), 1)
        else:
            self.assertGreaterEqual(times[value], 2)

    @settings(max_examples=300, deadline=None, database=None)
    @given(DIFFERENCES)
    def test_asked_after_each_round_the_last_one_is_agreed(self, differences):
        """A7: the first agreement is always with the round just counted."""
        for i in range(len(differences)):
            value = agreed(differences[: i + 1], digits=2)
            if value is not None:
                self.assertEqual(value, differences[i])
                break
