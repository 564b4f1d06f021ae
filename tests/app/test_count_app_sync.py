from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..app_common import AppCommon


@tagged("post_install", "-at_install")
class TestCountAppSync(AppCommon):
    """What a device sends: counts, skips, bins, and what the options let in."""

    # === BATCHES === #

    def test_a_batch_is_answered_one_for_one(self):
        """M12: recorded, duplicate and refused, in order."""
        good = self._entry(2, self.screw, self.bin_a)
        bad = self._entry(-1, self.screw, self.bin_a)
        answer = self._sync([good, bad, good])
        self.assertEqual(
            [result["status"] for result in answer["results"]],
            ["recorded", "refused", "duplicate"],
        )
        self.assertEqual(self._line(self.count, self.screw, self.bin_a).found_qty, 2)
        self.assertEqual(answer["session_state"], "open")

    def test_a_batch_sent_twice_is_recorded_once(self):
        """M12, Z3: entries, skips and finished bins."""
        line = self._line(self.count, self.screw, self.bin_a)
        batch = {
            "entries": [self._entry(2, self.screw, self.bin_a, operation="add")],
            "events": [
                self._event("skip", line_id=line.id),
                self._event("bin_finished", location_id=self.bin_b.id),
            ],
        }
        first, second = (self._app("sync", self.count.id, batch) for _i in range(2))
        self.assertEqual([e["status"] for e in first["events"]], ["done", "done"])
        self.assertEqual([e["status"] for e in second["events"]], ["duplicate"] * 2)
        self.assertEqual(line.found_qty, 2)
        entries = self.env["stock.count.entry"].search(
            [("session_id", "=", self.count.id)]
        )
        self.assertEqual(len(entries), 3)

    def test_a_device_learns_what_others_counted_since(self):
        """M9: two counters on one session."""
        since = self._sync()["server_now"]
        entry = self._entry(3, self.glue, self.bin_b, lot_name="G-NEW")
        self._sync([entry], user=self.other)
        [line] = self._sync(since=since)["lines"]
        self.assertEqual((line["lot_name"], line["found"]), ("G-NEW", 3))
        self.assertEqual(line["product_id"], self.glue.id)

    def test_progress_is_told_by_location(self):
        """M9."""
        line = self._line(self.count, self.glue, self.bin_b)
        answer = self._sync(
            [self._entry(2, self.screw, self.bin_b)],
            [self._event("skip", line_id=line.id)],
        )
        progress = {row.pop("location_id"): row for row in answer["progress"]}
        self.assertEqual(
            progress[self.bin_b.id], {"counted": 1, "skipped": 1, "left": 0}
        )
        self.assertEqual(progress[self.bin_a.id]["left"], 1)

    def test_the_device_s_clock_is_corrected(self):
        """M12, P5: three hours ahead."""
        now = fields.Datetime.now()
        ahead = now + timedelta(hours=3)
        entry = self._entry(2, self.screw, self.bin_a, counted_at=str(ahead))
        self._sync([entry], sent_at=str(ahead + timedelta(minutes=5)))
        line = self._line(self.count, self.screw, self.bin_a)
        self.assertAlmostEqual(
            line.counted_at, now - timedelta(minutes=5), delta=timedelta(minutes=1)
        )

    def test_a_batch_names_its_device_once(self):
        """P7."""
        self._sync([self._entry(2, self.screw, self.bin_a)], device="Scanner 7")
        line = self._line(self.count, self.screw, self.bin_a)
        self.assertEqual(line.entry_ids.device, "Scanner 7")
        self.assertEqual(line.entry_ids.source, "app")

    def test_nonsense_is_refused_and_nothing_is_written(self):
        """M12: whatever a broken client sends."""
        for batch in (None, [], "x", {"entries": 3}, {"events": {"uuid": "x"}}):
            with self.subTest(batch):
                answer = self._app("sync", self.count.id, batch)
                self.assertEqual(answer["code"], "bad_batch")
        answer = self._sync([{}] * 1001)
        self.assertEqual((answer["status"], answer["code"]), ("refused", "too_many"))
        self.assertIn("1000", answer["message"])
        self.assertEqual(self._sync(since={"no": "time"})["status"], "done")

    def test_a_closed_count_takes_nothing_new(self):
        """M10: and says what to do."""
        self.count.action_cancel()
        line = self._line(self.count, self.screw, self.bin_a)
        answer = self._sync(
            [self._entry(2, self.screw, self.bin_a)],
            [self._event("skip", line_id=line.id)],
        )
        self.assertEqual(answer["session_state"], "cancelled")
        for result in (*answer["results"], *answer["events"]):
            self.assertEqual(result["code"], "session_closed")
            self.assertIn("Count Again", result["message"])

    def test_two_hundred_entries_cost_the_queries_of_two(self):
        """Z4: set-based, so that fifty counters are no load."""
        items = [self._create_product(f"Many {i}") for i in range(200)]
        batches = [
            [self._entry(1, item, self.bin_a) for item in part]
            for part in (items[:2], items[2:4], items[4:])
        ]
        costs = []
        for batch in batches:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._sync(batch)
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[2], costs[1])

    # === SKIPS AND BINS === #

    def _do(self, kind, user=None, **values):
        [answer] = self._sync(events=[self._event(kind, **values)], user=user)["events"]
        return answer

    def test_a_skipped_line_is_taken_up_again_or_counted(self):
        """M8."""
        line = self._line(self.count, self.screw, self.bin_a)
        for kind, state in (("skip", "skipped"), ("unskip", "to_count")):
            self._do(kind, line_id=line.id)
            self.assertEqual(line.state, state)
        self._do("skip", line_id=line.id)
        self._sync([self._entry(1, self.screw, self.bin_a)])
        self.assertEqual(line.state, "counted")

    def test_a_counted_line_is_not_skipped(self):
        """M8: nothing that was counted is lost."""
        self._sync([self._entry(1, self.screw, self.bin_a)])
        line = self._line(self.count, self.screw, self.bin_a)
        self.assertEqual(self._do("skip", line_id=line.id)["status"], "done")
        self.assertEqual((line.state, line.found_qty), ("counted", 1))

    def test_a_line_to_recount_that_was_skipped_is_still_to_be_recounted(self):
        """M8, A3."""
        self._sync([self._entry(1, self.screw, self.bin_a)])
        line = self._line(self.count, self.screw, self.bin_a)
        line.action_request_recount()
        self._do("skip", line_id=line.id)
        self._do("unskip", line_id=line.id)
        self.assertEqual(line.state, "recount")

    def test_the_others_see_who_counts_a_bin(self):
        """M16: until it is left, finished or a day old."""
        self._do("bin_claim", location_id=self.bin_a.id)
        [claim] = self._sync(user=self.other)["claims"]
        self.assertEqual(claim["user_name"], self.counter.name)
        self.assertFalse(claim["is_me"])
        self._do("bin_release", location_id=self.bin_a.id)
        self.assertFalse(self._sync(user=self.other)["claims"])

    def test_two_claims_of_a_bin_are_both_told(self):
        """M16: the app warns, the server does not choose."""
        for user in (self.counter, self.other):
            self._do("bin_claim", user=user, location_id=self.bin_a.id)
        self.assertEqual(len(self._sync()["claims"]), 2)

    def test_yesterday_s_claim_is_none(self):
        """M16: who went home holds nothing."""
        at = str(fields.Datetime.now() - timedelta(hours=13))
        self._do("bin_claim", location_id=self.bin_a.id, at=at)
        self.assertFalse(self._sync()["claims"])

    def test_a_finished_bin_counts_the_rest_as_zero_and_says_so(self):
        """M15, design 3 rule 13: an entry for each, in the history by name."""
        self._sync([self._entry(6, self.screw, self.bin_b)])
        self._do("bin_finished", location_id=self.bin_b.id)
        glue = self._line(self.count, self.glue, self.bin_b)
        self.assertEqual((glue.is_counted, glue.found_qty), (True, 0))
        self.assertEqual(glue.counted_by_id, self.counter)
        self.assertEqual(self._line(self.count, self.screw, self.bin_b).found_qty, 6)
        self.assertFalse(self._line(self.count, self.screw, self.bin_a).is_counted)
        log = self.count.message_ids[0].body
        self.assertIn(self.counter.name, log)
        self.assertIn("Bin B", log)
        self.assertEqual(self._sync()["finished"], self.bin_b.ids)

    def test_an_empty_bin_is_confirmed_with_one_event(self):
        """M15."""
        empty = self._create_bin("Empty", self.bin_a)
        self.assertEqual(
            self._do("bin_finished", location_id=empty.id)["status"], "done"
        )
        self.assertEqual(self._sync()["finished"], empty.ids)

    def test_a_finished_bin_that_is_taken_up_again_is_open(self):
        """M15, M16."""
        self._do("bin_finished", location_id=self.bin_a.id)
        self._do("bin_claim", location_id=self.bin_a.id)
        self.assertFalse(self._sync()["finished"])

    def test_wrong_events_are_refused_each_for_itself(self):
        """M8, M15, M16."""
        foreign = self._create_count(counter_ids=[Command.clear()]).line_ids[0]
        events = [
            ("skip", {"line_id": foreign.id}, "unknown_line"),
            ("skip", {}, "unknown_line"),
            ("bin_claim", {"location_id": 2**30}, "unknown_location"),
            ("bin_claim", {"location_id": self.customers.id}, "outside_session"),
            ("bin_finished", {"location_id": "here"}, "not_an_id"),
            ("dance", {}, "unknown_kind"),
            ("bin_claim", {"location_id": self.bin_a.id}, ""),
        ]
        answers = self._sync(
            events=[self._event(kind, **values) for kind, values, _code in events]
        )["events"]
        for answer, (_kind, _values, code) in zip(answers, events, strict=True):
            with self.subTest(code):
                self.assertEqual(answer["code"], code)
                self.assertEqual(bool(answer["message"]), bool(code))

    def test_an_event_of_another_count_is_not_taken(self):
        """Z2: a uuid is known once."""
        event = self._event("bin_claim", location_id=self.bin_a.id)
        self._sync(events=[event])
        answer = self._sync(events=[event], session=self._create_count())
        self.assertEqual(answer["events"][0]["code"], "uuid_of_another_count")

    def test_what_happened_is_never_changed(self):
        """P7: not even by who leads."""
        self._do("bin_claim", location_id=self.bin_a.id)
        event = self.env["stock.count.event"].search([], limit=1)
        for method, args in (("write", [{"note": "x"}]), ("unlink", [])):
            with (
                self.subTest(method),
                mute_logger("odoo.models", "odoo.addons.base.models.ir_model"),
                self.assertRaises(AccessError),
            ):
                self._rpc(self.lead, event, method, *args)

    # === OPTIONS === #

    def _codes(self, *entries, **values):
        return [result["code"] for result in self._sync(entries, **values)["results"]]

    def test_zero_is_refused_while_it_is_off(self):
        """M7, Option 325: of the app and of counters, not of a lead's sheet."""
        self.company.count_allow_zero = False
        zero = self._entry(0, self.screw, self.bin_a)
        self.assertEqual(self._codes(zero), ["zero_off"])
        [answer] = self._rpc(self.counter, self.count, "record_entries", [zero])
        self.assertEqual(answer["code"], "zero_off")
        self.assertIn("Option 325", answer["message"])
        self._rpc(self.lead, self.count.line_ids[0], "write", {"found_qty": 0})
        self.assertTrue(self.count.line_ids[0].is_counted)

    def test_a_bin_with_uncounted_lines_is_not_finished_while_zero_is_off(self):
        """M15, Option 325: it would count them as 0."""
        self.company.count_allow_zero = False
        event = self._event("bin_finished", location_id=self.bin_a.id)
        [answer] = self._sync(events=[event])["events"]
        self.assertEqual(answer["code"], "zero_off")
        self.assertFalse(self._sync()["finished"])
        event = self._event("bin_finished", location_id=self.bin_a.id)
        entry = self._entry(10, self.screw, self.bin_a)
        [answer] = self._sync([entry], [event])["events"]
        self.assertEqual(answer["status"], "done")

    def test_a_locked_location_takes_no_count_of_another(self):
        """M4, Option 345: where its counter began; the other one begins elsewhere."""
        self.company.count_lock_location = True
        here = self._entry(1, self.screw, self.bin_a)
        there = self._entry(1, self.screw, self.bin_b)
        self.assertEqual(self._codes(here, there), ["", "location_locked"])
        self.assertEqual(self._codes(there), ["location_locked"])
        self.assertEqual(self._codes(there, user=self.other), [""])

    def test_a_bin_elsewhere_is_not_finished_while_the_location_is_locked(self):
        """M4, M15, Option 345: it would count there."""
        self.company.count_lock_location = True
        event = self._event("bin_finished", location_id=self.bin_b.id)
        answer = self._sync([self._entry(1, self.screw, self.bin_a)], [event])
        self.assertEqual(answer["events"][0]["code"], "bin_locked")
        self.assertFalse(answer["finished"])

    def test_removing_what_was_counted_opens_the_lock(self):
        """M4, Option 345: the wrong shelf is no trap."""
        self.company.count_lock_location = True
        here = self._entry(1, self.screw, self.bin_a)
        self._sync([here])
        away = self._entry(0, operation="withdraw", withdraws=here["uuid"])
        self.assertEqual(self._codes(away), [""])
        self.assertEqual(self._codes(self._entry(1, self.screw, self.bin_b)), [""])

    def test_thresholds_out_of_order_are_refused_in_words(self):
        """O: low below high, days and lots that can be."""
        for values in (
            {"count_low_value": 9, "count_high_value": 3},
            {"count_mover_days": 0},
            {"count_lots_to_count": -1},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.company.write(values)
                self.company.flush_recordset()
