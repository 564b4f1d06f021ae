import importlib.util
import json
import pathlib
import tempfile
import uuid
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HOST, HttpCase, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME, release_test_lock
from odoo.tools import mute_logger

from ..common import CountCommon

EXAMPLE = pathlib.Path(__file__).parents[2] / "docs" / "examples" / "count_client.py"
ANSWER = {"uuid", "status", "line_id", "code", "message"}
# What tells a counter what was expected.
SECRETS = ("expected_qty", "variance_qty", "variance_value", "book_qty", "unit_cost")


def load_example():
    """The client of the documentation, as somebody's program has it."""
    spec = importlib.util.spec_from_file_location("count_client", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install", "stock_count_browser")
class TestApi(CountCommon, HttpCase):
    """The one door, opened over HTTP by a device with an API key (I9, M13, Z2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.barcode = "4006381333931"
        cls.bin_a.barcode = "BIN-A"
        cls._book(cls.screw, cls.bin_a, 10)
        cls.counter = cls._create_user("counter", "stock_count.group_count_counter")
        cls.stranger = cls._create_user("stranger", "stock_count.group_count_counter")
        cls.lead = cls._create_user("lead", "stock_count.group_count_lead")
        cls.session = cls._create_session(
            cls.bin_a, blind=True, counter_ids=[Command.set(cls.counter.ids)]
        )
        cls.example = load_example()

    # === CALLS === #

    def _key_of(self, user):
        expires = fields.Datetime.now() + timedelta(hours=1)
        Keys = self.env["res.users.apikeys"].with_user(user)
        return Keys._generate("rpc", "Scanner", expires)

    def _client(self, user):
        """The client of the documentation, let into the test's transaction."""
        cookie = f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"
        url = f"http://{HOST}:{self.http_port()}"
        client = self.example.CountClient(
            url, self._key_of(user), headers={"Cookie": cookie}, timeout=30
        )
        client.call = self._let_in(client.call)
        return client

    def _let_in(self, call):
        """The server answers in the test's own transaction: it is handed over."""

        def handed_over(*args, **kwargs):
            self.env.flush_all()
            with release_test_lock():
                answer = call(*args, **kwargs)
            self.env.invalidate_all()
            return answer

        return handed_over

    def _scan(self, qty=8, **values):
        return {
            "uuid": str(uuid.uuid4()),
            "qty": qty,
            "barcode": "4006381333931",
            "location_barcode": "BIN-A",
            **values,
        }

    def _record(self, *entries, user=None):
        client = self._client(user or self.counter)
        return client.record(self.session.id, list(entries))

    def _refused(self, status, user, method, **arguments):
        """The call is refused with this status; its message."""
        with (
            mute_logger("odoo.http"),
            self.assertRaises(self.example.ApiError) as refusal,
        ):
            self._client(user).call("stock.count.session", method, **arguments)
        self.assertEqual(refusal.exception.status, status)
        return str(refusal.exception)

    # === TESTS === #

    def test_a_scan_is_recorded_by_barcodes(self):
        """I9: as any other count, with its source and device."""
        [answer] = self._record(self._scan(device="Scanner 7"))
        self.assertEqual(answer["status"], "recorded", answer["message"])
        line = self._line(self.session, self.screw, self.bin_a)
        self.assertEqual((line.id, line.found_qty), (answer["line_id"], 8))
        entry = line.entry_ids
        self.assertEqual((entry.source, entry.device), ("api", "Scanner 7"))
        self.assertEqual(entry.user_id, self.counter)

    def test_what_is_sent_twice_is_counted_once(self):
        """I9: idempotent by uuid, in one call and in two."""
        scan = self._scan(operation="add")
        first = self._record(scan, scan)
        second = self._record(scan)
        statuses = [answer["status"] for answer in (*first, *second)]
        self.assertEqual(statuses, ["recorded", "duplicate", "duplicate"])
        self.assertEqual(self.session.line_ids.found_qty, 8)

    def test_a_refusal_says_why_and_stops_nothing_else(self):
        """I9: a code for the program, words for the person."""
        answers = self._record(
            self._scan(barcode="nobody knows it"), self._scan(), self._scan(qty="many")
        )
        codes = [answer["code"] for answer in answers]
        self.assertEqual(codes, ["unknown_barcode", "", "not_a_number"])
        self.assertIn("nobody knows it", answers[0]["message"])
        self.assertEqual(self.session.line_ids.mapped("found_qty"), [8])

    def test_an_answer_never_tells_what_was_expected(self):
        """M13: nor does anything else that the counter's key opens."""
        [answer] = self._record(self._scan())
        self.assertEqual(set(answer), ANSWER)
        client = self._client(self.counter)
        for name in SECRETS:
            with (
                self.subTest(name),
                mute_logger("odoo.http"),
                self.assertRaises(self.example.ApiError),
            ):
                client.call("stock.count.line", "search_read", domain=[], fields=[name])
        rows = client.call("stock.count.line", "search_read", domain=[])
        self.assertTrue(rows)
        self.assertFalse(set(SECRETS) & rows[0].keys())

    def test_the_number_of_the_count_is_enough(self):
        """I9: only counts that the user is assigned to are found."""
        number = self.session.name
        self.assertEqual(
            self._client(self.counter).find_session(number), self.session.id
        )
        with self.assertRaises(self.example.ApiError):
            self._client(self.stranger).find_session(number)

    def test_who_is_not_assigned_is_refused(self):
        """Z2: 403, and nothing is recorded."""
        self._refused(
            403,
            self.stranger,
            "record_entries",
            ids=self.session.ids,
            entries=[self._scan()],
        )
        self.assertFalse(self.session.line_ids.entry_ids)

    def test_a_counters_key_opens_no_other_verb(self):
        """Z2: counting is not posting."""
        for verb in ("action_post", "action_check_all", "action_cancel", "get_job"):
            with self.subTest(verb):
                self._refused(403, self.counter, verb, ids=self.session.ids)

    def test_a_private_method_is_not_called(self):
        """Z2."""
        self._refused(403, self.lead, "_set_state", ids=self.session.ids)

    def test_without_a_key_nothing_is_told(self):
        """Z2: 401."""
        client = self._client(self.counter)
        client.headers["Authorization"] = "Bearer 0123"
        with (
            mute_logger("odoo.http"),
            self.assertRaises(self.example.ApiError) as refusal,
        ):
            client.record(self.session.id, [self._scan()])
        self.assertEqual(refusal.exception.status, 401)

    def test_a_call_without_a_count_or_with_nonsense_is_refused_in_words(self):
        """Bad input: 422 with a sentence, or a refusal of the entry."""
        message = self._refused(422, self.counter, "record_entries", entries=[])
        self.assertIn("Choose one record: Cycle Count", message)
        for entries in ("nonsense", [["nested"]], [None], [{"uuid": 5}]):
            with self.subTest(entries=entries):
                [answer] = self._client(self.counter).call(
                    "stock.count.session",
                    "record_entries",
                    ids=self.session.ids,
                    entries=entries,
                )
                self.assertEqual(answer["status"], "refused")

    def test_a_closed_count_refuses_every_entry(self):
        """I9, I7: in words, as an answer, so that the device keeps the count."""
        self.session.action_cancel()
        [answer] = self._record(self._scan())
        self.assertEqual(
            (answer["status"], answer["code"]), ("refused", "session_closed")
        )

    def test_ten_thousand_entries_come_in_calls_of_some_hundred(self):
        """I9, Z4: the example sends in batches and gets an answer for each; bad ones
        among them stop no others."""
        scans = [self._scan(qty=1, operation="add") for _i in range(1200)]
        scans[10]["qty"] = float("inf")
        scans[600]["barcode"] = "nobody knows it"
        scans[1199]["location_barcode"] = "nowhere"
        answers = self._record(*scans)
        self.assertEqual([a["uuid"] for a in answers], [s["uuid"] for s in scans])
        refused = [i for i, a in enumerate(answers) if a["status"] != "recorded"]
        self.assertEqual(refused, [10, 600, 1199])
        self.assertEqual(self.session.line_ids.found_qty, 1197)

    def test_the_example_sends_a_file_twice_and_counts_it_once(self):
        """I9: a run that is broken off is repeated as it is; a mended row counts."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        path = pathlib.Path(folder) / "scans.csv"
        number = self.session.name
        path.write_text("location,item,qty\nBIN-A,4006381333931,7\nBIN-A,typo,1\n")
        self._record(*self.example.read_entries(path, number))
        self.assertEqual(self.session.line_ids.found_qty, 7)
        path.write_text(
            "location,item,qty\nBIN-A,4006381333931,7\nBIN-A,4006381333931,6\n"
        )
        answers = self._record(*self.example.read_entries(path, number))
        statuses = [answer["status"] for answer in answers]
        self.assertEqual(statuses, ["duplicate", "recorded"])
        self.assertEqual(self.session.line_ids.found_qty, 6)

    def test_the_calls_of_the_documentation_are_the_ones_that_work(self):
        """I9: what docs/api.md shows as a body is what is sent here."""
        text = (EXAMPLE.parents[1] / "api.md").read_text()
        shown = text.split("```json request\n")[1].split("```")[0]
        body = {**json.loads(shown), "ids": self.session.ids}
        client = self._client(self.counter)
        [answer] = client.call("stock.count.session", "record_entries", **body)
        self.assertEqual(answer["status"], "recorded", answer["message"])
