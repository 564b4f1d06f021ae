from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_exceptions import ExceptionCommon


class ProofCommon(ExceptionCommon):
    """Wrong picks in two bins, counted and posted more than once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_b, 10)
        cls.cause = cls.env["stock.count.reason"].create(
            {"code": "TST", "name": "Wrong pick", "sign": "both"}
        )
        rules = cls.env["stock.count.exception.rule"]
        rules.create({"kind": "repeated_cause", "user_id": cls.owner.id})
        rules.create({"kind": "repeated_variance", "user_id": cls.owner.id})

    def _post_variances(self, *places, found, reason=None):
        """Count screws in these places and post them, with a root cause."""
        session = self._create_session(self.bin_a | self.bin_b)
        for place in places:
            line = self._count(session, self.screw, place, found)
            line.reason_id = reason if reason is not None else self.cause
        self._post(session)
        return session

    def _give_thrice(self):
        """Three variances in two counts have the cause."""
        self._post_variances(self.bin_a, self.bin_b, found=9)
        self._post_variances(self.bin_a, found=8)
        return self._queue("repeated_cause")

    def _verify(self, exception, found):
        """Count and post the verification of an exception."""
        session = exception.verification_id
        for line in session.line_ids:
            self._count(session, self.screw, line.location_id, found[line.location_id])
        self._post(session)
        return session


@tagged("post_install", "-at_install")
class TestRepeatedCauses(ProofCommon):
    """A repeated cause is a task that closes on the evidence of a count (P18)."""

    def test_a_cause_given_thrice_opens_a_task_with_an_owner(self):
        """P18, X1: with evidence, money, a deadline."""
        exception = self._give_thrice()
        self.assertEqual(exception.user_id, self.owner)
        self.assertEqual(exception.reason_id, self.cause)
        self.assertIn("3 variances of 2 counts", exception.evidence)
        self.assertEqual(exception.impact_value, 6)
        self.assertTrue(exception.deadline)

    def test_the_task_schedules_a_verification_count(self):
        """P18: of the places where the cause was given, blind, due and owned."""
        exception = self._give_thrice()
        count = exception.verification_id
        self.assertEqual(count.line_ids.location_id, self.bin_a | self.bin_b)
        self.assertEqual(count.line_ids.product_id, self.screw)
        self.assertEqual(count.user_id, self.owner)
        self.assertEqual(count.date_due, exception.deadline)
        self.assertTrue(count.blind)
        self.assertEqual(count.activity_ids.user_id, self.owner)

    def test_less_than_three_or_one_count_is_no_repetition(self):
        """P18."""
        self._post_variances(self.bin_a, self.bin_b, found=9)
        self.assertFalse(self._queue("repeated_cause"))

    def test_a_default_reason_is_no_cause(self):
        """P17, P18: it says that nobody knows."""
        default = self.company.count_shortage_reason_id
        self._post_variances(self.bin_a, self.bin_b, found=9, reason=default)
        self._post_variances(self.bin_a, found=8, reason=default)
        self.assertFalse(self._queue("repeated_cause"))

    def test_an_old_cause_is_forgotten(self):
        """P18: a quarter of a year is not lately."""
        session = self._post_variances(self.bin_a, self.bin_b, found=9)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_count_line SET posted_at = %s WHERE session_id = %s",
            [fields.Datetime.now() - timedelta(days=91), session.id],
        )
        self.env.invalidate_all()
        self._post_variances(self.bin_a, found=8)
        self.assertFalse(self._queue("repeated_cause"))

    def test_no_reason_closes_it(self):
        """P18: neither done nor dismissed, one by one or many at once."""
        exceptions = self._give_thrice() | self._queue("repeated_variance")
        exceptions.close_reason = "I say so"
        for verb in ("action_done", "action_dismiss"):
            for some in (exceptions, exceptions[0]):
                with self.assertRaisesRegex(UserError, "only a count without"):
                    getattr(some, verb)("I say so")
        self.assertEqual(set(exceptions.mapped("state")), {"open"})

    def test_a_verification_without_variance_closes_it(self):
        """P18: and its owner's task is done."""
        exception = self._give_thrice()
        count = self._verify(exception, {self.bin_a: 8, self.bin_b: 9})
        self.assertEqual(exception.state, "done")
        self.assertFalse(count.activity_ids)

    def test_a_verification_with_a_variance_schedules_another(self):
        """P18: the cause is still there."""
        exception = self._give_thrice()
        first = self._verify(exception, {self.bin_a: 7, self.bin_b: 9})
        self.assertEqual(exception.state, "open")
        second = exception.verification_id
        self.assertNotEqual(second, first)
        self._verify(exception, {self.bin_a: 7, self.bin_b: 9})
        self.assertEqual(exception.state, "done")
        self.assertEqual(exception.verification_id, second)

    def test_a_verification_that_was_not_finished_proves_nothing(self):
        """P18: closed with a line not counted."""
        exception = self._give_thrice()
        count = exception.verification_id
        self._count(count, self.screw, self.bin_a, 8)
        self._post(count)
        count.action_cancel()
        self._watch()
        self.assertEqual((count.state, exception.state), ("posted", "open"))
        exception.action_next()
        self.assertEqual(exception.verification_id.state, "open")
        self.assertNotEqual(exception.verification_id, count)

    def test_what_was_proved_is_over_and_counts_no_more(self):
        """P18: two later variances are not five."""
        exception = self._give_thrice()
        self._verify(exception, {self.bin_a: 8, self.bin_b: 9})
        self._post_variances(self.bin_a, found=6)
        self.assertFalse(self._queue("repeated_cause"))

    def test_a_refresh_adds_nothing_else_to_a_verification(self):
        """P18, D10: the glue in the same bin has nothing to do with it."""
        count = self._give_thrice().verification_id
        self._book(self.glue, self.bin_a, 5, self._create_lot(self.glue, "G"))
        count.action_refresh()
        self.assertEqual(count.line_ids.product_id, self.screw)

    def test_its_next_action_opens_its_verification(self):
        """X1: the same one, however often."""
        exception = self._give_thrice()
        count = exception.verification_id
        for _time in range(2):
            action = exception.action_next()
            self.assertEqual(action["context"]["active_id"], count.id)
        self.assertEqual(exception.state, "in_progress")


@tagged("post_install", "-at_install")
class TestRepeatedVariances(ProofCommon):
    """A variance that comes back in one place is verified there (P18)."""

    def test_many_repeats_share_one_verification(self):
        """P18: one walk, not one for each."""
        for found in (9, 8):
            self._post_variances(self.bin_a, self.bin_b, found=found, reason=False)
        repeats = self._queue("repeated_variance")
        self.assertEqual(len(repeats), 2)
        self.assertEqual(len(repeats.verification_id), 1)
        self.assertEqual(len(repeats.verification_id.line_ids), 2)

    def test_another_variance_schedules_no_second_verification(self):
        """P18: one to come is enough."""
        for found in (9, 8):
            self._post_variances(self.bin_a, found=found, reason=False)
        count = self._queue("repeated_variance").verification_id
        self._post_variances(self.bin_a, found=7, reason=False)
        self.assertEqual(self._queue("repeated_variance").verification_id, count)

    def test_stock_that_came_since_is_verified_too(self):
        """P18: another lot in the same bin."""
        lots = [self._create_lot(self.glue, name) for name in ("G1", "G2")]
        self._book(self.glue, self.bin_a, 5, lots[0])
        for found in (4, 3):
            session = self._create_session(self.bin_a)
            self._count(session, self.glue, self.bin_a, found, lot_id=lots[0].id)
            self._post(session)
        self._book(self.glue, self.bin_a, 5, lots[1])
        repeated = self._queue("repeated_variance")
        repeated.verification_id.action_cancel()
        repeated.action_next()
        self.assertEqual(len(repeated.verification_id.line_ids.lot_id), 2)

    def test_verifying_many_takes_the_queries_of_few(self):
        """P18, issue 3: a posting may raise hundreds."""
        products = self.env["product.product"].create(
            [{"name": f"Item {i}", "is_storable": True} for i in range(40)]
        )
        exceptions = {}
        for place, some in ((self.bin_a, products[:4]), (self.bin_b, products)):
            for product in some:
                self._book(product, place, 5)
            session = self._create_session(place)
            lines = session.line_ids.filtered(lambda li, s=some: li.product_id in s)
            watch = self.env["stock.count.watch"]
            self.Queue._raise(
                [watch._prepare_repeated(line, [True, True]) for line in lines]
            )
            found = self._queue("repeated_variance")
            exceptions[place] = found.filtered(lambda x, p=place: x.location_id == p)
        few, many = (self._queries(exceptions[p]) for p in (self.bin_a, self.bin_b))
        self.assertLessEqual(many, few + 2)

    def _queries(self, exceptions):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        exceptions._schedule_verifications()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
