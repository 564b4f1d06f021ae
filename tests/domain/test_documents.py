"""What documents explain, as plain arithmetic (P21)."""

import unittest
from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.documents import (
    ANSWERS,
    HAPPENED,
    NOT_YET,
    Claim,
    explained_by_all,
    explained_by_parts,
    explained_later,
)
from domain.reconcile import Facts, Movement, judge

NINE = datetime(2026, 3, 2, 9)
MINUTE = timedelta(minutes=1)

reproducible = settings(
    max_examples=300, deadline=None, database=None, derandomize=True, print_blob=True
)
_quantities = st.integers(-6, 6).filter(bool)
_variances = st.integers(-9, 9)


@st.composite
def _claims(draw):
    """One movement that may have taken place on several lines, with their variances;
    the first line is its own and may have been ticked, with another quantity."""
    qty = draw(_quantities)
    assumed = draw(st.integers(-6, 0)) if qty < 0 else 0
    others = range(2, draw(st.integers(2, 4)))
    claims = [Claim(1, "a", qty, own=True, assumed=assumed)]
    claims += [Claim(line, "a", qty) for line in others]
    return claims, {claim.line: draw(_variances) for claim in claims}


def _happened(claims, shares):
    """How much took place on each line: what is explained, and what was expected."""
    result = Counter()
    for claim in claims:
        result[claim.line] += shares[claim.line, claim.movement] + claim.assumed
    return result


class TestForAllDocuments(unittest.TestCase):
    """An answer says how much took place where."""

    @reproducible
    @given(_claims())
    def test_all_of_what_has_happened_took_place_somewhere(self, drawn):
        claims, variances = drawn
        shares = explained_by_all(claims, variances, HAPPENED)
        happened = _happened(claims, shares)
        self.assertEqual(sum(happened.values()), claims[0].qty)

    @reproducible
    @given(_claims())
    def test_what_has_not_happened_took_place_nowhere(self, drawn):
        claims, variances = drawn
        shares = explained_by_all(claims, variances, NOT_YET)
        self.assertEqual(set(_happened(claims, shares).values()), {0})

    @reproducible
    @given(_claims())
    def test_other_lines_are_explained_as_far_as_they_differ(self, drawn):
        claims, variances = drawn
        shares = explained_by_all(claims, variances, HAPPENED)
        for claim in claims[1:]:
            explained = shares[claim.line, "a"]
            low, high = sorted((0, variances[claim.line]))
            self.assertTrue(low <= explained <= high, (claims, variances, shares))

    @reproducible
    @given(_claims(), st.integers(0, 9))
    def test_a_part_is_what_a_person_says_even_more_than_the_document(
        self, drawn, part
    ):
        claims, variances = drawn
        shares = explained_by_parts(claims, variances, {1: part})
        happened = _happened(claims, shares)
        self.assertEqual(happened[1], part * claims[0].way())
        self.assertFalse(any(happened[claim.line] for claim in claims[1:]))


class TestPartsOfLines(unittest.TestCase):
    """A quantity has no sign, the line knows the direction."""

    def test_more_was_taken_than_ordered_where_goods_may_arrive_too(self):
        """4 of 3 were taken from A; what goes to the bin beside is no part of it."""
        claims = [Claim(1, "out", -3, own=True), Claim(1, "in", 3)]
        shares = explained_by_parts(claims, {1: -4}, {1: 4})
        self.assertEqual(shares, {(1, "out"): -4, (1, "in"): 0})

    def test_goods_went_as_the_line_differs_where_the_document_has_others(self):
        """From bin A to bin B on paper; 4 are too much in bin C."""
        claims = [Claim(1, "out", -3), Claim(1, "in", 3)]
        shares = explained_by_parts(claims, {1: 4}, {1: 4})
        self.assertEqual(shares, {(1, "out"): 0, (1, "in"): 4})

    def test_what_was_ticked_of_a_line_that_is_gone_had_been_taken(self):
        """3 were expected to be gone and were; the document has none here now."""
        claims = [Claim(1, "out", 0, own=True, assumed=-3)]
        shares = explained_by_parts(claims, {1: -1}, {1: 3})
        self.assertEqual(shares, {(1, "out"): 0})


class TestLaterLines(unittest.TestCase):
    """All of it had happened when it was said; a line is counted after that."""

    def test_the_rest_of_what_happened_elsewhere(self):
        claims = [Claim(1, "a", -4, own=True)]
        self.assertEqual(explained_later(claims, {"a": -1}), {(1, "a"): -1})

    def test_what_was_ticked_in_the_meantime_explains_nothing(self):
        claims = [Claim(1, "a", -4, own=True, assumed=-4)]
        self.assertEqual(explained_later(claims, {"a": -4}), {(1, "a"): 0})

    def test_a_place_that_the_document_does_not_name_has_to_be_asked_about(self):
        self.assertIsNone(explained_later([Claim(2, "a", -4)], {"a": -4}))

    def test_a_place_that_the_document_does_not_name_is_left_alone(self):
        """Everything is known to have happened elsewhere."""
        self.assertEqual(explained_later([Claim(2, "a", -4)], {"a": 0}), {(2, "a"): 0})


class TestHeldForDocuments(unittest.TestCase):
    """A line that was held waits for what it was held for (rule 14)."""

    def _judge(self, *movements, **facts):
        facts = Facts(found=5, book=10, book_now=7, moved=-3, **facts)
        return judge(facts, movements, NINE, 2).kind

    def test_a_delivery_that_was_finished_before_it_was_asked_about(self):
        opened, done = NINE - MINUTE, NINE + MINUTE
        delivery = Movement(1, -3, opened, done_at=done, after=True)
        held = {"asked": True, "answered": True}
        self.assertEqual(self._judge(delivery, **held), "held")
        self.assertEqual(self._judge(delivery), "post")

    def test_a_delivery_that_was_made_after_the_count(self):
        done = NINE + 2 * MINUTE
        delivery = Movement(1, -3, NINE + MINUTE, done_at=done, after=True)
        self.assertEqual(self._judge(delivery, asked=True, answered=True), "post")

    def test_a_line_whose_documents_are_all_answered(self):
        self.assertEqual(self._judge(asked=True), "held")
        self.assertEqual(self._judge(asked=True, answered=True), "post")


class TestWhatMayExplain(unittest.TestCase):
    """A document may explain what is missing or too much only as it moves goods."""

    def test_what_was_shortened_since_it_was_ticked_explains_no_shortage(self):
        """5 were ticked when it was counted, 3 are left of them: 2 may be back, or all
        of them may never have gone."""
        claim = Claim(1, "a", -3, own=True, assumed=-5)
        self.assertTrue(claim.may_explain(2.0))
        self.assertFalse(claim.may_explain(-2.0))

    def test_answers_are_stored_under_these_names(self):
        self.assertEqual(ANSWERS, ("happened", "not_yet", "partly"))

    def test_what_a_line_lacks_beyond_the_document_is_not_its(self):
        """3 left: the line that is its own lacks all of them, so none of the other's 4
        are the document's."""
        claims = [Claim(1, "a", -3, own=True), Claim(2, "a", -3)]
        shares = explained_by_all(claims, {1: -3.0, 2: -4.0}, HAPPENED)
        self.assertEqual(shares, {(1, "a"): -3.0, (2, "a"): 0.0})

    def test_what_left_explains_nothing_that_is_too_much(self):
        """3 left: the other line has 2 too much, so all of them left the own one."""
        claims = [Claim(1, "a", -3, own=True), Claim(2, "a", -3)]
        shares = explained_by_all(claims, {1: -1.0, 2: 2.0}, HAPPENED)
        self.assertEqual(shares, {(1, "a"): -3.0, (2, "a"): 0.0})
