import ast
from datetime import date

from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.stock_count.hooks import uninstall_hook

from ..common import CountCommon

SESSION = "stock.count.session"


@tagged("post_install", "-at_install")
class TestUninstall(CountCommon):
    """What the hook takes along before Odoo uninstalls; ``dev/uninstall`` does all."""

    def _names(self, *domain):
        return self.env["ir.model.data"].search_count(
            [("module", "=", "stock_count"), *domain]
        )

    def _sql_sequences(self, sequence_id):
        self.env.cr.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'S' AND relname ~ %s",
            [f"^ir_sequence_{sequence_id:03d}(_|$)"],
        )
        return self.env.cr.fetchone()[0]

    def test_numbers_of_counts_are_deleted(self):
        """Those of each company and year, and what PostgreSQL counts with."""
        numbers = self.env["ir.sequence"].search(
            [("code", "=", SESSION), ("company_id", "=", self.company.id)]
        )
        numbers.use_date_range = True
        numbers.next_by_id(sequence_date=date(2020, 1, 1))
        self.assertEqual(self._sql_sequences(numbers.id), 2)
        uninstall_hook(self.env)
        self.assertFalse(numbers.exists())
        self.assertEqual(self._sql_sequences(numbers.id), 0)

    def test_stamps_are_deleted(self):
        uninstall_hook(self.env)
        self.env.cr.execute("SELECT to_regclass('stock_count_stamp')")
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_files_of_counts_are_deleted(self):
        session = self._create_session(self.bin_a)
        file = self.env["ir.attachment"].create(
            {"name": "shelf", "raw": b"x", "res_model": SESSION, "res_id": session.id}
        )
        uninstall_hook(self.env)
        self.assertFalse(file.exists())

    def test_saved_filters_and_exports_are_deleted(self):
        """Archived ones, too; those of other models stay."""
        ours, theirs = self.env["ir.filters"].create(
            [
                {"name": "Ours", "model_id": "stock.count.line", "active": False},
                {"name": "Theirs", "model_id": "stock.move"},
            ]
        )
        export = self.env["ir.exports"].create({"name": "Ours", "resource": SESSION})
        uninstall_hook(self.env)
        self.assertFalse(ours.exists())
        self.assertFalse(export.exists())
        self.assertTrue(theirs.exists())

    def test_foreign_keys_are_no_longer_listed(self):
        keys = [("module.name", "=", "stock_count"), ("type", "=", "f")]
        self.assertTrue(self.env["ir.model.constraint"].search(keys))
        uninstall_hook(self.env)
        self.assertFalse(self.env["ir.model.constraint"].search(keys))

    def test_what_stock_moves_name_is_let_go(self):
        """Odoo then does not try to delete demo goods and reasons one by one."""
        product = self._create_product("Demo")
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "stock_count.demo", "record": product}]
        )
        self.assertTrue(self._names(("model", "=", "stock.count.reason")))
        uninstall_hook(self.env)
        self.assertTrue(product.exists())
        self.assertFalse(self._names(("name", "=", "demo")))
        self.assertFalse(self._names(("model", "=", "stock.count.reason")))
        self.assertTrue(self._names(("model", "=", "res.groups")))

    def test_names_that_mail_gave_are_deleted(self):
        selection = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", SESSION), ("field_id.name", "=", "activity_state")]
        )
        names = [
            ("model", "=", "ir.model.fields.selection"),
            ("res_id", "in", selection.ids),
            ("module", "=", "mail"),
        ]
        self.assertTrue(self.env["ir.model.data"].search(names))
        uninstall_hook(self.env)
        self.assertFalse(self.env["ir.model.data"].search(names))


@tagged("post_install", "-at_install")
class TestUpgrade(CountCommon):
    """What updating from 19.0.1.0.0 does to records; ``dev/upgrade`` does all of it."""

    RULE = "stock_count.stock_count_line_rule_counter"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref(cls.RULE)
        cls.classes = cls.env["stock.count.class"]

    def _script(self, stage):
        path = f"stock_count/migrations/19.0.1.1.0/{stage}-migration.py"
        return load_script(file_path(path), f"{stage}_migration")

    def _migrate(self, stage, version="19.0.1.0.0"):
        self.env.flush_all()
        self._script(stage).migrate(self.env.cr, version)
        self.env.invalidate_all()

    def _find_classes(self):
        return self.classes.search([("company_id", "=", self.company.id)])

    def test_companies_without_classes_get_them(self):
        self._find_classes().unlink()
        self._migrate("post")
        self.assertEqual(self._find_classes().mapped("name"), ["A", "B", "C"])

    def test_classes_that_are_there_stay(self):
        self._find_classes()[1:].unlink()
        self._migrate("post")
        self.assertEqual(self._find_classes().mapped("name"), ["A"])

    def test_counters_see_no_consensus_counts_of_others(self):
        """The rule as it was shipped before gives way to the one of today."""
        today = self.rule.domain_force
        self.rule.domain_force = self._script("post").RULE_BEFORE
        self._migrate("post")
        self.assertEqual(self._parsed(self.rule.domain_force), self._parsed(today))

    def _parsed(self, domain):
        return ast.dump(ast.parse(domain.strip(), mode="eval"))

    def test_a_rule_that_was_rewritten_stays(self):
        self.rule.domain_force = "[('id', '=', 0)]"
        self._migrate("post")
        self.assertEqual(self.rule.domain_force, "[('id', '=', 0)]")

    def test_lines_of_today_stay_as_they_are(self):
        """A database of 19.0.1.0.0 may have some of the columns already."""
        session = self._create_session(self.bin_a)
        line = self._count(session, self.screw, self.bin_a, 3)
        line.action_request_recount()
        line._internal().is_recounted = False
        before = line.read()
        self._migrate("pre")
        self.assertEqual(line.read(), before)

    def test_a_new_database_is_left_alone(self):
        self._find_classes().unlink()
        for stage in ("pre", "post"):
            self._migrate(stage, version="")
        self.assertFalse(self._find_classes())
