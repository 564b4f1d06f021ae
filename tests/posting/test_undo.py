from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestUndo(CountCommon):
    """One click reverses what a session posted, where nothing builds on it (P15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)
        self.line = self._count(self.session, self.screw, self.bin_a, 8)
        self.other = self._count(self.session, self.screw, self.bin_b, 12)
        self._post(self.session)

    def test_undo_moves_back_what_was_posted(self):
        """P15: by reverse moves that name what they undo, in the history as such."""
        posted = self.session.move_ids
        self.session.action_undo_posting()
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)
        self.assertEqual(self._booked(self.screw, self.bin_b), 10)
        reverse = self.session.move_ids - posted
        self.assertEqual(reverse.count_undoes_id, posted)
        self.assertEqual(self.session.state, "open")
        self.assertIn("Posting undone", self.session.message_ids[0].body)

    def test_an_undone_line_keeps_its_count_and_can_be_posted_again(self):
        """P15: the count stands, only its posting is taken back."""
        self.session.action_undo_posting()
        self.assertEqual((self.line.state, self.line.variance_qty), ("counted", -2))
        self._post(self.session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_what_was_posted_again_is_undone_again_and_nothing_else(self):
        """P15, rule 7: the moves that were undone before, and their reverse, stay."""
        for _time in range(2):
            self.session.action_undo_posting()
            self.assertEqual((self.line.state, self.other.state), ("counted",) * 2)
            self.assertEqual(self._booked(self.screw, self.bin_a), 10)
            self.assertEqual(self._booked(self.screw, self.bin_b), 10)
            self._post(self.session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_undoing_twice_undoes_nothing_twice(self):
        """P15, rule 7."""
        self.session.action_undo_posting()
        with self.assertRaisesRegex(UserError, "no posted line"):
            self.session.action_undo_posting()
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_while_it_waits_for_approval_nothing_is_undone(self):
        """P15, A1: the message says what comes first."""
        session = self._create_session(self.bin_a | self.bin_b)
        line = self._count(session, self.screw, self.bin_a, 7)
        self._post(session, line)
        self._count(session, self.screw, self.bin_b, 11)
        session.action_check_all()
        session.action_submit()
        with self.assertRaisesRegex(UserError, "answered first"):
            session.action_undo_posting()
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)

    def test_a_line_counted_again_since_keeps_its_posting(self):
        """P15, rule 2: its new count is to be posted, and the count is no open one."""
        self._book(self.glue, self.bin_a, 1, self._create_lot(self.glue, "G1"))
        session = self._create_session(self.bin_a | self.bin_b)
        first = self._count(session, self.screw, self.bin_a, 7)
        second = self._count(session, self.screw, self.bin_b, 11)
        self._post(session)
        self._count(session, self.screw, self.bin_b, 9)
        session.action_undo_posting()
        self.assertEqual((first.state, second.state), ("counted", "counted"))
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)
        self.assertEqual(self._booked(self.screw, self.bin_b), 11)
        self.assertEqual(session.state, "partial")
        self.assertIn("1 were counted again", session.message_ids[0].body)

    def test_stock_that_moved_since_is_explained_not_forced(self):
        """P15: the delivery is named; the other line is undone."""
        picking = self._deliver(self.screw, 3, self.bin_a)
        self.session.action_undo_posting()
        self.assertEqual(self._booked(self.screw, self.bin_a), 5)
        self.assertEqual(self._booked(self.screw, self.bin_b), 10)
        self.assertIn(picking.name, self.line.post_error)
        self.assertEqual((self.line.state, self.other.state), ("posted", "counted"))
        self.assertEqual(self.session.state, "partial")

    def test_undo_is_refused_where_a_later_count_was_posted(self):
        """Rule 12: two sessions count 8, both post, the first is undone: refused, 8."""
        later = self._create_session(self.bin_a)
        self._count(later, self.screw, self.bin_a, 8)
        self._post(later)
        self.session.action_undo_posting()
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)
        self.assertIn(later.name, self.line.post_error)

    def _count_in(self, session, found, at):
        return self._count(session, self.screw, self.bin_a, found, counted_at=at)

    def test_undo_is_refused_where_a_count_of_the_same_moment_stands_on_it(self):
        """Rules 2 and 12: of two counts of one moment the later stamp is newer."""
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        at = self.env.cr.fetchone()[0].isoformat(" ")
        first, second = (self._create_session(self.bin_a) for _both in range(2))
        older, newer = (self._count_in(session, 8, at) for session in (first, second))
        self._post(first)
        self._post(second)
        self.assertEqual(older.posted_counted_at, newer.posted_counted_at)
        first.action_undo_posting()
        self.assertIn(second.name, older.post_error or "")
        second.action_undo_posting()
        self.assertEqual((older.state, newer.state), ("posted", "counted"))

    def test_undo_is_refused_where_odoo_confirmed_the_quantity_since(self):
        """Rules 1 and 12: a native adjustment that changes nothing is the newer word,
        too."""
        self._adjust_natively(self.screw, self.bin_a, 8)
        self.session.action_undo_posting()
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)
        self.assertIn("moved since", self.line.post_error)
        self.assertEqual(self._booked(self.screw, self.bin_b), 10)

    def test_an_undone_count_supersedes_nothing(self):
        """Rule 12: an earlier count of another session stands again."""
        at = self._count_time()
        self.session.action_undo_posting()
        earlier = self._create_session(self.bin_a)
        line = self._count(earlier, self.screw, self.bin_a, 9, counted_at=at)
        self._post(earlier)
        self.assertEqual((line.state, line.posted_qty), ("posted", -1))
        self.assertEqual(self._booked(self.screw, self.bin_a), 9)

    def _count_time(self):
        return self.session.create_date.isoformat(" ")

    def test_a_serial_goes_back_to_where_it_was_booked(self):
        """P15, P3: the location move is reversed as one move."""
        serial = self._create_lot(self.drill, "D1")
        self._book(self.drill, self.bin_b, 1, serial)
        session = self._create_session(self.bin_a)
        self._count(session, self.drill, self.bin_a, 1, lot_id=serial.id)
        self._post(session)
        self.assertEqual(self._booked(self.drill, self.bin_a, serial), 1)
        session.action_undo_posting()
        self.assertEqual(self._booked(self.drill, self.bin_a, serial), 0)
        self.assertEqual(self._booked(self.drill, self.bin_b, serial), 1)

    def test_only_a_manager_undoes(self):
        """Z1: refused to an Inventory user by RPC."""
        lead = self._create_user("undo-lead", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.session.with_user(lead).action_undo_posting()
