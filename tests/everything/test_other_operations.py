from odoo import Command
from odoo.tests import Form, tagged

from .test_made_and_sold import EverythingCommon


@tagged("post_install", "-at_install", "stock_count_everything")
class TestSteps(EverythingCommon):
    """Routes of several steps, and what stock has besides transfers (P21)."""

    _needed_model = "stock.picking"

    def test_a_pick_into_a_counted_output_zone(self):
        """P21: 3 stand in the output zone, nobody has validated the pick; 1 is lost."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        output = self.warehouse.wh_output_stock_loc_id
        self._book(self.screw, self.stock, 10)
        pick = self._create_transfer(self.screw, 3, self.stock, output)
        session = self._create_session(self.stock | output)
        here = self._count(session, self.screw, self.stock, 6)
        there = self._count(session, self.screw, output, 3)
        self._post(session, here | there)
        self.assertEqual((here | there).mapped("state"), ["held", "held"])
        self.assertEqual(self._asked(session), [self._key(pick)])
        self._answer(session, pick, "happened")
        self._post(session, here | there)
        self.assertEqual((here | there).mapped("state"), ["posted", "posted"])
        self._validate(pick)
        self.assertEqual(self._booked(self.screw, self.stock), 6)
        self.assertEqual(self._booked(self.screw, output), 3)

    def test_a_transfer_between_warehouses(self):
        """P21: 4 have left for the other warehouse, 3 arrived there so far."""
        other = self.env["stock.warehouse"].create(
            {"name": "Other", "code": "OTH", "company_id": self.company.id}
        )
        self._book(self.screw, self.stock, 10)
        picking = self._create_transfer(self.screw, 4, self.stock, other.lot_stock_id)
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 6)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "happened")
        self._post(session, line)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.stock), 6)
        self.assertEqual(self._booked(self.screw, other.lot_stock_id), 4)
        arrived = self._create_session(other.lot_stock_id, warehouse_id=other.id)
        line = self._count(arrived, self.screw, other.lot_stock_id, 3)
        self._post(arrived, line)
        self.assertEqual(self._booked(self.screw, other.lot_stock_id), 3)

    def test_scrap_between_count_and_posting(self):
        """P2: 1 was missing; 2 are scrapped after the count."""
        self._book(self.screw, self.stock, 10)
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 9)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 2,
                "location_id": self.stock.id,
            }
        )
        scrap.do_scrap()
        self._post(session, line)
        self.assertEqual(self._booked(self.screw, self.stock), 7)

    def test_a_return_on_the_shelf_before_it_is_validated(self):
        """P21: 2 of a delivery are back, nobody has validated the return."""
        self._book(self.screw, self.stock, 10)
        delivery = self._deliver(self.screw, 5, self.stock)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 2
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 7)
        self._assert_held(session, line, back)
        self._answer(session, back, "happened")
        self._post(session, line)
        self._validate(back)
        self.assertEqual(self._booked(self.screw, self.stock), 7)

    def test_goods_of_an_owner_are_received_and_counted(self):
        """P21: 5 of an owner lie on the shelf, the receipt is open."""
        owner = self.env["res.partner"].create({"name": "Owner"})
        receipt = self._create_transfer(self.screw, 5, self.suppliers, self.stock)
        receipt.owner_id = owner
        receipt.action_assign()
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 5, owner_id=owner.id)
        self._assert_held(session, line, receipt)
        self._answer(session, receipt, "happened")
        self._post(session, line)
        receipt.move_line_ids.owner_id = owner
        self._validate(receipt)
        self.assertEqual(self._booked(self.screw, self.stock, owner=owner), 5)

    def test_two_companies_value_in_their_own_currency(self):
        """V1: the same item is missing in both; each books its own cost."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        other = self.env["res.company"].create(
            {"name": "Ailleurs", "currency_id": euro.id}
        )
        self.env.user.company_ids |= other
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", other.id)], limit=1
        )
        self.screw.with_company(other).standard_price = 7
        values = {}
        for company, house in ((self.company, self.warehouse), (other, warehouse)):
            place = house.lot_stock_id
            self._book(self.screw, place, 10)
            session = (
                self.env["stock.count.session"]
                .with_context(allowed_company_ids=[company.id])
                .create({"warehouse_id": house.id, "company_id": company.id})
            )
            session.action_generate()
            line = self._count(session, self.screw, place, 9)
            self._post(session, line)
            self.assertEqual(line.state, "posted")
            self.assertEqual(line.currency_id, company.currency_id)
            values[company] = line.variance_value
        self.assertEqual(values, {self.company: -2, other: -7})


@tagged("post_install", "-at_install", "stock_count_everything")
class TestBatches(EverythingCommon):
    """Transfers that are picked together (P21)."""

    _needed_model = "stock.picking.batch"

    def test_each_transfer_of_a_batch_is_asked_about(self):
        """P21: one of two has been taken from the shelf."""
        self._book(self.screw, self.stock, 10)
        taken, waiting = (
            self._create_transfer(self.screw, qty, self.stock, self.customers)
            for qty in (3, 4)
        )
        batch = self.env["stock.picking.batch"].create(
            {
                "company_id": self.company.id,
                "picking_ids": [Command.set((taken | waiting).ids)],
            }
        )
        batch.action_confirm()
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 7)
        self._assert_held(session, line, taken, waiting)
        self._answer(session, taken, "happened")
        self._post(session, line)
        (taken | waiting).move_ids.picked = True
        batch.action_done()
        self.assertEqual(batch.state, "done")
        self.assertEqual(self._booked(self.screw, self.stock), 3)


@tagged("post_install", "-at_install", "stock_count_everything")
class TestRepairs(EverythingCommon):
    """Parts of a repair that is under way (P23)."""

    _needed_model = "repair.order"

    def test_parts_taken_for_a_repair(self):
        """P23: 2 are in the machine, 1 is lost."""
        self._book(self.screw, self.stock, 10)
        machine = self._create_product("Machine")
        self._book(machine, self.stock, 1)
        repair = self.env["repair.order"].create(
            {
                "product_id": machine.id,
                "product_qty": 1,
                "picking_type_id": self.warehouse.repair_type_id.id,
                "location_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.screw.id,
                            "product_uom_qty": 2,
                            "repair_line_type": "add",
                        }
                    )
                ],
            }
        )
        repair._action_repair_confirm()
        repair.action_assign()
        repair.action_repair_start()
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 7)
        self._assert_held(session, line, repair)
        self._answer(session, repair, "happened")
        self._post(session, line)
        repair.move_ids.quantity = 2
        repair.move_ids.picked = True
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        self.assertEqual(self._booked(self.screw, self.stock), 7)


@tagged("post_install", "-at_install", "stock_count_everything")
class TestMadeOfParts(EverythingCommon):
    """Kits and unbuild orders (P23, P27)."""

    _needed_model = "mrp.unbuild"

    def _create_bom(self, product, **values):
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "bom_line_ids": [
                    Command.create({"product_id": self.screw.id, "product_qty": 3})
                ],
                **values,
            }
        )

    def test_an_unbuild_between_count_and_posting(self):
        """P2: 1 was missing; an unbuild gives 3 back after the count."""
        box = self._create_product("Box")
        bom = self._create_bom(box)
        self._book(self.screw, self.stock, 10)
        self._book(box, self.stock, 1)
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 9)
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": box.id,
                "bom_id": bom.id,
                "product_qty": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.stock.id,
            }
        )
        unbuild.action_unbuild()
        self._post(session, line)
        self.assertEqual(self._booked(self.screw, self.stock), 12)

    def test_a_delivery_of_a_kit_takes_its_components(self):
        """P21: one kit of 3 screws has been taken."""
        kit = self._create_product("Kit", is_storable=False)
        self._create_bom(kit, type="phantom")
        self._book(self.screw, self.stock, 10)
        picking = self._create_transfer(kit, 1, self.stock, self.customers)
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 7)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "happened")
        self._post(session, line)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.stock), 7)


@tagged("post_install", "-at_install", "stock_count_everything")
class TestDropships(EverythingCommon):
    """Goods that never see the warehouse (P21)."""

    _needed_model = "stock.rule"

    def test_a_dropship_explains_nothing_in_the_warehouse(self):
        """P21: 1 is missing; a dropship of the same item is open."""
        dropship = self.env["stock.picking.type"].search(
            [("code", "=", "dropship"), ("company_id", "=", self.company.id)], limit=1
        )
        if not dropship:
            self.skipTest("stock_dropshipping is not installed")
        self._book(self.screw, self.stock, 10)
        picking = self._create_transfer(self.screw, 1, self.suppliers, self.customers)
        picking.picking_type_id = dropship
        session = self._create_session(self.stock)
        line = self._count(session, self.screw, self.stock, 9)
        self.assertFalse(self._asked(session))
        self._post(session, line)
        self.assertEqual(line.state, "posted")
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.stock), 9)
