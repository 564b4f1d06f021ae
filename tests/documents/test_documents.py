from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import CountCommon


class DocumentCommon(CountCommon):
    """A count, and people who answer about documents."""

    def _key(self, record):
        return f"{record._name},{record.id}"

    def _answer(self, session, record, answer, quantities=None, **more):
        return session.action_answer_documents(
            [
                {
                    "key": self._key(record),
                    "answer": answer,
                    "quantities": quantities or {},
                    **more,
                }
            ]
        )

    def _asked(self, session):
        return [document["key"] for document in session.get_documents()["open"]]

    def _assert_held(self, session, line, *records):
        """Nothing is posted of the line, and these documents are asked about."""
        self._post(session, line)
        self.assertEqual(line.state, "held")
        self.assertEqual(
            sorted(self._asked(session)), sorted(self._key(r) for r in records)
        )


@tagged("post_install", "-at_install")
class TestTableOfTheIssue(DocumentCommon):
    """Open, unticked documents that explain a part of a variance (P21)."""

    def test_a_delivery_taken_and_one_lost(self):
        """P21: 10 booked, 3 taken for a delivery and 1 lost: 1 is posted."""
        self._book(self.screw, self.bin_a, 10)
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 6)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "happened")
        self.assertEqual(line.variance_qty, -1)
        self._post(session, line)
        self.assertEqual(line.state, "posted")
        self.assertEqual(self._booked(self.screw, self.bin_a), 9)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.bin_a), 6)

    def test_a_short_delivery_on_the_shelf(self):
        """P21: 4 of a receipt of 5 came: nothing is posted, 4 are received."""
        picking = self._create_transfer(self.screw, 5, self.suppliers, self.bin_a)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 4)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "partly", {line.id: 4}, fit=True)
        self._post(session, line)
        self.assertEqual(line.state, "posted")
        self.assertEqual(self._booked(self.screw, self.bin_a), 0)
        self.assertEqual(picking.move_ids.quantity, 4)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.bin_a), 4)

    def test_more_than_ordered_on_the_shelf(self):
        """P21: 6 of a receipt of 5 came: nothing is posted, 6 are received."""
        picking = self._create_transfer(self.screw, 5, self.suppliers, self.bin_a)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 6)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "partly", {line.id: 6}, fit=True)
        self._post(session, line)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.bin_a), 6)

    def test_what_has_not_moved_yet_explains_nothing(self):
        """P21: 3 are promised but still here, 4 are lost."""
        self._book(self.screw, self.bin_a, 10)
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 6)
        self._answer(session, picking, "not_yet")
        self._post(session, line)
        self.assertEqual(self._booked(self.screw, self.bin_a), 6)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.bin_a), 3)

    def test_a_variance_that_no_document_could_explain_is_posted(self):
        """P21: more was found than booked; a delivery takes, it does not bring."""
        self._book(self.screw, self.bin_a, 10)
        self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 12)
        self._post(session, line)
        self.assertEqual(line.state, "posted")

    def test_ticked_but_only_a_part_is_still_in_the_bin(self):
        """P21: 3 are ticked, 2 of them still lie there: the transfer explains 2."""
        self._book(self.screw, self.bin_a, 10)
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._tick(picking)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 9)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "partly", {line.id: 1})
        self._post(session, line)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)


@tagged("post_install", "-at_install")
class TestAnswers(DocumentCommon):
    """One answer for a document and a whole count, kept with who and when (P21)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for place in (cls.bin_a, cls.bin_b):
            cls._book(cls.screw, place, 10)
        cls.nut = cls._create_product("Nut", standard_price=1)
        cls._book(cls.nut, cls.bin_a, 10)
        cls.picking = cls._create_transfer(
            cls.screw, 3, cls.bin_a, cls.customers, assign=False
        )
        cls.picking.move_ids.copy({"product_id": cls.nut.id, "product_uom_qty": 2})
        cls.picking.action_confirm()
        cls.picking.action_assign()
        cls.session = cls._create_session(cls.bin_a | cls.bin_b)

    def test_one_answer_settles_all_lines_of_the_count(self):
        """P21: two items are taken for one delivery; it is asked once."""
        screws = self._count(self.session, self.screw, self.bin_a, 7)
        nuts = self._count(self.session, self.nut, self.bin_a, 8)
        [asked] = self.session.get_documents()["open"]
        self.assertEqual(asked["key"], self._key(self.picking))
        self.assertEqual(
            {line["line_id"] for line in asked["lines"]}, {screws.id, nuts.id}
        )
        self.assertEqual({line["happened"] for line in asked["lines"]}, {0})
        self._answer(self.session, self.picking, "happened")
        self.assertFalse(self.session.get_documents()["open"])
        self.assertEqual((screws | nuts).mapped("variance_qty"), [0, 0])

    def test_an_answer_holds_for_what_is_counted_later(self):
        """P21: the second item is counted after the answer."""
        self._count(self.session, self.screw, self.bin_a, 7)
        self._answer(self.session, self.picking, "happened")
        nuts = self._count(self.session, self.nut, self.bin_a, 7)
        self.assertEqual(nuts.state, "counted")
        self.assertEqual(nuts.variance_qty, -1)

    def test_what_had_not_moved_is_asked_again_of_a_later_count(self):
        """P21: it may have been taken since the answer."""
        self._count(self.session, self.screw, self.bin_a, 7)
        self._answer(self.session, self.picking, "not_yet")
        nuts = self._count(self.session, self.nut, self.bin_a, 8)
        self.assertEqual(nuts.state, "held")

    def test_a_changed_document_is_asked_again(self):
        """P21: the answer was about 3, now 4 are to be delivered."""
        line = self._count(self.session, self.screw, self.bin_a, 6)
        self._answer(self.session, self.picking, "happened")
        self.assertEqual(line.state, "counted")
        move = self.picking.move_ids.filtered(lambda m: m.product_id == self.screw)
        move.product_uom_qty = 4
        self.picking.action_assign()
        self._post(self.session, line)
        self.assertEqual(line.state, "held")
        [asked] = self.session.get_documents()["open"]
        self.assertTrue(asked["changed"])
        self._answer(self.session, self.picking, "happened")
        self.assertEqual(line.variance_qty, 0)

    def test_what_a_backorder_brings_was_asked_about(self):
        """P21: 2 of 3 are validated; the third is a part of the answer."""
        line = self._count(self.session, self.screw, self.bin_a, 6)
        self._answer(self.session, self.picking, "happened")
        move = self.picking.move_ids.filtered(lambda m: m.product_id == self.screw)
        move.quantity = 2
        move.picked = True
        self.picking.with_context(cancel_backorder=False)._action_done()
        self._post(self.session, line)
        self.assertEqual(line.state, "posted")
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)

    def test_an_answer_can_be_taken_back_until_it_is_posted(self):
        """P21: and after that only by undoing the posting."""
        line = self._count(self.session, self.screw, self.bin_a, 6)
        self._answer(self.session, self.picking, "happened")
        [answer] = self.session.get_documents()["answered"]
        self.session.action_withdraw_answer(answer["id"])
        self.assertEqual(line.state, "held")
        self.assertEqual(line.variance_qty, -4)
        self._answer(self.session, self.picking, "happened")
        self._post(self.session, line)
        [answer] = self.session.get_documents()["answered"]
        with self.assertRaisesRegex(UserError, "Undo the posting first"):
            self.session.action_withdraw_answer(answer["id"])

    def test_a_recount_is_a_new_count_to_a_part(self):
        """P21: how much had been taken is known for the first count only."""
        line = self._count(self.session, self.screw, self.bin_a, 8)
        self._answer(self.session, self.picking, "partly", {line.id: 2})
        self.assertEqual(line.variance_qty, 0)
        line.action_request_recount()
        self._count(self.session, self.screw, self.bin_a, 7)
        self.assertEqual(line.state, "held")
        self.assertEqual(line.variance_qty, -3)

    def test_the_operation_type_may_say_that_unticked_goods_have_not_left(self):
        """P21: every pick is scanned here, so nobody is asked."""
        self.warehouse.out_type_id.count_unticked = "not_left"
        line = self._count(self.session, self.screw, self.bin_a, 8)
        self._post(self.session, line)
        self.assertEqual(line.state, "posted")

    def test_the_operation_type_may_say_that_unticked_goods_have_left(self):
        """P21: tickets are typed in the evening, so nobody is asked."""
        self.warehouse.out_type_id.count_unticked = "left"
        line = self._count(self.session, self.screw, self.bin_a, 6)
        self.assertEqual(line.state, "counted")
        self.assertEqual(line.variance_qty, -1)
        [answer] = self.session.get_documents()["answered"]
        self.assertTrue(answer["by_rule"])

    def test_an_answer_survives_undoing(self):
        """P21, P15: what is posted again is what was posted before."""
        line = self._count(self.session, self.screw, self.bin_a, 6)
        self._answer(self.session, self.picking, "happened")
        self._post(self.session, line)
        self.session.action_undo_posting()
        self.assertEqual(line.variance_qty, -1)

    def test_each_answer_is_kept_with_who_gave_it(self):
        """P7, P21."""
        lead = self._create_user(
            "lead", "stock_count.group_count_lead,stock.group_stock_user"
        )
        self._count(self.session, self.screw, self.bin_a, 7)
        self._answer(self.session.with_user(lead), self.picking, "happened")
        document = self.env["stock.count.document"].search(
            [("session_id", "=", self.session.id)]
        )
        self.assertEqual(document.answered_by_id, lead)
        self.assertIn(self.picking.name, self.session.message_ids.sudo()[:1].body)

    def test_counters_neither_see_nor_answer_documents(self):
        """Z1, M13: a document would tell what was expected."""
        counter = self._create_user("counter", "stock_count.group_count_counter")
        self.session.counter_ids = counter
        self._count(self.session, self.screw, self.bin_a, 7)
        with self.assertRaises(AccessError):
            self._rpc(counter, self.session, "get_documents")
        with self.assertRaises(AccessError):
            self._rpc(counter, self.session, "action_answer_documents", [])
        with self.assertRaises(AccessError):
            self._rpc(counter, self.session, "action_withdraw_answer", 1)

    def test_what_is_no_answer_is_refused_in_words(self):
        """Z2."""
        self._count(self.session, self.screw, self.bin_a, 7)
        good = {"key": self._key(self.picking), "answer": "happened"}
        for bad in (
            "x",
            [1],
            [{**good, "key": "stock.picking"}],
            [{**good, "answer": "maybe"}],
            [{**good, "answer": "partly", "quantities": {"x": 1}}],
            [{**good, "answer": "partly", "quantities": [1]}],
        ):
            with self.subTest(bad), self.assertRaises(ValidationError):
                self.session.action_answer_documents(bad)

    def test_a_document_that_is_done_meanwhile_is_not_answered(self):
        """Z2: two people, one of whom validates."""
        self._count(self.session, self.screw, self.bin_a, 6)
        self._validate(self.picking)
        with self.assertRaisesRegex(UserError, "nothing is left to answer"):
            self._answer(self.session, self.picking, "happened")


@tagged("post_install", "-at_install")
class TestOtherNames(DocumentCommon):
    """Goods on the shelf under another name than the document has (P21, P23)."""

    def test_a_receipt_whose_lot_is_not_typed_yet(self):
        """P21: the lot of the receipt is typed later: nothing is posted."""
        picking = self._create_transfer(self.glue, 5, self.suppliers, self.bin_a)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.glue, self.bin_a, 5, lot_name="X1")
        self._assert_held(session, line, picking)
        self._answer(session, picking, "happened")
        self._post(session, line)
        self.assertEqual(line.state, "posted")
        self.assertFalse(line.move_ids)

    def test_serials_of_a_receipt_that_are_not_typed_yet(self):
        """P21: the receipt can still be validated with them."""
        picking = self._create_transfer(self.drill, 2, self.suppliers, self.bin_a)
        session = self._create_session(self.bin_a)
        for name in ("S1", "S2"):
            line = self._count(session, self.drill, self.bin_a, 1, lot_name=name)
            self.assertEqual(line.state, "held")
        self._answer(session, picking, "happened")
        self.assertEqual(set(session.line_ids.mapped("variance_qty")), {0})
        self._post(session)
        self.assertFalse(session.move_ids)

    def test_another_lot_taken_than_reserved(self):
        """P21: 4 reserved from lot A are taken from lot B; the transfer is put
        right."""
        lots = [self._create_lot(self.glue, name) for name in ("LA", "LB")]
        for lot in lots:
            self._book(self.glue, self.bin_a, 6, lot)
        picking = self._create_transfer(self.glue, 4, self.bin_a, self.customers)
        picking.move_line_ids.lot_id = lots[0]
        session = self._create_session(self.bin_a)
        self._count(session, self.glue, self.bin_a, 6, lot_id=lots[0].id)
        line = self._count(session, self.glue, self.bin_a, 2, lot_id=lots[1].id)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "happened", fit=True)
        self.assertEqual(line.variance_qty, 0)
        self.assertEqual(picking.move_line_ids.lot_id, lots[1])
        self._post(session)
        self._validate(picking)
        booked = [self._booked(self.glue, self.bin_a, lot) for lot in lots]
        self.assertEqual(booked, [6, 2])

    def test_another_bin_used_than_reserved(self):
        """P21: reserved in bin A, taken from its sibling."""
        for place in (self.bin_a, self.bin_b):
            self._book(self.screw, place, 5)
        picking = self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        session = self._create_session(self.bin_a | self.bin_b)
        self._count(session, self.screw, self.bin_a, 5)
        line = self._count(session, self.screw, self.bin_b, 3)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "happened", fit=True)
        self.assertEqual(picking.move_line_ids.location_id, self.bin_b)
        self._post(session)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.bin_a), 5)
        self.assertEqual(self._booked(self.screw, self.bin_b), 3)

    def test_a_package_reserved_loose_goods_taken(self):
        """P21: the same with a package."""
        package = self._create_package("PACK1")
        self._book(self.screw, self.bin_a, 4, package=package)
        self._book(self.screw, self.bin_a, 4)
        picking = self._create_transfer(self.screw, 4, self.bin_a, self.customers)
        picking.move_line_ids.package_id = package
        session = self._create_session(self.bin_a)
        loose = session.line_ids.filtered(lambda line: not line.package_id)
        session.record_entries([self._entry(0, line_id=loose.id)])
        self._assert_held(session, loose, picking)

    def test_a_receipt_to_the_stock_put_into_a_bin(self):
        """P21: it is redirected to the bin later."""
        picking = self._create_transfer(self.screw, 5, self.suppliers, self.stock)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 5)
        self._assert_held(session, line, picking)
        self._answer(session, picking, "happened", fit=True)
        self._post(session)
        self.assertEqual(picking.move_line_ids.location_dest_id, self.bin_a)
        self._validate(picking)
        self.assertEqual(self._booked(self.screw, self.bin_a), 5)

    def test_nothing_reserved_and_taken_all_the_same(self):
        """P21: a delivery that could not be reserved."""
        self._book(self.screw, self.bin_a, 3)
        picking = self._create_transfer(
            self.screw, 3, self.stock, self.customers, assign=False
        )
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 0)
        self._assert_held(session, line, picking)

    def test_a_delivery_from_elsewhere_is_not_asked_about(self):
        """P21: another zone of the warehouse is not around."""
        far = self._create_bin("Far", self._create_bin("Zone"))
        self._book(self.screw, far, 5)
        self._book(self.screw, self.bin_a, 5)
        self._create_transfer(self.screw, 2, far, self.customers)
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 3)
        self._post(session)
        self.assertEqual(line.state, "posted")
