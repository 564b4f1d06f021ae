from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..app_common import AppCommon


@tagged("post_install", "-at_install")
class TestCountAppAccess(AppCommon):
    """Each door by RPC for whoever it is not for (Z1, Z2)."""

    def _doors(self):
        session, line = self.count.id, self.count.line_ids[0].id
        return {
            "load_catalogue": [session],
            "sync": [session, {"entries": [self._entry(1, line_id=line)]}],
            "resolve": [session, "SCR"],
            "search_items": [session, "screw"],
            "attach_evidence": [session, {"uuid": "p", "note": "x", "line_id": line}],
            "serial_list": [session, self.drill.id, self.bin_a.id],
            "package_content": [session, 1],
            "submit_count": [session],
            "load_documents": [session],
            "answer_document": [session, "stock.picking,1", "happened"],
        }

    @staticmethod
    def _is_of_the_app(part):
        """Whether a class adds methods to the app, and not to each model of Odoo."""
        is_ours = part.__module__.startswith("odoo.addons.stock_count.")
        return is_ours and part.__name__ != "Base"

    def test_every_door_is_tried_here(self):
        """Z2: a new one is noticed."""
        app = type(self.env["stock.count.app"])
        ours = {
            name
            for cls in app.mro()
            if self._is_of_the_app(cls)
            for name, value in vars(cls).items()
            if callable(value) and not name.startswith("_")
        }
        self.assertEqual(ours, {*self._doors(), "load_start", "start_session"})

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_who_may_not_count_passes_no_door(self):
        """Z1, Z2: nobody, and a counter of other counts."""
        self.count.counter_ids = self.other
        doors = self._doors()
        for user in (self.nobody, self.counter):
            for name, args in doors.items():
                with (
                    self.subTest(name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    self._app(name, *args, user=user)
        start = {"load_start": [], "start_session": [self.warehouse.id, "blind"]}
        for name, args in start.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self._app(name, *args, user=self.nobody)
        self.assertFalse(self.count.line_ids.entry_ids)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_another_company_s_count_is_closed(self):
        """Z2: also to its leads."""
        abroad = self.env["res.company"].create({"name": "Abroad App"})
        foreigner = self._create_user("app_abroad", "stock.group_stock_manager")
        foreigner.write(
            {"company_ids": [Command.set(abroad.ids)], "company_id": abroad.id}
        )
        there = {"user": foreigner, "context": {"allowed_company_ids": abroad.ids}}
        for name, args in self._doors().items():
            with self.subTest(name), self.assertRaises(AccessError):
                self._app(name, *args, **there)
        start = self._app("load_start", **there)
        self.assertNotIn(self.count.id, [s["id"] for s in start["sessions"]])
        answer = self._app("start_session", self.warehouse.id, "blind", **there)
        self.assertEqual(answer["code"], "unknown_warehouse")

    def test_nonsense_instead_of_a_count_is_refused_in_words(self):
        """Z2."""
        for value in (None, "12", [self.count.id], True):
            with self.subTest(value), self.assertRaises(UserError):
                self._app("load_catalogue", value)
        for value in (0, -1, 2**40, 2**30):
            with self.subTest(value), self.assertRaises(MissingError):
                self._app("load_catalogue", value)

    def test_the_engines_are_not_called_from_outside(self):
        """Z2: what runs in sudo mode is private."""
        for name in ("catalogue", "sync", "finder", "evidence", "submit"):
            model = self.env[f"stock.count.app.{name}"]
            for cls in type(model).mro():
                if self._is_of_the_app(cls):
                    public = [n for n in vars(cls) if not n.startswith("_")]
                    self.assertFalse(public)

    def test_counters_have_a_menu_of_their_own(self):
        """Z1, M1: Inventory is not theirs; leads find the app below it, too."""
        ours = self.env.ref("stock_count.menu_count_root")
        inventory = self.env.ref("stock.menu_stock_root")
        app = self.env.ref("stock_count.menu_mobile_cycle_count")
        for user, has_inventory in ((self.counter, False), (self.lead, True)):
            menus = self.env["ir.ui.menu"].with_user(user)
            roots = menus.get_user_roots()
            with self.subTest(user.login):
                self.assertIn(ours, roots)
                self.assertEqual(inventory in roots, has_inventory)
                self.assertIn(app, menus.search([("id", "child_of", inventory.id)]))

    def test_a_lead_counts_with_the_app_too(self):
        """Z1: every session they see."""
        session = self._create_count(counter_ids=[Command.clear()])
        self._sync(
            [self._entry(2, self.screw, self.bin_a)], session=session, user=self.lead
        )
        self.assertEqual(self._line(session, self.screw, self.bin_a).found_qty, 2)
