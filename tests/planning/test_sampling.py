from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestSampling(CountCommon):
    """A random count says how sure it is (S5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(40):
            product = cls._create_product(f"Part {number}")
            cls._book(product, cls.bin_a, 5)

    def _wizard(self, **values):
        return self.env["stock.count.create"].create(
            {"company_id": self.company.id, "warehouse_id": self.warehouse.id, **values}
        )

    def test_a_random_count_says_how_sure_it_will_be(self):
        """S5: 10 of 40 lines, and what ±3 points would take."""
        hint = self._wizard(count_type="random", lots_to_count=10).sample_hint
        self.assertIn("10 of 40 lines", hint)
        self.assertIn("±16.3 points", hint)
        self.assertIn("take 37 lines", hint)

    def test_all_lines_are_no_sample(self):
        """S5: of what was counted whole the accuracy is exact."""
        hint = self._wizard(count_type="random", lots_to_count=0).sample_hint
        self.assertIn("All 40 lines", hint)

    def test_other_counts_are_no_samples(self):
        """S5: fast movers say nothing of slow ones."""
        self.assertFalse(self._wizard(count_type="full").sample_hint)

    def test_a_count_states_its_accuracy_with_its_interval(self):
        """S5: two of three right."""
        session = self._create_session()
        for line, found in zip(session.line_ids[:3], (5, 5, 4), strict=True):
            line.found_qty = found
        self.assertEqual(session.accuracy_interval, "20.8 % to 93.9 %")

    def test_without_a_count_there_is_no_interval(self):
        """S5: nothing counted, nothing known."""
        self.assertFalse(self._create_session().accuracy_interval)
