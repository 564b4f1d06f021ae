from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.recording.stock_count_entry import DIGESTED
from ..common import CountCommon

ADDED_BY_THE_SERVER = {
    "recorded_at",
    "book_qty",
    "picked_qty",
    "stamp",
    "xid",
    "snapshot",
    "late",
}


@tagged("post_install", "-at_install")
class TestRecording(CountCommon):
    """The one door: record_entries, and the sheet that goes through it (D4, D13, P7,
    I9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a | self.bin_b)
        self.line = self._line(self.session, self.screw, self.bin_a)

    def test_typing_found_makes_an_entry_of_the_sheet(self):
        """D4: nothing else writes a found quantity."""
        self.line.found_qty = 8
        self.assertEqual(self.line.entry_ids.mapped("source"), ["sheet"])
        self.assertEqual((self.line.state, self.line.variance_qty), ("counted", -2))
        self.assertEqual(self.line.variance_value, -4)
        self.assertEqual(self.line.counted_by_id, self.env.user)

    def test_found_zero_is_a_count_and_empty_is_none(self):
        """D4: 0 means counted, none there; empty means not counted."""
        self.assertFalse(self.line.is_counted)
        self.line.found_qty = 0
        self.assertEqual((self.line.is_counted, self.line.variance_qty), (True, -10))
        self.line.is_counted = False
        self.assertEqual((self.line.is_counted, self.line.state), (False, "to_count"))

    def test_a_withdrawn_entry_stays_as_evidence(self):
        """P7: withdrawn, never edited or deleted."""
        self.line.found_qty = 8
        self.line.action_withdraw_count()
        operations = self.line.entry_ids.sorted("stamp").mapped("operation")
        self.assertEqual(operations, ["set", "withdraw"])
        self.assertFalse(self.line.is_counted)

    def test_an_entry_is_never_edited_or_deleted(self):
        """P7: not even by a manager."""
        self.line.found_qty = 8
        entry = self.line.entry_ids
        with self.assertRaises(AccessError):
            entry.qty = 9
        with self.assertRaises(AccessError):
            entry.unlink()
        with self.assertRaises(AccessError):
            entry.create({"line_id": self.line.id, "uuid": "x", "qty": 1})

    def test_an_entry_keeps_who_when_and_with_what(self):
        """P7: and a digest over it."""
        self._count(
            self.session,
            self.screw,
            self.bin_a,
            8,
            device="Zebra 7",
            note="behind pallet",
        )
        entry = self.line.entry_ids
        self.assertEqual((entry.device, entry.note), ("Zebra 7", "behind pallet"))
        self.assertEqual(entry.user_id, self.env.user)
        self.assertEqual(len(entry.digest), 64)

    def test_the_digest_of_an_entry_can_be_made_again_of_what_is_stored(self):
        """P7: or nobody could check it."""
        self._count(self.session, self.screw, self.bin_a, 2.5, note="a", device="b")
        entry = self.line.entry_ids
        stored = {
            name: entry[name].id if name.endswith("_id") else entry[name] or None
            for name in DIGESTED
            if name != "withdraws"
        }
        self.assertEqual(entry._digest({**stored, "withdraws": None}), entry.digest)

    def test_the_digest_of_an_entry_is_over_all_that_was_observed(self):
        """P7: or it could be changed; what the server adds has no part in it."""
        Entry = self.env["stock.count.entry"]
        stored = {f.name for f in Entry._fields.values() if f.store and f.column_type}
        observed = stored - ADDED_BY_THE_SERVER - {"id", "digest", "withdrawn_id"}
        self.assertEqual(set(DIGESTED), observed | {"withdraws"})
        values = dict.fromkeys(DIGESTED)
        for name in DIGESTED:
            with self.subTest(name):
                changed = Entry._digest({**values, name: 1})
                self.assertNotEqual(changed, Entry._digest(values))

    def test_who_counted_or_posted_cannot_be_deleted(self):
        """P7: or what they did would be nobody's."""
        lead = self._create_user("leaving_lead", "stock.group_stock_user")
        counter = self._create_user("leaving", "stock_count.group_count_counter")
        self.session.counter_ids = counter
        entry = self._entry(8, self.screw, self.bin_a)
        self._rpc(counter, self.session, "record_entries", [entry])
        self.session.action_check_all()
        self._rpc(lead, self.session, "action_post")
        self.assertEqual(self.line.counted_by_id, counter)
        self.assertEqual(self.line.posted_by_id, lead)
        for user in (lead, counter):
            with (
                self.subTest(user.login),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                user.unlink()

    def test_texts_of_any_characters_are_kept_as_they_are(self):
        """P7: whatever marks the way into the database uses itself."""
        for note in (
            '{"a", "b"}',
            "\\",
            '\\"',
            "NULL",
            "%s {}",
            "'",
            "a,b\tc\nd",
            "漢 🙂",
        ):
            with self.subTest(note):
                line = self._count(self.session, self.screw, self.bin_a, 1, note=note)
                self.assertEqual(line.last_entry_id.note, note)

    def test_what_is_found_where_nothing_was_expected_is_judged(self):
        """D10, P2: its line has the variance, and its value, from the beginning."""
        self._book(self.screw, self.bin_b, 10)
        for found, variance in ((10, 0), (8, -2)):
            session = self._create_session()
            session.line_ids.unlink()
            line = self._count(session, self.screw, self.bin_b, found)
            self.assertEqual((line.expected_qty, line.variance_qty), (10, variance))
            self.assertEqual(line.variance_value, variance * self.screw.standard_price)

    def test_a_late_find_is_judged_by_what_was_booked_then(self):
        """M12: what arrived since is neither expected nor missing."""
        earlier = fields.Datetime.now() - timedelta(hours=2)
        self._receive(self.screw, 10, self.bin_b)
        line = self._count(
            self.session, self.screw, self.bin_b, 10, counted_at=str(earlier)
        )
        self.assertEqual((line.expected_qty, line.variance_qty), (0, 10))

    def test_a_known_uuid_changes_nothing(self):
        """I9, M12: the same entry twice counts once."""
        entry = self._entry(3, self.screw, self.bin_a, operation="add")
        [first] = self.session.record_entries([entry])
        [again] = self.session.record_entries([{**entry, "qty": 99}])
        self.assertEqual((first["status"], again["status"]), ("recorded", "duplicate"))
        self.assertEqual(again["line_id"], self.line.id)
        self.assertEqual(self.line.found_qty, 3)

    def test_a_uuid_of_another_count_is_no_duplicate(self):
        """I9: nothing of the other count is told, and nothing is lost unnoticed."""
        entry = self._entry(3, self.screw, self.bin_a)
        self._create_session(self.bin_a).record_entries([entry])
        [result] = self.session.record_entries([entry])
        self.assertEqual(result["code"], "uuid_of_another_count")
        self.assertFalse(result["line_id"])

    def test_adds_add_up_and_a_set_replaces_them(self):
        """Design chapter 2: operations."""
        for operation, qty in (("add", 3), ("add", 4)):
            self._count(self.session, self.screw, self.bin_a, qty, operation=operation)
        self.assertEqual(self.line.found_qty, 7)
        self._count(self.session, self.screw, self.bin_a, 5, operation="set")
        self.assertEqual(self.line.found_qty, 5)

    def test_add_is_the_default_operation(self):
        """Design chapter 2."""
        entry = self._entry(3, self.screw, self.bin_a)
        del entry["operation"]
        self.session.record_entries([entry, {**entry, "uuid": "another"}])
        self.assertEqual(self.line.found_qty, 6)

    def test_an_entry_can_be_withdrawn_in_the_call_that_brings_it(self):
        """M12: a phone sends its journal as it is."""
        entry = self._entry(3, self.screw, self.bin_a, operation="add")
        withdraw = {"uuid": "w", "operation": "withdraw", "withdraws": entry["uuid"]}
        results = self.session.record_entries([entry, withdraw])
        self.assertEqual([r["status"] for r in results], ["recorded", "recorded"])
        self.assertFalse(self.line.is_counted)

    def test_what_was_refused_in_the_call_is_not_withdrawn_by_it(self):
        """M12: a phone that waited without a network sends both, and goes on."""
        entry = self._entry(3, self.screw, self.bin_a, lot_name="NONE")
        withdraw = {"uuid": "w", "operation": "withdraw", "withdraws": entry["uuid"]}
        good = self._entry(4, self.screw, self.bin_a)
        results = self.session.record_entries([entry, withdraw, good])
        self.assertEqual(
            [(r["status"], r["code"]) for r in results],
            [
                ("refused", "not_tracked"),
                ("refused", "unknown_entry"),
                ("recorded", ""),
            ],
        )

    def test_a_withdrawal_names_no_line_of_its_own(self):
        """P7: it is of the line of the entry, whatever the client says."""
        stranger = self._line(self._create_session(self.bin_a), self.screw, self.bin_a)
        entry = self._entry(3, self.screw, self.bin_a, operation="add")
        withdraw = {"uuid": "w", "operation": "withdraw", "withdraws": entry["uuid"]}
        self.session.record_entries([entry, {**withdraw, "line_id": stranger.id}])
        self.assertEqual(len(self.line.entry_ids), 2)
        self.assertFalse(stranger.entry_ids)

    def test_a_refusal_does_not_stop_the_others(self):
        """I9, P13: one answer per entry, in order."""
        results = self.session.record_entries(
            [
                self._entry(3, self.screw, self.bin_a),
                self._entry(-1, self.screw, self.bin_a),
                self._entry(4, self.screw, self.bin_b),
            ]
        )
        self.assertEqual(
            [result["status"] for result in results],
            ["recorded", "refused", "recorded"],
        )

    def test_barcodes_name_product_and_location(self):
        """I9: as a device scans them."""
        self.screw.barcode, self.bin_a.barcode = "4006381333931", "LOC-A"
        entry = self._entry(8, barcode="4006381333931", location_barcode="LOC-A")
        [result] = self.session.record_entries([entry])
        self.assertEqual(result["line_id"], self.line.id)

    def test_something_not_expected_gets_a_line(self):
        """D13: with what is booked there, which is nothing."""
        lot = self._create_lot(self.glue, "G1")
        line = self._count(self.session, self.glue, self.bin_b, 5, lot_id=lot.id)
        self.assertEqual(
            (line.lot_id, line.expected_qty, line.variance_qty), (lot, 0, 5)
        )

    def test_the_sheet_adds_a_line_for_what_was_found(self):
        """D2: "add a line" goes through the same door."""
        line = self.env["stock.count.line"].create(
            {
                "session_id": self.session.id,
                "product_id": self.screw.id,
                "location_id": self.bin_b.id,
                "found_qty": 2,
            }
        )
        self.assertEqual((line.found_qty, line.entry_ids.source), (2, "sheet"))

    def test_a_dozen_is_twelve(self):
        """M5: quantities may come in another unit of the same kind."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self._count(self.session, self.screw, self.bin_a, 1, uom_id=dozen.id)
        self.assertEqual(self.line.found_qty, 12)
        self.assertEqual(self.line.entry_ids.uom_id, dozen)

    def test_what_a_client_is_told_never_says_what_is_expected(self):
        """M13: the answer has these keys and no other."""
        [result] = self.session.record_entries([self._entry(3, self.screw, self.bin_a)])
        self.assertEqual(set(result), {"uuid", "status", "line_id", "code", "message"})

    def test_a_recount_keeps_the_rounds_and_starts_from_nothing(self):
        """A3: earlier entries stay and count no more."""
        self._count(self.session, self.screw, self.bin_a, 4, operation="add")
        self.line.action_request_recount()
        self.assertEqual((self.line.round, self.line.state), (2, "recount"))
        self.assertFalse(self.line.is_counted)
        self._count(self.session, self.screw, self.bin_a, 9, operation="add")
        self.assertEqual(self.line.found_qty, 9)
        self.assertEqual(self.line.entry_ids.sorted("stamp").mapped("round"), [1, 2])

    def test_the_database_keeps_one_line_per_key(self):
        """Design chapter 1: NULLs are no loophole."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                """
                INSERT INTO stock_count_line (session_id, company_id, product_id,
                    location_id, state, round, first_round, posted_round)
                VALUES (%s, %s, %s, %s, 'to_count', 1, 1, 0)
                """,
                [self.session.id, self.company.id, self.screw.id, self.bin_a.id],
            )

    def test_the_database_keeps_a_line_from_being_posted_ahead_of_its_round(self):
        """Rule 7."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE stock_count_line SET posted_round = 2 WHERE id = %s",
                [self.line.id],
            )

    def test_a_counted_line_cannot_be_deleted(self):
        """P7."""
        self.line.found_qty = 8
        with self.assertRaisesRegex(UserError, "evidence"):
            self.line.unlink()

    def test_a_refused_quantity_raises_in_the_sheet(self):
        """D4: and nothing is recorded."""
        with self.assertRaisesRegex(ValidationError, "negative"):
            self.line.found_qty = -1
        self.assertFalse(self.line.entry_ids)
