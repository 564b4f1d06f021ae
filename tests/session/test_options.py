import re

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.stock_count.models.res_company import COUNT_VIEWS

from ..common import CountCommon

# The numbers that consultants know the options by.
NUMBERS = {
    "count_require_approval": 170,
    "count_split_units": 174,
    "count_default_view": 198,
    "count_serial2": 290,
    "count_allow_zero": 325,
    "count_autoload_serial": 333,
    "count_preload_item": 340,
    "count_suggest_description": 341,
    "count_preload_location": 342,
    "count_preload_units": 343,
    "count_lock_location": 345,
    "count_warehouse_items": 504,
    "count_autosave": 526,
    "count_alternate_colors": 529,
}
FEATURES = ("count_split_units", "count_serial2", "count_warehouse_items")


@tagged("post_install", "-at_install")
class TestSettings(CountCommon):
    def _settings(self):
        """The settings of the form, by their id."""
        view = self.env["res.config.settings"].get_view(view_type="form")
        arch = etree.fromstring(view["arch"])
        return {node.get("id"): node for node in arch.iter("setting")}

    def test_each_option_is_found_by_its_number(self):
        """R-settings: what the settings' search looks through has the number."""
        settings = self._settings()
        fields = self.env["res.config.settings"].fields_get(NUMBERS)
        for name, number in NUMBERS.items():
            with self.subTest(name):
                self.assertTrue(fields[name]["string"].startswith(f"Option {number}: "))
                self.assertTrue(settings[name].get("help"))

    def test_each_option_says_its_default(self):
        """R-settings: what a new company has, on the settings page itself."""
        settings = self._settings()
        new = self.env["res.company"].new({})
        words = {True: "on", False: "off", **dict(COUNT_VIEWS)}
        for name in (*NUMBERS, "count_segregation"):
            with self.subTest(name):
                default = f"Default: {words[new[name]]}."
                self.assertIn(default, settings[name].get("help"))
        numbers = (new.count_lots_to_count, new.count_low_value, new.count_high_value)
        self.assertEqual((*numbers, new.count_mover_days), (20, 5, 50, 90))
        self.assertEqual(new.count_background_lines, 1000)
        self.assertEqual(new.count_recount_rounds, 0)
        self.assertFalse(new.count_recount_other_counter)

    def test_no_number_is_given_twice(self):
        """R-settings"""
        labels = [f.string or "" for f in self.env["res.company"]._fields.values()]
        numbers = re.findall(r"Option (\d+):", " ".join(labels))
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_settings_are_those_of_the_company(self):
        """R-settings: one company's option is not the other's."""
        other = self.env["res.company"].create({"name": "Other Count"})
        settings = self.env["res.config.settings"].with_company(self.company)
        settings.create(dict.fromkeys(FEATURES, True)).execute()
        for name in FEATURES:
            self.assertTrue(self.company[name])
            self.assertFalse(other[name])

    def test_a_feature_is_shown_while_any_company_uses_it(self):
        """Options 174, 290, 504"""
        user = self._create_user("options_user", "stock_count.group_count_counter")
        other = self.env["res.company"].create({"name": "Other Count"})
        companies = self.env["res.company"].with_context(active_test=False).search([])
        companies.write(dict.fromkeys(FEATURES, False))
        for name in FEATURES:
            group = f"stock_count.group_{name}"
            with self.subTest(name):
                self.assertFalse(user.has_group(group))
                (self.company | other).write({name: True})
                self.company[name] = False
                self.assertTrue(user.has_group(group))
                other[name] = False
                self.assertFalse(user.has_group(group))

    def test_recounts_without_end_are_refused(self):
        """A3"""
        for rounds in (-1, 10):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.company.count_recount_rounds = rounds
                self.company.flush_recordset()


@tagged("post_install", "-at_install")
class TestSerial2(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_serial2 = True
        cls.lot = cls._create_lot(cls.drill, "D-1")
        cls._book(cls.drill, cls.bin_a, 1, cls.lot)

    def setUp(self):
        super().setUp()
        self.session = self._create_session(self.bin_a)
        self.line = self._line(self.session, self.drill, self.bin_a)

    def _scan(self, serial2, qty=1):
        entry = self._entry(qty, line_id=self.line.id, serial2=serial2)
        return self.session.record_entries([entry])[0]

    def test_a_serial2_is_refused_while_the_option_is_off(self):
        """D9: Option 290 decides on the server, by the session's company."""
        self.company.count_serial2 = False
        result = self._scan("ALT-1")
        self.assertEqual(result["code"], "serial2_off")
        self.assertIn("Option 290", result["message"])
        self.assertFalse(self.line.entry_ids)

    def test_the_line_shows_the_serial2_counted_last(self):
        """D9: or else that of the lot."""
        self.lot.serial2 = "OLD"
        self.assertEqual(self.line.serial2, "OLD")
        self._scan("ALT-1")
        self._scan("ALT-2")
        self.assertEqual(self.line.serial2, "ALT-2")
        self.line.action_withdraw_count()
        self.assertEqual(self.line.serial2, "OLD")

    def test_lines_are_found_by_serial2(self):
        """D8"""
        Line = self.env["stock.count.line"]
        self.assertFalse(Line.search([("serial2", "ilike", "alt")]))
        self._scan("ALT-1")
        self.assertEqual(Line.search([("serial2", "ilike", "alt")]), self.line)
        self.assertNotIn(self.line, Line.search([("serial2", "not ilike", "alt")]))

    def test_posting_gives_the_lot_its_serial2(self):
        """D9"""
        self._scan("ALT-1")
        self._post(self.session)
        self.assertEqual(self.lot.serial2, "ALT-1")

    def test_posting_leaves_another_serial2_of_the_lot_alone(self):
        """D9: what somebody wrote there is not overwritten by a scan."""
        self.lot.serial2 = "OLD"
        self._scan("ALT-1")
        self._post(self.session)
        self.assertEqual(self.lot.serial2, "OLD")

    def test_a_serial_that_was_not_found_keeps_no_serial2(self):
        """D9"""
        self._scan("ALT-1", qty=0)
        self._post(self.session)
        self.assertFalse(self.lot.serial2)

    def test_the_sheet_records_serial2_with_what_was_found(self):
        """D9: in one entry, through the one door."""
        self.line.write({"found_qty": 1, "serial2": "ALT-1"})
        self.assertEqual(self.line.entry_ids.mapped("serial2"), ["ALT-1"])

    def test_a_serial2_typed_later_leaves_the_time_of_the_count(self):
        """D9: nobody went to the bin again."""
        counted_at = "2026-01-05 09:00:00"
        entry = self._entry(1, line_id=self.line.id, counted_at=counted_at)
        self.session.record_entries([entry])
        before = self.line.counted_at
        self.line.serial2 = "ALT-1"
        self.assertEqual(self.line.counted_at, before)
        self.assertEqual((self.line.serial2, self.line.found_qty), ("ALT-1", 1))

    def test_a_serial2_alone_is_no_count(self):
        """D4: not counted is not zero."""
        with self.assertRaisesRegex(UserError, "together with its Serial2"):
            self.line.serial2 = "ALT-1"


@tagged("post_install", "-at_install")
class TestWarehouseItems(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_warehouse_items = True
        cls.elsewhere = cls.env["stock.warehouse"].create(
            {"name": "Elsewhere", "code": "ELS", "company_id": cls.company.id}
        )
        cls._book(cls.screw, cls.bin_a, 10)
        cls.screw.count_warehouse_ids = cls.elsewhere

    def _record(self, session):
        entry = self._entry(9, self.screw, self.bin_a)
        return session.record_entries([entry])[0]

    def test_an_item_of_another_warehouse_is_refused(self):
        """D20: Option 504, with the warehouse that counts it."""
        result = self._record(self._create_session(self.bin_a))
        self.assertEqual(result["code"], "other_warehouse")
        self.assertIn("Elsewhere", result["message"])

    def test_a_count_leaves_out_items_of_other_warehouses_and_says_so(self):
        """D20"""
        session = self._create_session(self.bin_a)
        self.assertFalse(session.line_ids)
        said = " ".join(session.message_ids.mapped("body"))
        self.assertIn("Option 504", said)
        self.assertIn("Screw", said)

    def test_an_item_assigned_to_this_warehouse_is_counted(self):
        """D20: to one of several, or to none."""
        for warehouses in (self.elsewhere | self.warehouse, self.warehouse.browse()):
            self.screw.count_warehouse_ids = warehouses
            session = self._create_session(self.bin_a)
            self.assertEqual(session.line_ids.product_id, self.screw)
            self.assertEqual(self._record(session)["status"], "recorded")

    def test_without_the_option_an_assignment_has_no_effect(self):
        """D20: off is off."""
        self.company.count_warehouse_items = False
        session = self._create_session(self.bin_a)
        self.assertEqual(session.line_ids.product_id, self.screw)
        self.assertEqual(self._record(session)["status"], "recorded")

    def test_many_entries_take_as_many_queries_as_one(self):
        """D20: the assignments are read at once."""
        products = [self._create_product(f"Item {i}") for i in range(20)]
        for product in products:
            product.count_warehouse_ids = self.warehouse
        session = self._create_session(self.bin_b)

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            session.record_entries([self._entry(1, p, self.bin_b) for p in some])
            return self.env.cr.sql_log_count - before

        queries(products[:1])
        self.assertLessEqual(queries(products[6:]), queries(products[1:6]) + 3)


@tagged("post_install", "-at_install")
class TestSplitUnits(CountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_split_units = True
        cls.unit = cls.screw.uom_id
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.dozen.active = True
        cls._book(cls.screw, cls.bin_a, 30)
        cls.session = cls._create_session(cls.bin_a)
        cls.line = cls.session.line_ids
        cls.parts = [
            {"qty": 2, "uom_id": cls.dozen.id},
            {"qty": 3, "uom_id": cls.unit.id},
        ]

    def _record(self, parts):
        entry = self._entry(None, line_id=self.line.id, parts=parts)
        return self.session.record_entries([entry])[0]

    def test_the_sum_of_the_parts_is_found(self):
        """D14: 2 dozen and 3 units are 27; the parts are kept with the entry."""
        self.assertEqual(self._record(self.parts)["status"], "recorded")
        self.assertEqual(self.line.found_qty, 27)
        entry = self.line.entry_ids
        self.assertEqual((entry.qty, entry.uom_id), (27, self.unit))
        self.assertEqual(entry.parts_text, f"2 {self.dozen.name} + 3 {self.unit.name}")

    def test_parts_are_refused_while_the_option_is_off(self):
        """D14: Option 174 decides on the server."""
        self.company.count_split_units = False
        result = self._record(self.parts)
        self.assertEqual(result["code"], "parts_off")
        self.assertFalse(self.line.is_counted)

    def test_parts_that_cannot_be_counted_are_refused(self):
        """D14: each with its own reason."""
        litre = self.env.ref("uom.product_uom_litre")
        for code, parts in (
            ("wrong_unit", [{"qty": 1, "uom_id": litre.id}]),
            ("negative", [{"qty": -1}, {"qty": 3}]),
            ("not_a_number", [{"uom_id": self.unit.id}]),
            ("unknown_record", [{"qty": 1, "uom_id": 2**30}]),
            ("bad_parts", "2 dozen"),
            ("bad_parts", [2, 3]),
            ("bad_parts", [{"qty": 1}] * 101),
            ("too_large_sum", [{"qty": 10**9}, {"qty": 1}]),
        ):
            with self.subTest(code=code):
                self.assertEqual(self._record(parts)["code"], code)
        self.assertFalse(self.line.entry_ids)

    def test_a_serial_has_no_parts_beyond_one(self):
        """D14, D13"""
        lot = self._create_lot(self.drill, "D-1")
        entry = self._entry(None, self.drill, self.bin_a, lot_id=lot.id)
        entry["parts"] = [{"qty": 1}, {"qty": 1}]
        [result] = self.session.record_entries([entry])
        self.assertEqual(result["code"], "serial_quantity")

    def test_the_dialog_records_parts_and_shows_them_again(self):
        """D14"""
        lead = self._create_user("split_lead", "stock_count.group_count_lead")
        action = self.line.with_user(lead).action_split()
        Split = self.env["stock.count.split"].with_user(lead)
        with Form(Split.with_context(**action["context"])) as form:
            for qty, uom in ((2, self.dozen), (3, self.unit)):
                with form.part_ids.new() as part:
                    self.assertEqual(part.uom_id, self.unit)
                    part.qty, part.uom_id = qty, uom
            self.assertEqual(form.total, 27)
        self.assertIn(self.dozen, form.record.allowed_uom_ids)
        form.record.action_record()
        self.assertEqual(self.line.found_qty, 27)
        again = Form(Split.with_context(**action["context"]))
        self.assertEqual((len(again.part_ids), again.total), (2, 27))
