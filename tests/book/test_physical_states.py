from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestPhysicalStates(CountCommon):
    """Promised stock is seen on the line, not guessed (X4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 20)
        cls.session = cls._create_session(cls.bin_a)
        cls.line = cls.session.line_ids

    def _states(self):
        self.line.invalidate_recordset()
        names = ("on_hand_qty", "reserved_qty", "ticked_qty", "outgoing_qty")
        return tuple(self.line[name] for name in names)

    def test_reserved_and_picked_stock_is_shown(self):
        """X4: reserved, then ticked, then gone."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self.assertEqual(self._states(), (20, 3, 0, 3))
        self._tick(picking)
        self.assertEqual(self._states(), (20, 3, 3, 3))
        self._validate(picking)
        self.assertEqual(self._states(), (17, 0, 0, 0))

    def test_incoming_stock_is_shown(self):
        """X4: until it is here."""
        picking = self._create_transfer(self.screw, 5, self.suppliers, self.bin_a)
        self._states()
        self.assertEqual(self.line.incoming_qty, 5)
        self._validate(picking)
        self.assertEqual(self._states()[0], 25)
        self.assertEqual((self.line.incoming_qty, self.line.returned_qty), (0, 0))

    def test_returns_and_scrap_are_shown(self):
        """X4: what came back and what was damaged; an adjustment is neither."""
        self._validate(self._create_transfer(self.screw, 2, self.customers, self.bin_a))
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 4,
                "location_id": self.bin_a.id,
            }
        )
        scrap.do_scrap()
        self._adjust_natively(self.screw, self.bin_a, 15)
        self._states()
        self.assertEqual((self.line.returned_qty, self.line.damaged_qty), (2, 4))

    def test_a_hold_says_why_and_by_whom(self):
        """X4, P9"""
        self.assertFalse(self.line.on_hold)
        self.bin_a.count_hold_reason = "Under repair"
        self.line.invalidate_recordset()
        self.assertIn("Under repair", self.line.on_hold)

    def test_another_bin_is_another_matter(self):
        """X4: of this place only."""
        self._book(self.screw, self.bin_b, 7)
        self._create_transfer(self.screw, 7, self.bin_b, self.customers)
        self.assertEqual(self._states(), (20, 0, 0, 0))

    def test_all_lines_take_one_query(self):
        """X4: for one line or fifty."""
        for i in range(50):
            self._book(self._create_product(f"Item {i}"), self.bin_a, 1)
        self.session.action_refresh()
        lines = self.session.line_ids
        self.env.flush_all()
        lines._read_physical_states()
        with self.assertQueryCount(1):
            self.assertEqual(len(lines._read_physical_states()), 51)
