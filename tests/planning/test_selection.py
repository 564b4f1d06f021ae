from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestSelection(CountCommon):
    """Which lines a count takes by its type (S3), the same from every door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = cls.env["product.product"]
        for i in range(6):
            item = cls._create_product(f"Item {i}", standard_price=10 * i + 1)
            cls._book(item, cls.bin_a, 5 + i)
            cls.items |= item
        cls.company.write({"count_low_value": 20, "count_high_value": 35})

    def _chosen(self, count_type, lots=0, **values):
        session = self._create_session(
            self.bin_a | self.bin_b, count_type=count_type, lots_to_count=lots, **values
        )
        return session.line_ids.product_id

    def _move(self, item, times):
        for _i in range(times):
            self._deliver(item, 1, self.bin_a)

    def test_fast_movers_are_what_moved_most(self):
        """S3, M1: what did not move at all is none."""
        self._move(self.items[4], 3)
        self._move(self.items[1], 2)
        self._move(self.items[2], 1)
        self.assertEqual(self._chosen("fast", 2), self.items[4] | self.items[1])
        self.assertEqual(len(self._chosen("fast")), 3)

    def test_slow_movers_are_what_moved_least_or_not_at_all(self):
        """S3, M1."""
        for item in self.items[1:]:
            self._move(item, 2)
        self._move(self.items[5], 1)
        self.assertEqual(self._chosen("slow", 1), self.items[0])
        self.assertNotIn(self.items[5], self._chosen("slow", 5))

    def test_moves_before_the_window_are_no_moves(self):
        """S3: mover days."""
        self._move(self.items[3], 2)
        lines = self.env["stock.move.line"].search(
            [("product_id", "=", self.items[3].id)]
        )
        lines.date = fields.Datetime.now() - timedelta(days=10)
        self.company.count_mover_days = 9
        self.assertFalse(self._chosen("fast"))
        self.company.count_mover_days = 11
        self.assertEqual(self._chosen("fast"), self.items[3])

    def test_corrections_are_no_moves(self):
        """S3: counting an item often does not make it a fast mover."""
        self._adjust_natively(self.items[0], self.bin_a, 9)
        self.assertFalse(self._chosen("fast"))

    def test_low_value_is_below_the_threshold(self):
        """S3, M1: by the cost of one, the cheapest first."""
        self.assertEqual(self._chosen("low_value"), self.items[:2])
        self.assertEqual(self._chosen("low_value", 1), self.items[0])

    def test_high_value_is_above_the_threshold(self):
        """S3, M1: the dearest first, however many there are of the others."""
        self._book(self.items[4], self.bin_a, 1000)
        self.assertEqual(self._chosen("high_value"), self.items[4:])
        self.assertEqual(self._chosen("high_value", 1), self.items[5])

    def test_a_random_count_keeps_its_seed_and_repeats_its_draw(self):
        """S3: the same seed and stock choose the same lines."""
        session = self._create_session(self.bin_a, count_type="random", lots_to_count=3)
        self.assertTrue(session.seed)
        again = self._chosen("random", 3, seed=session.seed)
        self.assertEqual(len(again), 3)
        self.assertEqual(again, session.line_ids.product_id)

    def test_other_seeds_draw_other_lines(self):
        """S3: over many draws every item gets its turn."""
        drawn = [self._chosen("random", 3, seed=seed) for seed in range(1, 12)]
        self.assertEqual(self.items, self.items.union(*drawn) & self.items)
        self.assertGreater(len({tuple(sorted(items.ids)) for items in drawn}), 1)

    def test_least_recently_counted_begins_with_what_was_never_counted(self):
        """S3."""
        session = self._create_session(self.bin_a)
        for i, item in enumerate(self.items[1:]):
            counted_at = str(fields.Datetime.now() - timedelta(hours=9 - i))
            self._count(session, item, self.bin_a, 5, counted_at=counted_at)
        self._post(session)
        self.assertEqual(self._chosen("least_recent", 1), self.items[0])
        self.assertEqual(self._chosen("least_recent", 2), self.items[:2])

    def test_zero_balance_is_what_went_to_zero_lately(self):
        """S3: with the place where it was, to see that it is empty."""
        self._deliver(self.items[0], 5, self.bin_a)
        session = self._create_session(self.bin_a, count_type="zero_balance")
        self.assertEqual(session.line_ids.product_id, self.items[0])
        self.assertEqual(session.line_ids.expected_qty, 0)
        self._post(session, self._count(session, self.items[0], self.bin_a, 2))
        self.assertEqual(self._booked(self.items[0], self.bin_a), 2)

    def test_negative_stock_is_less_than_nothing(self):
        """S3."""
        self._book(self.screw, self.bin_b, -4)
        self.assertEqual(self._chosen("negative"), self.screw)

    def test_a_type_that_tells_the_quantity_is_not_blind(self):
        """M13: its counters would know what is expected without being told."""
        for count_type in ("zero_balance", "negative"):
            with self.subTest(count_type), self.assertRaises(ValidationError):
                self._create_session(self.bin_a, count_type=count_type, blind=True)

    def test_a_refresh_fills_up_and_does_not_add(self):
        """S3, D10: a limited count stays as large as it was meant."""
        session = self._create_session(self.bin_a, count_type="random", lots_to_count=3)
        before = session.line_ids
        session.action_refresh()
        self.assertEqual(session.line_ids, before)
        session.line_ids[0].unlink()
        session.action_refresh()
        self.assertEqual(len(session.line_ids), 3)

    def test_the_wizard_says_how_many_lines_a_type_makes(self):
        """D1, S3: and takes the company's lots to count for types that choose."""
        self.company.count_lots_to_count = 4
        wizard = self.env["stock.count.create"].create(
            {"warehouse_id": self.warehouse.id, "count_type": "random"}
        )
        self.assertEqual((wizard.lots_to_count, wizard.line_count), (4, 4))
        wizard.count_type = "high_value"
        self.assertEqual(wizard.line_count, 2)
        self.assertIn("35.00", wizard.type_hint)
        action = wizard.action_run()
        session = self.env["stock.count.session"].browse(action["context"]["active_id"])
        self.assertEqual(session.line_ids.product_id, self.items[4:])

    def test_the_wizard_makes_any_type_blind(self):
        """D1: blind or not."""
        wizard = self.env["stock.count.create"].create(
            {"warehouse_id": self.warehouse.id, "count_type": "slow", "blind": True}
        )
        action = wizard.action_run()
        session = self.env["stock.count.session"].browse(action["context"]["active_id"])
        self.assertTrue(session.blind)

    def test_each_type_is_one_statement(self):
        """S3: however much there is."""
        generator = self.env["stock.count.generator"]
        for count_type in ("full", "fast", "high_value", "random", "least_recent"):
            session = self._create_session(self.bin_a, count_type=count_type)
            scope = generator._scope(session, new_only=True)
            with self.subTest(count_type), self.assertQueryCount(1):
                self.env.cr.execute(scope)
