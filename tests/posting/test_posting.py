from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.stock_count.models.posting.poster import Outcome

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestPosting(CountCommon):
    """Post Receipts and Issues: what is made, what is isolated, what is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)

    def _count_both(self, in_a, in_b):
        return (
            self._count(self.session, self.screw, self.bin_a, in_a),
            self._count(self.session, self.screw, self.bin_b, in_b),
        )

    def test_only_checked_lines_are_posted(self):
        """P4: the rest stays, the status is Partial."""
        line_a, line_b = self._count_both(8, 9)
        self._post(self.session, line_a)
        self.assertEqual((line_a.state, line_b.state), ("posted", "counted"))
        self.assertEqual(self._booked(self.screw, self.bin_b), 10)

    def test_posted_moves_name_session_line_and_reason(self):
        """P1, P2, P17: with the company's default reason for the sign."""
        shortage, overage = self._count_both(8, 12)
        self._post(self.session)
        self.assertEqual(
            shortage.move_ids.count_reason_id, self.company.count_shortage_reason_id
        )
        self.assertEqual(
            overage.move_ids.count_reason_id, self.company.count_overage_reason_id
        )
        self.assertEqual((shortage | overage).move_ids.count_session_id, self.session)
        self.assertEqual(shortage.move_ids.reference, self.session.name)

    def test_a_posted_move_says_what_odoo_would_say_of_it(self):
        """P1, P2: what is given or left out to be faster is what Odoo computes."""
        self._count_both(8, 12)
        self._post(self.session)
        names = [
            name
            for name, field in self.env["stock.move"]._fields.items()
            if field.store and field.compute and field.readonly
        ]
        self.assertIn("packaging_uom_id", names)
        moves = self.session.move_ids
        said = moves.read(names, load=None)
        for name in names:
            self.env.add_to_compute(moves._fields[name], moves)
        self.assertEqual(moves.read(names, load=None), said)

    def test_a_line_without_a_variance_needs_no_move(self):
        """Design chapter 4: the count itself is the evidence."""
        self._count_both(10, 10)
        self._post(self.session)
        self.assertFalse(self.session.move_ids)
        self.assertEqual(self.session.state, "posted")

    def test_posting_keeps_who_and_when(self):
        """P7: on the line and the session, with a word in the chatter."""
        line, _other = self._count_both(8, 10)
        self._post(self.session)
        self.assertEqual(line.posted_by_id, self.env.user)
        self.assertTrue(line.posted_at)
        self.assertEqual(self.session.posted_by_id, self.env.user)
        self.assertIn("lines posted", self.session.message_ids[0].body)

    def test_a_line_that_cannot_be_posted_does_not_stop_the_others(self):
        """P13: it keeps its error, the rest goes through."""
        line_a, line_b = self._count_both(8, 9)
        original = type(self.env["stock.move"])._action_done

        def fail_in_a(moves, *args, **kwargs):
            if moves.filtered(lambda move: move.location_id == self.bin_a):
                raise UserError("The floor of bin A is wet")
            return original(moves, *args, **kwargs)

        with patch.object(type(self.env["stock.move"]), "_action_done", fail_in_a):
            self._post(self.session)
        self.assertEqual((line_a.state, line_b.state), ("failed", "posted"))
        self.assertEqual(line_a.post_error, "The floor of bin A is wet")
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)
        self.assertEqual(self._booked(self.screw, self.bin_b), 9)

    def test_a_failed_line_is_posted_once_its_cause_is_gone(self):
        """P13: it stays checked."""
        line = self._count(self.session, self.screw, self.bin_a, 8)
        self._book(self.screw, self.bin_a, -1)
        self._post(self.session, line)
        self.assertEqual((line.state, line.to_post), ("failed", True))
        self._book(self.screw, self.bin_a, 1)
        self.session.action_post()
        self.assertEqual((line.state, line.post_error), ("posted", False))

    def test_a_reason_of_the_other_sign_is_refused(self):
        """P17."""
        line, _other = self._count_both(8, 10)
        with self.assertRaisesRegex(UserError, "choose another one"):
            line.reason_id = self.env.ref("stock_count.reason_unbooked_receipt")
        line.reason_id = self.env.ref("stock_count.reason_theft")
        self._post(self.session, line)
        self.assertEqual(line.move_ids.count_reason_id.code, "LOST")

    def test_a_line_is_taken_for_a_posting_once_a_round(self):
        """P6, rule 7: who comes second gets nothing, and nothing is added up twice."""
        line, _other = self._count_both(8, 10)
        poster, outcome = self.env["stock.count.poster"], Outcome()
        for _time in range(2):
            taken = poster._mark_posted(line.ids, {line.id: -2}, outcome)
        self.assertFalse(taken)
        self.assertEqual(outcome.counts, {"posted": 1, "taken": 1})
        self.assertEqual(line.posted_qty, -2)

    def test_who_comes_second_moves_nothing(self):
        """P6, rule 7: of two postings of the same lines."""
        line, _other = self._count_both(8, 10)
        poster = self.env["stock.count.poster"]
        verdicts = poster._judge(line, Outcome())
        for _time in range(2):
            poster._post_chunk([line], verdicts, Outcome())
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)
        self.assertEqual(line.move_ids.quantity, 2)

    def test_other_orders_get_what_was_found(self):
        """P2: a waiting delivery is reserved from the overage, once per posting."""
        self._deliver(self.screw, 20, self.stock)
        picking = self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        self.assertEqual(picking.state, "confirmed")
        self._post(self.session, self._count(self.session, self.screw, self.bin_a, 5))
        self.assertEqual(picking.state, "assigned")


@tagged("post_install", "-at_install")
class TestApproval(CountCommon):
    """Submit, approve, reject (D7, A1, A5 as far as posting needs them)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_require_approval = True
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)
        self.line = self._count(self.session, self.screw, self.bin_a, 8)
        self.session.action_check_all()

    def test_posting_without_approval_is_refused_by_line(self):
        """A1, Option 170."""
        self.session.action_post()
        self.assertEqual(self.line.state, "failed")
        self.assertIn("No approval covers", self.line.post_error)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_only_a_count_manager_posts(self):
        """Option 170, Z1: neither a lead nor an approver, although it is approved."""
        self.session.action_submit()
        self.session.action_approve()
        for role in ("lead", "approver"):
            user = self._create_user(f"post_{role}", f"stock_count.group_count_{role}")
            with self.subTest(role), self.assertRaisesRegex(AccessError, "Option 170"):
                self._rpc(user, self.session, "action_post")
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_the_option_of_another_company_keeps_nobody_from_posting(self):
        """Option 170: each company decides for itself."""
        lead = self._create_user("post_lead", "stock_count.group_count_lead")
        self.company.count_require_approval = False
        self.env["res.company"].create(
            {"name": "Strict", "count_require_approval": True}
        )
        self._rpc(lead, self.session, "action_post")
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_approved_lines_are_posted(self):
        """A1: submit, approve with a comment, post."""
        self.session.action_submit()
        self.assertEqual(self.session.state, "pending_approval")
        self.session.action_approve("Looks right")
        self.session.action_post()
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)
        self.assertEqual(self.session.approval_id.comment, "Looks right")

    def test_nothing_is_posted_between_submit_and_answer(self):
        """A1."""
        self.session.action_submit()
        with self.assertRaisesRegex(UserError, "waiting for approval"):
            self.session.action_post()

    def test_a_rejected_count_goes_back_to_counting(self):
        """A1: and is not posted."""
        self.session.action_submit()
        self.session.action_reject("Count bin A again")
        self.assertEqual(self.session.state, "open")
        self.session.action_post()
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_a_change_after_approval_voids_that_line_only(self):
        """A5: the other lines stay covered."""
        other = self._count(self.session, self.screw, self.bin_b, 9)
        self.session.action_check_all()
        self.session.action_submit()
        self.session.action_approve()
        self.line.found_qty = 7
        self.session.action_post()
        self.assertEqual((self.line.state, other.state), ("failed", "posted"))
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_a_rejection_says_why(self):
        """A1: whoever counts again has to know."""
        self.session.action_submit()
        for comment in (None, "", "  "):
            with self.subTest(comment), self.assertRaisesRegex(UserError, "Say why"):
                self.session.action_reject(comment)
        self.assertEqual(self.session.state, "pending_approval")

    def test_an_approval_is_answered_once(self):
        """A1: the second approver is told."""
        self.session.action_submit()
        self.session.action_approve()
        with self.assertRaisesRegex(UserError, "not waiting"):
            self.session.action_reject()

    def test_submitting_needs_a_checked_counted_line(self):
        """D7."""
        self.session.action_uncheck_all()
        with self.assertRaisesRegex(UserError, "tick Post"):
            self.session.action_submit()
