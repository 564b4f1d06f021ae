from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_documents import DocumentCommon


class DocumentWordsCommon(DocumentCommon):
    """Ten screws in a bin, three of which are to be delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls.picking = cls._create_transfer(cls.screw, 3, cls.bin_a, cls.customers)
        cls.session = cls._create_session(cls.bin_a)

    def _count_screws(self, qty):
        return self._count(self.session, self.screw, self.bin_a, qty)


@tagged("post_install", "-at_install")
class TestHoldText(DocumentWordsCommon):
    """A held line says what a person has to confirm (P21)."""

    def test_a_held_line_names_the_documents_that_explain_a_part(self):
        """P21: the delivery takes 3 of the 4 that are missing."""
        line = self._count_screws(6)
        self.assertEqual(line.hold_text, self.picking.name)
        self.assertFalse(line.hold_is_exact)

    def test_a_held_line_says_that_a_transfer_explains_all_of_it(self):
        """P3: the delivery takes the 3 that are missing."""
        line = self._count_screws(7)
        self.assertEqual(line.hold_text, self.picking.name)
        self.assertTrue(line.hold_is_exact)

    def test_an_answered_document_is_not_named_any_more(self):
        """P21: two deliveries, one of which is answered."""
        other = self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        line = self._count_screws(4)
        self.assertEqual(line.hold_text, f"{self.picking.name}, {other.name}")
        self._answer(self.session, self.picking, "happened")
        self.assertEqual(line.hold_text, other.name)

    def test_a_document_of_the_other_direction_is_not_named(self):
        """P21: a receipt cannot explain a shortage."""
        self._create_transfer(self.screw, 2, self.suppliers, self.bin_a)
        line = self._count_screws(6)
        self.assertEqual(line.hold_text, self.picking.name)

    def test_a_page_of_held_lines_is_named_by_a_fixed_number_of_statements(self):
        """P21: the sheet shows many held lines at once."""
        lines = self._count_screws(6)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            lines.mapped("hold_text")
        for number in range(4):
            product = self._create_product(f"Nail {number}")
            self._book(product, self.bin_a, 10)
            self._create_transfer(product, 3, self.bin_a, self.customers)
            lines |= self._count(self.session, product, self.bin_a, 6)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            names = lines.mapped("hold_text")
        self.assertEqual(len(set(names)), 5)


@tagged("post_install", "-at_install")
class TestDocumentText(DocumentWordsCommon):
    """A line keeps what people said of its documents (P21)."""

    def test_a_line_says_what_is_the_documents_and_what_is_lost(self):
        """P21."""
        line = self._count_screws(6)
        self.assertFalse(line.document_text)
        self._answer(self.session, self.picking, "happened")
        self.assertEqual(line.document_text, f"−3 {self.picking.name}, −1 lost")

    def test_nothing_remains_to_be_said_where_a_document_explains_all(self):
        """P21."""
        line = self._count_screws(7)
        self._answer(self.session, self.picking, "happened")
        self.assertEqual(line.document_text, f"−3 {self.picking.name}")

    def test_a_line_says_which_document_has_not_happened(self):
        """P21."""
        line = self._count_screws(6)
        self._answer(self.session, self.picking, "not_yet")
        self.assertEqual(line.document_text, f"{self.picking.name}: not yet, −4 lost")

    def test_a_line_says_what_was_found_beyond_its_documents(self):
        """P21: in parts of a unit, without empty decimals."""
        picking = self._create_transfer(self.glue, 5, self.suppliers, self.bin_a)
        line = self._count(self.session, self.glue, self.bin_a, 6, lot_name="X")
        self._answer(self.session, picking, "partly", {line.id: 4.5})
        self.assertEqual(line.document_text, f"+4.5 {picking.name}, +1.5 found")

    def test_what_is_still_held_is_not_called_lost(self):
        """P21: the second delivery may explain it."""
        self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        line = self._count_screws(4)
        self._answer(self.session, self.picking, "happened")
        self.assertEqual(line.document_text, f"−3 {self.picking.name}")

    def test_a_posted_line_keeps_its_words(self):
        """P7, P21."""
        line = self._count_screws(6)
        self._answer(self.session, self.picking, "happened")
        self._post(self.session, line)
        self.assertEqual(line.state, "posted")
        self.assertEqual(line.document_text, f"−3 {self.picking.name}, −1 lost")

    def test_a_count_that_is_taken_back_says_nothing(self):
        """P21."""
        line = self._count_screws(6)
        self._answer(self.session, self.picking, "happened")
        line.action_withdraw_count()
        self.assertFalse(line.document_text)


@tagged("post_install", "-at_install")
class TestNextStep(DocumentWordsCommon):
    def test_the_next_step_says_how_many_documents_wait(self):
        """P21, D2."""
        self._count_screws(6)
        self.assertEqual(self.session.next_step, "1 document to confirm.")
        self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        self.session.invalidate_recordset(["next_step"])
        self.assertEqual(self.session.next_step, "2 documents to confirm.")

    def test_counters_are_not_told_of_documents(self):
        """Z1, M13."""
        counter = self._create_user("counter", "stock_count.group_count_counter")
        self.session.counter_ids = counter
        self._count_screws(6)
        self.assertNotIn("document", self.session.with_user(counter).next_step)


@tagged("post_install", "-at_install")
class TestDocumentList(DocumentWordsCommon):
    """What clients get: the documents to ask about, and the answers."""

    def test_the_count_lists_its_answers(self):
        """P21: who said what of which document, and which lines it explains."""
        line = self._count_screws(6)
        self._answer(self.session, self.picking, "happened")
        action = self.session.action_view_documents()
        document = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(document.name, self.picking.name)
        self.assertEqual(document.explained_text, f"−3 {line.display_name}")
        self.assertEqual(self.session.document_count, 1)
        opened = document.action_open_document()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), ("stock.picking", self.picking.id)
        )

    def test_counters_open_no_answered_document(self):
        """Z1, Z2."""
        counter = self._create_user("counter", "stock_count.group_count_counter")
        self._count_screws(6)
        self._answer(self.session, self.picking, "happened")
        document = self.env["stock.count.document"].search(
            [("session_id", "=", self.session.id)]
        )
        with self.assertRaises(AccessError):
            self._rpc(counter, document, "action_open_document")
        with self.assertRaises(AccessError):
            self._rpc(counter, document, "read", ["explained_text"])

    def test_who_may_not_change_transfers_is_not_offered_to(self):
        """P21, Z1: a counting lead need not be an Inventory user."""
        self._count_screws(6)
        lead = self._create_user("lead", "stock_count.group_count_lead")
        keeper = self._create_user("keeper", "stock.group_stock_user")
        for user, expected in ((lead, False), (keeper, True)):
            [asked] = self.session.with_user(user).get_documents()["open"]
            self.assertEqual(asked["may_correct"], expected)

    def test_what_is_taken_as_happened_is_told(self):
        """P21: 3 are ticked as picked, 2 of them still lie there."""
        self._tick(self.picking)
        self._count_screws(9)
        [asked] = self.session.get_documents()["open"]
        [line] = asked["lines"]
        self.assertEqual((line["qty"], line["expected"]), (-3, -3))
        self.assertEqual((line["happened"], line["not_yet"]), (2, -1))

    def test_the_two_ends_of_a_transfer_are_not_added_up(self):
        """P21: 2 leave the counted bin for the one beside it."""
        picking = self._create_transfer(self.screw, 2, self.bin_a, self.bin_b)
        self.picking.action_cancel()
        self._count_screws(8)
        [asked] = self.session.get_documents()["open"]
        self.assertEqual(asked["name"], picking.name)
        self.assertEqual(asked["lines"][0]["qty"], -2)

    def test_a_document_that_is_deleted_keeps_its_answer(self):
        """P7, P21."""
        self._count_screws(6)
        self._answer(self.session, self.picking, "happened")
        name = self.picking.name
        self.picking.action_cancel()
        self.picking.unlink()
        [answer] = self.session.get_documents()["answered"]
        self.assertEqual((answer["name"], answer["partner"]), (name, ""))

    def test_many_documents_cost_no_more_statements_than_one(self):
        """P21: a day's count asks about twenty."""
        self._count_screws(6)
        one = self._count_statements()
        for number in range(5):
            product = self._create_product(f"Nail {number}")
            self._book(product, self.bin_a, 10)
            self._create_transfer(product, 3, self.bin_a, self.customers)
            self._count(self.session, product, self.bin_a, 6)
        self.assertLessEqual(self._count_statements(), one)

    def _count_statements(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.session.get_documents()
        return self.env.cr.sql_log_count - before
