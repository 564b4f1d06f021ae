from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.stock_count.const import COUNTER

from ..common import CountCommon

OUTSIDERS = ("nobody", "portal", "counter")
ROLES = (*OUTSIDERS, "lead", "approver", "manager")
# Whoever comes before may not. What is not named here is tried, too, as a lead's.
SESSION_VERBS = {
    "action_answer_documents": ("lead", [[]]),
    "action_withdraw_answer": ("lead", [1]),
    "record_entries": ("counter", [[]]),
    "action_generate": ("lead", []),
    "action_refresh": ("lead", []),
    "action_open_sheet": ("lead", []),
    "action_check_all": ("lead", []),
    "action_uncheck_all": ("lead", []),
    "action_count_rest_as_zero": ("lead", []),
    "action_count_again": ("lead", []),
    "action_review": ("lead", []),
    "action_request_recount": ("lead", []),
    "action_submit": ("lead", []),
    "action_approve": ("approver", []),
    "action_reject": ("approver", []),
    "action_post": ("lead", []),
    "action_undo_posting": ("manager", []),
    "action_view_moves": ("lead", []),
    "action_view_entries": ("lead", []),
    "action_cancel": ("lead", []),
    "get_sheet_header": ("lead", []),
    "get_posting_preview": ("lead", []),
    "action_view_exceptions": ("lead", []),
    "action_print_report": ("lead", ["report.stock_count.report_review_document"]),
    "action_report_excel": ("lead", ["report.stock_count.report_review_document"]),
    "create": ("lead", [{"warehouse_id": 0}]),
    "write": ("lead", [{"description": "Mine"}]),
}
# What the public methods of models without records need to be called.
DOOR_ARGUMENTS = {"action_open_row": [1], "open_records": ["accuracy"]}
LINE_VERBS = {
    "action_withdraw_count": ("counter", []),
    "action_view_entries": ("counter", []),
    "action_view_moves": ("lead", []),
    "action_request_recount": ("lead", []),
    "action_accept_transfer": ("lead", []),
    "action_accept_variance": ("lead", []),
    "action_accept_move": ("lead", []),
    "action_follow_cause": ("lead", []),
    "action_split": ("lead", []),
    "create": ("lead", [{"session_id": 0}]),
    "write": ("lead", [{"note": "Mine"}]),
}
REQUEST_VERBS = {
    "action_approve": ("approver", []),
    "action_reject": ("approver", ["Look again"]),
}
COVERED_VERBS = {
    "action_refuse": ("approver", []),
    "action_accept": ("approver", []),
    "action_request_recount": ("approver", []),
}
OURS = ("stock.count.", "report.stock_count.")
MODES = ("read", "write", "create", "unlink")
# The first role that may read, write, create and delete; None for nobody. Models that
# are not named here are closed to whoever is not a lead.
MODELS = {
    "stock.count.session": ("counter", "lead", "lead", "lead"),
    "stock.count.line": ("counter", "lead", "lead", "lead"),
    "stock.count.entry": ("counter", None, None, None),
    "stock.count.reason": ("lead", "manager", "manager", "manager"),
    "stock.count.tolerance": ("lead", "manager", "manager", "manager"),
    "stock.count.class": ("lead", "manager", "manager", "manager"),
    "stock.count.class.item": ("lead", None, None, None),
    "stock.count.approval": ("lead", None, None, None),
    "stock.count.approval.line": ("lead", None, None, None),
    "stock.count.exception": ("lead", "lead", None, None),
    "stock.count.exception.rule": ("lead", "manager", "manager", "manager"),
    "stock.count.create": ("lead", "lead", "lead", None),
    "stock.count.document": ("lead", None, None, None),
    "stock.count.document.line": ("lead", None, None, None),
    "stock.count.fence": (None, None, None, None),
}
SECRET_LINE_FIELDS = (
    "expected_qty",
    "book_qty",
    "picked_qty",
    "corrected_qty",
    "variance_qty",
    "unit_cost",
    "variance_value",
    "posted_qty",
    "explained_qty",
    "moved_while_counting",
    "hold_text",
    "hold_is_exact",
    "document_text",
    "hold_answer",
    "reason_id",
    "post_error",
    "tolerance_ratio",
    "cause",
    "other_causes",
    "cause_action",
    "match_text",
    "promise_text",
    "to_post",
    "state",
    "move_ids",
)
SECRET_SESSION_FIELDS = (
    "discrepancy_count",
    "held_count",
    "problem_count",
    "over_count",
    "to_post_count",
    "shortage_value",
    "overage_value",
    "net_value",
    "accuracy",
    "move_count",
    "move_ids",
    "document_count",
)
COSTS = ("standard_price", "avg_cost", "total_value")
STOCK_MODELS = (
    "stock.quant",
    "stock.move",
    "stock.move.line",
    "stock.package",
    "stock.lot",
    "stock.picking",
    "report.stock.quantity",
)
# Numbers that nothing else in a database is.
STOCK, COST = 79137, 313.57


class AccessCommon(CountCommon):
    """A blind count of something whose quantity and cost are unmistakable."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "nobody": "base.group_user",
            "portal": "base.group_portal",
            "counter": "stock_count.group_count_counter",
            "stranger": "stock_count.group_count_counter",
            "lead": "stock.group_stock_user",
            "bare_lead": "stock_count.group_count_lead",
            "approver": "stock_count.group_count_approver",
            "manager": "stock.group_stock_manager",
        }
        cls.users = {
            name: cls._create_user(f"access_{name}", group)
            for name, group in groups.items()
        }
        cls.counter = cls.users["counter"]
        cls.needle = cls._create_product("Needle", standard_price=COST)
        cls._book(cls.needle, cls.bin_a, STOCK)
        cls.count = cls._create_session(
            cls.bin_a, blind=True, counter_ids=[Command.set(cls.counter.ids)]
        )
        cls.line = cls.count.line_ids
        cls.env.flush_all()
        cls.env.invalidate_all()

    @contextmanager
    def _refused(self, message=None):
        """The call raises and leaves nothing behind."""
        with (
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError, msg=message),
            self.env.cr.savepoint(),
        ):
            yield

    def _check_verbs(self, records, verbs):
        """Verbs that the table does not name are for leads."""
        others = {} if records._abstract else self._public_methods(records._name)
        others = dict.fromkeys(others, ("lead", []))
        for verb, (least, args) in {**others, **verbs}.items():
            for role in ROLES[: ROLES.index(least)]:
                with self.subTest(verb=verb, role=role), self._refused():
                    self._rpc(self.users[role], records, verb, *args)

    def _check_allowed(self, records, verbs):
        """The least role gets past the rights; what the verb then says is its own."""
        for verb, (least, args) in verbs.items():
            with self.subTest(verb=verb, role=least):
                try:
                    with self.env.cr.savepoint():
                        self._rpc(self.users[least], records, verb, *args)
                        raise UserError("undo")
                except AccessError as error:
                    self.fail(f"{verb} was refused to {least}: {error}")
                except UserError:
                    continue

    def _public_methods(self, model):
        """What the addon itself lets clients call on a model."""
        return {
            name
            for cls in type(self.env[model]).mro()
            if cls.__module__.startswith("odoo.addons.stock_count.")
            for name, value in vars(cls).items()
            if callable(value)
            and not name.startswith("_")
            and not getattr(value, "_api_private", False)
            # Odoo's own, which a mixin of ours extends: see TestOtherCompanies.
            and name not in ("unlink", "onchange")
        }


@tagged("post_install", "-at_install")
class TestVerbs(AccessCommon):
    def test_engines_are_closed_to_whoever_is_no_lead(self):
        """Z2: most have no public method; reports and the dashboard are for leads."""
        for name, model in self.registry.items():
            # The app's doors are for counters, see TestAppAccess.
            app = name == "stock.count.app"
            if model._abstract and name.startswith(OURS) and not app:
                self._check_verbs(
                    self.env[name],
                    {
                        verb: ("lead", DOOR_ARGUMENTS.get(verb, []))
                        for verb in self._public_methods(name) - {"create", "write"}
                    },
                )

    def test_each_model_is_open_to_its_roles_only(self):
        """Z1, Z2: reading and writing, of every model of the addon."""
        models = {
            name
            for name, model in self.registry.items()
            if name.startswith(OURS) and not model._abstract
        }
        for name in models:
            least = MODELS.get(name, ("lead",) * len(MODES))
            for role in ROLES if name in MODELS else OUTSIDERS:
                self._check_access(name, role, dict(zip(MODES, least, strict=True)))

    def _check_access(self, name, role, least):
        model = self.env[name].with_user(self.users[role])
        for mode, first in least.items():
            may = first is not None and ROLES.index(role) >= ROLES.index(first)
            with self.subTest(name, role=role, mode=mode):
                self.assertEqual(model.has_access(mode), may)

    def test_a_session_refuses_each_verb_to_whoever_may_not(self):
        """Z1, Z2."""
        self._check_verbs(self.count, SESSION_VERBS)

    def test_a_line_refuses_each_verb_to_whoever_may_not(self):
        """Z1, Z2."""
        self._check_verbs(self.line, LINE_VERBS)

    def _submitted(self):
        """A request for approval of the line, which nobody of these roles counted."""
        self.line.found_qty = 4
        self.count.action_check_all()
        self.count.action_submit()
        return self.count.approval_id

    def test_an_approval_refuses_each_verb_to_whoever_may_not(self):
        """Z1, A1: the request, and each line that it covers."""
        request = self._submitted()
        edit = {"write": ("manager", [{"state": "approved"}])}
        self._check_verbs(request, {**REQUEST_VERBS, **edit})
        self._check_verbs(request.line_ids, COVERED_VERBS)
        self.assertEqual(request.state, "pending")

    def test_the_least_role_of_each_verb_of_an_approval_may_call_it(self):
        """Z1, A1."""
        request = self._submitted()
        self._check_allowed(request, REQUEST_VERBS)
        self._check_allowed(request.line_ids, COVERED_VERBS)

    def test_the_least_role_of_each_verb_may_call_it(self):
        """Z1."""
        self._check_allowed(self.count, SESSION_VERBS)
        self._check_allowed(self.line, LINE_VERBS)

    def test_a_counter_counts_no_session_of_others(self):
        """Z2: assignment decides."""
        entry = self._entry(1, self.needle, self.bin_a)
        with self._refused():
            self._rpc(self.users["stranger"], self.count, "record_entries", [entry])
        with self._refused():
            self._rpc(self.users["stranger"], self.line, "action_withdraw_count")

    def test_a_counter_who_may_see_a_session_does_not_count_it_unassigned(self):
        """Z2: a rule of the company's own, that shows all counts, is no assignment."""
        self.env["ir.rule"].create(
            {
                "name": "Everybody sees all counts",
                "model_id": self.env["ir.model"]._get_id("stock.count.session"),
                "groups": [Command.link(self.env.ref(COUNTER).id)],
            }
        )
        stranger = self.users["stranger"]
        self.count.with_user(stranger).check_access("read")
        entry = self._entry(1, self.needle, self.bin_a)
        with self.assertRaisesRegex(AccessError, "not assigned to count"):
            self._rpc(stranger, self.count, "record_entries", [entry])
        self.assertFalse(self.line.is_counted)

    def test_a_counter_counts_the_session_they_are_assigned_to(self):
        """Z1."""
        entry = self._entry(4, self.needle, self.bin_a)
        [result] = self._rpc(self.counter, self.count, "record_entries", [entry])
        self.assertEqual(result["status"], "recorded")
        self.assertEqual(self.line.found_qty, 4)
        self.assertEqual(self.line.counted_by_id, self.counter)

    def test_a_counter_withdraws_what_was_counted(self):
        """Z1, P7."""
        entry = self._entry(4, self.needle, self.bin_a)
        self._rpc(self.counter, self.count, "record_entries", [entry])
        self._rpc(self.counter, self.line, "action_withdraw_count")
        self.assertFalse(self.line.is_counted)

    def test_the_wizard_is_for_leads(self):
        """Z1, Z2: neither the count nor its preview."""
        Wizard = self.env["stock.count.create"]
        for role in ("nobody", "portal", "counter"):
            with self.subTest(role), self._refused():
                self._rpc(self.users[role], Wizard, "create", {})
            with self.subTest(role), self._refused():
                self._rpc(
                    self.users[role], Wizard, "onchange", {}, [], {"line_count": {}}
                )

    def test_one_user_does_not_run_the_wizard_of_another(self):
        """Z2."""
        wizard = self.env["stock.count.create"].with_user(self.users["lead"]).create({})
        with self._refused():
            self._rpc(self.users["bare_lead"], wizard, "action_run")

    def test_smart_buttons_are_for_who_counts(self):
        """Z2: of products, templates, locations and lots."""
        lot = self._create_lot(self.glue, "G1")
        records = (self.needle, self.needle.product_tmpl_id, self.bin_a, lot)
        for record in records:
            with self.subTest(record._name), self._refused():
                self._rpc(self.users["nobody"], record, "action_view_counts")
            action = self._rpc(self.users["lead"], record, "action_view_counts")
            self.assertEqual(action["res_model"], "stock.count.line")

    def test_a_bare_lead_runs_a_count_from_wizard_to_posting(self):
        """Z1: an Inventory group is not needed."""
        lead = self.users["bare_lead"]
        Wizard = self.env["stock.count.create"]
        values = {"warehouse_id": self.warehouse.id}
        wizard = Wizard.browse(self._rpc(lead, Wizard, "create", values))
        action = self._rpc(lead, wizard, "action_run")
        session = self.count.browse(action["context"]["count_session_id"])
        line = self._line(session, self.needle, self.bin_a)
        self._rpc(lead, line, "write", {"found_qty": 5})
        self._rpc(lead, session, "action_check_all")
        self._rpc(lead, session, "action_post")
        self.assertEqual(self._booked(self.needle, self.bin_a), 5)

    def test_private_context_opens_nothing(self):
        """Z2: what the addon says to itself, a client cannot say."""
        for key in ("count_internal", "count_posting", "sudo"):
            with self.subTest(key), self._refused():
                self._rpc(
                    self.users["lead"],
                    self.line,
                    "write",
                    {"state": "posted"},
                    context={key: True},
                )


@tagged("post_install", "-at_install")
class TestEvidence(AccessCommon):
    def test_readonly_fields_of_a_session_are_not_written_by_rpc(self):
        """Z2, P7: state, number and dates change by verbs only."""
        other = self.env["res.company"].create({"name": "Other"})
        values = {
            "state": "posted",
            "name": "CC-1",
            "posted_at": "2026-01-01",
            "posted_by_id": self.users["lead"].id,
            "closed_at": "2026-01-01",
            "seed": 3,
            "company_id": other.id,
            "move_ids": [Command.clear()],
        }
        for name, value in values.items():
            for role in ("lead", "manager"):
                with self.subTest(name, role=role), self._refused():
                    self._rpc(self.users[role], self.count, "write", {name: value})

    def test_a_session_is_not_born_posted(self):
        """Z2: neither by values nor by defaults of the context."""
        values = {"warehouse_id": self.warehouse.id}
        lead = self.users["manager"]
        for stolen in ({"state": "posted"}, {"name": "X"}, {"posted_at": "2026-01-01"}):
            with self.subTest(stolen), self._refused():
                self._rpc(lead, self.count, "create", {**values, **stolen})
        context = {"default_state": "posted", "default_name": "X"}
        made = self._rpc(lead, self.count, "create", values, context=context)
        session = self.count.browse(made)
        self.assertEqual(session.state, "open")
        self.assertTrue(session.name.startswith("CC-"))

    def test_only_the_post_box_reason_note_and_count_of_a_line_are_written(self):
        """Z2: every other field is refused, to managers, too."""
        fields = self.line._fields
        counted = {"found_qty", "is_counted", "serial2"}
        written = {"to_post", "reason_id", "note"} | counted
        for name in sorted(fields.keys() - written):
            with self.subTest(name), self._refused():
                self._rpc(self.users["manager"], self.line, "write", {name: False})

    def test_lines_are_not_changed_through_their_session(self):
        """Z2."""
        Command_ = Command
        other = self._create_session(self.bin_a).line_ids
        for command in (
            Command_.update(self.line.id, {"expected_qty": 1}),
            Command_.link(other.id),
        ):
            with self.subTest(command), self._refused():
                self._rpc(
                    self.users["manager"],
                    self.count,
                    "write",
                    {"line_ids": [command]},
                )

    def test_a_counted_line_and_its_session_are_not_deleted(self):
        """P7."""
        self._count(self.count, self.needle, self.bin_a, 3)
        for records in (self.line, self.count):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._rpc(self.users["manager"], records, "unlink")
        self.assertTrue(self.line.exists())

    def test_entries_are_never_made_edited_or_deleted(self):
        """P7: the door is the only way, for whomever."""
        self._count(self.count, self.needle, self.bin_a, 3)
        entry = self.line.entry_ids
        manager = self.users["manager"]
        for method, args in (
            ("create", [{"line_id": self.line.id, "uuid": "x"}]),
            ("write", [{"qty": 9}]),
            ("unlink", []),
            ("copy", []),
        ):
            with self.subTest(method), self._refused():
                self._rpc(manager, entry, method, *args)
            with self.subTest(method, mode="sudo"), self.assertRaises(UserError):
                getattr(entry.sudo(), method)(*args)

    def test_nobody_ties_moves_to_counts_or_backdates_them(self):
        """P7, Z2: what reconciliation rests on is written by the addon."""
        picking = self._create_transfer(self.needle, 2, self.bin_a, self.customers)
        for records, values in (
            (picking.move_ids, {"count_line_id": self.line.id}),
            (picking.move_ids, {"count_session_id": self.count.id}),
            (picking.move_ids, {"count_reason_id": False}),
            (picking.move_line_ids, {"count_picked_at": "2020-01-01"}),
            (picking.move_line_ids, {"count_done_at": False}),
            (picking.move_line_ids, {"count_stamp": 1}),
            (picking.move_line_ids, {"count_correction": "count"}),
        ):
            with self.subTest(values), self._refused():
                self._rpc(self.users["manager"], records, "write", values)
            with self.subTest(values), self._refused():
                self._rpc(self.users["manager"], records, "create", values)

    def test_inventory_users_deliver_as_before(self):
        """Z5: the guard of those fields is in nobody's way."""
        picking = self._create_transfer(self.needle, 2, self.bin_a, self.customers)
        self._rpc(self.users["lead"], picking.move_ids, "write", {"picked": True})
        self._rpc(self.users["lead"], picking, "button_validate")
        self.assertEqual(picking.state, "done")
        self.assertTrue(picking.move_line_ids.count_done_at)

    def test_reasons_are_kept_by_managers(self):
        """Z1, P17."""
        reason = self.env["stock.count.reason"].create(
            {"name": "R", "code": "R", "company_id": self.company.id}
        )
        for role in ROLES[:-1]:
            for method, args in (
                ("write", [{"name": "S"}]),
                ("create", [{"name": "S", "code": "S"}]),
                ("unlink", []),
            ):
                with self.subTest(method, role=role), self._refused():
                    self._rpc(self.users[role], reason, method, *args)
        self._rpc(self.users["manager"], reason, "write", {"name": "S"})
        self.assertEqual(reason.name, "S")

    def test_fences_are_nobodys(self):
        """Z2."""
        fence = self.env["stock.count.fence"].search([], limit=1)
        for role in ROLES:
            for method, args in (
                ("read", []),
                ("write", [{"stamp": 0}]),
                ("unlink", []),
            ):
                with self.subTest(method, role=role), self._refused():
                    self._rpc(self.users[role], fence, method, *args)


@tagged("post_install", "-at_install")
class TestBlindness(AccessCommon):
    """What a counter cannot learn, by whatever door."""

    def setUp(self):
        super().setUp()
        self.counted = self._entry(STOCK - 5, self.needle, self.bin_a)
        self._rpc(self.counter, self.count, "record_entries", [self.counted])

    def _readable_values(self, user):
        """All values of all fields of all models that the user can read."""
        env = self.env(user=user, su=False)
        for name in sorted(self.registry):
            model = env[name]
            if model._abstract or not model.has_access("read"):
                continue
            for field in sorted(model._fields):
                yield from self._values_of(model, field)

    def _values_of(self, model, field):
        if model._fields[field].type in ("binary", "image"):
            return
        try:
            with self.env.cr.savepoint(flush=False):
                records = model.search([], limit=80, order="id desc")
                for values in records.read([field]):
                    yield model._name, field, values[field]
        except Exception:
            return

    def _tells(self, value):
        if isinstance(value, float):
            return abs(value) in (STOCK, COST, STOCK * COST, 5 * COST)
        texts = (str(STOCK), f"{STOCK:,}", str(COST), str(STOCK * COST))
        return isinstance(value, str) and any(text in value for text in texts)

    @mute_logger("odoo.models", "odoo.sql_db", "odoo.addons.base.models.ir_rule")
    def test_no_field_of_any_model_tells_a_counter_stock_or_cost(self):
        """Z1, M13: a needle searched for in everything that can be read."""
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.company.partner_id.id,
                "product_tmpl_id": self.needle.product_tmpl_id.id,
                "price": COST,
            }
        )
        values = list(self._readable_values(self.counter))
        self.assertGreater(len(values), 1000)
        self.assertEqual([v for v in values if self._tells(v[2])], [])

    @mute_logger("odoo.models", "odoo.sql_db", "odoo.addons.base.models.ir_rule")
    def test_the_needle_is_found_where_it_may_be(self):
        """The search above can fail: a lead sees it."""
        values = self._values_of(
            self.line.with_user(self.users["lead"]), "expected_qty"
        )
        self.assertTrue(any(self._tells(value) for _m, _f, value in values))

    def _check_secret(self, records, field):
        model = records.browse()
        numeric = records._fields[field].type in ("float", "monetary", "integer")
        spec, probe = {field: {}}, "held" if field == "state" else 1
        calls = [
            (records, "read", [[field]]),
            (records, "web_read", [spec]),
            (model, "web_search_read", [[], spec]),
            (model, "search_read", [[], [field]]),
        ]
        if records._fields[field].store:
            calls += [
                (model, "search", [[(field, "=", probe)]]),
                (model, "search_count", [[(field, "!=", probe)]]),
                (model, "search", [[], 0, None, f"{field} desc"]),
                (model, "formatted_read_group", [[], [field], ["__count"]]),
            ]
            if numeric:
                calls.append(
                    (model, "formatted_read_group", [[], [], [f"{field}:sum"]])
                )
        for target, method, args in calls:
            with self.subTest(field, method=method), self._refused():
                self._rpc(self.counter, target, method, *args)
                self.fail(f"{method} told a counter {field}")

    def test_secret_fields_of_a_line_answer_no_call(self):
        """Z1, M13."""
        for field in SECRET_LINE_FIELDS:
            self._check_secret(self.line, field)

    def test_secret_fields_of_a_session_answer_no_call(self):
        """Z1, M13."""
        for field in SECRET_SESSION_FIELDS:
            self._check_secret(self.count, field)

    def test_secret_fields_are_not_reached_through_relations(self):
        """Z1, M13: domains with dots, nested specifications."""
        Entry = self.env["stock.count.entry"]
        for method, args in (
            ("search", [[("line_id.expected_qty", ">", 0)]]),
            ("search", [[("line_id", "any", [("book_qty", ">", 0)])]]),
            ("search", [[("book_qty", ">", 0)]]),
            ("search", [[], 0, None, "line_id.expected_qty"]),
            ("formatted_read_group", [[], ["line_id.expected_qty"], ["__count"]]),
            ("web_search_read", [[], {"line_id": {"fields": {"expected_qty": {}}}}]),
            ("web_search_read", [[], {"book_qty": {}}]),
        ):
            with self.subTest(args):
                self._check_no_answer(Entry, method, *args)

    def _check_no_answer(self, records, method, *args):
        """Whether refused or not understood: no answer."""
        try:
            self._rpc(self.counter, records, method, *args)
        except (AccessError, ValueError):
            return
        self.fail(f"{method} answered {args}")

    def test_whole_records_read_without_the_secrets(self):
        """Z1: a client that asks for everything gets what it may."""
        [line] = self._rpc(self.counter, self.line, "read")
        self.assertFalse(line.keys() & set(SECRET_LINE_FIELDS))
        [session] = self._rpc(self.counter, self.count, "read")
        self.assertFalse(session.keys() & set(SECRET_SESSION_FIELDS))
        [entry] = self._rpc(self.counter, self.env["stock.count.entry"], "search_read")
        self.assertNotIn("book_qty", entry)

    def test_fields_get_does_not_offer_the_secrets(self):
        """Z1: no filter or export dialog shows them."""
        fields = self._rpc(self.counter, self.line, "fields_get")
        self.assertFalse(fields.keys() & set(SECRET_LINE_FIELDS))

    def test_stock_models_are_closed(self):
        """Z1: by search and by id, while the lead sees them."""
        self._create_transfer(self.needle, 2, self.bin_a, self.customers)
        self._create_lot(self.glue, "Closed")
        self._book(self.needle, self.bin_b, 1, package=self._create_package("Closed"))
        for name in STOCK_MODELS:
            with self.subTest(name):
                self._check_closed(name)

    def _check_closed(self, name):
        records = self.env[name].search([], limit=1)
        counter = self.env[name].with_user(self.counter)
        try:
            self.assertFalse(counter.search([]))
        except AccessError:
            return
        with self._refused():
            self._rpc(self.counter, records, "read", ["display_name"])

    def test_product_quantities_are_nothing_to_a_counter(self):
        """Z1: neither read nor searched."""
        names = ["qty_available", "virtual_available", "free_qty", "incoming_qty"]
        product = self.needle.with_user(self.counter)
        for name in names:
            with self.subTest(name):
                try:
                    self.assertFalse(product[name])
                    self.assertFalse(product.search([(name, ">", 0)]))
                except AccessError:
                    continue

    def test_products_are_not_found_by_their_stock(self):
        """Z1."""
        for model, domain in (
            ("product.product", [("stock_quant_ids.quantity", ">", 0)]),
            (
                "product.template",
                [("product_variant_ids.qty_available", ">", 0)],
            ),
            ("stock.location", [("quant_ids.quantity", ">", 0)]),
            ("stock.location", [("is_empty", "=", False)]),
            ("stock.location", [("net_weight", ">", 0)]),
        ):
            with self.subTest(domain):
                try:
                    found = self._rpc(self.counter, self.env[model], "search", domain)
                except (AccessError, ValueError):
                    continue
                self.assertFalse(found)

    def test_costs_are_closed_to_counters(self):
        """Z1: read, searched, sorted and grouped."""
        for model in (self.needle, self.needle.product_tmpl_id):
            for field in [name for name in COSTS if name in model._fields]:
                with self.subTest(field, model=model._name):
                    self._check_secret(model, field)

    def test_forms_of_products_open_without_the_cost(self):
        """Z1: the client does not ask for what it may not read."""
        for model in (self.needle, self.needle.product_tmpl_id):
            for role, shown in (("counter", False), ("lead", True)):
                view = self._rpc(self.users[role], model.browse(), "get_view")
                with self.subTest(model._name, role=role):
                    self.assertEqual('"standard_price"' in view["arch"], shown)

    def test_people_who_need_costs_keep_them_when_they_count(self):
        """Z1: a counter who is a product manager, too."""
        groups = "stock_count.group_count_counter,product.group_product_manager"
        user = self._create_user("access_both", groups)
        [values] = self._rpc(user, self.needle, "read", ["standard_price"])
        self.assertEqual(values["standard_price"], COST)

    def test_answers_of_the_door_tell_no_quantity(self):
        """M13: recorded, duplicate and refused, whatever is tried."""
        entries = [
            self._entry(STOCK - 1, self.needle, self.bin_a),
            self._entry(-1, self.needle, self.bin_a),
            self._entry(1.123456, self.needle, self.bin_a),
            self._entry(1, self.needle, self.bin_b),
            self._entry(1, line_id=self.line.id + 9999),
        ]
        entries.append(entries[0])
        answers = self._rpc(self.counter, self.count, "record_entries", entries)
        for answer in answers:
            self.assertEqual(
                answer.keys(), {"uuid", "status", "line_id", "code", "message"}
            )
            self.assertNotIn(str(STOCK), answer["message"])

    def test_the_next_step_of_a_counter_tells_no_hold(self):
        """M13: held or checked would tell that the count differs."""
        self.line._internal().write({"state": "held"})
        self.count.invalidate_recordset()
        mine = self.count.with_user(self.counter).next_step
        self.assertNotIn("held", mine.lower())
        lead = self.count.with_user(self.users["lead"]).with_context(fresh=1)
        lead.invalidate_recordset(["next_step"])
        self.assertIn("held", lead.next_step.lower())

    def test_counters_see_their_own_entries_only(self):
        """Z2."""
        self._count(self.count, self.needle, self.bin_a, 3)
        mine = self.env["stock.count.entry"].with_user(self.counter).search([])
        self.assertEqual(mine.mapped("uuid"), [self.counted["uuid"]])

    def test_reports_of_stock_are_closed(self):
        """Z1: forecasts are abstract models, which have no access rights."""
        template = self.needle.product_tmpl_id
        for name, record in (
            ("stock.forecasted_product_product", self.needle),
            ("stock.forecasted_product_template", template),
        ):
            with self.subTest(name), self._refused():
                self._rpc(self.counter, self.env[name], "get_report_values", record.ids)

    def test_tracked_changes_are_closed(self):
        """Z1: the chatter keeps old and new values."""
        with self._refused():
            self._rpc(self.counter, self.env["mail.tracking.value"], "search_read")

    def test_messages_of_a_posting_tell_a_counter_no_quantity(self):
        """M13: what was posted and freed is for leads."""
        self._create_transfer(self.needle, STOCK, self.bin_a, self.customers)
        self.line._internal().write({"hold_answer": "variance"})
        self._post(self.count)
        Message = self.env["mail.message"].with_user(self.counter)
        bodies = Message.search([("model", "=", self.count._name)]).mapped("body")
        self.assertFalse([body for body in bodies if "5" in body])


@tagged("post_install", "-at_install")
class TestCompanies(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.abroad = cls.env["res.company"].create({"name": "Abroad"})
        cls.foreigner = cls._create_user("access_abroad", "stock.group_stock_manager")
        cls.foreigner.write(
            {
                "company_ids": [Command.set(cls.abroad.ids)],
                "company_id": cls.abroad.id,
            }
        )
        cls.foreigner = cls.foreigner.with_context(allowed_company_ids=cls.abroad.ids)

    def _abroad(self, records, method, *args):
        return self._rpc(
            self.foreigner,
            records,
            method,
            *args,
            context={"allowed_company_ids": self.abroad.ids},
        )

    def test_another_company_finds_nothing(self):
        """Z2."""
        self._count(self.count, self.needle, self.bin_a, 3)
        for name in ("session", "line", "entry"):
            with self.subTest(name):
                model = self.env[f"stock.count.{name}"]
                self.assertEqual(self._abroad(model, "search", []), [])

    def test_another_company_calls_no_verb(self):
        """Z2."""
        for records, verbs in ((self.count, SESSION_VERBS), (self.line, LINE_VERBS)):
            for verb, (_least, args) in verbs.items():
                if verb == "create":
                    continue
                with self.subTest(verb), self._refused():
                    self._abroad(records, verb, *args)

    def test_a_session_is_not_made_for_another_company(self):
        """Z2."""
        values = {"company_id": self.company.id, "warehouse_id": self.warehouse.id}
        with self._refused():
            self._abroad(self.count, "create", values)

    def test_a_reason_of_another_company_is_not_seen(self):
        """Z2, P17."""
        reason = self.env["stock.count.reason"].create(
            {"name": "Ours", "code": "OURS", "company_id": self.company.id}
        )
        self.assertNotIn(reason.id, self._abroad(reason, "search", []))


@tagged("post_install", "-at_install", "stock_count_browser")
class TestHttp(HttpCase, AccessCommon):
    """The same through a real server."""

    def _call(self, model, method, *args):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": {}},
        )

    @mute_logger("odoo.http", "odoo.models")
    def test_a_counter_reads_no_expected_quantity_over_http(self):
        """Z1, M13."""
        self.authenticate("access_counter", "access_counter")
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self._call("stock.count.line", "read", self.line.ids, ["expected_qty"])

    @mute_logger("odoo.http", "odoo.models")
    def test_private_methods_are_closed_over_http(self):
        """Z2."""
        self.authenticate("access_lead", "access_lead")
        for model, method in (
            ("stock.count.session", "_set_state"),
            ("stock.count.recorder", "_record"),
            ("stock.count.poster", "_post"),
            ("stock.count.fence", "init"),
        ):
            with (
                self.subTest(method),
                self.assertRaisesRegex(JsonRpcException, "AccessError"),
            ):
                self._call(model, method, [])

    @mute_logger("odoo.http", "odoo.models")
    def test_nobody_records_over_http(self):
        """Z2."""
        self.authenticate("access_nobody", "access_nobody")
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self._call("stock.count.session", "record_entries", self.count.ids, [])

    def test_a_counter_records_over_http(self):
        """Z1."""
        self.authenticate("access_counter", "access_counter")
        entry = self._entry(3, self.needle, self.bin_a)
        [answer] = self._call(
            "stock.count.session", "record_entries", self.count.ids, [entry]
        )
        self.assertEqual(answer["status"], "recorded")

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_qweb")
    def test_the_review_is_not_printed_for_a_counter(self):
        """Z1: report URLs know no button."""
        self.authenticate("access_counter", "access_counter")
        url = f"/report/html/stock_count.report_review_document/{self.count.id}"
        page = self.url_open(url).text
        self.assertNotIn(str(STOCK), page.replace(",", ""))
