from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import CountCommon

LEAD = "stock_count.group_count_lead"
MANAGER = "stock_count.group_count_manager"


@tagged("post_install", "-at_install")
class TestSettingLog(CountCommon):
    """Who configures is in a log of its own: old → new, who, when (P7, Z7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._create_user(
            "log_boss", f"{MANAGER},base.group_system,base.group_erp_manager"
        )
        cls.lead = cls._create_user("log_lead", LEAD)
        cls.Log = cls.env["stock.count.setting.log"]
        cls.last = cls._find_last()

    @classmethod
    def _find_last(cls):
        return cls.Log.search([], order="id desc", limit=1).id

    def _told(self, **wanted):
        """The changes since the last call: (kind, setting, before, after)."""
        self.env.flush_all()
        rows = self.Log.search([("id", ">", self.last)], order="id")
        type(self).last = self._find_last()
        for name, value in wanted.items():
            self.assertEqual(set(rows.mapped(name)), {value})
        return [(r.kind, r.field_name, r.old_value, r.new_value) for r in rows]

    def test_options_by_the_settings(self):
        """Option 170, as people switch it on: by a form that is no record."""
        settings = self.env["res.config.settings"].with_user(self.boss)
        settings = settings.with_company(self.company)
        settings.create({"count_require_approval": True}).execute()
        option = ("option", "Option 170: Approval Before Posting", "No", "Yes")
        self.assertEqual(
            self._told(user_id=self.boss, company_id=self.company), [option]
        )

    def test_options_by_any_other_door(self):
        """Written to the company, by whoever may."""
        company = self.company.with_user(self.boss)
        company.count_segregation = False
        company.write({"count_default_view": "overages", "name": "Other Name"})
        self.assertEqual(
            self._told(user_id=self.boss),
            [
                ("option", "Segregation of Duties", "Yes", "No"),
                (
                    "option",
                    "Option 198: Default View",
                    "All Items",
                    "Counted Overages",
                ),
            ],
        )

    def test_what_stays_the_same_is_no_change(self):
        self.company.write({"count_segregation": True, "count_low_value": 5.0})
        self.assertEqual(self._told(), [])

    def test_reasons_from_making_to_deleting(self):
        """P17: also a translation, which is written past `write`."""
        Reason = self.env["stock.count.reason"].with_user(self.boss)
        reason = Reason.create(
            {"name": "Rust", "code": "RUST", "company_id": self.company.id}
        )
        made = {row[1:] for row in self._told(kind="reason", user_id=self.boss)}
        self.assertIn(("Name", "", "Rust"), made)
        reason.name = "Rot"
        self.assertEqual(self._told(), [("reason", "Name", "Rust", "Rot")])
        reason.update_field_translations("name", {"en_US": "Mould"})
        self.assertEqual(self._told(), [("reason", "Name", "Rot", "Mould")])
        reason.unlink()
        gone = {row[1:] for row in self._told(kind="reason")}
        self.assertIn(("Name", "Mould", ""), gone)

    def test_tolerances_classes_rules_and_operation_types(self):
        """A2, P20, X5, P21."""
        company = {"company_id": self.company.id}
        tolerance = self.env["stock.count.tolerance"].create(
            {"percent_minus": 2, **company}
        )
        self._told(kind="tolerance", company_id=self.company)
        tolerance.percent_minus = 90
        self.assertEqual(self._told(), [("tolerance", "Shortage %", "2.0", "90.0")])
        class_ = self.env["stock.count.class"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        class_.counts_per_year = 99
        [row] = self._told(kind="class")
        self.assertEqual(row[3], "99")
        rule = self.env["stock.count.exception.rule"].create({"days": 3, **company})
        self._told(kind="rule")
        rule.user_id = self.lead
        self.assertEqual(self._told()[0][3], self.lead.name)
        self.warehouse.out_type_id.count_unticked = "left"
        self.assertEqual(
            self._told(),
            [("operation", "Unticked Transfers", "Ask", "Have moved already")],
        )

    def _role(self, before, after):
        return [("people", "Role", before, after)]

    def test_roles_given_to_a_user(self):
        """Z1: by the user's form; the highest role is told."""
        group = self.env.ref(MANAGER)
        self.lead.with_user(self.boss).write({"group_ids": [Command.link(group.id)]})
        self.assertEqual(
            self._told(user_id=self.boss), self._role("Counting Lead", "Manager")
        )
        self.lead.group_ids -= group
        self.assertEqual(self._told(), self._role("Manager", "Counting Lead"))

    def test_roles_given_by_a_group(self):
        """Z1: by the group's form, and by a group that comes with another."""
        user = self._create_user("log_user", "base.group_user")
        self.assertEqual(self._told(), [])
        group = self.env.ref(LEAD)
        group.write({"user_ids": [Command.link(user.id)]})
        self.assertEqual(self._told(), self._role("", "Counting Lead"))
        group.write({"user_ids": [Command.unlink(user.id)]})
        self._told()
        club = self.env["res.groups"].create(
            {"name": "Club", "user_ids": [Command.set(user.ids)]}
        )
        self.assertEqual(self._told(), [])
        club.implied_ids = group
        self.assertEqual(self._told(), self._role("", "Counting Lead"))
        club.unlink()
        self.assertEqual(self._told(), self._role("Counting Lead", ""))

    def test_roles_of_new_and_archived_users(self):
        """Z1."""
        user = self._create_user("log_new", MANAGER)
        self.assertEqual(self._told(), self._role("", "Manager"))
        user.active = False
        self.assertEqual(self._told(), self._role("Manager", ""))
        user.active = True
        self.assertEqual(self._told(), self._role("", "Manager"))

    def test_the_installation_and_each_version_are_noted(self):
        """Who could switch the guards off by another version."""
        rows = self.Log.search([("kind", "=", "module")])
        self.assertTrue(rows)
        self.Log.init()
        self.assertEqual(self._told(), [])

    def test_nobody_writes_the_log(self):
        """Z7: in sudo mode neither, nor by defaults."""
        row = self.Log.search([], limit=1)
        for records in (row.with_user(self.boss), row.sudo()):
            for method, args in (
                ("create", [{"kind": "option", "name": "x"}]),
                ("write", [{"new_value": "x"}]),
                ("unlink", []),
                ("copy", []),
            ):
                with (
                    self.subTest(method, su=records.env.su),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    getattr(records, method)(*args)

    def test_approvers_read_it_and_others_do_not(self):
        """Z1."""
        approver = self._create_user("log_ok", "stock_count.group_count_approver")
        self.assertTrue(self._rpc(approver, self.Log, "search_read", []))
        with self.assertRaises(AccessError):
            self._rpc(self.lead, self.Log, "search_read", [])

    def test_another_company_s_options_are_not_told(self):
        """Z2."""
        abroad = self.env["res.company"].create({"name": "Abroad"})
        abroad.count_segregation = False
        found = self.Log.with_user(self.boss).search([("company_id", "=", abroad.id)])
        self.assertFalse(found)

    def test_who_may_configure_is_not_whoever_may_post(self):
        """Z1: a manager of counts may post, and does not switch options or roles."""
        manager = self._create_user("log_manager", MANAGER)
        with self.assertRaises(AccessError):
            self.company.with_user(manager).count_require_approval = False
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(manager).create({})
        with self.assertRaises(AccessError):
            self.lead.with_user(manager).group_ids = self.env.ref(MANAGER)
