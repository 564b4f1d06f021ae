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

    def _pairs(self, *quantities, digits=2):
        """The pairs of lines of these variances, the first having id 1."""
        rows = [Imbalance(i, "P", qty) for i, qty in enumerate(quantities, 1)]
        return [tuple(pair) for pair in propose_moves(rows, digits)]

    def test_equal_quantities_are_paired_first(self):
        """One shelf's contents on another shelf is the likely story."""
        self.assertEqual(self._pairs(-3, 5, 3), [(1, 3, 3)])
        self.assertEqual(self._pairs(-5, -3, 3, 4), [(2, 3, 3), (1, 4, 4)])

    def test_of_equal_quantities_the_lowest_ids_are_paired(self):
        pairs = [(1, 3, 3), (2, 4, 3)]
        self.assertEqual(self._pairs(-3, -3, 3, 3, 3), pairs)

    def test_the_largest_of_the_rest_are_paired_first(self):
        self.assertEqual(self._pairs(-1, -9, 6, 8), [(2, 4, 8), (2, 3, 1), (1, 3, 1)])

    def test_of_equal_rests_the_lowest_id_comes_first(self):
        rows = [Imbalance(i, "P", qty) for i, qty in ((2, -4), (1, -4), (3, 7))]
        pairs = [tuple(pair) for pair in propose_moves(rows, 2)]
        self.assertEqual(pairs, [(1, 3, 4), (2, 3, 3)])
        rows = [Imbalance(i, "P", -qty) for i, qty in ((2, -4), (1, -4), (3, 7))]
        pairs = [tuple(pair) for pair in propose_moves(rows, 2)]
        self.assertEqual(pairs, [(3, 1, 4), (3, 2, 3)])

    def test_a_line_is_used_up_before_the_next_one_begins(self):
        """P3: as few moves as that allows."""
        pairs = self._pairs(-9, -4.5, -1, 6, 5, 2, 1.5)
        self.assertEqual(
            pairs,
            [(1, 4, 6), (1, 5, 3), (2, 5, 2), (2, 6, 2), (2, 7, 0.5), (3, 7, 1)],
        )

    def test_parts_of_a_unit_are_moved_as_well(self):
        self.assertEqual(self._pairs(-0.5, 0.25, 1), [(1, 3, 0.5)])
        self.assertEqual(self._pairs(-0.1, -0.2, 0.3), [(2, 3, 0.2), (1, 3, 0.1)])

    def test_a_line_without_a_variance_is_in_no_pair(self):
        self.assertEqual(self._pairs(0, -3, 5, 0), [(2, 3, 3)])

    @settings(max_examples=300, database=None, derandomize=True)
    @given(imbalances)
    def test_no_pair_moves_nothing(self, rows):
        for pair in propose_moves(rows, 2):
            self.assertGreater(pair.qty, 0)

    @settings(max_examples=300, database=None, derandomize=True)
    @given(imbalances)
    def test_no_line_gives_or_takes_more_than_it_has(self, rows):
        left = {row.id: row.qty for row in rows}
        for pair in propose_moves(rows, 2):
            left[pair.shortage_id] += pair.qty
            left[pair.overage_id] -= pair.qty
        for row in rows:
            self.assertGreaterEqual(left[row.id] * row.qty, 0)
