from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestTraces(CountCommon):
    """What an open move line was explains a count after it is gone (P5, rule 3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a)
        self.picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)

    def _now(self):
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return self.env.cr.fetchone()[0]

    def _count_at(self, moment, qty):
        """Record what a phone without network counted earlier."""
        return self._count(
            self.session,
            self.screw,
            self.bin_a,
            qty,
            counted_at=moment.isoformat(" "),
        )

    def _traces(self):
        return self.env["stock.count.trace"].search(
            [("product_id", "=", self.screw.id)]
        )

    def test_an_offline_count_is_held_for_a_transfer_cancelled_before_it_came(self):
        """3 taken, 7 counted, the order is cancelled, then the phone sends."""
        counted_at = self._now()
        self.picking.action_cancel()
        line = self._count_at(counted_at, 7)
        self.assertEqual((line.state, line.variance_qty), ("held", -3))
        self.assertIn("cancelled", line.hold_text)
        line.action_accept_transfer()
        self._post(self.session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_a_tick_taken_back_before_the_phone_sends_counts_as_it_was(self):
        """3 ticked and gone, 7 counted, put back and unticked, then sent: nothing."""
        self._tick(self.picking)
        counted_at = self._now()
        self.picking.move_line_ids.picked = False
        line = self._count_at(counted_at, 7)
        self.assertEqual(line.variance_qty, 0)

    def test_a_transfer_that_was_shortened_explains_what_it_was(self):
        """3 taken, 7 counted, only 1 is delivered in the end: held, 2 are back."""
        line = self._count(self.session, self.screw, self.bin_a, 7)
        self.picking.move_line_ids.quantity = 1
        self._validate(self.picking)
        self._post(self.session)
        self.assertEqual(line.state, "held")

    def test_another_quantity_than_the_cancelled_one_is_posted(self):
        """4 missing are not explained by the 3 of the transfer: issue 4."""
        counted_at = self._now()
        self.picking.action_cancel()
        line = self._count_at(counted_at, 6)
        self._post(self.session)
        self.assertEqual((line.state, line.posted_qty), ("posted", -4))

    def test_a_transfer_cancelled_long_before_the_count_explains_nothing(self):
        """Its goods are back since an hour: what is missing is missing."""
        self.picking.action_cancel()
        self.env.flush_all()
        self._traces().gone_at = self._now() - timedelta(hours=1)
        self.env.flush_all()
        line = self._count(self.session, self.screw, self.bin_a, 7)
        self._post(self.session)
        self.assertEqual((line.state, line.posted_qty), ("posted", -3))

    def test_ticking_and_validating_leave_no_trace(self):
        """Deliveries pay nothing: only what is changed or taken away is kept."""
        self._tick(self.picking)
        self._validate(self.picking)
        self.assertFalse(self._traces())

    def test_writing_what_is_there_already_leaves_no_trace(self):
        """The form of a transfer writes back what it shows."""
        self.picking.move_line_ids.write(
            {"quantity": 3, "location_id": self.bin_a.id, "picked": False}
        )
        self.assertFalse(self._traces())

    def test_old_traces_are_forgotten(self):
        """Nobody posts a count of three months ago."""
        self.picking.action_cancel()
        self.env.flush_all()
        old, new = self._traces(), self._traces().copy()
        old.gone_at = fields.Datetime.now() - timedelta(days=90)
        self.env.flush_all()
        self.env["stock.count.trace"]._gc_traces()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    def test_nobody_writes_traces_by_rpc(self):
        """Z2: nor reads them who is no system administrator."""
        self.picking.action_cancel()
        manager = self._create_user("trace_manager", "stock_count.group_count_manager")
        for method, args in (("read", []), ("write", [{}]), ("unlink", [])):
            with self.assertRaises(AccessError):
                self._rpc(manager, self._traces(), method, *args)
