from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestReasons(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theft = cls._create_reason("THEFT", "shortage")
        cls.gift = cls._create_reason("GIFT", "overage")
        cls.typo = cls._create_reason("TYPO", "both")
        cls._book(cls.screw, cls.bin_a, 10)
        cls.session = cls._create_session(cls.bin_a)
        cls.line = cls.session.line_ids

    @classmethod
    def _create_reason(cls, code, sign):
        values = {"name": code.title(), "code": code, "sign": sign}
        return cls.env["stock.count.reason"].create(values)

    def _posted(self, found, reason=None):
        """The move of the line, posted with what was found and a reason."""
        self.line.found_qty = found
        if reason:
            self.line.reason_id = reason
        self._post(self.session)
        return self.session.move_ids

    def test_a_company_has_a_default_reason_for_each_sign(self):
        """P17."""
        self.assertEqual(self.company.count_shortage_reason_id.sign, "shortage")
        self.assertEqual(self.company.count_overage_reason_id.sign, "overage")

    def test_a_shortage_carries_the_default_of_shortages(self):
        """P17."""
        move = self._posted(8)
        self.assertEqual(move.count_reason_id, self.company.count_shortage_reason_id)

    def test_an_overage_carries_the_default_of_overages(self):
        """P17."""
        move = self._posted(12)
        self.assertEqual(move.count_reason_id, self.company.count_overage_reason_id)

    def test_another_default_of_the_company_is_taken(self):
        """P17: defaults are per company."""
        self.company.count_shortage_reason_id = self.typo
        self.assertEqual(self._posted(8).count_reason_id, self.typo)

    def test_a_reason_of_the_line_wins(self):
        """P17."""
        self.assertEqual(self._posted(8, self.theft).count_reason_id, self.theft)

    def test_a_move_says_which_count_made_it(self):
        """P7, P17: line, session and reason, on the move and in Moves History."""
        move = self._posted(8, self.theft)
        self.assertEqual(move.count_line_id, self.line)
        self.assertEqual(move.count_session_id, self.session)
        self.assertEqual(move.move_line_ids.count_reason_id, self.theft)
        self.assertEqual(move.move_line_ids.count_session_id, self.session)

    def test_a_reason_of_the_other_sign_is_refused_by_name(self):
        """P17."""
        self.line.found_qty = 8
        with self.assertRaisesRegex(ValidationError, "GIFT"):
            self.line.reason_id = self.gift
        self.line.reason_id = self.typo
        self.line.found_qty = 12
        with self.assertRaisesRegex(ValidationError, "THEFT"):
            self.line.reason_id = self.theft

    def test_a_variance_that_changes_its_sign_needs_another_reason(self):
        """P17: a theft is no reason for an overage, also when posting."""
        self.line.found_qty = 8
        self.line.reason_id = self.theft
        self.line.found_qty = 12
        self._post(self.session)
        self.assertEqual(self.line.state, "failed")
        self.assertIn("THEFT", self.line.post_error)
        self.assertFalse(self.session.move_ids)

    def test_a_reason_chosen_before_the_count_is_checked_when_posting(self):
        """P17."""
        self.line.reason_id = self.gift
        self.assertFalse(self._posted(8))
        self.assertIn("GIFT", self.line.post_error)

    def test_reason_and_found_in_one_write_are_checked_together(self):
        """P17: the web client saves a row at once."""
        with self.assertRaisesRegex(ValidationError, "GIFT"):
            self.line.write({"found_qty": 8, "reason_id": self.gift.id})

    def test_a_used_reason_is_archived_not_deleted(self):
        """P7, P17."""
        self._posted(8, self.theft)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.theft.unlink()
        self.theft.active = False
        self.assertEqual(self.session.move_ids.count_reason_id, self.theft)

    def test_the_code_of_a_reason_is_unique(self):
        """P17."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._create_reason("THEFT", "both")

    def test_reasons_are_found_by_code_and_name(self):
        """P17."""
        Reason = self.env["stock.count.reason"]
        for word in ("THEFT", "Theft"):
            found = [reason_id for reason_id, _name in Reason.name_search(word)]
            self.assertIn(self.theft.id, found)
