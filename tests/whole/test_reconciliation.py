from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestReconciliation(CountCommon):
    """Every row of the table in design chapter 3, on real records (P5, P6).

    All events of a test happen within one second of the wall clock, so nothing here is
    ordered by Odoo's dates.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)

    def _count_a(self, qty, **values):
        return self._count(self.session, self.screw, self.bin_a, qty, **values)

    def _assert_book(self, quantity):
        self.assertEqual(self._booked(self.screw, self.bin_a), quantity)

    def _now(self):
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return self.env.cr.fetchone()[0]

    def _rival_session(self):
        return self._create_session(self.bin_a)

    def test_a_shortage_is_issued(self):
        """P1: 10 booked, 8 found, nothing else: issue 2."""
        line = self._count_a(8)
        self._post(self.session)
        self._assert_book(8)
        self.assertEqual(line.move_ids.quantity, 2)
        self.assertEqual(line.move_ids.location_id, self.bin_a)

    def test_an_overage_is_received(self):
        """P2: 10 booked, 12 found: receipt of 2."""
        line = self._count_a(12)
        self._post(self.session)
        self._assert_book(12)
        self.assertEqual(line.move_ids.location_dest_id, self.bin_a)

    def test_a_delivery_after_the_count_is_not_overwritten(self):
        """P5: counted 8, then 3 delivered: issue 2, 5 left."""
        self._count_a(8)
        self._deliver(self.screw, 3, self.bin_a)
        self._post(self.session)
        self._assert_book(5)

    def test_a_receipt_after_the_count_is_not_overwritten(self):
        """P5: counted 10, then 5 received: nothing to post, 15."""
        line = self._count_a(10)
        self._receive(self.screw, 5, self.bin_a)
        self._post(self.session)
        self._assert_book(15)
        self.assertEqual((line.state, len(line.move_ids)), ("posted", 0))

    def test_ticked_goods_count_as_gone_when_validated_later(self):
        """P5: 3 ticked, 7 counted, validated, posted: nothing, 7."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._tick(picking)
        line = self._count_a(7)
        self.assertEqual(line.variance_qty, 0)
        self._validate(picking)
        self._post(self.session)
        self._assert_book(7)

    def test_ticked_goods_count_as_gone_while_still_open(self):
        """P5: 3 ticked, 7 counted, posted: nothing; 10, and 7 once validated."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._tick(picking)
        self._count_a(7)
        self._post(self.session)
        self._assert_book(10)
        self._validate(picking)
        self._assert_book(7)

    def test_goods_taken_before_they_are_ticked_are_held(self):
        """Rule 3: 3 taken, 7 counted, validated afterwards: held, then nothing, 7."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        line = self._count_a(7)
        self._validate(picking)
        self._post(self.session)
        self.assertEqual((line.state, line.hold_text), ("held", picking.name))
        line.action_accept_transfer()
        self._post(self.session)
        self._assert_book(7)
        self.assertEqual((line.state, len(line.move_ids)), ("posted", 0))

    def test_goods_ticked_but_still_there_are_held(self):
        """Rule 3: 3 ticked, 10 counted: held, then nothing; 10, and 7 once
        validated."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._tick(picking)
        line = self._count_a(10)
        self.assertEqual((line.state, line.variance_qty), ("held", 3))
        line.action_accept_transfer()
        self._post(self.session)
        self._assert_book(10)
        self._validate(picking)
        self._assert_book(7)

    def test_a_held_line_waits_for_an_answer_when_its_transfer_is_cancelled(self):
        """Rule 3: 3 taken, 7 counted, then the order is cancelled and they are back."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        line = self._count_a(7)
        picking.action_cancel()
        self._post(self.session)
        self.assertEqual((line.state, line.variance_qty), ("held", -3))
        self.assertIn("cancelled", line.hold_text)
        line.action_accept_transfer()
        self._post(self.session)
        self._assert_book(10)

    def test_a_held_line_that_is_really_missing_is_posted(self):
        """Rule 3, the other reading: 3 reserved and not taken, 3 missing: issue 3."""
        self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        line = self._count_a(7)
        line.action_accept_variance()
        self._post(self.session)
        self._assert_book(7)
        self.assertEqual(line.posted_qty, -3)

    def test_an_answer_is_for_the_count_it_was_given_for(self):
        """Rules 3 and 14: 3 were explained, then 5 are missing, which is asked about
        again: issue 5."""
        self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        line = self._count_a(7)
        line.action_accept_transfer()
        self._count_a(5)
        self.assertEqual((line.hold_answer, line.explained_qty), (False, 0))
        self.assertEqual((line.state, line.variance_qty), ("held", -5))
        line.action_accept_variance()
        self._post(self.session)
        self._assert_book(5)

    def test_scrap_after_the_count_is_physical(self):
        """P5: counted 10, then 3 scrapped: nothing to post, 7."""
        self._count_a(10)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 3,
                "location_id": self.bin_a.id,
                "company_id": self.company.id,
            }
        )
        scrap.do_scrap()
        self._post(self.session)
        self._assert_book(7)

    def test_an_earlier_count_posted_first_is_not_posted_again(self):
        """P6: another session counted 8 earlier and posted first: nothing, 8."""
        rival = self._rival_session()
        self._count(rival, self.screw, self.bin_a, 8)
        line = self._count_a(8)
        self._post(rival)
        self._post(self.session)
        self._assert_book(8)
        self.assertFalse(line.move_ids)

    def test_newer_count_supersedes_an_older_one(self):
        """P6: another session counted 9 later and posted first: superseded, 9."""
        line = self._count_a(8)
        rival = self._rival_session()
        self._count(rival, self.screw, self.bin_a, 9)
        self._post(rival)
        self._post(self.session)
        self._assert_book(9)
        self.assertEqual(line.state, "superseded")

    def test_newer_count_without_a_move_supersedes_too(self):
        """P6: another session counted 10 later, no move needed: superseded, 10."""
        line = self._count_a(8)
        rival = self._rival_session()
        self._count(rival, self.screw, self.bin_a, 10)
        self._post(rival)
        self._post(self.session)
        self._assert_book(10)
        self.assertEqual(line.state, "superseded")

    def test_native_adjustment_after_the_count_supersedes_it(self):
        """P6: delivery of 3, then native adjustment to 7: superseded, 7."""
        line = self._count_a(8)
        self._deliver(self.screw, 3, self.bin_a)
        self._adjust_natively(self.screw, self.bin_a, 7)
        self._post(self.session)
        self._assert_book(7)
        self.assertEqual(line.state, "superseded")

    def test_native_confirmation_after_the_count_supersedes_it(self):
        """P6: a native adjustment that changes nothing is a newer count, too."""
        line = self._count_a(8)
        self._adjust_natively(self.screw, self.bin_a, 10)
        self._post(self.session)
        self._assert_book(10)
        self.assertEqual(line.state, "superseded")

    def test_native_adjustment_before_the_count_is_in_its_book(self):
        """P5: native adjustment to 12, then 12 counted: nothing."""
        self._adjust_natively(self.screw, self.bin_a, 12)
        line = self._count_a(12)
        self._post(self.session)
        self._assert_book(12)
        self.assertEqual((line.state, len(line.move_ids)), ("posted", 0))

    def test_offline_count_is_judged_by_when_it_was_made(self):
        """Rule 2: counted 7 after 3 were ticked, validated, synced later: nothing,
        7."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._tick(picking)
        counted_at = self._now()
        self._validate(picking)
        line = self._count_a(7, counted_at=counted_at.isoformat(" "))
        self.assertEqual((line.book_qty, line.picked_qty), (10, -3))
        self._post(self.session)
        self._assert_book(7)
        self.assertFalse(line.move_ids)

    def test_offline_count_before_a_delivery_is_rolled_back(self):
        """Rule 2: counted 8 at a time, 3 delivered, synced later: issue 2, 5."""
        counted_at = self._now()
        self._deliver(self.screw, 3, self.bin_a)
        self._count_a(8, counted_at=counted_at.isoformat(" "))
        self._post(self.session)
        self._assert_book(5)

    def test_a_phone_clock_that_is_wrong_is_corrected(self):
        """Rule 2: the device is 3 hours ahead; it says so by when it sent."""
        counted_at = self._now() + timedelta(hours=3)
        self._deliver(self.screw, 3, self.bin_a)
        sent_at = self._now() + timedelta(hours=3)
        line = self._count_a(
            8, counted_at=counted_at.isoformat(" "), sent_at=sent_at.isoformat(" ")
        )
        self.assertEqual(line.book_qty, 10)
        self._post(self.session)
        self._assert_book(5)

    def test_a_count_from_the_future_is_made_now(self):
        """Rule 2: a future time is clamped to now."""
        before = self._now()
        line = self._count_a(8, counted_at="2099-01-01 00:00:00")
        self.assertLessEqual(line.counted_at, self._now())
        self.assertGreaterEqual(line.counted_at, before)

    def test_late_entries_apply_in_the_order_they_were_made(self):
        """Rule 2: a late "set" does not overwrite what was added after it."""
        early = self._now()
        line = self._count_a(4, operation="add")
        self._count_a(3, operation="set", counted_at=early.isoformat(" "))
        self.assertEqual(line.found_qty, 7)

    def test_an_entry_after_posting_opens_the_next_round(self):
        """Rule 2: 5 of 10 posted, then 3 more come in from a phone: 8 in the end."""
        late = self._now()
        line = self._count_a(5, operation="add")
        self._count(self.session, self.screw, self.bin_b, 0)
        self._post(self.session, line)
        self._assert_book(5)
        self._count_a(3, operation="add", counted_at=late.isoformat(" "))
        self.assertEqual((line.round, line.state, line.found_qty), (2, "counted", 8))
        self._post(self.session, line)
        self._assert_book(8)

    def test_what_is_counted_after_closing_is_refused(self):
        """Rule 2, M12: what was counted before it was closed is taken."""
        before = self._now()
        line = self._count_a(10)
        self._post(self.session)
        self.assertEqual(self.session.state, "posted")
        entry = self._entry(8, self.screw, self.bin_a)
        [result] = self.session.record_entries([entry])
        self.assertEqual(
            (result["status"], result["code"]), ("refused", "session_closed")
        )
        self.assertEqual((self.session.state, line.found_qty), ("posted", 10))
        self._count_a(1, operation="add", counted_at=before.isoformat(" "))
        self.assertEqual(self.session.state, "partial")

    def test_a_find_that_comes_after_closing_opens_the_count_again(self):
        """Rule 2, M12: a phone brings what nobody knew of when the last line was
        posted, by a clock that is two hours fast."""
        seen_at = self._now() + timedelta(hours=2)
        self._count_a(10)
        self._post(self.session)
        self.assertEqual(self.session.state, "posted")
        line = self._count(
            self.session,
            self.screw,
            self.bin_b,
            4,
            counted_at=seen_at.isoformat(),
            sent_at=(self._now() + timedelta(hours=2)).isoformat(),
        )
        self.assertEqual(self.session.state, "partial")
        self._post(self.session, line)
        self.assertEqual(self._booked(self.screw, self.bin_b), 4)
        self.assertEqual(self.session.state, "posted")

    def test_reserved_stock_is_freed_by_a_shortage(self):
        """Rules 8 and 14: all 10 reserved, 8 found, none taken yet: issue 2, 2
        unreserved."""
        picking = self._create_transfer(self.screw, 10, self.bin_a, self.customers)
        self._count_a(8)
        self._post(self.session)
        self._assert_book(10)
        self.session.action_answer_documents(
            [{"key": f"stock.picking,{picking.id}", "answer": "not_yet"}]
        )
        self._post(self.session)
        self._assert_book(8)
        self.assertEqual(picking.move_ids.quantity, 8)
        quant = self.screw.stock_quant_ids.filtered(
            lambda quant: quant.location_id == self.bin_a
        )
        self.assertEqual(quant.reserved_quantity, 8)

    def test_a_negative_balance_counted_as_zero_is_received(self):
        """Table: -4 booked, 0 found: receipt of 4."""
        self._book(self.glue, self.bin_b, -4)
        self.session.action_refresh()
        line = self._line(self.session, self.glue, self.bin_b)
        line.found_qty = 0
        self.assertTrue(line.is_counted, "0 is a count, empty is none")
        self._post(self.session)
        self.assertEqual(self._booked(self.glue, self.bin_b), 0)

    def test_book_changed_without_a_move_is_returned(self):
        """Rule 6: somebody changed the quant behind everybody's back."""
        line = self._count_a(8)
        self._book(self.screw, self.bin_a, -1)
        self._post(self.session)
        self._assert_book(9)
        self.assertEqual(line.state, "failed")
        self.assertIn("without a stock move", line.post_error)

    def test_a_line_is_posted_once(self):
        """Rule 7: posting again posts nothing."""
        self._count_a(8)
        self._post(self.session)
        with self.assertRaises(UserError):
            self.session.action_post()
        self._assert_book(8)

    def test_stock_that_moved_between_two_adds_proposes_a_recount(self):
        """Rule 4: several adds to one line, a delivery in between."""
        self._count_a(4, operation="add")
        self._deliver(self.screw, 1, self.bin_a)
        line = self._count_a(5, operation="add")
        self.assertTrue(line.moved_while_counting)

    def test_the_book_at_the_last_of_several_adds_counts(self):
        """Rule 4: 4 found, one is delivered, 5 found: nothing is missing."""
        self._count_a(4, operation="add")
        self._deliver(self.screw, 1, self.bin_a)
        line = self._count_a(5, operation="add")
        self.assertEqual((line.book_qty, line.variance_qty), (9, 0))
        self._post(self.session)
        self._assert_book(9)
        self.assertFalse(line.move_ids)

    def test_what_is_ticked_at_the_last_of_several_adds_counts(self):
        """Rule 4: 3 are ticked and taken between two adds."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._count_a(4, operation="add")
        self._tick(picking)
        line = self._count_a(3, operation="add")
        self.assertEqual((line.picked_qty, line.variance_qty), (-3, 0))

    def test_a_count_is_as_new_as_the_last_of_its_adds(self):
        """Rules 1 and 4: a count made between two adds is older than their sum."""
        line = self._count_a(4, operation="add")
        rival = self._rival_session()
        older = self._count(rival, self.screw, self.bin_a, 9)
        self._count_a(4, operation="add")
        self._post(self.session, line)
        self._post(rival)
        self._assert_book(8)
        self.assertEqual((line.state, older.state), ("posted", "superseded"))

    def _count_twice_in_one_moment(self, first, second):
        """Two sessions count at the same microsecond; who recorded first is older."""
        at = self._now().isoformat(" ")
        lines = [
            self._count(session, self.screw, self.bin_a, qty, counted_at=at)
            for session, qty in (first, second)
        ]
        self.assertEqual(lines[0].counted_at, lines[1].counted_at)
        return lines

    def test_of_two_counts_of_one_moment_the_later_stamp_supersedes(self):
        """Rules 1 and 2: they have one order, whatever their clocks say."""
        rival = self._rival_session()
        older, _newer = self._count_twice_in_one_moment((self.session, 8), (rival, 9))
        self._post(rival)
        self._post(self.session)
        self._assert_book(9)
        self.assertEqual(older.state, "superseded")

    def test_of_two_counts_of_one_moment_the_earlier_stamp_supersedes_nothing(self):
        """Rules 1 and 2: posted first, it is corrected by the newer one."""
        rival = self._rival_session()
        _older, newer = self._count_twice_in_one_moment((rival, 9), (self.session, 8))
        self._post(rival)
        self._post(self.session)
        self._assert_book(8)
        self.assertEqual((newer.state, newer.posted_qty), ("posted", -1))

    def test_not_counted_is_not_zero(self):
        """Rule 13: what nobody counted is not posted."""
        self._post_nothing_counted()
        self._assert_book(10)

    def _post_nothing_counted(self):
        self.session.action_check_all()
        with self.assertRaises(UserError):
            self.session.action_post()

    def test_the_rest_is_counted_as_zero_only_when_asked(self):
        """Rule 13: "count the rest as zero" is explicit, logged and leaves entries."""
        self.session.action_count_rest_as_zero()
        line = self._line(self.session, self.screw, self.bin_a)
        self.assertEqual((line.is_counted, line.found_qty), (True, 0))
        self.assertEqual(line.entry_ids.source, "sheet")
        self._post(self.session)
        self._assert_book(0)
