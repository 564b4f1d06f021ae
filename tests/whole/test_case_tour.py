from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

COUNTS = "/odoo/cycle-counts"


@tagged("post_install", "-at_install", "stock_count_browser")
class TestWholeCase(HttpCase):
    """A case of control from the count to its undoing, by four people."""

    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create(
            {"group_stock_multi_locations": True, "count_require_approval": True}
        ).execute()
        cls.env.company.write(
            {"count_recount_rounds": 1, "count_recount_other_counter": True}
        )
        cls.env["stock.count.tolerance"].create({"percent_minus": 5, "percent_plus": 5})
        for name, group in (
            ("ann", "group_count_lead"),
            ("bob", "group_count_lead"),
            ("eve", "group_count_approver"),
            ("max", "group_count_manager"),
        ):
            groups = f"stock.group_stock_user,stock_count.{group}"
            new_test_user(
                cls.env, f"case_{name}", groups, name=f"Case {name.capitalize()}"
            )
        cls.warehouse = cls.env["stock.warehouse"].create(
            {"name": "Case Warehouse", "code": "CASE"}
        )
        # Every pick is scanned here, so nobody is asked about the order.
        cls.warehouse.out_type_id.count_unticked = "not_left"
        cls.stock = cls.warehouse.lot_stock_id
        cls.screw, cls.nail = cls._stock("Case Screw", 21), cls._stock("Case Nail", 5)
        cls.order = cls._order(cls.screw, 15)
        cls.cycle = cls.env["stock.count.session"].create(
            {"warehouse_id": cls.warehouse.id, "description": "Case Count"}
        )
        cls.cycle.action_generate()

    @classmethod
    def _stock(cls, name, quantity):
        product = cls.env["product.product"].create(
            {"name": name, "is_storable": True, "standard_price": 2}
        )
        cls._add(product, quantity)
        return product

    @classmethod
    def _add(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(product, cls.stock, quantity)

    @classmethod
    def _order(cls, product, quantity):
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.warehouse.out_type_id.id,
                "origin": "CASE-ORDER",
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": cls.stock.id,
                            "location_dest_id": cls.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _play(self, part, login, url=COUNTS):
        self.start_tour(url, f"stock_count_case_{part}", login=login, timeout=90)
        self.env.invalidate_all()

    def _line(self, product):
        return self.cycle.line_ids.filtered(lambda line: line.product_id == product)

    def _booked(self):
        return self.screw.with_context(location=self.stock.id).qty_available

    def test_a_case_from_the_count_to_its_undoing(self):
        """A1–A6, X1, X2, P3, P11, P12, P15: 12 screws found where 21 were booked."""
        # What is refused to a person is logged by Odoo.
        with self.assertLogs("odoo.http", "WARNING") as log:
            self._play("count", "case_ann")
        self.assertIn("somebody else", log.output[0])
        self._play("recount", "case_bob")
        self.assertEqual(self._line(self.screw).counted_by_id.login, "case_bob")
        self._play("approve", "case_eve", "/odoo/count-approvals")
        self._play("post", "case_max")
        self.assertEqual((self._booked(), self.order.move_ids.quantity), (12, 12))
        self.assertEqual(self._line(self.nail).posted_round, 0)
        self._add(self.screw, 10)
        self._play("clear", "case_max", "/odoo/count-exceptions")
        self.assertEqual(self.order.move_ids.quantity, 15)
        self._play("undo", "case_max")
        self.assertEqual(self._booked(), 31)
