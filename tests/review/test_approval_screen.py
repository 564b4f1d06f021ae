from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import CountCommon

ACTIVITY = "stock_count.mail_activity_type_approval"


class ApprovalCommon(CountCommon):
    """Two bins counted by Bob and submitted; Ann may answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_require_approval = True
        for location, quantity in ((cls.bin_a, 10), (cls.bin_b, 20)):
            cls._book(cls.screw, location, quantity)
        cls.ann, cls.bob = (
            cls._create_user(f"screen_{name}", "stock.group_stock_manager")
            for name in ("ann", "bob")
        )
        cls.lead = cls._create_user("screen_lead", "stock_count.group_count_lead")

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)
        counting = self.session.with_user(self.bob)
        counting.record_entries(
            [
                self._entry(8, self.screw, self.bin_a),
                self._entry(25, self.screw, self.bin_b),
            ]
        )
        self.session.action_check_all()
        self.session.action_submit()
        self.approval = self.session.approval_id

    def _covered(self, location):
        return self.approval.line_ids.filtered(
            lambda line: line.location_id == location
        )


@tagged("post_install", "-at_install")
class TestApprovalScreen(ApprovalCommon):
    """What an approver sees and does with what was submitted (A6)."""

    def test_it_shows_what_the_decision_changes(self):
        """A6: item, bin, expected, found, variance and value."""
        line = self._covered(self.bin_a).with_user(self.ann)
        values = (line.product_id, line.expected_qty, line.found_qty)
        self.assertEqual(values, (self.screw, 10, 8))
        self.assertEqual((line.variance_qty, line.variance_value), (-2, -4))
        self.assertEqual(self.approval.shortage_value, 4)
        self.assertEqual(self.approval.overage_value, 10)

    def test_it_shows_earlier_counts_of_the_item_and_bin(self):
        """A6: the latest first, of this bin only."""
        self.approval.with_user(self.ann).action_approve()
        self.session.action_post()
        again = self._create_session(self.bin_a)
        self._count(again, self.screw, self.bin_a, 7)
        again.action_check_all()
        again.action_submit()
        history = again.approval_id.line_ids.history
        self.assertIn(f"{self.session.name}: -2", history)
        self.assertNotIn("+5", history)
        self.assertFalse(self._covered(self.bin_b).history)

    def test_a_rejected_line_is_not_approved_with_the_others(self):
        """A6, A5: decided by line."""
        self._covered(self.bin_a).with_user(self.ann).action_refuse()
        self.approval.with_user(self.ann).action_approve()
        self.session.action_post()
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)
        self.assertEqual(self._booked(self.screw, self.bin_b), 25)

    def test_it_shows_what_was_submitted_whatever_became_of_it(self):
        """A5, A6: the number that was submitted, and that it is another one now."""
        line = self._covered(self.bin_a)
        for change in (
            lambda: line.line_id.write({"found_qty": 7}),
            line.line_id.action_request_recount,
        ):
            change()
            self.assertEqual((line.found_qty, line.expected_qty), (8, 10))
            self.assertEqual(line.standing, "changed")

    def test_a_rejected_line_says_who_rejected_it(self):
        """A6, X5: until it is counted again; then it is just not covered."""
        line = self._covered(self.bin_a)
        self.assertEqual(line.standing, "submitted")
        line.with_user(self.ann).action_refuse()
        self.assertEqual(line.standing, "refused")
        self.approval.with_user(self.ann).action_approve()
        self.session.action_post()
        self.assertIn(f"Rejected by {self.ann.name}", line.line_id.post_error)
        line.line_id.found_qty = 7
        self.session.action_check_all()
        self.session.action_post()
        self.assertIn("No approval covers", line.line_id.post_error)

    def test_the_count_says_what_is_next_before_and_after_an_answer(self):
        """X5, A1: submit, or why it was rejected, or post."""
        self.approval.with_user(self.ann).action_reject("Bin B is a mess")
        said = self.session.next_step
        self.assertIn(f"Rejected by {self.ann.name}: “Bin B is a mess”.", said)
        self.session.action_submit()
        self.session.approval_id.with_user(self.ann).action_approve()
        self.session.invalidate_recordset(["next_step"])
        self.assertIn("Checked lines to post: 2", self.session.next_step)
        other = self._create_session(self.bin_a)
        self._count(other, self.screw, self.bin_a, 9)
        other.action_check_all()
        self.assertIn("submit for approval: 1", other.next_step)

    def test_a_rejection_of_a_line_can_be_taken_back(self):
        """A6: while the request is open."""
        line = self._covered(self.bin_a).with_user(self.ann)
        line.action_refuse()
        line.action_accept()
        self.approval.with_user(self.ann).action_approve()
        self.session.action_post()
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_a_later_rejection_outweighs_an_earlier_approval(self):
        """A5: the last answer counts."""
        self.approval.with_user(self.ann).action_approve()
        self.session.action_submit()
        self.session.approval_id.with_user(self.ann).action_reject("Look again")
        self.session.action_post()
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_a_line_to_recount_is_covered_no_more(self):
        """A6, A3: the others are."""
        covered = self._covered(self.bin_a)
        covered.with_user(self.ann).action_request_recount()
        self.assertTrue(covered.is_changed)
        self.assertFalse(self._covered(self.bin_b).is_changed)
        self.assertEqual(covered.line_id.state, "recount")

    def test_only_approvers_decide_and_not_on_their_own_count(self):
        """A4, Z1: by each verb of the screen."""
        line = self._covered(self.bin_a)
        for user in (self.lead, self.bob):
            for records, verb in (
                (line, "action_refuse"),
                (line, "action_accept"),
                (line, "action_request_recount"),
                (self.approval, "action_approve"),
                (self.approval, "action_reject"),
            ):
                with (
                    self.subTest(user=user.login, verb=verb),
                    self.assertRaises(AccessError),
                ):
                    self._rpc(user, records, verb)

    def test_what_is_answered_stays_answered(self):
        """A1, A6"""
        self.approval.with_user(self.ann).action_reject("Look again")
        for records, verb in (
            (self._covered(self.bin_a), "action_refuse"),
            (self._covered(self.bin_a), "action_request_recount"),
            (self.approval, "action_approve"),
        ):
            with self.subTest(verb), self.assertRaisesRegex(UserError, "already"):
                self._rpc(self.ann, records, verb)

    def test_an_answer_keeps_its_comment(self):
        """A1: from the dialog."""
        Answer = self.env["stock.count.answer"].with_user(self.ann)
        answer = Answer.create({"approval_id": self.approval.id, "comment": "Why?"})
        answer.action_reject()
        self.assertEqual(self.approval.comment, "Why?")
        self.assertEqual(
            (self.approval.state, self.session.state), ("rejected", "open")
        )

    def test_the_screen_takes_as_many_queries_for_many_lines_as_for_few(self):
        """A6: causes, histories and changes are read at once."""
        bins = [self._create_bin(f"Bin {i}") for i in range(20)]
        for place in bins:
            self._book(self.screw, place, 5)
        session = self._create_session()
        for line in session.line_ids:
            line.found_qty = 4
        session.action_check_all()
        session.action_submit()
        lines = session.approval_id.line_ids
        names = ("cause", "history", "is_changed", "found_qty", "location_id")

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.ann).read(names)
            return self.env.cr.sql_log_count - before

        queries(lines[:1])
        self.assertLessEqual(queries(lines[5:]), queries(lines[:5]) + 3)


@tagged("post_install", "-at_install")
class TestApprovalActivities(ApprovalCommon):
    """Approvers are asked and reminded (A6)."""

    def _asked(self):
        return self.session.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        ).user_id

    def test_who_may_answer_is_asked_and_nobody_else(self):
        """A6, A4: not who counted or submitted it."""
        self.assertIn(self.ann, self._asked())
        self.assertFalse(self._asked() & (self.bob | self.lead | self.env.user))

    def test_an_answer_closes_the_question_for_all(self):
        """A6"""
        self.approval.with_user(self.ann).action_approve()
        self.assertFalse(self._asked())

    def test_cancelling_the_count_withdraws_the_question(self):
        """A6, A1: nothing is left to answer."""
        self.session.action_cancel()
        self.assertFalse(self._asked())
        self.assertEqual(self.approval.state, "void")

    def test_what_waits_a_day_is_reminded_once_a_day(self):
        """A6: by the scheduler's method."""
        Approval = self.env["stock.count.approval"]
        self.assertNotIn(self.approval, Approval.search(Approval._reminder_domain()))
        self.env.cr.execute(
            "UPDATE stock_count_approval SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=2), self.approval.id],
        )
        self.approval.invalidate_recordset()
        self.assertIn(self.approval, Approval.search(Approval._reminder_domain()))
        before = self.env["mail.notification"].search_count(self._to_ann())
        self.approval._remind()
        after = self.env["mail.notification"].search_count(self._to_ann())
        self.assertEqual(after, before + 1)
        self.assertNotIn(self.approval, Approval.search(Approval._reminder_domain()))

    def test_the_scheduler_reminds_of_what_waits_and_of_nothing_else(self):
        """A6: each approver once a day, of pending requests, in one go."""
        other = self._create_session(self.bin_a | self.bin_b)
        other.with_user(self.bob).record_entries(
            [self._entry(9, self.screw, self.bin_a)]
        )
        other.action_check_all()
        other.with_user(self.bob).action_submit()
        other.with_user(self.ann).action_approve()
        self._make_older()
        before = self.env["mail.notification"].search_count(self._to_ann())
        for _day in range(2):
            self._remind()
        after = self.env["mail.notification"].search_count(self._to_ann())
        self.assertEqual(after, before + 1)
        self.assertFalse(other.approval_id.reminded_at)
        self._make_older()
        self._remind()
        last = self.env["mail.notification"].search_count(self._to_ann())
        self.assertEqual(last, after + 1)

    def _remind(self):
        """Run the scheduled action as Odoo does."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("stock_count.ir_cron_remind_approvers").method_direct_trigger()
        self.env.invalidate_all()

    def _make_older(self):
        """Everything was asked, and reminded of, two days ago."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_count_approval SET create_date = %(then)s,"
            " reminded_at = CASE WHEN reminded_at IS NULL THEN NULL ELSE %(then)s END",
            {"then": fields.Datetime.now() - timedelta(days=2)},
        )
        self.env.invalidate_all()

    def _to_ann(self):
        return [("res_partner_id", "=", self.ann.partner_id.id)]
