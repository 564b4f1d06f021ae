from odoo import Command
from odoo.tests import tagged

from .common import CountCommon


@tagged("post_install", "-at_install")
class TestCauses(CountCommon):
    """A line says why it may differ, with evidence (P11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 48)
        cls._book(cls.screw, cls.bin_b, 12)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)

    def _cause(self, found, product=None, location=None, **values):
        line = self._count(
            self.session, product or self.screw, location or self.bin_a, found, **values
        )
        return line.cause

    def test_a_line_that_matches_has_no_cause(self):
        """P11."""
        self.assertFalse(self._cause(48))

    def test_a_transfer_of_that_quantity_is_named(self):
        """P11: picked but not validated."""
        picking = self._create_transfer(self.screw, 5, self.bin_a, self.customers)
        self.assertIn(f"{picking.name} amounts to exactly 5", self._cause(43))

    def test_the_same_quantity_missing_next_door_is_named(self):
        """P11: and where."""
        self._count(self.session, self.screw, self.bin_b, 15)
        self.assertIn("Bin B is off by 3", self._cause(45))

    def test_counting_in_packs_is_recognised(self):
        """P11: found = expected / pack size."""
        unit = self.screw.uom_id
        box = {"name": "Box", "relative_factor": 12, "relative_uom_id": unit.id}
        self.screw.uom_ids = [Command.create(box)]
        self.assertIn("Counted in Box: that would be 48", self._cause(4))

    def test_swapped_digits_are_recognised(self):
        """P11: 84 for 48."""
        self.assertIn("Two digits swapped: 48", self._cause(84))

    def test_a_serial_booked_elsewhere_says_where(self):
        """P11."""
        serial = self._create_lot(self.drill, "D1")
        self._book(self.drill, self.bin_b, 1, serial)
        cause = self._cause(1, self.drill, self.bin_a, lot_id=serial.id)
        self.assertIn("Bin B", cause)

    def test_negative_stock_is_recognised(self):
        """P11: what was never booked in."""
        self._book(self.glue, self.bin_b, -4)
        self.session.action_refresh()
        line = self._line(self.session, self.glue, self.bin_b)
        line.found_qty = 0
        self.assertIn("4 went out", line.cause)

    def test_many_lines_cost_no_more_queries_than_few(self):
        """Issue 3, speed."""
        lines = self.session.line_ids
        for line in lines:
            line.found_qty = 1
        self._queries(lines)
        few, many = self._queries(lines[:1]), self._queries(lines)
        self.assertEqual(few, many)

    def _queries(self, lines):
        lines = lines.browse(lines.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        lines.mapped("cause")
        return self.env.cr.sql_log_count - before
