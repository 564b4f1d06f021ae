import base64
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CountCommon


class ControlCommon(CountCommon):
    """Bob counts two bins and submits them; Ann may approve; Option 170 is on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_require_approval = True
        cls.company.count_split_units = True
        for place in (cls.bin_a, cls.bin_b):
            cls._book(cls.screw, place, 10)
        cls.ann, cls.bob = (
            cls._create_user(f"abuse_{name}", "stock.group_stock_manager")
            for name in ("ann", "bob")
        )

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)
        entries = [self._entry(8, self.screw, b) for b in (self.bin_a, self.bin_b)]
        self.session.with_user(self.bob).record_entries(entries)
        self.line = self._line(self.session, self.screw, self.bin_a)
        self.other = self._line(self.session, self.screw, self.bin_b)
        self.session.action_check_all()
        self.session.with_user(self.bob).action_submit()

    def _approve(self):
        self._rpc(self.ann, self.session, "action_approve")


@tagged("post_install", "-at_install")
class TestOwnApproval(ControlCommon):
    """Nobody approves their own count, by whichever door (A4; issue 3, abuse)."""

    def test_who_counted_and_submitted_approves_by_no_door(self):
        """A4: session, request, line by line, and the dialog."""
        request = self.session.approval_id
        answer = self.env["stock.count.answer"].with_user(self.bob)
        dialog = answer.create({"approval_id": request.id})
        for records in (self.session, request, dialog):
            for verb in ("action_approve", "action_reject"):
                with self.subTest(records), self.assertRaises(AccessError):
                    self._rpc(self.bob, records, verb)
        for verb in ("action_refuse", "action_accept", "action_request_recount"):
            with self.subTest(verb), self.assertRaises(AccessError):
                self._rpc(self.bob, request.line_ids, verb)
        self.assertEqual(request.state, "pending")

    def test_an_approval_is_written_by_nobody(self):
        """A1, A5: neither its state nor what it covers."""
        request = self.session.approval_id
        for user in (self.ann, self.bob):
            for records, values in (
                (request, {"state": "approved"}),
                (request, {"requested_by_id": self.ann.id}),
                (request.line_ids, {"digest": "forged"}),
                (request.line_ids, {"refused": False}),
                (self.session, {"state": "open"}),
                (self.session, {"approval_ids": [Command.clear()]}),
            ):
                with self.subTest(values), self.assertRaises(AccessError):
                    self._rpc(user, records, "write", values)
                    self.env.flush_all()

    def test_a_withdrawn_count_still_keeps_its_counter_from_approving(self):
        """A4: Bob saw the bin, whoever counted it again."""
        self._rpc(self.ann, self.session, "action_reject", "Look again")
        self._rpc(self.bob, self.line, "action_withdraw_count")
        self._count(self.session, self.screw, self.bin_a, 8)
        self.session.action_check_all()
        self.session.action_submit()
        with self.assertRaisesRegex(AccessError, "another approver"):
            self._rpc(self.bob, self.session, "action_approve")

    def test_who_counts_after_submitting_does_not_approve(self):
        """A4: an approver who corrects a line has counted it."""
        self.session.with_user(self.ann).record_entries(
            [self._entry(7, self.screw, self.bin_a)]
        )
        with self.assertRaisesRegex(AccessError, "another approver"):
            self._rpc(self.ann, self.session, "action_approve")


@tagged("post_install", "-at_install")
class TestChangesAfterApproval(ControlCommon):
    """What was approved and then changed by any door is not posted (A5)."""

    def setUp(self):
        super().setUp()
        self._approve()

    def _refused(self):
        """Posting leaves the changed line alone and posts the other one."""
        self.session.action_check_all()
        self._rpc(self.ann, self.session, "action_post")
        self.assertEqual(self.other.state, "posted")
        self.assertNotEqual(self.line.state, "posted")
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def _record(self, **values):
        values = {"line_id": self.line.id, **values}
        [result] = self.session.with_user(self.bob).record_entries(
            [self._entry(values.pop("qty", 7), **values)]
        )
        self.assertEqual(result["status"], "recorded", result["message"])

    def test_unchanged_it_is_posted(self):
        """A5: the counter-check of all the others."""
        self._rpc(self.ann, self.session, "action_post")
        self.assertEqual(self.line.state, "posted")
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_typed_in_the_sheet(self):
        """A5."""
        self._rpc(self.bob, self.line, "write", {"found_qty": 7})
        self._refused()

    def test_saved_by_the_web_client(self):
        """A5."""
        self._rpc(self.bob, self.line, "web_save", {"found_qty": 7}, specification={})
        self._refused()

    def test_typed_and_typed_back(self):
        """A5: the same number again is another count."""
        self.line.found_qty = 7
        self.line.found_qty = 8
        self._refused()

    def test_set_by_an_entry(self):
        """A5."""
        self._record(qty=7)
        self._refused()

    def test_added_to_by_an_entry(self):
        """A5."""
        self._record(qty=1, operation="add")
        self._refused()

    def test_counted_offline_before_and_sent_after(self):
        """A5: a late entry counts, but it was not approved."""
        moment = self.line.counted_at + timedelta(seconds=1)
        self._record(qty=1, operation="add", counted_at=str(moment))
        self.assertEqual(self.line.found_qty, 9)
        self._refused()

    def test_withdrawn_by_its_uuid(self):
        """A5: nothing is counted any more."""
        self._record(
            qty=0, operation="withdraw", withdraws=self.line.last_entry_id.uuid
        )
        self._refused()

    def test_withdrawn_by_the_button(self):
        """A5."""
        self._rpc(self.bob, self.line, "action_withdraw_count")
        self._refused()

    def test_counted_in_parts(self):
        """A5, D14."""
        split = self.env["stock.count.split"].with_user(self.bob)
        dialog = split.create({"line_id": self.line.id})
        dialog.part_ids = [
            Command.clear(),
            Command.create({"qty": 7, "uom_id": self.screw.uom_id.id}),
        ]
        self._rpc(self.bob, dialog, "action_record")
        self.assertEqual(self.line.found_qty, 7)
        self._refused()

    def test_sent_by_the_counting_app(self):
        """A5, M10."""
        if "stock.count.app" not in self.env:
            self.skipTest("no counting app")
        entry = self._entry(7, line_id=self.line.id)
        app = self.env["stock.count.app"].with_user(self.bob)
        app.sync(self.session.id, {"entries": [entry], "device": "D1"})
        self.assertEqual(self.line.found_qty, 7)
        self._refused()

    def test_imported_from_a_file(self):
        """A5, I7: rows that name the count."""
        row = (self.warehouse.name, "SCR", "Bin A", "7", self.session.name)
        content = "Warehouse;Item ID;Location;Units;Count Session\n" + ";".join(row)
        record = (
            self.env["stock.count.import"]
            .with_user(self.bob)
            .create(
                {
                    "file": base64.b64encode(content.encode()),
                    "file_name": "count.csv",
                }
            )
        )
        for verb in ("action_read", "action_check", "action_import"):
            self._rpc(self.bob, record, verb)
        self.assertEqual(self.line.last_entry_id.source, "import")
        self._refused()

    def test_given_another_reason(self):
        """A5, P17: why is a part of what was approved."""
        reason = self.env["stock.count.reason"].create({"name": "Other", "code": "OTH"})
        self._rpc(self.bob, self.line, "write", {"reason_id": reason.id})
        covered = self.session.approval_id.line_ids
        mine = covered.filtered(lambda c: c.line_id == self.line)
        self.assertEqual(mine.standing, "changed")
        self.assertEqual((covered - mine).standing, "submitted")
        self._refused()

    def test_a_reason_that_comes_back_is_the_approved_one(self):
        """A5: what is posted is what was approved."""
        reason = self.env["stock.count.reason"].create({"name": "Other", "code": "OTH"})
        self.line.reason_id = reason
        self.line.reason_id = False
        self._rpc(self.ann, self.session, "action_post")
        self.assertEqual(self.line.state, "posted")

    def test_the_default_reason_of_the_company_changed(self):
        """A5, P17: lines without a reason have it."""
        reason = self.env["stock.count.reason"].create({"name": "Other", "code": "OTH"})
        self.company.count_shortage_reason_id = reason
        self._rpc(self.ann, self.session, "action_post")
        self.assertNotEqual(self.line.state, "posted")
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_counted_again_on_request(self):
        """A5, A3: with the same result."""
        self._rpc(self.ann, self.line, "action_request_recount")
        self._record(qty=8)
        self._refused()

    def test_corrected_in_the_book_since(self):
        """A5, rule 1: an older count was posted, so the variance is another one."""
        rival = self._create_session(self.bin_a)
        before = str(self.line.counted_at - timedelta(seconds=1))
        entry = self._entry(9, self.screw, self.bin_a, counted_at=before)
        rival.with_user(self.bob).record_entries([entry])
        rival.action_check_all()
        rival.with_user(self.bob).action_submit()
        self._rpc(self.ann, rival, "action_approve")
        self._rpc(self.ann, rival, "action_post")
        self.assertEqual(self._booked(self.screw, self.bin_a), 9)
        self._rpc(self.ann, self.session, "action_post")
        self.assertEqual((self.line.state, self.line.variance_qty), ("failed", -1))
        self.assertIn("No approval covers", self.line.post_error)
        self.assertEqual(self._booked(self.screw, self.bin_a), 9)

    def test_corrected_by_a_native_adjustment_since(self):
        """A5, rule 1: that is the newer word."""
        self._adjust_natively(self.screw, self.bin_a, 9)
        self.session.action_check_all()
        self._rpc(self.ann, self.session, "action_post")
        self.assertEqual(self.line.state, "superseded")
        self.assertEqual(self._booked(self.screw, self.bin_a), 9)

    def _hold(self):
        """A transfer is made that would explain the variance of this line only: the
        other place is in another zone."""
        self.bin_b.location_id = self._create_bin("Zone")
        self._create_transfer(self.screw, 2, self.bin_a, self.customers)
        self.session.action_refresh()
        self.assertEqual(self.line.state, "held")

    def test_read_as_really_missing_since(self):
        """A5, rule 3: a reading is another statement than the one approved."""
        self._hold()
        self._rpc(self.bob, self.line, "action_accept_variance")
        self._refused()

    def test_read_as_explained_by_a_transfer_since(self):
        """A5, rule 3."""
        self._hold()
        self._rpc(self.bob, self.line, "action_accept_transfer")
        self._refused()

    def test_each_number_of_the_digest_counts_by_itself(self):
        """A5: whatever else stayed as it was approved."""
        changes = {
            "round": 2,
            "found_qty": 9,
            "counted_stamp": 1,
            "variance_qty": -3,
            "hold_answer": "variance",
            "explained_qty": 1,
        }
        Approval, line = self.env["stock.count.approval"], self.line._internal()
        for name, value in changes.items():
            with self.subTest(name), self.env.cr.savepoint() as approved:
                line[name] = value
                self.assertEqual(Approval._read_uncovered(line), {line.id})
                approved.rollback()
        self.assertFalse(Approval._read_uncovered(line))

    def test_the_line_itself_is_not_written(self):
        """A5: what the digest is made of is written by verbs only."""
        for values in (
            {"variance_qty": -1},
            {"round": 2},
            {"counted_stamp": 1},
            {"state": "counted"},
            {"explained_qty": 1},
            {"location_id": self.bin_b.id},
            {"product_id": self.glue.id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self._rpc(self.bob, self.line, "write", values)

    def test_a_line_added_since_is_not_covered(self):
        """A5: what was not submitted was not approved."""
        line = self._count(self.session, self.glue, self.bin_a, 3, lot_name="NEW")
        self.session.action_check_all()
        self._rpc(self.ann, self.session, "action_post")
        self.assertIn("No approval covers", line.post_error)
        self.assertEqual(self.other.state, "posted")


@tagged("post_install", "-at_install")
class TestRecountAbuse(ControlCommon):
    """Recounts, withdrawals and tolerances that make no sense are refused in words."""

    def test_a_posted_line_is_not_recounted(self):
        """A3: by line, from the sheet, or as an approver."""
        self._approve()
        self._rpc(self.ann, self.session, "action_post")
        covered = self.session.approval_id.line_ids[:1]
        for records in (self.line, self.line | self.other):
            with self.assertRaisesRegex(UserError, "is posted|Count Again"):
                self._rpc(self.ann, records, "action_request_recount")
        with self.assertRaisesRegex(UserError, "already"):
            self._rpc(self.ann, covered, "action_request_recount")
        with self.assertRaisesRegex(UserError, "No counted line|Count Again"):
            self._rpc(self.ann, self.session, "action_request_recount")
        self.assertEqual(self.line.round, 1)

    def test_a_posted_line_of_an_open_count_is_not_recounted(self):
        """A3: the message says what to do instead."""
        self._rpc(self.ann, self.session, "action_reject", "Look again")
        self.company.count_require_approval = False
        self._post(self.session, self.line)
        with self.assertRaisesRegex(UserError, "is posted: start a new count"):
            self._rpc(self.ann, self.line, "action_request_recount")

    def test_posting_between_submit_and_answer_is_refused_by_rpc(self):
        """A1: to managers, too; nothing is written."""
        with self.assertRaisesRegex(UserError, "waiting for approval"):
            self._rpc(self.ann, self.session, "action_post")
        self.assertEqual(set(self.session.line_ids.mapped("state")), {"counted"})
        self.assertFalse(self.session.move_ids)

    def test_submitting_twice_makes_no_second_request(self):
        """A1."""
        with self.assertRaisesRegex(UserError, "waiting for approval already"):
            self._rpc(self.bob, self.session, "action_submit")
        self.assertEqual(len(self.session.approval_ids), 1)

    def test_a_withdrawal_twice_changes_nothing(self):
        """P7: by uuid it is refused in words, by the button there is nothing left."""
        first = self.line.last_entry_id
        for status in ("recorded", "refused"):
            entry = self._entry(0, operation="withdraw", withdraws=first.uuid)
            [result] = self.session.with_user(self.bob).record_entries([entry])
            self.assertEqual(result["status"], status)
        self.assertIn("withdrawn", result["message"])
        self._rpc(self.bob, self.line, "action_withdraw_count")
        self.assertEqual(len(self.line.entry_ids), 2)
        self.assertFalse(self.line.is_counted)

    def test_a_withdrawal_is_not_withdrawn(self):
        """P7: what was taken back is counted again instead."""
        self._rpc(self.bob, self.line, "action_withdraw_count")
        withdrawal = self.line.entry_ids.filtered(lambda e: e.operation == "withdraw")
        entry = self._entry(0, operation="withdraw", withdraws=withdrawal.uuid)
        [result] = self.session.with_user(self.bob).record_entries([entry])
        self.assertEqual(result["status"], "refused")

    def test_a_tolerance_of_nothing_is_refused_in_words(self):
        """A2: negative, empty and 0, each with what to do."""
        Tolerance = self.env["stock.count.tolerance"]
        for values, words in (
            ({"percent_minus": -1}, "cannot be negative: enter how far"),
            ({"value_plus": -0.01, "percent_plus": 5}, "cannot be negative"),
            ({}, "limits nothing: enter a limit"),
            ({"percent_minus": 0, "value_plus": 0}, "limits nothing"),
            ({"percent_minus": False}, "limits nothing"),
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation) as raised,
                self.env.cr.savepoint(),
            ):
                Tolerance.create({"company_id": self.company.id, **values})
            # What a client is shown of it.
            message = Tolerance._sql_error_to_message(raised.exception)
            self.assertIn(words, message)
