from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...domain.accuracy import is_accurate
from ..common import CountCommon


@tagged("post_install", "-at_install")
class TestHistory(CountCommon):
    """What posted counts found, kept for ever (R213)."""

    def setUp(self):
        super().setUp()
        self._book(self.screw, self.bin_a, 10)
        self._book(self.screw, self.bin_b, 20)
        self.session = self._create_session(self.bin_a + self.bin_b)

    def _history(self, session=None):
        session = session or self.session
        return self.env["stock.count.history"].search(
            [("session_id", "=", session.id)], order="id"
        )

    def _count_and_post(self, location, qty, session=None):
        line = self._count(session or self.session, self.screw, location, qty)
        self._post(session or self.session, line)
        return line

    def test_posting_keeps_what_was_found_and_what_it_cost(self):
        """R213: expected, found, variance and value as they were posted."""
        self._count_and_post(self.bin_a, 7)
        row = self._history()
        self.assertEqual(
            (row.product_id, row.location_id, row.warehouse_id),
            (self.screw, self.bin_a, self.warehouse),
        )
        self.assertEqual(
            (row.expected_qty, row.found_qty, row.variance_qty), (10, 7, -3)
        )
        self.assertEqual((row.expected_value, row.variance_value), (20, -6))
        self.assertEqual(
            (row.shortage_value, row.overage_value, row.absolute_value), (6, 0, 6)
        )

    def test_a_count_without_a_variance_is_history_too(self):
        """R213: it makes no move, and it is what accuracy is made of."""
        self._count_and_post(self.bin_a, 10)
        row = self._history()
        self.assertTrue(row.accurate)
        self.assertEqual(
            (row.accuracy, row.cause, row.reason_id.id), (100, False, False)
        )

    def test_what_was_not_posted_is_no_history(self):
        """R213: counted, checked or held is not posted."""
        self._count(self.session, self.screw, self.bin_a, 7)
        self._count_and_post(self.bin_b, 20)
        self.assertEqual(self._history().location_id, self.bin_b)

    def test_history_tells_the_reason_and_the_probable_cause(self):
        """R213, P10: what the Pareto of root causes is made of."""
        self._book(self.screw, self.bin_b, 43)
        session = self._create_session(self.bin_b)
        self._count_and_post(self.bin_b, 36, session)
        row = self._history(session)
        self.assertEqual(row.cause, "swapped_digits")
        self.assertEqual(row.reason_id, self.company.count_shortage_reason_id)

    def test_what_nothing_explains_has_an_unknown_cause(self):
        """R213: a Pareto without the unexplained would tell a lie."""
        self._count_and_post(self.bin_a, 5)
        self.assertEqual(self._history().cause, "unknown")

    def test_undoing_takes_it_out_and_posting_again_brings_it_back(self):
        """P15, R213: history and stock agree."""
        line = self._count_and_post(self.bin_a, 7)
        self.session.action_undo_posting()
        self.assertFalse(self._history())
        self._post(self.session, line)
        self.assertEqual(self._history().mapped("variance_qty"), [-3])
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)

    def test_a_second_round_does_not_write_over_the_first(self):
        """R213: counted again after posting, both postings stay."""
        line = self._count_and_post(self.bin_a, 7)
        self._count(self.session, self.screw, self.bin_a, 8)
        self._post(self.session, line)
        self.assertEqual(self._history().mapped("variance_qty"), [-3, 1])

    def test_a_recount_before_posting_makes_two_rounds(self):
        """R213: how often a thing had to be counted."""
        line = self._count(self.session, self.screw, self.bin_a, 7)
        line.action_request_recount()
        self._count_and_post(self.bin_a, 10)
        self.assertEqual(self._history().rounds, 2)

    def test_history_agrees_with_the_moves_to_the_cent(self):
        """R213, P8: net variance is what the moves took and brought."""
        self._count_and_post(self.bin_a, 7)
        self._count_and_post(self.bin_b, 25)
        net = sum(
            move.quantity * 2 * (1 if move.location_id.usage == "inventory" else -1)
            for move in self.session.move_ids
        )
        self.assertEqual(sum(self._history().mapped("variance_value")), net)
        self.assertEqual(net, 4)

    def test_within_its_tolerance_is_accurate(self):
        """R3: as domain.accuracy says it, on each side of the limit."""
        self.env["stock.count.tolerance"].create(
            {"company_id": self.company.id, "percent_minus": 20}
        )
        self._count_and_post(self.bin_a, 9)
        self._count(self.session, self.screw, self.bin_b, 10)
        self.session.action_check_all()
        line = self._line(self.session, self.screw, self.bin_b)
        line.action_request_recount()
        self._count_and_post(self.bin_b, 10)
        rows = self._history()
        self.assertEqual(rows.mapped("accurate"), [True, False])
        for row in rows:
            said = is_accurate(row.variance_qty, row.tolerance_ratio)
            self.assertEqual(row.accurate, said)

    def test_what_was_posted_before_there_was_a_history_is_filled_in_once(self):
        """R213: updating an older installation."""
        self._count_and_post(self.bin_a, 7)
        History = self.env["stock.count.history"]
        self._history().sudo().unlink()
        History._backfill()
        History._backfill()
        self.assertEqual(self._history().mapped("variance_qty"), [-3])

    def test_history_has_the_accounting_date_of_its_moves(self):
        """P20, R213: a year-end count belongs to the year that it ends."""
        day = fields.Date.today() - timedelta(days=3)
        self.session.accounting_date = day
        self._receive(self.screw, 1, self.bin_a)
        self._count_and_post(self.bin_b, 21)
        self.assertEqual(self._history().posted_at.date(), day)
        self.assertEqual(self.session.move_ids.date, self._history().posted_at)

    def test_nobody_writes_history(self):
        """Z2, P7: not even a manager, by RPC."""
        manager = self._create_user("boss", "stock.group_stock_manager")
        self._count_and_post(self.bin_a, 7)
        row = self._history()
        self.assertTrue(self._rpc(manager, row, "read", ["found_qty"]))
        with self.assertRaises(AccessError):
            self._rpc(manager, row, "write", {"found_qty": 10})
        with self.assertRaises(AccessError):
            self._rpc(manager, row, "unlink")

    def test_a_counter_reads_no_history(self):
        """Z1, M13: it tells what was expected."""
        counter = self._create_user("hand", "stock_count.group_count_counter")
        self._count_and_post(self.bin_a, 7)
        with self.assertRaises(AccessError):
            self._rpc(counter, self._history(), "read", ["variance_qty"])
        with self.assertRaises(AccessError):
            self._rpc(counter, self._history(), "action_open_sheet")

    def test_another_company_reads_no_history_of_ours(self):
        """Z2: by company."""
        self._count_and_post(self.bin_a, 7)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        lead = self._create_user("other", "stock_count.group_count_lead")
        lead.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        History = self.env["stock.count.history"].with_user(lead)
        found = History.with_context(allowed_company_ids=company.ids).search([])
        self.assertFalse(found)

    def test_a_row_of_history_opens_its_line(self):
        """R3: from the figure to the record."""
        line = self._count_and_post(self.bin_a, 7)
        action = self._history().action_open_sheet()
        self.assertEqual(action["domain"], [("id", "=", line.id)])
