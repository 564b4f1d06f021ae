import json
import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...domain.entries import IDS, TEXT_LIMITS, TIMES
from ..common import CountCommon

NOT_QUANTITIES = {
    "not_a_number": ("many", "1e3", True, None, [], {}, [3], {"qty": 3}, float("nan")),
    "negative": (-1, -0.5, -(10**400)),
    "too_large": (1e300, 10**10, 10**400),
    "too_precise": (1.005, 0.0001),
}
INFINITE = (float("inf"), float("-inf"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (*IDS, *TEXT_LIMITS, *TIMES, "operation", "qty")


class BadInputCommon(CountCommon):
    """A session with a plain line, and something of every kind that is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book(cls.screw, cls.bin_a, 10)
        cls.lot = cls._create_lot(cls.glue, "G1")
        cls._book(cls.glue, cls.bin_a, 5, lot=cls.lot)
        cls.session = cls._create_session(cls.bin_a)
        cls.line = cls._line(cls.session, cls.screw, cls.bin_a)
        cls.service = cls._create_product("Advice", is_storable=False)
        cls.abroad = cls.env["res.company"].create({"name": "Abroad"})

    def _refuse(self, code, *words, **values):
        """The entry is refused in words; the ones around it are recorded."""
        values = {"qty": 1, "location_id": self.bin_a.id, **values}
        bad = {"uuid": str(uuid.uuid4()), "operation": "set", **values}
        good = [self._entry(n, self.screw, self.bin_a) for n in (3, 4)]
        answers = self.session.record_entries([good[0], bad, good[1]])
        self.assertEqual([answers[0]["status"], answers[2]["status"]], ["recorded"] * 2)
        self.assertEqual((answers[1]["status"], answers[1]["code"]), ("refused", code))
        for word in words:
            self.assertIn(word, answers[1]["message"])
        self.assertFalse(self._entries(bad["uuid"]))

    def _entries(self, *uuids):
        return self.env["stock.count.entry"].search([("uuid", "in", uuids)])


@tagged("post_install", "-at_install")
class TestBadEntries(BadInputCommon):
    """What the one door refuses, and what it says then."""

    def test_what_is_no_quantity_is_refused(self):
        """P7, Bad input: text, NaN, negative, absurd and too fine numbers."""
        for code, quantities in NOT_QUANTITIES.items():
            for qty in quantities:
                with self.subTest(code=code, qty=str(qty)[:9]):
                    self._refuse(code, product_id=self.screw.id, qty=qty)

    def test_infinity_is_refused(self):
        """Bad input."""
        for qty in INFINITE:
            with self.subTest(qty):
                self._refuse("not_a_number", product_id=self.screw.id, qty=qty)

    def test_a_product_that_is_not_stored_is_refused(self):
        """Bad input."""
        self._refuse(
            "not_stored", "Advice", "Track Inventory", product_id=self.service.id
        )

    def test_a_product_of_another_company_is_refused(self):
        """Bad input."""
        product = self._create_product("Alien", company_id=self.abroad.id)
        self._refuse("foreign_product", "Alien", product_id=product.id)

    def test_a_location_outside_the_session_is_refused(self):
        """Bad input: another bin, an archived one, one of another company."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.abroad.id)], limit=1
        )
        below = self._create_bin("Closed shelf", self.bin_a)
        below.active = False
        for location in (self.bin_b, below, warehouse.lot_stock_id, self.customers):
            with self.subTest(location.display_name):
                self._refuse(
                    "outside_session",
                    self.session.name,
                    product_id=self.screw.id,
                    location_id=location.id,
                )

    def test_a_lot_of_another_product_is_refused(self):
        """Bad input."""
        self._refuse("not_tracked", product_id=self.screw.id, lot_name="X")
        self._refuse(
            "wrong_lot", "G1", "Drill", product_id=self.drill.id, lot_id=self.lot.id
        )

    def test_a_tracked_product_needs_its_lot(self):
        """Bad input."""
        self._refuse("lot_required", "Glue", product_id=self.glue.id)

    def test_a_serial_is_found_once_or_not(self):
        """D13, Bad input."""
        for qty in (2, 0.5):
            self._refuse(
                "serial_quantity",
                "Drill",
                "S1",
                product_id=self.drill.id,
                lot_name="S1",
                qty=qty,
            )

    def test_packages_and_owners_of_another_company_are_refused(self):
        """Bad input."""
        package = self._create_package("Theirs")
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.abroad.id)]
        )
        self._book(self.screw, warehouse.lot_stock_id, 1, package=package)
        self.assertEqual(package.company_id, self.abroad)
        partner = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.abroad.id}
        )
        self._refuse("foreign_record", product_id=self.screw.id, package_id=package.id)
        self._refuse("foreign_record", product_id=self.screw.id, owner_id=partner.id)

    def test_a_unit_of_another_kind_is_refused(self):
        """Bad input."""
        hour = self.env.ref("uom.product_uom_hour")
        self._refuse("wrong_unit", "Screw", product_id=self.screw.id, uom_id=hour.id)

    def test_records_that_are_gone_are_refused(self):
        """Bad input."""
        for field in ("product_id", "location_id", "lot_id", "package_id", "uom_id"):
            values = {"product_id": self.screw.id, field: 2**31 - 1}
            with self.subTest(field):
                self._refuse("unknown_record", **values)

    def test_ids_that_are_no_ids_are_refused(self):
        """Bad input."""
        for value in ("1", True, 1.5, -1, 0, 2**40, [1], {"id": 1}):
            with self.subTest(value):
                self._refuse("not_an_id", product_id=value)

    def test_lines_of_other_sessions_are_unknown(self):
        """Bad input, Z2."""
        other = self._create_session(self.bin_a).line_ids[0]
        self._refuse("unknown_line", line_id=other.id)

    def test_an_unknown_entry_is_not_withdrawn(self):
        """Bad input, P7."""
        self._refuse("unknown_entry", "nope", operation="withdraw", withdraws="nope")
        self._refuse("names_no_entry", operation="withdraw")

    def test_an_entry_of_another_session_is_not_withdrawn(self):
        """Bad input, P7."""
        other = self._create_session(self.bin_a)
        entry = self._entry(3, self.screw, self.bin_a)
        other.record_entries([entry])
        self._refuse("unknown_entry", operation="withdraw", withdraws=entry["uuid"])

    def test_an_entry_is_withdrawn_once(self):
        """Bad input, P7."""
        entry = self._entry(3, self.screw, self.bin_a)
        self.session.record_entries([entry])
        self.line.action_withdraw_count()
        self._refuse("withdrawn_already", operation="withdraw", withdraws=entry["uuid"])

    def test_times_that_no_clock_shows_are_refused(self):
        """Bad input."""
        for value in ("yesterday", 5, "0001-01-01 00:00:00+14:00", "9999-12-31"):
            for field in ("counted_at", "sent_at"):
                with self.subTest(value, field=field):
                    self._refuse(
                        "not_a_time", product_id=self.screw.id, **{field: value}
                    )

    def test_texts_that_cannot_be_stored_are_refused(self):
        """Bad input: control characters, halves of characters, books."""
        product = {"product_id": self.screw.id}
        self._refuse("control_characters", note="a\x00b", **product)
        self._refuse("control_characters", note="\ud800", **product)
        for name in ("lot_name", "serial2", "rfid", "device"):
            self._refuse("control_characters", **product, **{name: "a\nb"})
        self._refuse("too_long", "1000", note="a" * 1001, **product)
        self._refuse("not_a_text", note={"a": 1}, **product)

    def test_a_uuid_that_cannot_be_stored_is_refused(self):
        """Bad input: before it reaches the database."""
        for value in ("\x00", "\ud800", "a" * 65, "", None, 7, ["a"]):
            entry = self._entry(1, self.screw, self.bin_a, uuid=value)
            [answer] = self.session.record_entries([entry])
            with self.subTest(value):
                self.assertEqual(answer["status"], "refused")

    def test_a_refused_entry_is_no_duplicate_of_itself(self):
        """M12: a duplicate is an acknowledgement, and nothing was recorded."""
        entry = self._entry(-1, self.screw, self.bin_a)
        outside = self._entry(1, self.screw, self.bin_b)
        for twice in (entry, outside):
            answers = self.session.record_entries([twice, twice])
            self.assertEqual([a["status"] for a in answers], ["refused"] * 2)

    def test_a_recorded_entry_named_twice_is_recorded_once(self):
        """M12."""
        entry = self._entry(2, self.screw, self.bin_a, operation="add")
        answers = self.session.record_entries([entry, entry])
        self.assertEqual([a["status"] for a in answers], ["recorded", "duplicate"])
        self.assertEqual([a["line_id"] for a in answers], [self.line.id] * 2)
        self.assertEqual(self.line.found_qty, 2)

    def test_a_closed_session_says_how_to_go_on(self):
        """Bad input: posted, and cancelled."""
        self.session.action_cancel()
        entry = self._entry(2, self.screw, self.bin_a)
        [answer] = self.session.record_entries([entry])
        self.assertEqual(answer["code"], "session_closed")
        self.assertIn("Count Again", answer["message"])

    def test_what_is_no_list_is_refused(self):
        """Bad input: one answer for what was sent."""
        for garbage in (None, 5, "x", True, [None], [[]], {"a": 1}, {}):
            with self.subTest(garbage):
                [answer] = self.session.record_entries(garbage)
                self.assertEqual(answer["status"], "refused")
                self.assertTrue(answer["message"])

    def test_every_refusal_has_words(self):
        """X5: no code without a message, no message without its parts."""
        messages = self.env["stock.count.recorder"]._messages()
        for code, message in messages.items():
            with self.subTest(code):
                self.assertGreater(len(message.split()), 3)

    @mute_logger("odoo.sql_db")
    def test_any_json_gets_one_answer_per_entry(self):
        """Z3: nothing that a client sends breaks the transaction."""
        known = {
            "line_id": st.sampled_from(self.session.line_ids.ids),
            "product_id": st.sampled_from((self.screw + self.drill + self.glue).ids),
            "location_id": st.sampled_from((self.bin_a + self.bin_b).ids),
            "lot_id": st.just(self.lot.id),
            "lot_name": st.sampled_from(["S1", "G1"]),
            "operation": st.sampled_from(["add", "set", "withdraw"]),
            "uuid": st.sampled_from("abc"),
            "withdraws": st.sampled_from("abc"),
            "qty": st.integers(0, 3),
            "counted_at": st.sampled_from(["2026-01-01 10:00:00", "2199-01-01"]),
        }
        fields = {name: known.get(name, JSON) | JSON for name in FIELDS}
        entry = st.fixed_dictionaries({}, optional=fields) | JSON
        self._fuzz(st.lists(entry, max_size=4))

    def _fuzz(self, entries):
        @settings(
            max_examples=80,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(entries)
        def check(batch):
            answers = self.session.record_entries(batch)
            json.dumps(answers)
            self.assertEqual(len(answers), len(batch))
            statuses = {answer["status"] for answer in answers}
            self.assertLessEqual(statuses, {"recorded", "duplicate", "refused"})
            self.env.cr.execute("SELECT 1")

        check()


@tagged("post_install", "-at_install")
class TestBadSheet(BadInputCommon):
    """The same through the sheet: one clear error that names the line."""

    def _check_refused(self, *words):
        message = ".*".join(words)
        return self.assertRaisesRegex(ValidationError, f"(?s){message}")

    def test_found_refuses_what_is_no_quantity_and_names_the_line(self):
        """D4, Bad input."""
        for quantities in (*NOT_QUANTITIES.values(), INFINITE):
            for qty in quantities:
                if qty in (None, [], {}):
                    continue
                with (
                    self.subTest(qty=str(qty)[:9]),
                    self._check_refused("Screw", "Bin A"),
                    self.env.cr.savepoint(),
                ):
                    self.line.with_user(self.env.user).write({"found_qty": qty})
        self.assertFalse(self.line.is_counted)

    def test_an_emptied_cell_is_not_a_zero(self):
        """D4: empty means not counted."""
        for empty in (None, False, ""):
            self.line.write({"found_qty": 7})
            self.line.write({"found_qty": empty})
            self.assertFalse(self.line.is_counted)

    def test_a_serial_of_two_is_refused_with_its_line(self):
        """D13."""
        lot = self._create_lot(self.drill, "S9")
        self._book(self.drill, self.bin_a, 1, lot=lot)
        self.session.action_refresh()
        line = self._line(self.session, self.drill, self.bin_a)
        with self._check_refused("Drill", "Bin A", "S9"):
            line.found_qty = 2

    def test_one_bad_line_of_many_writes_none(self):
        """Bad input: nothing half written."""
        lines = self.session.line_ids
        with self._check_refused(""), self.env.cr.savepoint():
            lines.write({"found_qty": 1.005})
        self.assertFalse(any(lines.mapped("is_counted")))

    def test_adding_a_line_says_what_is_wrong(self):
        """D2, Bad input."""
        Line = self.env["stock.count.line"]
        key = {"session_id": self.session.id, "location_id": self.bin_a.id}
        for values, word in (
            ({"product_id": self.service.id}, "Advice"),
            ({"product_id": self.glue.id}, "Glue"),
            ({"product_id": self.screw.id, "found_qty": "x"}, "Screw"),
            ({"product_id": self.screw.id, "location_id": self.bin_b.id}, "Bin B"),
            ({}, "which product"),
        ):
            with self.subTest(word), self._check_refused(word), self.env.cr.savepoint():
                Line.create({**key, **values})

    def test_a_line_without_a_session_says_so(self):
        """Bad input."""
        with self.assertRaisesRegex(UserError, "Choose the cycle count"):
            self.env["stock.count.line"].create({"product_id": self.screw.id})

    def test_a_closed_sheet_takes_nothing(self):
        """Bad input."""
        self.session.action_cancel()
        with self._check_refused("closed"):
            self.line.found_qty = 3


@tagged("post_install", "-at_install")
class TestBadScope(BadInputCommon):
    """What cannot be counted is refused before a session is made."""

    def _check_scope(self, word, **values):
        with (
            self.subTest(word),
            self.assertRaisesRegex(UserError, word),
            self.env.cr.savepoint(),
        ):
            self._create_session(**values)

    def test_no_warehouse_is_refused(self):
        """D1."""
        self._check_scope("warehouse", warehouse_id=False)
        with self.assertRaisesRegex(ValidationError, "warehouse"):
            self.session.write({"warehouse_id": False})

    def test_locations_that_cannot_be_counted_are_refused_by_name(self):
        """D1: archived, of another company, of another warehouse."""
        closed = self._create_bin("Closed bin")
        closed.active = False
        abroad = self.env["stock.warehouse"].search(
            [("company_id", "=", self.abroad.id)], limit=1
        )
        self._check_scope("Closed bin", locations=closed)
        self._check_scope("Abroad|company", locations=abroad.lot_stock_id)
        self._check_scope("not in warehouse", locations=self.customers)

    def test_a_location_without_permission_is_refused(self):
        """D1, Z2: by RPC, where no domain of a form helps."""
        lead = self._create_user("bad_lead", "stock.group_stock_user")
        abroad = self.env["stock.warehouse"].search(
            [("company_id", "=", self.abroad.id)], limit=1
        )
        values = {
            "warehouse_id": self.warehouse.id,
            "location_ids": [Command.set(abroad.lot_stock_id.ids)],
        }
        with self.assertRaises(UserError):
            self._rpc(lead, self.session, "create", values)

    def test_an_empty_scope_is_refused_with_a_remedy(self):
        """D1."""
        wizard = self.env["stock.count.create"].create(
            {
                "warehouse_id": self.warehouse.id,
                "location_ids": [Command.set(self._create_bin("Empty").ids)],
            }
        )
        with self.assertRaisesRegex(UserError, "choose more locations"):
            wizard.action_run()


@tagged("post_install", "-at_install")
class TestBadArguments(BadInputCommon):
    """Verbs answer nonsense with a sentence."""

    def test_domains_that_are_none_are_refused(self):
        """D5, Z2: nothing is checked, counted or asked for again."""
        garbage = (
            "[('id', '=', 1)]",
            [("nonsense", "=", 1)],
            [("id", "nonsense", 1)],
            [["id"]],
            ["&"],
            [[["id", "=", 1]]],
            {"id": 1},
            7,
            True,
            [None],
            [("product_id", "any!", [])],
        )
        for verb in (
            "action_check_all",
            "action_uncheck_all",
            "action_count_rest_as_zero",
            "action_request_recount",
        ):
            for domain in garbage:
                with self.subTest(verb=verb, domain=domain):
                    self._check_sentence(verb, domain)
        self.assertFalse(any(self.session.line_ids.mapped("is_counted")))

    def _check_sentence(self, verb, *args):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            getattr(self.session, verb)(*args)

    def test_records_that_are_gone_are_refused(self):
        """Z2: a verb on what another user deleted."""
        gone = self.session.browse(2**31 - 1)
        lead = self._create_user("gone_lead", "stock.group_stock_user")
        for verb in ("action_generate", "action_post", "action_cancel"):
            with self.subTest(verb), self.assertRaises(UserError):
                self._rpc(lead, gone, verb)

    def test_no_record_or_several_are_refused_by_verbs_for_one(self):
        """Z2."""
        several = self.session | self._create_session(self.bin_b)
        for records in (several, several.browse()):
            for verb, args in (
                ("record_entries", [[]]),
                ("action_post", []),
                ("action_check_all", []),
                ("action_count_again", []),
            ):
                with (
                    self.subTest(verb, n=len(records)),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    getattr(records, verb)(*args)

    def test_an_unknown_source_is_taken_as_the_api(self):
        """I9: what a device calls itself decides nothing."""
        for source in ("nonsense", None, ["app"], {}):
            entry = self._entry(1, self.screw, self.bin_a)
            self.session.record_entries([entry], source=source)
            self.assertEqual(self._entries(entry["uuid"]).source, "api")
