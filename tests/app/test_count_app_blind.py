import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..whole.test_access import STOCK, AccessCommon

SECRETS = {"expected", "expected_qty", "variance", "variance_qty", "tolerance_ratio"}


@tagged("post_install", "-at_install")
class TestCountAppBlind(AccessCommon):
    """M13: what the app's doors, models, exports and errors do not tell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.package = cls._create_package("NEEDLES")
        cls._book(cls.needle, cls.bin_a, STOCK, package=cls.package)
        cls.count.action_refresh()
        cls.open_count = cls._create_session(
            cls.bin_a, counter_ids=[Command.set(cls.counter.ids)]
        )

    def _app(self, method, *args, user=None):
        app = self.env["stock.count.app"]
        return self._rpc(user or self.counter, app, method, *args)

    def _everything(self, session, user=None):
        """What all doors answer to right, wrong and nosy questions."""
        wrong = [
            self._entry(qty, self.needle, self.bin_a, **more)
            for qty in (0, -1, 1.23456789, STOCK, 1e12)
            for more in ({}, {"lot_name": "X"}, {"uom_id": 2**30})
        ]
        events = [
            {"uuid": kind, "kind": kind, "location_id": self.bin_a.id}
            for kind in ("bin_claim", "bin_release")
        ]
        nosy = {"entries": wrong, "events": events, "expected": True, "fields": ["*"]}
        calls = [
            ("load_start",),
            ("load_catalogue", session.id),
            ("sync", session.id, nosy),
            ("resolve", session.id, "NEEDLES"),
            ("resolve", session.id, "Needle"),
            ("search_items", session.id, "needle"),
            ("serial_list", session.id, self.needle.id, self.bin_a.id),
            ("package_content", session.id, self.package.id),
            ("attach_evidence", session.id, {"uuid": f"e{session.id}", "note": "?"}),
            ("submit_count", session.id),
            ("load_documents", session.id),
        ]
        return [self._app(*call, user=user) for call in calls]

    def _keys(self, value):
        if isinstance(value, dict):
            columns = value.get("columns") or ()
            return {*value, *columns}.union(*map(self._keys, value.values()))
        if isinstance(value, list):
            return set().union(*map(self._keys, value))
        return set()

    def test_no_door_of_a_blind_count_tells_what_is_expected(self):
        """M13: neither to a counter nor to a lead who counts."""
        for user in (self.counter, self.users["lead"]):
            answers = self._everything(self.count, user)
            # What they found themselves is no secret.
            for answer in answers:
                answer.pop("entries", None)
            text = json.dumps(answers).replace(f'"found": {STOCK}', "")
            with self.subTest(user.login):
                self.assertFalse(self._keys(answers) & SECRETS)
                self.assertNotIn(str(STOCK * 2), text)
                self.assertNotIn("toleran", text)
                self.assertNotIn("standard_price", text)

    def test_the_search_above_finds_what_an_open_count_tells(self):
        """M13 can fail: a count that is not blind shows its counters the quantity."""
        answers = self._everything(self.open_count)
        self.assertIn("expected", self._keys(answers))
        self.assertIn(str(STOCK), json.dumps(answers))

    def test_right_and_wrong_counts_are_answered_alike(self):
        """M13: whether a transfer holds it, it is over tolerance or exact."""
        items = [self._create_product(f"Alike {i}") for i in range(3)]
        for item in items:
            self._book(item, self.bin_a, 10)
        self._create_transfer(items[1], 3, self.bin_a, self.customers)
        entries = [
            self._entry(qty, item, self.bin_a)
            for qty, item in zip((10, 7, 1000), items, strict=True)
        ]
        answer = self._app("sync", self.count.id, {"entries": entries})
        self.assertEqual({line["state"] for line in answer["lines"]}, {"counted"})
        shapes = {(r["status"], r["code"], r["message"]) for r in answer["results"]}
        self.assertEqual(shapes, {("recorded", "", "")})
        held = self.count.line_ids.filtered(lambda line: line.product_id == items[1])
        self.assertEqual(held.state, "held")

    def _check_no_answer(self, records, method, *args):
        """Whether refused or not understood: no answer."""
        try:
            self._rpc(self.counter, records, method, *args)
        except (AccessError, ValueError):
            return
        self.fail(f"{method} answered {args}")

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_exports_names_and_sums_tell_nothing(self):
        """M13: by the models beside the app, also to who may export."""
        self.counter.group_ids |= self.env.ref("base.group_allow_export")
        Line = self.env["stock.count.line"]
        for method, args in (
            ("export_data", [["product_id/name", "expected_qty"]]),
            ("export_data", [["variance_qty"]]),
            ("formatted_read_group", [[], ["product_id"], ["expected_qty:sum"]]),
            ("web_read_group", [[], ["state"], ["__count"]]),
            ("formatted_read_group", [[], ["hold_move_line_ids"], ["__count"]]),
            ("search_read", [[("variance_qty", "!=", 0)], ["id"]]),
        ):
            records = self.line if method == "export_data" else Line
            with self.subTest(args):
                self._check_no_answer(records, method, *args)
        for model in ("stock.count.line", "stock.count.session", "product.product"):
            names = self._rpc(self.counter, self.env[model], "name_search", "")
            self.assertNotIn(str(STOCK), json.dumps(names))

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_what_happened_and_was_photographed_is_for_leads(self):
        """M13, M14: another counter's remarks tell what they found."""
        self._everything(self.count)
        event = self.env["stock.count.event"].search([], limit=1)
        for method, args in (("read", []), ("search_read", [])):
            target = event if method == "read" else event.browse()
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(self.counter, target, method, *args)

    def test_a_counter_who_starts_a_count_learns_no_quantity(self):
        """M13: of any type, whatever it chooses."""
        self.company.write({"count_low_value": 400, "count_high_value": 400})
        for kind in self._app("load_start")["count_types"]:
            answer = self._app("start_session", self.warehouse.id, kind["id"])
            if answer["status"] == "started":
                catalogue = self._app("load_catalogue", answer["session_id"])
                with self.subTest(kind["id"]):
                    self.assertFalse(self._keys(catalogue) & SECRETS)
                    self.assertNotIn(str(STOCK), json.dumps(catalogue))

    def test_in_a_consensus_count_nobody_sees_what_others_found(self):
        """M13, A7: neither in the app nor in the models."""
        other = self.users["stranger"]
        session = self._create_session(
            self.bin_a,
            consensus=True,
            counter_ids=[Command.set((self.counter | other).ids)],
        )
        entry = self._entry(77, self.needle, self.bin_a, operation="add")
        self._app("sync", session.id, {"entries": [entry]})
        line = session.line_ids.filtered("is_counted")
        for user, seen in ((self.counter, True), (other, False)):
            with self.subTest(user.login):
                text = json.dumps(self._app("load_catalogue", session.id, user=user))
                self.assertEqual("77.0" in text, seen)
                lines = self.env["stock.count.line"].with_user(user)
                found = lines.search([("id", "=", line.id), ("found_qty", "=", 77)])
                self.assertEqual(bool(found), seen)
