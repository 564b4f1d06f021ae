from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestValueOfVariances(CountCommon):
    """With and without stock_account."""

    def test_posting_works_with_or_without_accounting(self):
        """P8: the same lines, the same moves."""
        self._book(self.screw, self.bin_a, 10)
        session = self._create_session()
        self._count(session, self.screw, self.bin_a, 8)
        self._post(session)
        self.assertEqual(session.move_ids.quantity, 2)
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_a_variance_is_valued_at_the_products_cost(self):
        """D2, P8: cost of one product unit times the variance."""
        self._book(self.screw, self.bin_a, 10)
        line = self._count(self._create_session(), self.screw, self.bin_a, 8)
        self.assertEqual((line.unit_cost, line.variance_value), (2, -4))

    def test_a_variance_is_valued_at_the_cost_in_its_own_company(self):
        """Z2, P8: costs are kept per company."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.screw.with_company(other).standard_price = 99
        self._book(self.screw, self.bin_a, 10)
        line = self._count(self._create_session(), self.screw, self.bin_a, 9)
        self.assertEqual(line.variance_value, -2)

    def test_a_value_is_rounded_to_the_companys_currency(self):
        """P8: a yen has no cents."""
        self.company.currency_id = self.env.ref("base.JPY")
        self.screw.standard_price = 2.6
        self._book(self.screw, self.bin_a, 10)
        line = self._count(self._create_session(), self.screw, self.bin_a, 9)
        self.assertEqual(line.variance_value, -3)

    def test_an_item_without_cost_has_variances_without_value(self):
        """P8: no cost is zero, not an error."""
        washer = self._create_product("Washer")
        self._book(washer, self.bin_a, 10)
        line = self._count(self._create_session(), washer, self.bin_a, 8)
        self.assertEqual((line.variance_qty, line.variance_value), (-2, 0))


@tagged("post_install", "-at_install")
class TestValuation(CountCommon):
    """With stock_account; without it there is nothing to value."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "value" not in cls.env["stock.move"]._fields:
            cls.skipTest(cls, "stock_account is not installed")

    def _stock(self, method, cost=2):
        """Ten pieces of a new product, received at a cost."""
        category = self.env["product.category"].create(
            {"name": method, "property_cost_method": method}
        )
        product = self._create_product(
            "Valued", standard_price=cost, categ_id=category.id
        )
        self._receive(product, 10, self.bin_a)
        return product

    def _post_count(self, product, found, **values):
        session = self._create_session(self.bin_a)
        self._count(session, product, self.bin_a, found, **values)
        self._post(session)
        return session.move_ids

    def test_a_shortage_takes_its_value_out_at_standard_cost(self):
        """P1, P8: as any other issue."""
        product = self._stock("standard")
        move = self._post_count(product, 7)
        self.assertTrue(move.is_out)
        self.assertEqual(move.value, 6)
        self.assertEqual(product.total_value, 14)

    def test_an_overage_brings_its_value_in_at_standard_cost(self):
        """P2, P8: as any other receipt."""
        product = self._stock("standard")
        move = self._post_count(product, 12)
        self.assertTrue(move.is_in)
        self.assertEqual(move.value, 4)
        self.assertEqual(product.total_value, 24)

    def test_a_shortage_takes_its_value_out_at_average_cost(self):
        """P1, P8: the average of what was received."""
        product = self._stock("average")
        product.standard_price = 4
        self._receive(product, 10, self.bin_a)
        move = self._post_count(product, 15)
        self.assertEqual(move.value, 5 * product.standard_price)
        self.assertEqual(product.total_value, 15 * product.standard_price)

    def test_an_overage_leaves_the_average_cost_as_it_was(self):
        """P2, P8: found stock costs what the rest costs."""
        product = self._stock("average")
        cost = product.standard_price
        move = self._post_count(product, 14)
        self.assertEqual(move.value, 4 * cost)
        self.assertEqual(product.standard_price, cost)

    def test_the_report_and_the_move_say_the_same_value(self):
        """P8, R146: what a reviewer approves is what is posted."""
        product = self._stock("average", cost=3.33)
        session = self._create_session(self.bin_a)
        line = self._count(session, product, self.bin_a, 7)
        promised = line.variance_value
        self._post(session)
        self.assertEqual(promised, -session.move_ids.value)

    def test_a_location_move_changes_no_value(self):
        """P3, P8: a serial number found in the wrong bin is still ours."""
        lot = self._create_lot(self.drill, "S-1")
        self._book(self.drill, self.bin_b, 1, lot=lot)
        session = self._create_session()
        self._count(session, self.drill, self.bin_a, 1, lot_id=lot.id)
        self._post(session)
        self.assertEqual(session.move_ids.location_id, self.bin_b)
        self.assertFalse(session.move_ids.value)

    def test_a_lot_with_a_cost_of_its_own_is_valued_at_it(self):
        """D2, P8: lots of one product may differ in cost."""
        self.glue.product_tmpl_id.lot_valuated = True
        lots = [self._create_lot(self.glue, name) for name in ("L-5", "L-7")]
        for lot, cost in zip(lots, (5, 7), strict=True):
            self._book(self.glue, self.bin_a, 10, lot=lot)
            lot.standard_price = cost
        session = self._create_session(self.bin_a)
        for lot in lots:
            self._count(session, self.glue, self.bin_a, 9, lot_id=lot.id)
        values = session.line_ids.mapped(
            lambda line: (line.unit_cost, line.variance_value)
        )
        self.assertEqual(set(values), {(5, -5), (7, -7)})
