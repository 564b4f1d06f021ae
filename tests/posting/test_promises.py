from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..exceptions.test_exceptions import ExceptionCommon


class PromiseCommon(ExceptionCommon):
    """All ten screws are promised to Acme, by two transfers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.env["res.partner"].create({"name": "Acme"})
        cls.early = cls._promise(6, "2030-01-01 08:00:00")
        cls.late = cls._promise(4, "2030-01-09 08:00:00")

    @classmethod
    def _promise(cls, qty, date, location=None):
        picking = cls._create_transfer(
            cls.screw, qty, location or cls.bin_a, cls.customers, assign=False
        )
        picking.write(
            {"partner_id": cls.acme.id, "origin": "Letter 7", "scheduled_date": date}
        )
        picking.action_assign()
        return picking

    def _post_shortage(self, qty):
        line = self._count_screws(qty)
        if line.state == "held":
            line.action_accept_variance()
        self._post(self.cycle)
        self.assertEqual(line.state, "posted")


@tagged("post_install", "-at_install")
class TestPromises(PromiseCommon):
    """Before posting a shortage, which promises it would break; after it, an exception
    for each (P12)."""

    def test_a_shortage_says_whom_it_would_break_a_promise_to(self):
        """P12: the one due last loses first."""
        line = self._count_screws(7)
        self.assertIn("3 Units of", line.promise_text)
        self.assertIn(self.late.name, line.promise_text)
        self.assertIn("Acme", line.promise_text)
        self.assertNotIn(self.early.name, line.promise_text)

    def test_a_large_shortage_names_every_transfer(self):
        """P12."""
        line = self._count_screws(2)
        self.assertIn(self.late.name, line.promise_text)
        self.assertIn(self.early.name, line.promise_text)

    def test_what_nobody_was_promised_breaks_nothing(self):
        """P12: 2 more than reserved."""
        self._receive(self.screw, 2, self.bin_a)
        self.assertFalse(self._count_screws(10).promise_text)

    def test_the_preview_says_what_posting_breaks(self):
        """P12: values and promises, before anything is posted."""
        line = self._count_screws(7)
        self.cycle.action_check_all()
        text = self.cycle.get_posting_preview()
        self.assertIn("Checked lines: 1.", text)
        self.assertIn(self.late.name, text)
        self.assertNotEqual(line.state, "posted")

    def test_a_broken_reservation_raises_one_for_its_transfer(self):
        """P12, X2: with customer, document, quantity, value and owner."""
        self._post_shortage(7)
        exception = self._queue("broken_reservation")
        self.assertEqual(exception.picking_id, self.late)
        self.assertEqual(exception.partner_id, self.acme)
        self.assertEqual(exception.order_name, "Letter 7")
        self.assertEqual(exception.impact_value, 6)
        self.assertEqual(exception.priority, "3")
        self.assertIn("3 Units", exception.evidence)
        self.assertTrue(exception.user_id)

    def test_a_broken_promise_names_the_sale_order(self):
        """P12: with sale_stock the order's number, not the document's."""
        if "sale_id" not in self.env["stock.picking"]._fields:
            self.skipTest("no sale orders")
        self._book(self.screw, self.bin_a, 2)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.acme.id,
                "warehouse_id": self.warehouse.id,
                "commitment_date": "2030-02-01 08:00:00",
                "order_line": [
                    Command.create({"product_id": self.screw.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_confirm()
        delivery = order.picking_ids
        delivery.action_assign()
        self.assertIn(order.name, self._count_screws(10).promise_text)
        self._post_shortage(10)
        exception = self._queue("broken_reservation")
        self.assertEqual(exception.picking_id, delivery)
        self.assertEqual(exception.order_name, order.name)
        self.assertEqual(exception.partner_id, self.acme)

    def test_every_broken_transfer_has_its_own(self):
        """P12."""
        self._post_shortage(3)
        self.assertEqual(
            self._queue("broken_reservation").picking_id, self.late | self.early
        )

    def test_what_the_preview_said_is_what_broke(self):
        """P12: the same transfers, before and after."""
        line = self._count_screws(5)
        said = {
            name
            for name in (self.early.name, self.late.name)
            if name in line.promise_text
        }
        self._post_shortage(5)
        broken = self._queue("broken_reservation").picking_id
        self.assertEqual(said, set(broken.mapped("name")))

    def test_stock_elsewhere_keeps_the_promise(self):
        """P12: Odoo reserves it in another bin, so nothing is broken."""
        self.late.location_id = self.late.move_ids.location_id = self.stock
        self._book(self.screw, self.bin_b, 10)
        self._post_shortage(7)
        self.assertFalse(self._queue("broken_reservation"))
        self.assertEqual(self.late.move_line_ids.location_id, self.bin_a | self.bin_b)

    def test_reserving_again_solves_it(self):
        """P12, X1: as soon as there is stock again."""
        self._post_shortage(7)
        exception = self._queue("broken_reservation")
        self.assertEqual(exception.action_next()["res_id"], self.late.id)
        self.assertEqual(exception.state, "in_progress")
        self._book(self.screw, self.bin_a, 3)
        self.assertIs(exception.action_next(), True)
        self.assertEqual(self.late.state, "assigned")
        self.assertEqual(exception.state, "done")

    def test_a_transfer_that_loses_again_says_both(self):
        """P12, X2: one exception, both losses."""
        self._post_shortage(9)
        session = self._create_session(self.bin_a)
        line = self._count_screws(7, session)
        if line.state == "held":
            line.action_accept_variance()
        self._post(session)
        exception = self._queue("broken_reservation")
        self.assertEqual(exception.picking_id, self.late)
        self.assertEqual(exception.impact_value, 6)
        self.assertIn(self.cycle.name, exception.evidence)
        self.assertIn(session.name, exception.evidence)

    def test_reading_promises_costs_the_same_for_few_and_many(self):
        """P12: the number of queries does not depend on the number of lines."""
        few, many = (self._count_queries(number) for number in (5, 100))
        self.assertLessEqual(many, few + 3)

    def _count_queries(self, number):
        bins = [self._create_bin(f"{number}-{i}") for i in range(number)]
        moves = []
        for place in bins:
            self._book(self.screw, place, 2)
            moves.append(
                Command.create(
                    {
                        "product_id": self.screw.id,
                        "product_uom_qty": 2,
                        "location_id": place.id,
                        "location_dest_id": self.customers.id,
                    }
                )
            )
        picking = self.env["stock.picking"].create(
            {"picking_type_id": self.warehouse.out_type_id.id, "move_ids": moves}
        )
        picking.action_confirm()
        picking.action_assign()
        session = self._create_session(self.env["stock.location"].union(*bins))
        session.record_entries([self._entry(1, self.screw, place) for place in bins])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        texts = session.line_ids.mapped("promise_text")
        self.assertEqual(len([text for text in texts if text]), number)
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestFreedReservations(PromiseCommon):
    """A posted shortage frees what Odoo's own apply would free, all at once (P12)."""

    OPEN = ("state", "not in", ("done", "cancel"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nut = cls._create_product("Nut", uom_id=cls.screw.uom_id.id)
        cls.picked = cls.env["stock.picking"]

    def _apply_natively(self, found):
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        for (product, place), qty in found.items():
            quants |= quants.create(
                {
                    "product_id": product.id,
                    "location_id": place.id,
                    "inventory_quantity": qty,
                }
            )
        quants.action_apply_inventory()

    def _post_counts(self, found):
        """What is picked and not validated is booked, but not found any more."""
        session = self._create_session(self.bin_a)
        for (product, place), qty in found.items():
            picked = sum(self.picked.move_ids.mapped("quantity"))
            line = self._count(
                session, product, place, qty - picked * (product == self.nut)
            )
            if line.state == "held":
                line.action_accept_variance()
        self._post(session)
        lines = session.line_ids.filtered("is_counted")
        self.assertEqual(set(lines.mapped("state")), {"posted"})

    def _left(self, work, found):
        """What open moves, their lines and the stock are afterwards; rolled back."""
        with self.env.cr.savepoint() as savepoint:
            work(found)
            self.env.flush_all()
            self.env.invalidate_all()
            moves = self.env["stock.move"].search([self.OPEN], order="id")
            lines = self.env["stock.move.line"].search([self.OPEN])
            products = self.screw | self.nut
            quants = self.env["stock.quant"].search(
                [
                    ("product_id", "in", products.ids),
                    ("location_id", "child_of", self.stock.id),
                    ("quantity", "!=", 0),
                ]
            )
            left = (
                [(m.id, m.state, m.quantity, m.procure_method) for m in moves],
                sorted(
                    (line.move_id.id, line.location_id.id, line.quantity, line.picked)
                    for line in lines
                ),
                sorted(
                    (q.product_id.id, q.location_id.id, q.quantity, q.reserved_quantity)
                    for q in quants
                ),
            )
            savepoint.rollback()
        return left

    def _make_promises(self):
        """Ten screws and eleven nuts in bin A, all promised, a spare screw in bin B."""
        self._book(self.screw, self.bin_b, 1)
        self._book(self.nut, self.bin_a, 11)
        self.anywhere = self._create_transfer(self.nut, 4, self.stock, self.customers)
        self.picked = self._create_transfer(self.nut, 2, self.bin_a, self.customers)
        self._tick(self.picked)
        self.latest = self._create_transfer(self.nut, 3, self.bin_a, self.customers)
        self.latest.scheduled_date = "2030-02-01 08:00:00"
        self.loose = self._create_move(self.nut, 2, date="2029-01-01 08:00:00")
        self.late.move_ids.location_id = self.stock

    def _create_move(self, product, qty, **values):
        """A move of no transfer that has what it needs."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": qty,
                "location_id": self.bin_a.id,
                "location_dest_id": self.customers.id,
                **values,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertEqual(move.state, "assigned")
        return move

    def test_every_shortage_frees_what_odoo_frees(self):
        """P12: parts, whole transfers, moves of no transfer, what is picked, and what
        finds other stock."""
        self._make_promises()
        # With something in bin B that a transfer from anywhere may take instead.
        self._book(self.nut, self.bin_b, 2)
        for screws, nuts in ((9, 10), (6, 8), (5, 6), (0, 3), (9, 2)):
            found = {(self.screw, self.bin_a): screws, (self.nut, self.bin_a): nuts}
            with self.subTest(screws=screws, nuts=nuts):
                ours = self._left(self._post_counts, found)
                theirs = self._left(self._apply_natively, found)
                self.assertEqual(ours, theirs)

    def test_what_is_in_another_unit_keeps_a_part(self):
        """P12: of a dozen, seven are left."""
        self._book(self.nut, self.bin_a, 12)
        move = self._create_move(
            self.nut, 1, product_uom=self.env.ref("uom.product_uom_dozen").id
        )
        self.assertEqual(move.move_line_ids.quantity_product_uom, 12)
        for nuts in (11, 7, 0):
            found = {(self.nut, self.bin_a): nuts}
            ours = self._left(self._post_counts, found)
            self.assertEqual(ours, self._left(self._apply_natively, found))

    def test_moves_of_no_transfer_are_named_first_as_they_lose_first(self):
        """P12: what is said before posting is what happens."""
        self._make_promises()
        session = self._create_session(self.bin_a)
        line = self._count(session, self.nut, self.bin_a, 7)
        promises = self.env["stock.count.promise"]._read_promises(line)
        self.assertEqual([p.move for p in promises[line.id]], [self.loose])
        if line.state == "held":
            line.action_accept_variance()
        self._post(session)
        self.assertEqual(self.loose.state, "confirmed")
        self.assertEqual(self.latest.state, "assigned")


@tagged("post_install", "-at_install", "stock_count_browser")
class TestQueueTour(HttpCase, PromiseCommon):
    # The refused dismissal is logged by the server.
    @mute_logger("odoo.http")
    def test_a_lead_works_off_the_queue(self):
        """X1, X2, P12: an action solves, a dismissal says why."""
        lead = self._create_user("queue_lead", "stock.group_stock_user")
        self.cycle.record_entries([self._entry(1, barcode="4711")])
        self._post_shortage(7)
        self._book(self.screw, self.bin_a, 3)
        self.start_tour(
            "/odoo/count-exceptions", "stock_count_exceptions", login=lead.login
        )
        self.assertEqual(self.late.state, "assigned")
        self.assertEqual(
            set(self._queue(states=("done", "dismissed")).mapped("kind")),
            {"broken_reservation", "unknown_barcode"},
        )
