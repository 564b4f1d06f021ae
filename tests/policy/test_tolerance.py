from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestTolerance(CountCommon):
    """One number says whether a variance needs somebody to look at it (A2, D12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 100)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a)

    def _tolerate(self, **values):
        return self.env["stock.count.tolerance"].create(
            {"company_id": self.company.id, **values}
        )

    def _ratio(self, found):
        line = self._count(self.session, self.screw, self.bin_a, found)
        return line.tolerance_ratio

    def test_without_a_tolerance_nothing_is_over_it(self):
        """A2: no limit is no limit."""
        self.assertEqual(self._ratio(1), 0)

    def test_shortage_and_overage_have_limits_of_their_own(self):
        """A2: plus and minus, in percent of the expected quantity."""
        self._tolerate(percent_minus=4, percent_plus=1)
        self.assertEqual(self._ratio(98), 0.5)
        self.assertEqual(self._ratio(102), 2)

    def test_the_value_limits_too(self):
        """A2: 10 screws at 2 are 20 against a limit of 10."""
        self._tolerate(percent_minus=50, value_minus=10)
        self.assertEqual(self._ratio(90), 2)

    def test_the_most_specific_tolerance_wins(self):
        """A2: product before category before warehouse before company."""
        self._tolerate(percent_minus=1)
        self.assertEqual(self._ratio(98), 2)
        self._tolerate(
            applied_on="warehouse", warehouse_id=self.warehouse.id, percent_minus=2
        )
        self.assertEqual(self._ratio(98), 1)
        parent = self.env["product.category"].create({"name": "Parent"})
        self.screw.categ_id = parent.create({"name": "C", "parent_id": parent.id})
        self._tolerate(applied_on="category", categ_id=parent.id, percent_minus=4)
        self.assertEqual(self._ratio(98), 0.5)
        self._tolerate(
            applied_on="product",
            product_tmpl_id=self.screw.product_tmpl_id.id,
            percent_minus=8,
        )
        self.assertEqual(self._ratio(98), 0.25)

    def test_a_tolerance_is_never_negative(self):
        """Bad input."""
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._tolerate(percent_minus=-1)

    def test_a_tolerance_limits_something(self):
        """Bad input: 0 or empty is no tolerance."""
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._tolerate(percent_minus=0)

    def test_a_tolerance_names_its_target(self):
        """Bad input: says what to choose."""
        with self.assertRaisesRegex(ValidationError, "Choose the product"):
            self._tolerate(applied_on="product", percent_minus=1)

    def test_over_tolerance_is_not_posted_without_a_second_look(self):
        """A2: even with Option 170 off."""
        self._tolerate(percent_minus=1)
        line = self._count(self.session, self.screw, self.bin_a, 90)
        self._post(self.session)
        self.assertEqual(line.state, "failed")
        self.assertIn("Over its tolerance 10.0 times", line.post_error)
        self.assertEqual(self._booked(self.screw, self.bin_a), 100)
        # So the form offers to submit it.
        self.assertEqual(self.session.over_count, 1)

    def test_where_none_was_expected_no_number_is_told(self):
        """A2: any overage of nothing is infinitely over its tolerance."""
        self._tolerate(percent_plus=1)
        self._book(self.screw, self.bin_a, -100)
        line = self._count(self.session, self.screw, self.bin_a, 3)
        self._post(self.session)
        self.assertEqual(line.tolerance_ratio, 999)
        self.assertIn("Far over its tolerance", line.post_error)

    def test_within_tolerance_is_posted_at_once(self):
        """A2."""
        self._tolerate(percent_minus=10)
        self._count(self.session, self.screw, self.bin_a, 90)
        self._post(self.session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 90)

    def test_a_recount_lets_it_through(self):
        """A2, A3: counted again with the same result."""
        self._tolerate(percent_minus=1)
        line = self._count(self.session, self.screw, self.bin_a, 90)
        line.action_request_recount()
        self._count(self.session, self.screw, self.bin_a, 90)
        self._post(self.session)
        self.assertEqual(self._booked(self.screw, self.bin_a), 90)

    def test_a_recount_lets_one_posting_through(self):
        """A2, rule 2: what comes after it needs a second look of its own."""
        self._tolerate(percent_minus=1, percent_plus=1)
        line = self._count(self.session, self.screw, self.bin_a, 90)
        line.action_request_recount()
        self._count(self.session, self.screw, self.bin_a, 90)
        # Something else of the session is left, so it stays open.
        self._count(self.session, self.glue, self.bin_a, 1, lot_name="G1")
        self._post(self.session, line)
        self.assertEqual(line.state, "posted")
        self._count(self.session, self.screw, self.bin_a, 50)
        self._post(self.session, line)
        self.assertIn("Over its tolerance", line.post_error)
        self.assertEqual(self._booked(self.screw, self.bin_a), 90)
        line.action_request_recount()
        self._count(self.session, self.screw, self.bin_a, 50)
        self._post(self.session, line)
        self.assertEqual(self._booked(self.screw, self.bin_a), 50)

    def test_an_approver_lets_it_through(self):
        """A2, A1: submitted and approved by somebody else."""
        self._tolerate(percent_minus=1)
        self._count(self.session, self.screw, self.bin_a, 90)
        self.session.action_check_all()
        self.session.action_submit()
        approver = self._create_user("ann", "stock.group_stock_manager")
        self.session.with_user(approver).action_approve()
        self.session.action_post()
        self.assertEqual(self._booked(self.screw, self.bin_a), 90)


@tagged("post_install", "-at_install")
class TestSegregation(CountCommon):
    """Nobody approves what they counted or submitted (A4), on the server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_require_approval = True
        cls._book(cls.screw, cls.bin_a, 10)
        groups = "stock.group_stock_manager"
        cls.ann = cls._create_user("ann", groups)
        cls.bob = cls._create_user("bob", groups)
        cls.eve = cls._create_user("eve", groups)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a)
        counted = self.session.with_user(self.ann)
        counted.record_entries([self._entry(8, self.screw, self.bin_a)])
        self.session.action_check_all()
        self.session.with_user(self.bob).action_submit()

    def test_who_counted_does_not_approve(self):
        """A4."""
        with self.assertRaisesRegex(AccessError, "another approver"):
            self.session.with_user(self.ann).action_approve()

    def test_who_submitted_does_not_approve(self):
        """A4."""
        with self.assertRaisesRegex(AccessError, "another approver"):
            self.session.with_user(self.bob).action_approve()

    def test_somebody_else_approves(self):
        """A4."""
        self.session.with_user(self.eve).action_approve()
        self.assertEqual(self.session.approval_id.approver_id, self.eve)

    def test_who_withdrew_a_part_does_not_approve(self):
        """A4: without an entry of their own, they decided how much was found."""
        session = self._create_session(self.bin_a)
        parts = [
            self._entry(qty, self.screw, self.bin_a, operation="add") for qty in (5, 3)
        ]
        session.with_user(self.ann).record_entries(parts)
        withdrawal = {"uuid": "withdrawn", "operation": "withdraw"}
        session.with_user(self.eve).record_entries(
            [{**withdrawal, "withdraws": parts[1]["uuid"]}]
        )
        session.action_check_all()
        session.with_user(self.bob).action_submit()
        self.assertEqual(session.line_ids.found_qty, 5)
        with self.assertRaisesRegex(AccessError, "another approver"):
            session.with_user(self.eve).action_approve()

    def test_a_company_may_do_without(self):
        """A4: configurable."""
        self.company.count_segregation = False
        self.session.with_user(self.ann).action_approve()
        self.assertEqual(self.session.approval_id.state, "approved")
