from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_documents import DocumentCommon


class AnswerCommon(DocumentCommon):
    """Two bins beside each other, ten screws in each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for place in (cls.bin_a, cls.bin_b):
            cls._book(cls.screw, place, 10)
        cls.session = cls._create_session(cls.bin_a | cls.bin_b)

    def _deliver_from_a(self, qty):
        return self._create_transfer(self.screw, qty, self.bin_a, self.customers)

    def _count_bin(self, location, qty, **values):
        return self._count(self.session, self.screw, location, qty, **values)

    def _proposal(self, record, line, answer):
        """What would remain of a line after an answer about a document."""
        [document] = [
            document
            for document in self.session.get_documents()["open"]
            if document["key"] == self._key(record)
        ]
        [asked] = [ln for ln in document["lines"] if ln["line_id"] == line.id]
        return asked[answer]


@tagged("post_install", "-at_install")
class TestTicksOfTheCount(AnswerCommon):
    """What a count expected of a document is what was ticked then (P21)."""

    def test_a_quantity_that_is_changed_later(self):
        """3 ticked and taken, 1 lost; then 4 are wanted: 1 is posted."""
        picking = self._deliver_from_a(3)
        self._tick(picking)
        line = self._count_bin(self.bin_a, 6)
        picking.move_ids.product_uom_qty = 4
        picking.move_line_ids.quantity = 4
        self._answer(self.session, picking, "partly", {line.id: 3})
        self.assertEqual(line.variance_qty, -1)

    def test_a_tick_that_is_taken_back_later(self):
        """3 ticked and taken, 1 lost; the tick is taken back: 1 is posted."""
        picking = self._deliver_from_a(3)
        self._tick(picking)
        line = self._count_bin(self.bin_a, 6)
        picking.move_line_ids.picked = False
        self._answer(self.session, picking, "happened")
        self.assertEqual(line.variance_qty, -1)

    def test_a_tick_that_is_taken_back_was_too_early(self):
        """3 ticked and not taken, 1 more found; not yet: 1 is posted."""
        picking = self._deliver_from_a(3)
        self._tick(picking)
        line = self._count_bin(self.bin_a, 11)
        picking.move_line_ids.picked = False
        self._answer(self.session, picking, "not_yet")
        self.assertEqual(line.variance_qty, 1)


@tagged("post_install", "-at_install")
class TestOtherLines(AnswerCommon):
    """What was said of one line, and what follows for the others (P21)."""

    def test_what_was_said_of_a_line_stays_when_another_is_answered(self):
        """Not yet taken from A when it was counted; all of it before B was."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.bin_b)
        in_a = self._count_bin(self.bin_a, 9)
        self._answer(self.session, picking, "not_yet")
        in_b = self._count_bin(self.bin_b, 13)
        self._answer(self.session, picking, "happened")
        self.assertEqual((in_a.variance_qty, in_b.variance_qty), (-1, 0))

    def test_what_happened_elsewhere_does_not_happen_again(self):
        """4 reserved in A are taken from B; A is counted later, and 1 is missing."""
        picking = self._deliver_from_a(4)
        in_b = self._count_bin(self.bin_b, 6)
        self._answer(self.session, picking, "happened")
        in_a = self._count_bin(self.bin_a, 9)
        self.assertEqual((in_a.variance_qty, in_b.variance_qty), (-1, 0))

    def test_what_is_counted_again_is_not_known_for_other_bins(self):
        """4 reserved in A were taken from B, which is counted again; then A is."""
        picking = self._deliver_from_a(4)
        self._count_bin(self.bin_b, 6)
        self._answer(self.session, picking, "happened")
        self._count_bin(self.bin_b, 5)
        in_a = self._count_bin(self.bin_a, 9)
        self._assert_held(self.session, in_a, picking)
        self.assertEqual(in_a.variance_qty, -1)

    def test_what_was_taken_where_it_was_reserved_explains_no_other_bin(self):
        """4 are taken from A; 2 are missing in B, which is counted later."""
        picking = self._deliver_from_a(4)
        self._count_bin(self.bin_a, 6)
        self._answer(self.session, picking, "happened")
        in_b = self._count_bin(self.bin_b, 8)
        self.assertEqual((in_b.state, in_b.variance_qty), ("counted", -2))

    def test_a_bin_that_nobody_had_in_view_is_asked_about(self):
        """The answer was about another item; screws of B may have been taken."""
        picking = self._deliver_from_a(4)
        nut = self._create_product("Nut")
        self._book(nut, self.bin_a, 10)
        picking.move_ids.copy({"product_id": nut.id})
        picking.action_confirm()
        picking.action_assign()
        self._count(self.session, nut, self.bin_a, 6)
        self._answer(self.session, picking, "happened")
        in_b = self._count_bin(self.bin_b, 7)
        self._assert_held(self.session, in_b, picking)

    def test_goods_are_not_put_where_they_were_taken(self):
        """3 of 10 are on their way to B, and 2 more are found in A."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.bin_b)
        in_a = self._count_bin(self.bin_a, 9)
        self._answer(self.session, picking, "happened")
        self.assertEqual(in_a.variance_qty, 2)

    def test_an_answer_about_one_line_settles_no_other(self):
        """Two counts hold for one delivery; the other count is asked by itself."""
        picking = self._deliver_from_a(3)
        other = self._create_session(self.bin_a)
        mine = self._count_bin(self.bin_a, 7)
        theirs = self._count(other, self.screw, self.bin_a, 7)
        self._answer(self.session, picking, "not_yet")
        self._validate(picking)
        lines = mine | theirs
        self.env["stock.count.verdicts"]._refresh_verdicts(lines)
        self.assertEqual(lines.mapped("state"), ["counted", "held"])
        self.assertEqual(theirs.hold_move_line_ids.picking_id, picking)

    def test_answers_that_are_given_together_are_all_kept(self):
        """Two deliveries of 3 are taken, and 3 more are found: each alone would
        explain what is missing."""
        pickings = [self._deliver_from_a(3), self._deliver_from_a(3)]
        line = self._count_bin(self.bin_a, 7)
        self.session.action_answer_documents(
            [{"key": self._key(p), "answer": "happened"} for p in pickings]
        )
        self.assertEqual(line.variance_qty, 3)


@tagged("post_install", "-at_install")
class TestAnswersAndTime(AnswerCommon):
    """An answer is about the document as it was, and about a time (P21)."""

    def test_a_count_before_the_answer_is_not_explained_by_it(self):
        """All was taken when it was answered; a phone brings an older count."""
        picking = self._deliver_from_a(3)
        self._count_bin(self.bin_b, 9)
        self._answer(self.session, picking, "happened")
        at = self.env.cr.now() - timedelta(minutes=10)
        line = self._count_bin(self.bin_a, 9, counted_at=at.isoformat(" "))
        self._assert_held(self.session, line, picking)
        self.assertEqual(line.variance_qty, -1)

    def test_an_answer_speaks_for_a_recount_of_its_line(self):
        """3 were taken for the delivery; the recount finds that 1 is lost, too."""
        picking = self._deliver_from_a(3)
        line = self._count_bin(self.bin_a, 7)
        self._answer(self.session, picking, "happened")
        self._count_bin(self.bin_a, 6)
        self.assertEqual((line.state, line.variance_qty), ("counted", -1))

    def test_an_answer_does_not_speak_for_what_was_added_since(self):
        """3 were taken and answered; then 4 are wanted: a recount is asked about."""
        picking = self._deliver_from_a(3)
        line = self._count_bin(self.bin_a, 6)
        self._answer(self.session, picking, "happened")
        picking.move_ids.product_uom_qty = 4
        picking.action_assign()
        self._count_bin(self.bin_a, 6)
        self._assert_held(self.session, line, picking)

    def test_what_is_shown_of_a_changed_document_is_what_is_kept(self):
        """3 were answered, 4 are wanted now, 5 are missing."""
        picking = self._deliver_from_a(3)
        line = self._count_bin(self.bin_a, 5)
        self._answer(self.session, picking, "happened")
        picking.move_ids.product_uom_qty = 4
        picking.action_assign()
        self._post(self.session, line)
        self.assertEqual(self._proposal(picking, line, "happened"), -1)
        self._answer(self.session, picking, "happened")
        self.assertEqual(line.variance_qty, -1)

    def test_the_rest_that_a_transfer_left_is_asked_about_in_a_later_count(self):
        """Nothing was taken when it was asked; 2 are validated, then the third is
        taken."""
        picking = self._deliver_from_a(3)
        line = self._count_bin(self.bin_a, 8)
        self._answer(self.session, picking, "not_yet")
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking._action_done()
        rest = picking.backorder_ids
        line = self._count_bin(self.bin_a, 7)
        # In one transaction, the rest seems as old as the transfer.
        self._assert_held(self.session, line, rest)

    def test_a_document_made_long_after_the_count_is_not_asked_about(self):
        """What is missing in the morning was not taken for an order of the evening."""
        line = self._count_bin(self.bin_a, 8)
        picking = self._deliver_from_a(3)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET create_date = create_date + interval '1 hour'"
            " WHERE id = ANY(%s)",
            [picking.move_ids.ids],
        )
        self._post(self.session, line)
        self.assertEqual(line.state, "posted")

    def test_a_line_waits_for_what_it_was_held_for(self):
        """Two deliveries; one is answered, the other is validated meanwhile."""
        first, second = self._deliver_from_a(1), self._deliver_from_a(3)
        line = self._count_bin(self.bin_a, 5)
        self._validate(second)
        self._answer(self.session, first, "happened")
        self._post(self.session, line)
        self.assertEqual((line.state, line.variance_qty), ("held", -4))

    def test_what_is_posted_stays_when_an_answer_is_taken_back(self):
        """The other lines of the document are asked about again."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.bin_b)
        in_a, in_b = self._count_bin(self.bin_a, 6), self._count_bin(self.bin_b, 12)
        self._answer(self.session, picking, "happened")
        self._post(self.session, in_a)
        [answer] = self.session.get_documents()["answered"]
        self.session.action_withdraw_answer(answer["id"])
        self.assertEqual((in_a.state, in_a.explained_qty), ("posted", -3))
        self.assertEqual((in_b.state, in_b.variance_qty), ("held", 2))
        [answer] = self.session.get_documents()["answered"]
        self.assertEqual([ln["line_id"] for ln in answer["lines"]], in_a.ids)

    def test_an_answer_that_is_taken_back_speaks_for_no_later_count(self):
        """P21: also where it stays for a line that is posted."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.bin_b)
        in_a = self._count_bin(self.bin_a, 6)
        self._count_bin(self.bin_b, 12)
        self._answer(self.session, picking, "happened")
        self._post(self.session, in_a)
        [answer] = self.session.get_documents()["answered"]
        self.session.action_withdraw_answer(answer["id"])
        again = self._count_bin(self.bin_b, 12)
        self.assertEqual(again.explained_qty, 0)
        self._assert_held(self.session, again, picking)

    def test_what_is_no_answer_is_not_taken_back(self):
        """Z2: whatever a client sends for its number."""
        for number in ({}, [], "x", 2**63, 1.5, None):
            with self.subTest(number), self.assertRaisesRegex(UserError, "already"):
                self.session.action_withdraw_answer(number)

    def test_who_scans_every_pick_is_not_asked_by_a_rule_that_has_answers(self):
        """A line of an answered document waits for another: nothing breaks."""
        self.warehouse.out_type_id.count_unticked = "left"
        first = self._deliver_from_a(3)
        line = self._count_bin(self.bin_a, 6)
        self.assertEqual(line.variance_qty, -1)
        receipt = self._create_transfer(self.screw, 5, self.suppliers, self.bin_a)
        line = self._count_bin(self.bin_a, 9)
        self._assert_held(self.session, line, receipt)
        self.assertEqual(first.state, "assigned")
