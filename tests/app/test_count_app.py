from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..app_common import AppCommon

CATALOGUE = "odoo.addons.stock_count.models.app.catalogue"


@tagged("post_install", "-at_install")
class TestCountApp(AppCommon):
    """Starting a count, what a device stores of it, and submitting it."""

    # === START === #

    def test_the_start_screen_has_the_counts_of_the_counter(self):
        """M1: Edit Count offers the unposted sessions this user may count."""
        self._create_count(counter_ids=[Command.clear()])
        start = self._app("load_start")
        self.assertEqual([s["id"] for s in start["sessions"]], self.count.ids)
        self.assertEqual(start["sessions"][0]["total"], 3)
        self.assertEqual(start["warehouses"][0]["id"], self.warehouse.id)
        self.assertFalse(start["user"]["is_lead"])
        self.assertTrue(start["server_now"])

    def test_the_warehouse_where_something_waits_comes_first(self):
        """M1: one tap less."""
        self.count.counter_ids = self.other
        values = {"name": "Afar", "code": "AFR", "company_id": self.company.id}
        afar = self.env["stock.warehouse"].create({**values, "sequence": 99})
        self._create_count(warehouse_id=afar.id, location_ids=[])
        [first, *_others] = self._app("load_start")["warehouses"]
        self.assertEqual(first["id"], afar.id)

    def test_counts_that_wait_or_are_closed_are_not_offered(self):
        """M1."""
        self.count.action_cancel()
        self.assertFalse(self._app("load_start")["sessions"])

    def test_the_options_are_the_company_s(self):
        """O, M3 to M7."""
        names = ("allow_zero", "preload_item", "lock_location", "serial2")
        for value in (True, False):
            self.company.write({f"count_{name}": value for name in names})
            options = self._app("load_start")["options"]
            for name in names:
                self.assertEqual(options[name], value)

    def test_each_type_starts_a_count_for_its_counter(self):
        """M1, S3: with the lots to count of the company where it asks for them."""
        self.company.write({"count_lots_to_count": 2, "count_high_value": 4})
        self.company.count_low_value = 3
        self._deliver(self.screw, 1, self.bin_a)
        for kind in self._app("load_start")["count_types"]:
            with self.subTest(kind["id"]):
                answer = self._app("start_session", self.warehouse.id, kind["id"])
                session = self.count.browse(answer["session_id"])
                self.assertEqual(session.counter_ids, self.counter)
                self.assertEqual(answer["line_count"], len(session.line_ids))
                self.assertTrue(session.line_ids)
                self.assertLessEqual(len(session.line_ids), 3)

    def test_what_a_counter_starts_is_blind_and_what_a_lead_starts_need_not_be(self):
        """M13: or a counter would look up stock by starting a count."""
        for user, blind in ((self.counter, True), (self.lead, False)):
            answer = self._app("start_session", self.warehouse.id, "slow", user=user)
            session = self.count.browse(answer["session_id"])
            self.assertEqual(session.blind, blind)
            self.assertEqual(session.user_id, self.lead)

    def test_a_wish_that_is_sent_twice_starts_one_count(self):
        """M12: the answer was lost; what was counted since is another count."""
        wish = (self.warehouse.id, "blind")
        first, again = (self._app("start_session", *wish) for _i in range(2))
        self.assertEqual(first["session_id"], again["session_id"])
        self.assertEqual(first["line_count"], again["line_count"])
        session = self.env["stock.count.session"].browse(first["session_id"])
        self._sync([self._entry(1, line_id=session.line_ids[0].id)], session=session)
        later = self._app("start_session", *wish)
        theirs = self._app("start_session", *wish, user=self.other)
        ids = {answer["session_id"] for answer in (first, later, theirs)}
        self.assertEqual(len(ids), 3)

    def test_lots_to_count_are_counted(self):
        """M1: 0 for all."""
        for lots, number in ((1, 1), (0, 3)):
            answer = self._app("start_session", self.warehouse.id, "random", lots)
            self.assertEqual(answer["line_count"], number)

    def test_wrong_wishes_start_nothing_and_say_why(self):
        """M1: each with its code and words."""
        before = self.count.search_count([])
        for args, code in (
            ((0, "blind"), "unknown_warehouse"),
            (("Main", "blind"), "unknown_warehouse"),
            ((self.warehouse.id, "full"), "unknown_type"),
            ((self.warehouse.id, ["blind"]), "unknown_type"),
            ((self.warehouse.id, "random", -1), "bad_number"),
            ((self.warehouse.id, "random", "all"), "bad_number"),
            ((self.warehouse.id, "fast"), "nothing_to_count"),
        ):
            with self.subTest(args):
                answer = self._app("start_session", *args)
                self.assertEqual((answer["status"], answer["code"]), ("refused", code))
                self.assertTrue(answer["message"])
        self.assertEqual(self.count.search_count([]), before)

    # === CATALOGUE === #

    def _load(self, session=None, user=None):
        return self._app("load_catalogue", (session or self.count).id, user=user)

    def test_lines_come_in_walking_order_with_their_keys(self):
        """M9, M12."""
        lines = self._rows(self._load()["lines"])
        self.assertEqual(
            [line["location_id"] for line in lines],
            [self.bin_a.id, self.bin_b.id, self.bin_b.id],
        )
        self.assertEqual({line["state"] for line in lines}, {"to_count"})
        self.assertIn(self.lot.id, [line["lot_id"] for line in lines])

    def test_all_that_could_lie_there_is_on_the_device(self):
        """M11, M12: also what no line names; not what is not stored."""
        service = self.env["product.product"].create(
            {"name": "Service", "type": "service"}
        )
        self.drill.barcode = "DRILL-1"
        names = {p["id"]: p for p in self._rows(self._load()["products"])}
        self.assertIn(self.drill.id, names)
        self.assertNotIn(service.id, names)
        self.assertEqual(names[self.drill.id]["tracking"], "serial")
        self.assertEqual(names[self.screw.id]["location_id"], self.bin_a.id)
        codes = self._rows(self._load()["barcodes"])
        self.assertIn(
            ("DRILL-1", self.drill.id),
            [(code["barcode"], code["product_id"]) for code in codes],
        )

    def test_more_items_than_a_device_holds_are_asked_for(self):
        """M12: those of the lines are there, and the device knows it lacks others."""
        with patch(f"{CATALOGUE}.MAX_PRODUCTS", 0):
            catalogue = self._load()
        ids = {product["id"] for product in self._rows(catalogue["products"])}
        self.assertEqual(ids, set((self.screw | self.glue).ids))
        self.assertFalse(catalogue["session"]["complete"])
        self.assertTrue(self._load()["session"]["complete"])

    def test_packagings_have_their_unit(self):
        """M11: a scan of a box counts ten."""
        box = self.env["uom.uom"].create(
            {
                "name": "Box",
                "relative_factor": 10,
                "relative_uom_id": self.screw.uom_id.id,
            }
        )
        self.env["product.uom"].create(
            {"product_id": self.screw.id, "uom_id": box.id, "barcode": "BOX-10"}
        )
        catalogue = self._load()
        [code] = [c for c in self._rows(catalogue["barcodes"]) if c["uom_id"] == box.id]
        self.assertEqual(
            (code["barcode"], code["product_id"]), ("BOX-10", self.screw.id)
        )
        units = {u["id"]: u for u in self._rows(catalogue["uoms"])}
        self.assertEqual(units[box.id]["factor"], 10)
        self.assertEqual(
            units[box.id]["root_id"], units[self.screw.uom_id.id]["root_id"]
        )

    def test_variants_are_told_apart(self):
        """M3."""
        color = self.env["product.attribute"].create(
            {
                "name": "Color",
                "value_ids": [Command.create({"name": n}) for n in ("Red", "Blue")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Cap",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": color.id,
                            "value_ids": [Command.set(color.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        names = {p["id"]: p["name"] for p in self._rows(self._load()["products"])}
        self.assertEqual(
            {names[variant.id] for variant in template.product_variant_ids},
            {"Cap (Red)", "Cap (Blue)"},
        )

    def test_the_company_s_nomenclature_is_there(self):
        """M11."""
        nomenclature = self._load()["nomenclature"]
        self.assertEqual(nomenclature["id"], self.company.nomenclature_id.id)
        self.assertTrue(nomenclature["rules"])

    def test_a_new_phone_shows_what_its_counter_entered(self):
        """M2, M12: own entries only, the withdrawn ones said to be so."""
        first, second = (self._entry(n, self.screw, self.bin_a) for n in (2, 3))
        away = self._entry(0, operation="withdraw", withdraws=first["uuid"])
        self._sync([first, second, away])
        self._sync([self._entry(9, self.screw, self.bin_b)], user=self.other)
        entries = self._load()["entries"]
        self.assertEqual(
            [(entry["qty"], entry["withdrawn"]) for entry in entries],
            [(2, True), (3, False)],
        )

    def test_a_recount_tells_which_entries_count_no_more(self):
        """A3, M2: the app shows those of the open round only."""
        entry = self._entry(2, self.screw, self.bin_a, operation="add", rfid="TAG")
        self._sync([entry])
        self._line(self.count, self.screw, self.bin_a).action_request_recount()
        catalogue = self._app("load_catalogue", self.count.id)
        rounds = {r["state"]: r["first_round"] for r in self._rows(catalogue["lines"])}
        self.assertEqual((rounds["recount"], rounds["to_count"]), (2, 1))
        [told] = catalogue["entries"]
        self.assertEqual((told["round"], told["rfid"]), (1, "TAG"))
        self._sync([self._entry(3, self.screw, self.bin_a, operation="add")])
        [line] = [
            line
            for line in self._sync(since=catalogue["server_now"])["lines"]
            if line["found"] is not False
        ]
        self.assertEqual((line["found"], line["first_round"]), (3, 2))

    def test_a_count_in_a_warehouse_has_the_items_assigned_to_it(self):
        """D20, Option 504."""
        self.company.count_warehouse_items = True
        elsewhere = self.env["stock.warehouse"].create(
            {"name": "Else", "code": "ELS", "company_id": self.company.id}
        )
        self.drill.count_warehouse_ids = elsewhere
        ids = [product["id"] for product in self._rows(self._load()["products"])]
        self.assertNotIn(self.drill.id, ids)

    # === SUBMIT === #

    def _submit(self, user=None):
        return self._app("submit_count", self.count.id, user=user)

    def test_submitting_tells_the_owner_and_changes_no_stock(self):
        """M10: a summary, a word in the history, a task; never a move."""
        self._sync([self._entry(2, self.screw, self.bin_a)])
        answer = self._submit()
        self.assertEqual(
            (answer["counted"], answer["skipped"], answer["left"]), (1, 0, 2)
        )
        self.assertIn(self.lead.name, answer["message"])
        self.assertEqual(self.count.activity_ids.user_id, self.lead)
        self.assertIn("Counted: 1", self.count.message_ids[0].body)
        self.assertEqual(self.count.state, "open")
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    def test_a_name_in_a_task_is_text(self):
        """M3, Z2: of who submits, in a note that is HTML."""
        self.counter.name = "<a href='https://evil'>Ann</a>"
        self._app("submit_count", self.count.id)
        note = str(self.count.activity_ids.note)
        self.assertNotIn("<a", note)
        self.assertIn("&lt;a", note)
        self.assertNotIn("<a", str(self.count.message_ids[0].body))

    def test_submitting_twice_is_submitting_once(self):
        """M10: until something was counted in between."""
        self._sync([self._entry(2, self.screw, self.bin_a)])
        for _i in range(2):
            self.assertEqual(self._submit()["status"], "submitted")
        self.assertEqual(len(self.count.activity_ids), 1)
        self._sync([self._entry(2, self.screw, self.bin_b)])
        self._submit()
        self.assertEqual(len(self.count.activity_ids), 2)

    def test_a_closed_count_is_not_submitted(self):
        """M10."""
        self.count.action_cancel()
        answer = self._submit()
        self.assertEqual(
            (answer["status"], answer["code"]), ("refused", "session_closed")
        )
