from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestCheckedBooks(CountCommon):
    """Odoo takes a reserved lot's shortage from stock without a lot, and says nothing:
    the book of each key is read again afterwards (rule 6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls._create_lot(cls.glue, "L1")
        cls._book(cls.glue, cls.bin_a, 10, lot=cls.lot)
        cls._book(cls.screw, cls.bin_a, 10)

    def setUp(self):
        super().setUp()
        # Nobody is asked about the deliveries that reserve stock here.
        self.warehouse.out_type_id.count_unticked = "not_left"
        self.session = self._create_session(self.bin_a)
        self.screws = self._line(self.session, self.screw, self.bin_a)
        self.glues = self._line(self.session, self.glue, self.bin_a)

    def _reserve_all_and_find_more(self):
        """All of the lot is reserved, then there is stock without a lot, too."""
        booked = self._booked(self.glue, self.bin_a, self.lot)
        self._create_transfer(self.glue, booked, self.bin_a, self.customers)
        self._book(self.glue, self.bin_a, 5)

    def _books(self):
        return [self._booked(self.glue, self.bin_a, lot) for lot in (self.lot, None)]

    def test_a_posting_that_takes_other_stock_is_rolled_back(self):
        """Rule 6, P13: the line is told why, and the others are posted."""
        self._reserve_all_and_find_more()
        self.glues.found_qty, self.screws.found_qty = 8, 9
        self._post(self.session)
        self.assertEqual(self._books(), [10, 5])
        self.assertEqual((self.glues.state, self.screws.state), ("failed", "posted"))
        self.assertIn("did not lead to the counted quantity", self.glues.post_error)
        self.assertFalse(self.glues.move_ids)

    def test_an_undo_that_takes_other_stock_is_rolled_back(self):
        """Rule 6, P15: the line stays posted and says why, the others are undone."""
        self.glues.found_qty, self.screws.found_qty = 12, 9
        self._post(self.session)
        self._reserve_all_and_find_more()
        self.session.action_undo_posting()
        self.assertEqual(self._books(), [12, 5])
        self.assertEqual((self.glues.state, self.screws.state), ("posted", "counted"))
        self.assertIn("did not lead back", self.glues.post_error)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_a_location_move_that_takes_other_stock_is_rolled_back(self):
        """Rule 6, P3: both ends are told why."""
        session = self._create_session(self.bin_a | self.bin_b)
        missing = self._count(session, self.glue, self.bin_a, 7, lot_id=self.lot.id)
        surplus = self._count(session, self.glue, self.bin_b, 3, lot_id=self.lot.id)
        session.action_propose_moves()
        missing.action_accept_move()
        self._reserve_all_and_find_more()
        self._post(session)
        self.assertEqual(self._books(), [10, 5])
        self.assertEqual(self._booked(self.glue, self.bin_b, self.lot), 0)
        for line in missing | surplus:
            self.assertEqual(line.state, "failed")
            self.assertIn("did not lead to the counted quantity", line.post_error)

    def test_a_serial_number_that_would_leave_other_stock_is_not_in_two_places(self):
        """Rule 6, P3: it is reserved where it is booked, beside drills without one."""
        serial = self._create_lot(self.drill, "D1")
        self._book(self.drill, self.bin_b, 1, lot=serial)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.drill, self.bin_a, 1, lot_id=serial.id)
        self._create_transfer(self.drill, 1, self.bin_b, self.customers)
        self._book(self.drill, self.bin_b, 1)
        session.action_refresh()
        line.action_accept_variance()
        self._post(session)
        self.assertEqual(self._booked(self.drill, self.bin_a, serial), 0)
        self.assertEqual(self._booked(self.drill, self.bin_b, serial), 1)
        self.assertEqual(line.state, "failed")
