import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching import Imbalance, propose_moves

imbalances = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(-9, 9).filter(bool)), max_size=8
).map(lambda rows: [Imbalance(i, group, qty) for i, (group, qty) in enumerate(rows)])


class TestMatchingRules(unittest.TestCase):
    """domain.matching for all small floors (P3)."""

    @settings(max_examples=300, database=None, derandomize=True)
    @given(imbalances)
    def test_as_much_is_moved_as_can_be(self, rows):
        """min(missing, too much) of each group, which no proposal can exceed."""
        for group in "AB":
            mine = [row for row in rows if row.group == group]
            missing = -sum(row.qty for row in mine if row.qty < 0)
            surplus = sum(row.qty for row in mine if row.qty > 0)
            moved = sum(pair.qty for pair in propose_moves(mine, 2))
            self.assertEqual(moved, min(missing, surplus))

    @settings(max_examples=300, database=None, derandomize=True)
    @given(imbalances)
    def test_no_line_gives_or_takes_more_than_it_has(self, rows):
        left = {row.id: row.qty for row in rows}
        for pair in propose_moves(rows, 2):
            left[pair.shortage_id] += pair.qty
            left[pair.overage_id] -= pair.qty
        for row in rows:
            self.assertGreaterEqual(left[row.id] * row.qty, 0)
