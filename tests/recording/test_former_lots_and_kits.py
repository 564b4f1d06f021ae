from odoo import Command
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestFormerLots(CountCommon):
    """Items whose tracking was switched off while lots are in stock (P27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls._create_lot(cls.glue, "L1")
        cls._book(cls.glue, cls.bin_a, 5, cls.lot)
        cls._untrack()

    @classmethod
    def _untrack(cls):
        # Odoo refuses it today while lots are in stock; old data has it.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE product_template SET tracking = 'none' WHERE id = %s",
            [cls.glue.product_tmpl_id.id],
        )
        cls.env.invalidate_all()

    def _refused(self, session, *values, **more):
        [result] = session.record_entries([self._entry(*values, **more)])
        self.assertEqual(result["status"], "refused")
        return result

    def test_a_line_with_a_former_lot_is_counted_and_posted(self):
        """P27: as Odoo's own count does."""
        session = self._create_session(self.bin_a)
        line = self._line(session, self.glue, self.bin_a, self.lot)
        session.record_entries([self._entry(4, line_id=line.id)])
        self._post(session, line)
        self.assertEqual(line.state, "posted", line.post_error)
        self.assertEqual(self._booked(self.glue, self.bin_a, self.lot), 4)

    def test_the_item_without_its_former_lot_is_not_booked_twice(self):
        """P27: 4 found without a lot are what is booked with one."""
        session = self._create_session(self.bin_a)
        line = self._count(session, self.glue, self.bin_a, 4)
        self.assertEqual(line.lot_id, self.lot)
        self._post(session, line)
        self.assertEqual(self._booked(self.glue, self.bin_a, self.lot), 4)
        self.assertEqual(self._booked(self.glue, self.bin_a), 0)

    def test_several_former_lots_are_named(self):
        """P27: which of them it was is not guessed."""
        self._book(self.glue, self.bin_a, 2, self._create_lot(self.glue, "L2"))
        session = self._create_session(self.bin_a)
        result = self._refused(session, 4, self.glue, self.bin_a)
        self.assertEqual(result["code"], "former_lots")
        self.assertIn("L1, L2", result["message"])

    def test_stock_with_and_without_a_former_lot_is_named(self):
        """P27: 4 may be all of it or one of the two."""
        self._book(self.glue, self.bin_a, 2)
        session = self._create_session(self.bin_a)
        result = self._refused(session, 4, self.glue, self.bin_a)
        self.assertEqual(result["code"], "former_lots")

    def test_a_new_lot_is_refused(self):
        """P27: the item has no lots any more."""
        session = self._create_session(self.bin_a)
        result = self._refused(session, 4, self.glue, self.bin_a, lot_name="L9")
        self.assertEqual(result["code"], "not_tracked")

    def test_the_rest_is_counted_as_zero(self):
        """P27, rule 13: a former lot does not stop the whole bin."""
        session = self._create_session(self.bin_a)
        session.action_count_rest_as_zero()
        self.assertEqual(session.counted_count, session.line_count)


@tagged("post_install", "-at_install")
class TestKits(CountCommon):
    """Kits have no stock of their own (P24)."""

    def setUp(self):
        super().setUp()
        if "mrp.bom" not in self.env:
            self.skipTest("mrp is not installed")
        self.kit = self._create_product("Box of parts")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [Command.create({"product_id": self.screw.id})],
            }
        )

    def test_a_kit_is_refused_at_the_scan_and_names_its_components(self):
        """P24."""
        session = self._create_session(self.bin_a)
        [result] = session.record_entries([self._entry(1, self.kit, self.bin_a)])
        self.assertEqual(result["code"], "kit")
        self.assertIn("Screw", result["message"])
