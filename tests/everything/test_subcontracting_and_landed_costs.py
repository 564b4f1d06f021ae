from odoo import Command
from odoo.tests import tagged

from .test_made_and_sold import EverythingCommon


@tagged("post_install", "-at_install", "stock_count_everything")
class TestSubcontracting(EverythingCommon):
    """Goods that somebody else makes of our components (P23, P26)."""

    _needed_model = "mrp.bom"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "subcontractor_ids" not in cls.env["mrp.bom"]:
            cls.skipTest(cls, "subcontracting is not installed")
        cls.maker = cls.env["res.partner"].create({"name": "Maker"})
        cls.place = cls.company.subcontracting_location_id
        cls.box = cls._create_product("Box")
        cls.env["mrp.bom"].create(
            {
                "type": "subcontract",
                "product_tmpl_id": cls.box.product_tmpl_id.id,
                "subcontractor_ids": [Command.link(cls.maker.id)],
                "bom_line_ids": [
                    Command.create({"product_id": cls.screw.id, "product_qty": 3})
                ],
            }
        )
        cls._book(cls.screw, cls.place, 10)
        cls.receipt = cls._order_box()

    @classmethod
    def _order_box(cls):
        receipt = cls.env["stock.picking"].create(
            {
                "partner_id": cls.maker.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "location_id": cls.suppliers.id,
                "location_dest_id": cls.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": cls.box.id,
                            "product_uom_qty": 1,
                            "location_id": cls.suppliers.id,
                            "location_dest_id": cls.stock.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        return receipt

    def _validate_receipt(self):
        self.receipt.move_ids.quantity = 1
        self._validate(self.receipt)
        self.assertEqual(self.receipt.state, "done")

    def test_components_that_the_subcontractor_has_used(self):
        """P23: 3 are used for a box that is not received yet, 1 is lost."""
        order = self.receipt.move_ids.move_orig_ids.production_id
        session = self._create_session(self.place)
        line = self._count(session, self.screw, self.place, 6)
        self._assert_held(session, line, order)
        self._answer(session, order, "happened")
        self._post(session, line)
        self.assertEqual(line.state, "posted")
        self._validate_receipt()
        self.assertEqual(self._booked(self.screw, self.place), 6)

    def test_a_subcontracted_box_on_the_shelf_before_its_receipt(self):
        """P21: the box lies on the shelf, and its receipt is not validated."""
        session = self._create_session(self.stock)
        line = self._count(session, self.box, self.stock, 1)
        self._assert_held(session, line, self.receipt)
        self._answer(session, self.receipt, "happened")
        self._post(session, line)
        self._validate_receipt()
        self.assertEqual(self._booked(self.box, self.stock), 1)
        self.assertEqual(self._booked(self.screw, self.place), 7)


@tagged("post_install", "-at_install", "stock_count_everything")
class TestLandedCosts(EverythingCommon):
    """Costs that come after a receipt, before and after a count (P8)."""

    _needed_model = "stock.landed.cost"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        cls.bolt = cls._create_product("Bolt", categ_id=category.id, standard_price=5)
        cls.receipt = cls._create_transfer(cls.bolt, 10, cls.suppliers, cls.stock)
        cls._validate(cls.receipt)
        cls.journal = cls.env["account.journal"].create(
            {"name": "Landed Costs", "code": "LC", "type": "general"}
        )
        cls.freight = cls._create_product(
            "Freight", type="service", is_storable=False, landed_cost_ok=True
        )

    def _add_freight(self, amount):
        cost = self.env["stock.landed.cost"].create(
            {
                "picking_ids": [Command.link(self.receipt.id)],
                "account_journal_id": self.journal.id,
                "cost_lines": [
                    Command.create(
                        {
                            "product_id": self.freight.id,
                            "price_unit": amount,
                            "split_method": "by_quantity",
                        }
                    )
                ],
            }
        )
        cost.button_validate()
        self.assertEqual(cost.state, "done")

    def _count_nine(self):
        session = self._create_session(self.stock)
        line = self._count(session, self.bolt, self.stock, 9)
        self._post(session, line)
        self.assertEqual(line.state, "posted")
        return session

    def test_a_shortage_costs_what_the_goods_cost_with_their_freight(self):
        self._add_freight(10)
        session = self._count_nine()
        move = self.env["stock.move"].search([("count_session_id", "=", session.id)])
        self.assertEqual(move.value, 6)
        self.assertEqual(self.bolt.total_value, 54)

    def test_freight_is_added_to_goods_that_were_counted_since(self):
        session = self._count_nine()
        self._add_freight(10)
        self.assertEqual(self._booked(self.bolt, self.stock), 9)
        session.action_undo_posting()
        self.assertEqual(self._booked(self.bolt, self.stock), 10)
        self.assertEqual(self.bolt.total_value, 60)
