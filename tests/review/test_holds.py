from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestHolds(CountCommon):
    """A hold blocks the posting of its lines only, and says by whom and why (P9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls._create_lot(cls.glue, "G1")
        cls._book(cls.glue, cls.bin_a, 10, cls.lot)
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)
        for product, place in (
            (self.screw, self.bin_a),
            (self.screw, self.bin_b),
            (self.glue, self.bin_a),
        ):
            self._line(self.session, product, place).found_qty = 9

    def _post_with_hold(self, held):
        held.count_hold_reason = "Police is here"
        self._post(self.session)
        return self.session.line_ids.filtered(lambda line: line.state == "failed")

    def test_a_location_on_hold_blocks_its_lines_only(self):
        """P9: with the locations below it."""
        failed = self._post_with_hold(self.bin_b)
        self.assertEqual(failed.location_id, self.bin_b)
        self.assertEqual(self._booked(self.screw, self.bin_a), 9)
        self.assertEqual(self._booked(self.screw, self.bin_b), 10)
        self.assertIn("Police is here", failed.post_error)
        self.assertIn(self.env.user.name, failed.post_error)

    def test_a_hold_holds_what_is_below_it(self):
        """P9: the whole stock location."""
        self.assertEqual(len(self._post_with_hold(self.stock)), 3)

    def test_a_lot_on_hold_blocks_its_lines_only(self):
        """P9."""
        self.assertEqual(self._post_with_hold(self.lot).lot_id, self.lot)

    def test_a_product_on_hold_blocks_its_lines_only(self):
        """P9."""
        failed = self._post_with_hold(self.screw)
        self.assertEqual(failed.product_id, self.screw)
        self.assertEqual(len(failed), 2)

    def test_nobody_holds_in_another_ones_name(self):
        """P9, Z2: by RPC, on a record or with a new one; a copy is not on hold."""
        eve = self._create_user("hold_eve", "stock.group_stock_manager")
        ann = self._create_user("hold_ann", "stock.group_stock_manager")
        forged = {"count_hold_by_id": ann.id}
        hold = {"count_hold_reason": "Flood", **forged}
        self._rpc(eve, self.bin_b, "write", hold)
        self.assertEqual(self.bin_b.count_hold_by_id, eve)
        self._rpc(eve, self.bin_b, "write", forged)
        self.assertEqual(self.bin_b.count_hold_by_id, eve)
        values = {"name": "Bin C", "location_id": self.stock.id, **hold}
        [made] = self._rpc(eve, self.bin_b.browse(), "create", [values])
        self.assertEqual(self.bin_b.browse(made).count_hold_by_id, eve)
        self.assertFalse(self.bin_b.copy().count_hold_reason)

    def test_only_a_lead_holds_and_releases(self):
        """P9, Z1: whoever may write products otherwise."""
        clerk = self._create_user("hold_clerk", "product.group_product_manager")
        self.screw.count_hold_reason = "Police is here"
        template = self.screw.product_tmpl_id
        with self.assertRaisesRegex(AccessError, "counting lead"):
            self._rpc(clerk, template, "write", {"count_hold_reason": False})
        self._rpc(clerk, template, "write", {"description": "Round head"})
        self.assertEqual(self.screw.count_hold_reason, "Police is here")

    def test_a_released_hold_blocks_no_more(self):
        """P9: the line stayed checked."""
        self._post_with_hold(self.bin_b)
        self.bin_b.count_hold_reason = False
        self.assertFalse(self.bin_b.count_hold_by_id)
        self.session.action_post()
        self.assertEqual(self._booked(self.screw, self.bin_b), 9)
