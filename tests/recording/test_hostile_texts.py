import json

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...domain.entries import TEXT_LIMITS
from ..common import CountCommon

# Half a character, no character, and far too many: what JSON can carry and a database
# cannot.
LONG = "x" * 100_000
HOSTILE = ("a\ud800b", "\udfff", "a\0b", "\0", LONG)
TEXTS = (*TEXT_LIMITS, "operation", "counted_at", "sent_at", "qty")


class HostileCommon(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user("hostile", "stock.group_stock_manager")
        cls._book(cls.screw, cls.bin_a, 10)
        cls.count = cls._create_session(
            cls.bin_a, counter_ids=[Command.set(cls.lead.ids)]
        )
        cls.line = cls.count.line_ids

    def _check_answers(self, answers, uuids):
        """The bad one is refused in words that JSON can carry; the others are kept."""
        first, bad, last = answers
        self.assertEqual([first["status"], last["status"]], ["recorded"] * 2)
        self.assertEqual(bad["status"], "refused")
        self.assertTrue(bad["message"])
        self.assertLess(len(bad["message"]), 300)
        json.dumps(answers, ensure_ascii=False).encode()
        kept = self.env["stock.count.entry"].search([("uuid", "in", uuids)])
        self.assertEqual(len(kept), 2)

    def _around(self, bad):
        good = [self._entry(n, line_id=self.line.id) for n in (3, 4)]
        return [good[0], bad, good[1]], [entry["uuid"] for entry in good]


@tagged("post_install", "-at_install")
class TestHostileTexts(HostileCommon):
    """A text that no database keeps is refused, and takes nothing along (P7)."""

    def test_an_entry_with_a_hostile_text_takes_no_good_ones_along(self):
        """P7, Bad input: each text of an entry."""
        for name in TEXTS:
            for text in HOSTILE:
                bad = {**self._entry(1, line_id=self.line.id), name: text}
                entries, uuids = self._around(bad)
                with self.subTest(name, text=ascii(text)[:12]):
                    answers = self._rpc(
                        self.lead, self.count, "record_entries", entries
                    )
                    self._check_answers(answers, uuids)

    def test_an_event_with_a_hostile_text_takes_no_good_ones_along(self):
        """M10, Bad input."""
        app = self.env["stock.count.app"]
        for name in ("uuid", "kind", "device", "at", "sent_at"):
            for text in HOSTILE:
                event = {"uuid": "v", "kind": "skip", "line_id": self.line.id}
                batch = {
                    "entries": [self._entry(3, line_id=self.line.id)],
                    "events": [{**event, name: text}],
                    "since": text,
                }
                with self.subTest(name, text=ascii(text)[:12]):
                    answer = self._rpc(self.lead, app, "sync", self.count.id, batch)
                    json.dumps(answer, ensure_ascii=False, default=str).encode()
                    self.assertEqual(answer["results"][0]["status"], "recorded")
                    self.assertEqual(answer["events"][0]["status"], "refused")

    def test_a_remark_with_a_hostile_text_is_refused(self):
        """M14, Bad input."""
        app = self.env["stock.count.app"]
        for name in ("uuid", "note", "device", "code", "at", "photo"):
            for text in HOSTILE[:-1]:
                remark = {"uuid": "r", "note": "x", name: text}
                with self.subTest(name, text=ascii(text)):
                    answer = self._rpc(
                        self.lead, app, "attach_evidence", self.count.id, remark
                    )
                    json.dumps(answer, ensure_ascii=False).encode()
                    self.assertEqual(answer["status"], "refused")

    def test_other_doors_refuse_hostile_texts_in_words(self):
        """Z2, Bad input: verbs, forms, searches, reports and the dashboard."""
        report = self.env["report.stock_count.report_review_document"]
        board = self.env["stock.count.dashboard"]
        app = self.env["stock.count.app"]
        exception = self.env["stock.count.exception"].sudo()
        Session = self.env["stock.count.session"]
        for text in HOSTILE[:-1]:
            answer = [{"key": text, "answer": "happened"}]
            search = [("lot_name", "=", text)]
            for records, method, args in (
                (self.count, "write", [{"description": text}]),
                (Session, "create", [{"description": text}]),
                (self.line, "write", [{"note": text}]),
                (self.line, "write", [{"serial2": text, "found_qty": 1}]),
                (self.line, "create", [{"session_id": self.count.id, "note": text}]),
                (self.count, "action_check_all", [search]),
                (self.count, "action_request_recount", [search]),
                (self.count, "action_answer_documents", [answer]),
                (self.count, "action_print_report", [text]),
                (report, "get_rows", [{"group": text}]),
                (report, "get_rows", [{}, 0, 80, text]),
                (report, "get_screen", [{"states": [text]}]),
                (board, "read_dashboard", [{"period": text}]),
                (board, "open_records", [text]),
                (self.env["stock.count.reason"], "create", [{"name": text}]),
                (exception, "action_done", [text]),
            ):
                with (
                    self.subTest(f"{records} {method}", text=ascii(text)),
                    self.assertRaises(UserError) as caught,
                    self.env.cr.savepoint(),
                ):
                    self._rpc(self.lead, records, method, *args)
                if hasattr(caught, "exception"):
                    str(caught.exception).encode()
            for method, args in (("resolve", [text]), ("search_items", [text])):
                answer = self._rpc(self.lead, app, method, self.count.id, *args)
                json.dumps(answer, ensure_ascii=False).encode()

    def test_one_call_takes_so_many_entries_and_says_so(self):
        """P7: a call that would hold the server for long is refused at once."""
        entries = [self._entry(1, line_id=self.line.id)] * 10_001
        with self.assertRaisesRegex(ValidationError, "at most 10000.*10001"):
            self._rpc(self.lead, self.count, "record_entries", entries)
        self.assertFalse(self.line.entry_ids)

    def test_other_calls_with_lists_have_a_limit(self):
        """Z2: what is worked on one by one."""
        answers = [{"key": "stock.picking,1", "answer": "happened"}] * 1001
        with self.assertRaisesRegex(ValidationError, "at most 1000.*1001"):
            self._rpc(self.lead, self.count, "action_answer_documents", answers)
        lines = [{"session_id": self.count.id}] * 1001
        with self.assertRaisesRegex(ValidationError, "at most 1000.*1001"):
            self._rpc(self.lead, self.line.browse(), "create", lines)
        batch = {"entries": [{}] * 1001}
        app = self.env["stock.count.app"]
        answer = self._rpc(self.lead, app, "sync", self.count.id, batch)
        self.assertEqual((answer["status"], answer["code"]), ("refused", "too_many"))
        self.assertIn("1000", answer["message"])


@tagged("post_install", "-at_install")
class TestHostileTextsOverHttp(HostileCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_the_server_answers_an_entry_with_half_a_character(self):
        """P7: 200, and the good entries are kept."""
        self.authenticate("hostile", "hostile")
        for name in ("uuid", "operation", "counted_at"):
            bad = {**self._entry(1, line_id=self.line.id), name: "a\ud800"}
            entries, uuids = self._around(bad)
            params = {
                "model": "stock.count.session",
                "method": "record_entries",
                "args": [self.count.ids, entries],
                "kwargs": {},
            }
            answer = self.url_open(
                "/web/dataset/call_kw",
                json.dumps({"jsonrpc": "2.0", "params": params}),
                headers={"Content-Type": "application/json"},
            )
            with self.subTest(name):
                self.assertEqual(answer.status_code, 200)
                self._check_answers(answer.json()["result"], uuids)
