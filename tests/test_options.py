import re

from lxml import etree
from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CountCommon

# The numbers that consultants know the options by.
NUMBERS = {
    "count_require_approval": 170,
    "count_split_units": 174,
    "count_default_view": 198,
    "count_serial2": 290,
    "count_warehouse_items": 504,
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

    def test_no_number_is_given_twice(self):
        """R-settings"""
        labels = [f.string or "" for f in self.env["res.company"]._fields.values()]
        numbers = re.findall(r"Option (\d+):", " ".join(labels))
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_settings_are_those_of_the_company(self):
        """R-settings: one company's option is not the other's."""
        other = self.env["res.company"].create({"name": "Other Count"})
        settings = self.env["res.config.settings"].with_company(self.company)
        settings.create({name: True for name in FEATURES}).execute()
        for name in FEATURES:
            self.assertTrue(self.company[name])
            self.assertFalse(other[name])

    def test_a_feature_is_shown_while_any_company_uses_it(self):
        """Options 174, 290, 504"""
        user = self._create_user("options_user", "stock_count.group_count_counter")
        other = self.env["res.company"].create({"name": "Other Count"})
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
