from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestMatching(CountCommon):
    """Found elsewhere in the session: proposed, accepted, one move (P3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)
        self.missing = self._count(self.session, self.screw, self.bin_a, 7)
        self.surplus = self._count(self.session, self.screw, self.bin_b, 14)

    def test_a_pair_is_proposed_and_changes_nothing_by_itself(self):
        """P3: a person accepts it."""
        self.session.action_propose_moves()
        self.assertIn("3 to Count/Stock/Bin B", self.missing.match_text)
        self._post(self.session)
        self.assertEqual(len(self.session.move_ids), 2)
        self.assertEqual(
            self.session.move_ids.location_id.mapped("usage").count("inventory"), 1
        )

    def test_an_accepted_pair_is_one_move_between_the_places(self):
        """P3: and the rest of the overage is a receipt."""
        self.session.action_propose_moves()
        self.missing.action_accept_move()
        self._post(self.session)
        moves = self.session.move_ids.sorted("id")
        self.assertEqual(moves[0].location_id, self.bin_a)
        self.assertEqual(moves[0].location_dest_id, self.bin_b)
        self.assertEqual(moves.mapped("quantity"), [3, 1])
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)
        self.assertEqual(self._booked(self.screw, self.bin_b), 14)
        self.assertEqual((self.missing.posted_qty, self.surplus.posted_qty), (-3, 4))

    def test_what_was_moved_costs_nothing(self):
        """P3, R146: only the screw that is really too much has a value."""
        self.session.action_propose_moves()
        self.missing.action_accept_move()
        self._post(self.session)
        self.assertEqual(self.missing.variance_value, 0)
        self.assertEqual((self.surplus.moved_qty, self.surplus.variance_value), (3, 2))
        self.assertEqual(self.session.net_value, 2)
        self.session.action_undo_posting()
        self.assertEqual(self.missing.variance_value, -6)

    def test_both_sides_are_returned_when_one_is_not_posted(self):
        """Rule 9."""
        self.session.action_propose_moves()
        self.surplus.action_accept_move()
        self._post(self.session, self.missing)
        self.assertEqual(self.missing.state, "failed")
        self.assertIn("Bin B", self.missing.post_error)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_both_sides_are_returned_when_one_changed(self):
        """Rule 9: bin A was counted again, complete."""
        self.session.action_propose_moves()
        self.missing.action_accept_move()
        self.missing.found_qty = 10
        self._post(self.session)
        self.assertEqual((self.missing.state, self.surplus.state), ("failed", "failed"))
        self.assertFalse(self.session.move_ids)

    def test_an_undone_pair_goes_back_together(self):
        """P15: the move between the places is reversed as one."""
        self.session.action_propose_moves()
        self.missing.action_accept_move()
        self._post(self.session)
        self.session.action_undo_posting()
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)
        self.assertEqual(self._booked(self.screw, self.bin_b), 10)
        self.assertEqual((self.missing.state, self.surplus.state), ("counted",) * 2)

    def test_an_undone_pair_is_void_and_can_be_proposed_again(self):
        """P15, P3: accepted by a person anew, it is one move again."""
        self.session.action_propose_moves()
        self.missing.action_accept_move()
        undone = self.missing.match_out_ids
        self._post(self.session)
        self.session.action_undo_posting()
        self.assertEqual(undone.state, "void")
        self.assertFalse(self.missing.match_text)
        self.session.action_propose_moves()
        self.missing.action_accept_move()
        self._post(self.session)
        self.assertEqual((self.missing.moved_qty, self.surplus.moved_qty), (-3, 3))
        self.assertEqual(undone.state, "void")

    def test_a_pair_that_could_not_be_undone_stays_posted(self):
        """P15: goods left its other end since, so both stay as they are."""
        self.session.action_propose_moves()
        self.missing.action_accept_move()
        self._post(self.session)
        self._deliver(self.screw, 2, self.bin_b)
        self.session.action_undo_posting()
        self.assertEqual(self.missing.match_out_ids.state, "posted")
        self.assertEqual((self.missing.state, self.surplus.state), ("posted",) * 2)
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)

    def test_a_proposal_is_gone_when_an_end_is_counted_again(self):
        """P3, A3: it was about another variance; so it is when a recount is asked."""
        for again in (
            lambda line: line.write({"found_qty": 10}),
            lambda line: line.action_request_recount(),
        ):
            self.session.action_propose_moves()
            line = self.session.line_ids.match_out_ids.shortage_line_id[:1]
            self.assertTrue(line.match_text)
            found = line.found_qty
            again(line)
            self.assertFalse(line.match_text)
            line.found_qty = found

    def test_accepting_needs_a_proposal(self):
        """Bad input."""
        with self.assertRaisesRegex(UserError, "propose moves first"):
            self.missing.action_accept_move()
