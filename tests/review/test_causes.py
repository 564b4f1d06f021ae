from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.stock_count.domain.causes import (
    Case,
    Nearby,
    Pack,
    Transfer,
    probable_causes,
)

from ..common import CountCommon


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

    def test_an_open_transfer_explains_better_than_the_bin_next_door(self):
        """P11: goods are taken first and ticked afterwards."""
        picking = self._create_transfer(self.screw, 5, self.bin_a, self.customers)
        self._count(self.session, self.screw, self.bin_b, 17)
        self.assertIn(f"{picking.name} amounts to exactly 5", self._cause(43))

    def test_the_bin_next_door_explains_better_than_a_transfer_that_is_done(self):
        """P11: what was validated just before the count was probably carried out."""
        picking = self._deliver(self.screw, 5, self.bin_a)
        self._count(self.session, self.screw, self.bin_b, 7)
        line = self._count(self.session, self.screw, self.bin_a, 48)
        self.assertEqual(line.hold_text, picking.name)
        self.assertIn("Bin B is off by 5", line.cause)
        self.assertIn(picking.name, line.other_causes)

    def test_a_transfer_done_since_the_count_is_told_as_moved(self):
        """P11: two digits are swapped, and the same quantity has left since."""
        line = self._count(self.session, self.screw, self.bin_a, 84)
        late = self._receive(self.screw, 36, self.bin_a)
        line.invalidate_recordset()
        self.assertIn(f"{late.name} moved exactly this", line.cause + line.other_causes)

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

    def test_the_second_best_is_told_with_it(self):
        """P11: the same quantity next door, or else swapped digits."""
        line = self._count(self.session, self.screw, self.bin_a, 84)
        self.assertEqual(line.cause, "Two digits swapped: 48")
        self.assertFalse(line.other_causes)
        self._book(self.screw, self.bin_b, 24)
        self._count(self.session, self.screw, self.bin_b, 0)
        line.invalidate_recordset()
        self.assertIn("Bin B is off by 36", line.cause)
        self.assertEqual(line.other_causes, "Two digits swapped: 48")

    def test_each_cause_has_something_to_do_about_it(self):
        """P11, X1: an action with a label and code behind it."""
        Line = self.env["stock.count.line"]
        labels = dict(Line._fields["cause_action"].selection)
        cases = (
            Case(7, 10, -3, transfers=(Transfer("OUT/1", -3),)),
            Case(1, 0, 1, serial_place="Shelf"),
            Case(7, 10, -3, nearby=(Nearby("Shelf", 3.0),)),
            Case(4, 48, -44, packs=(Pack("Box", 12),)),
            Case(48, 4, 44, packs=(Pack("Box", 12),)),
            Case(84, 48, 36),
            Case(12, 120, -108),
            Case(0, -4, 4),
            Case(7, 10, -3, moved=(Transfer("OUT/1", -3, done=True),)),
        )
        told = [probable_causes(case)[0] for case in cases]
        sentences = self.env["stock.count.cause"]._sentences()
        self.assertEqual({cause.code for cause in told}, sentences.keys())
        for cause in told:
            self.assertIn(cause.action, labels)
            self.assertTrue(hasattr(Line, f"_follow_{cause.action}"))

    def test_following_swapped_digits_asks_for_a_recount(self):
        """P11, A3."""
        line = self._count(self.session, self.screw, self.bin_a, 84)
        line.action_follow_cause()
        self.assertEqual(line.state, "recount")

    def test_following_what_is_next_door_proposes_the_move(self):
        """P11, P3: a person accepts it."""
        self._count(self.session, self.screw, self.bin_b, 15)
        line = self._count(self.session, self.screw, self.bin_a, 45)
        line.action_follow_cause()
        self.assertEqual(line.match_out_ids.mapped("state"), ["proposed"])

    def test_following_a_serial_elsewhere_checks_it_to_be_moved(self):
        """P11, P3."""
        serial = self._create_lot(self.drill, "D1")
        self._book(self.drill, self.bin_b, 1, serial)
        line = self._count(self.session, self.drill, self.bin_a, 1, lot_id=serial.id)
        line.action_follow_cause()
        self.assertTrue(line.to_post)

    def test_following_a_transfer_or_a_negative_book_shows_transfers(self):
        """P11: the one that would explain it; the receipts that are open."""
        delivery = self._create_transfer(self.screw, 5, self.bin_a, self.customers)
        line = self._count(self.session, self.screw, self.bin_a, 43)
        self.assertEqual(self._shown(line.action_follow_cause()), delivery)
        self._book(self.screw, self.bin_b, -16)
        receipt = self._create_transfer(
            self.screw, 9, self.suppliers, self.stock, assign=False
        )
        line = self._count(self.session, self.screw, self.bin_b, 0)
        self.assertEqual(self._shown(line.action_follow_cause()), receipt)

    def _shown(self, action):
        return self.env[action["res_model"]].search(action["domain"])

    def test_only_a_lead_follows_a_cause_and_only_where_there_is_one(self):
        """Z2, bad input: by RPC."""
        counter = self._create_user("cause_counter", "stock_count.group_count_counter")
        lead = self._create_user("cause_lead", "stock_count.group_count_lead")
        self.session.counter_ids = counter
        line = self._count(self.session, self.screw, self.bin_a, 48)
        with self.assertRaises(AccessError):
            self._rpc(counter, line, "action_follow_cause")
        with self.assertRaisesRegex(UserError, "nothing explains"):
            self._rpc(lead, line, "action_follow_cause")
        self._count(self.session, self.screw, self.bin_a, 84)
        self._post(self.session, line)
        with self.assertRaisesRegex(UserError, "nothing explains"):
            self._rpc(lead, line, "action_follow_cause")

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
