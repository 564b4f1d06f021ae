from odoo import Command
from odoo.tests import tagged

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestWhatOption170DoesNotStop(CountCommon):
    """docs/security.md says what stock leaves by while Option 170 is on; it stays true.

    Each is a document of its own in Odoo, which no count is part of.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_require_approval = True
        cls.user = cls._create_user("open_user", "stock.group_stock_user")
        cls.loss = cls.env["stock.location"].search(
            [
                ("usage", "=", "inventory"),
                ("company_id", "in", (False, cls.company.id)),
            ],
            limit=1,
        )
        cls._book(cls.screw, cls.bin_a, 10)

    def _move(self, source, dest):
        """A transfer of 3, made and validated by a plain Inventory user."""
        picking = (
            self.env["stock.picking"]
            .with_user(self.user)
            .create(
                {
                    "picking_type_id": self.warehouse.int_type_id.id,
                    "location_id": source.id,
                    "location_dest_id": dest.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.screw.id,
                                "product_uom_qty": 3,
                                "location_id": source.id,
                                "location_dest_id": dest.id,
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        picking.move_ids.quantity = 3
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_transfers_from_and_to_anywhere(self):
        """P16: to and from a loss location, a customer, a supplier."""
        booked = 10
        for place in (self.loss, self.customers, self.suppliers):
            self._move(self.bin_a, place)
            booked -= 3
            self.assertEqual(self._booked(self.screw, self.bin_a), booked)
        for place in (self.loss, self.suppliers):
            self._move(place, self.bin_a)
            booked += 3
            self.assertEqual(self._booked(self.screw, self.bin_a), booked)

    def test_such_a_transfer_is_no_count(self):
        """P16: it is in no report of counts, and supersedes none."""
        self._move(self.bin_a, self.loss)
        line = self.env["stock.move.line"].search(
            [("product_id", "=", self.screw.id), ("state", "=", "done")], limit=1
        )
        self.assertFalse(line.count_correction)
        self.assertFalse(line.move_id.count_session_id)

    def test_scrap(self):
        """P16."""
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.user)
            .create(
                {
                    "product_id": self.screw.id,
                    "scrap_qty": 2,
                    "location_id": self.bin_a.id,
                }
            )
        )
        scrap.action_validate()
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_the_quantity_of_a_done_transfer(self):
        """P16: Odoo lets Inventory users correct what a transfer has moved."""
        picking = self._deliver(self.screw, 3, self.bin_a)
        line = picking.move_line_ids.with_user(self.user)
        line.quantity = 5
        self.assertEqual(self._booked(self.screw, self.bin_a), 5)
