from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import CountCommon


class RecountCommon(CountCommon):
    """A tolerance of 5 % and three people who count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 100)
        cls.env["stock.count.tolerance"].create(
            {"company_id": cls.company.id, "percent_minus": 5, "percent_plus": 5}
        )
        cls.ann, cls.bob, cls.cid = (
            cls._create_user(f"recount_{name}", "stock_count.group_count_counter")
            for name in ("ann", "bob", "cid")
        )
        cls.session = cls._create_session(
            cls.bin_a, counter_ids=[(6, 0, (cls.ann | cls.bob | cls.cid).ids)]
        )
        cls.line = cls.session.line_ids

    def _found(self, qty, user=None, **values):
        entry = self._entry(qty, line_id=self.line.id, **values)
        session = self.session.with_user(user or self.ann)
        return session.record_entries([entry])[0]


@tagged("post_install", "-at_install")
class TestAutomaticRecounts(RecountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_recount_rounds = 2

    def test_a_line_over_tolerance_is_counted_again(self):
        """A3: by itself, and the round that was is kept."""
        self._found(90)
        self.assertEqual((self.line.state, self.line.round), ("recount", 2))
        self.assertFalse(self.line.is_counted)
        self.assertEqual(self.line.entry_ids.mapped("qty"), [90])

    def test_a_line_within_tolerance_is_not(self):
        """A3, A2"""
        self._found(96)
        self.assertEqual((self.line.state, self.line.round), ("counted", 1))

    def test_after_the_last_round_the_line_stays_counted(self):
        """A3: up to N times, then somebody decides."""
        for qty in (90, 91, 92):
            self._found(qty)
        self.assertEqual((self.line.state, self.line.round), ("counted", 3))
        self.assertEqual(self.line.found_qty, 92)
        self.assertEqual(sorted(self.line.entry_ids.mapped("round")), [1, 2, 3])

    def test_zero_rounds_are_none(self):
        """A3"""
        self.company.count_recount_rounds = 0
        self._found(50)
        self.assertEqual((self.line.state, self.line.round), ("counted", 1))

    def test_pieces_that_are_added_up_are_finished_when_submitted(self):
        """A3: one scan of ten is not a shortage of nine."""
        for qty in (40, 50):
            self._found(qty, operation="add")
        self.assertEqual((self.line.state, self.line.found_qty), ("counted", 90))
        self.line.to_post = True
        self.session.action_submit()
        self.assertEqual(self.line.state, "recount")
        self.assertEqual(self.session.state, "open")

    def test_posting_recounts_first_what_was_added_up(self):
        """A3"""
        self._found(90, operation="add")
        self._post(self.session)
        self.assertEqual(self.line.state, "recount")
        self.assertEqual(self._booked(self.screw, self.bin_a), 100)

    def test_a_count_from_before_the_request_is_no_recount(self):
        """A3, M12, rule 2: it arrives late and is kept as evidence of its round."""
        self._found(90)
        before = self.line.recount_at - timedelta(minutes=5)
        result = self._found(91, counted_at=str(before))
        self.assertEqual(result["status"], "recorded")
        self.assertEqual((self.line.state, self.line.is_counted), ("recount", False))
        self.assertEqual(sorted(self.line.entry_ids.mapped("round")), [1, 1])
        self._found(92, counted_at=str(self.line.recount_at + timedelta(minutes=5)))
        self.assertEqual(sorted(self.line.entry_ids.mapped("round")), [1, 1, 2])

    def test_a_count_from_before_the_request_leaves_what_was_posted(self):
        """A3, rule 2: it was counted again since, and that stands."""
        self._found(90)
        self._found(96)
        self._post(self.session)
        before = self.line.recount_at - timedelta(minutes=5)
        self._found(91, operation="add", counted_at=str(before))
        self.assertEqual((self.line.state, self.line.found_qty), ("posted", 96))
        self.assertEqual(self.session.state, "posted")

    def test_a_device_whose_clock_is_wrong_recounts_all_the_same(self):
        """A3, rule 2: its clock is an hour late, and it says so."""
        self._found(90)
        clock = fields.Datetime.now() - timedelta(hours=1)
        late = str(clock + timedelta(seconds=2))
        self._found(97, counted_at=late, sent_at=late)
        self.assertEqual((self.line.state, self.line.found_qty), ("counted", 97))

    def test_a_serial_to_recount_may_be_found_elsewhere(self):
        """D13, A3: what the earlier round saw does not stand in its way."""
        lot = self._create_lot(self.drill, "D-1")
        self._book(self.drill, self.bin_a, 1, lot)
        session = self._create_session()
        line = self._line(session, self.drill, self.bin_a)
        session.record_entries([self._entry(1, line_id=line.id)])
        line.action_request_recount()
        self._count(session, self.drill, self.bin_b, 1, lot_id=lot.id)


@tagged("post_install", "-at_install")
class TestOtherCounter(RecountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"count_recount_rounds": 1, "count_recount_other_counter": True}
        )

    def test_who_counted_a_line_does_not_recount_it(self):
        """A3: another counter, refused on the server."""
        self._found(90)
        result = self._found(95)
        self.assertEqual(result["code"], "same_counter")
        self.assertIn("somebody else", result["message"])
        self.assertEqual(self._found(95, self.bob)["status"], "recorded")

    def test_naming_the_thing_instead_of_the_line_does_not_help(self):
        """A3: by whatever an entry names the line."""
        self._found(90)
        entry = self._entry(95, self.screw, self.bin_a)
        [result] = self.session.with_user(self.ann).record_entries([entry])
        self.assertEqual(result["code"], "same_counter")

    def test_withdrawing_the_first_count_does_not_help(self):
        """A3: who saw the bin is no other counter."""
        first = self._entry(90, line_id=self.line.id)
        session = self.session.with_user(self.ann)
        session.record_entries([first])
        session.record_entries(
            [{"uuid": "w", "operation": "withdraw", "withdraws": first["uuid"]}]
        )
        self.assertEqual(self._found(95)["code"], "same_counter")

    def test_what_was_counted_before_the_request_is_not_refused(self):
        """A3, Z3: the phone had no network; it is kept, and is no recount."""
        self._found(90)
        before = str(self.line.recount_at - timedelta(minutes=5))
        result = self._found(4, operation="add", counted_at=before)
        self.assertEqual(result["status"], "recorded", result["message"])
        self.assertEqual(self.line.state, "recount")

    def test_in_the_same_round_a_counter_may_correct_a_count(self):
        """A3"""
        self._found(99)
        self.assertEqual(self._found(98)["status"], "recorded")

    def test_without_the_policy_anybody_recounts(self):
        """A3"""
        self.company.count_recount_other_counter = False
        self._found(90)
        self.assertEqual(self._found(95)["status"], "recorded")


@tagged("post_install", "-at_install")
class TestConsensus(RecountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session.consensus = True

    def test_a_consensus_count_is_blind(self):
        """A7: the rounds are independent."""
        self.assertTrue(self.session.blind)
        self.assertTrue(self._create_session(self.bin_b, consensus=True).blind)
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.session.blind = False
            self.session.flush_recordset()

    def test_the_wizard_makes_a_consensus_count_which_is_blind(self):
        """A7, D1: whatever was said of blind."""
        Wizard = self.env["stock.count.create"]
        with Form(Wizard.with_context(default_warehouse_id=self.warehouse.id)) as form:
            form.consensus = True
            self.assertTrue(form.blind)
        form.record.blind = False
        action = form.record.action_run()
        session = self.env["stock.count.session"].browse(action["context"]["active_id"])
        self.assertTrue(session.consensus)
        self.assertTrue(session.blind)

    def test_one_counter_alone_agrees_with_nobody(self):
        """A7, bad input: the wizard says what to do."""
        counter = self._create_user("alone", "stock_count.group_count_counter")
        wizard = self.env["stock.count.create"].create(
            {
                "warehouse_id": self.warehouse.id,
                "consensus": True,
                "counter_ids": counter.ids,
            }
        )
        with self.assertRaisesRegex(UserError, "needs two people.*beside alone"):
            wizard.action_run()
        wizard.counter_ids = False
        self.assertTrue(wizard.action_run())

    def test_one_count_alone_is_counted_again(self):
        """A7: even an exact one."""
        self._found(100)
        self.assertEqual((self.line.state, self.line.round), ("recount", 2))

    def test_two_that_agree_are_the_count(self):
        """A7"""
        self._found(97, self.ann)
        self._found(97, self.bob)
        self.assertEqual((self.line.state, self.line.found_qty), ("counted", 97))

    def test_two_of_three_are_the_count(self):
        """A7: whichever two."""
        for qty, user in ((97, self.ann), (90, self.bob), (97, self.cid)):
            self.assertFalse(self.line.is_counted)
            self._found(qty, user)
        self.assertEqual((self.line.state, self.line.found_qty), ("counted", 97))
        self._post(self.session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 97)

    def test_nobody_agrees_with_oneself(self):
        """A7: by different counters."""
        self._found(97, self.ann)
        self.assertEqual(self._found(97, self.ann)["code"], "same_counter")

    def test_goods_that_leave_between_two_counts_do_not_divide_them(self):
        """A7, P5: 97 before a delivery of 3 is 94 after it."""
        self._found(97, self.ann)
        self._deliver(self.screw, 3, self.bin_a)
        self._found(94, self.bob)
        self.assertEqual((self.line.state, self.line.variance_qty), ("counted", -3))

    def test_goods_that_leave_between_two_adds_do_not_divide_two_counts(self):
        """A7, rule 4: the book at the last of them counts."""
        self._found(97, self.ann)
        self._found(50, self.bob, operation="add")
        self._deliver(self.screw, 3, self.bin_a)
        self._found(44, self.bob, operation="add")
        self._post(self.session)
        self.assertEqual((self.line.state, self.line.posted_qty), ("posted", -3))

    def test_a_count_without_agreement_is_not_posted(self):
        """A7: not when it was added up either."""
        self._found(97, operation="add")
        self._post(self.session)
        self.assertEqual(self.line.state, "recount")
        self.assertEqual(self._booked(self.screw, self.bin_a), 100)
