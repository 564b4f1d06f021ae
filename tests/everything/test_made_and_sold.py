from odoo import Command, fields
from odoo.tests import tagged

from ..documents.test_documents import DocumentCommon


class EverythingCommon(DocumentCommon):
    """Tests that need a module say which model it brings."""

    _needed_model = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls._needed_model not in cls.env:
            cls.skipTest(cls, f"{cls._needed_model} is not installed")


@tagged("post_install", "-at_install", "stock_count_everything")
class TestManufacturing(EverythingCommon):
    """Goods of manufacturing orders that are not closed (P23)."""

    _needed_model = "mrp.production"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.stock, 10)
        cls.order = cls.env["mrp.production"].create(
            {
                "product_id": cls.drill.id,
                "product_qty": 1,
                "picking_type_id": cls.warehouse.manu_type_id.id,
                "move_raw_ids": [
                    Command.create(
                        {
                            "product_id": cls.screw.id,
                            "product_uom_qty": 3,
                            "location_id": cls.stock.id,
                            "location_dest_id": cls.drill.with_company(
                                cls.company
                            ).property_stock_production.id,
                        }
                    )
                ],
            }
        )
        cls.order.action_confirm()
        cls.order.action_assign()
        cls.session = cls._create_session(cls.stock)

    def _produce(self):
        self.order.qty_producing = 1
        self.order.lot_producing_ids = self._create_lot(self.drill, "S1")
        self.order._set_qty_producing()

    def test_a_serial_on_the_shelf_before_its_order_is_closed(self):
        """P23: nothing is posted, and the order can be closed."""
        self._produce()
        line = self._count(
            self.session,
            self.drill,
            self.stock,
            1,
            lot_id=self.order.lot_producing_ids.id,
        )
        self._assert_held(self.session, line, self.order)
        self._answer(self.session, self.order, "happened")
        self._post(self.session, line)
        self.assertEqual(line.state, "posted")
        self.order.button_mark_done()
        self.assertEqual(self.order.state, "done")
        lot = self.order.lot_producing_ids
        self.assertEqual(self._booked(self.drill, self.stock, lot), 1)

    def test_components_taken_for_an_order(self):
        """P23: 3 are taken for the order, 1 is lost."""
        line = self._count(self.session, self.screw, self.stock, 6)
        self._assert_held(self.session, line, self.order)
        self._answer(self.session, self.order, "happened")
        self._post(self.session, line)
        self._produce()
        self.order.button_mark_done()
        self.assertEqual(self._booked(self.screw, self.stock), 6)


@tagged("post_install", "-at_install", "stock_count_everything")
class TestPointOfSale(EverythingCommon):
    """What a till has sold and books when its session is closed (P22)."""

    _needed_model = "pos.session"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.point_of_sale_update_stock_quantities = "closing"
        cls._book(cls.screw, cls.stock, 10)
        cls.screw.available_in_pos = True
        cls._load_accounts()
        config = cls.env["pos.config"].create(
            {
                "name": "Till",
                "company_id": cls.company.id,
                "picking_type_id": cls.warehouse.pos_type_id.id,
            }
        )
        config.open_ui()
        cls.till = config.current_session_id
        cls.till.set_opening_control(0, "")

    @classmethod
    def _load_accounts(cls):
        template = cls.env["account.chart.template"].with_company(cls.company)
        template.try_loading("generic_coa", cls.company, install_demo=False)

    def _sell(self, qty):
        method = self.till.config_id.payment_method_ids[0]
        price = 2 * qty
        line = {
            "product_id": self.screw.id,
            "qty": qty,
            "price_unit": 2,
            "price_subtotal": price,
            "price_subtotal_incl": price,
        }
        order = self.env["pos.order"].create(
            {
                "session_id": self.till.id,
                "company_id": self.company.id,
                "date_order": fields.Datetime.now(),
                "lines": [Command.create(line)],
                "amount_total": price,
                "amount_tax": 0,
                "amount_paid": 0,
                "amount_return": 0,
            }
        )
        order.add_payment(
            {
                "pos_order_id": order.id,
                "payment_method_id": method.id,
                "amount": price,
            }
        )
        order.action_pos_order_paid()
        return order

    def _close(self):
        self.till.action_pos_session_closing_control()

    def test_what_is_sold_and_not_booked_is_left_to_the_till(self):
        """P22: 3 are sold, 1 is lost: 1 is posted, the closing takes 3."""
        self._sell(3)
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 6)
        self._assert_held(session, line, self.till)
        self._answer(session, self.till, "happened")
        self._post(session, line)
        self.assertEqual(self._booked(self.screw, self.stock), 9)
        self._close()
        self.assertEqual(self._booked(self.screw, self.stock), 6)

    def test_a_till_that_books_at_once_is_not_asked_about(self):
        """P22: 3 are sold and booked, 1 is lost."""
        self.till.update_stock_at_closing = False
        self._sell(3)._create_order_picking()
        self.assertEqual(self._booked(self.screw, self.stock), 7)
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 6)
        self.assertFalse(self._asked(session))
        self._post(session, line)
        self._close()
        self.assertEqual(self._booked(self.screw, self.stock), 6)

    def test_what_is_sold_after_the_count_explains_nothing(self):
        """P22: 1 was missing before the first sale."""
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 9)
        order = self._sell(3)
        order.date_order = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        self._post(session, line)
        self.assertEqual(line.state, "posted")
        self._close()
        self.assertEqual(self._booked(self.screw, self.stock), 6)
