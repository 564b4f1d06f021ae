from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CountCommon

# What nothing else in a database is called, or is as many.
SECRET, FOUND = "Abroad Secret", 79137


@tagged("post_install", "-at_install")
class TestOtherCompanies(CountCommon):
    """No form, dialog or method tells or changes another company's counts (Z2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.count = cls._create_session(cls.bin_a)
        home = cls.env
        cls.abroad = home["res.company"].create({"name": SECRET})
        home.user.company_ids |= cls.abroad
        cls._create_count_abroad()
        cls.manager = cls._create_user("home_manager", "stock.group_stock_manager")
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _create_count_abroad(cls):
        """One record of each model that a field of ours names, in the other company."""
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.abroad.ids))
        company = {"company_id": cls.abroad.id}
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", cls.abroad.id)], limit=1
        )
        location = warehouse.lot_stock_id
        product = env["product.product"].create(
            {"name": SECRET, "is_storable": True, **company}
        )
        env["stock.quant"]._update_available_quantity(product, location, FOUND + 1)
        session = env["stock.count.session"].create({"warehouse_id": warehouse.id})
        session.action_generate()
        line = session.line_ids
        session.record_entries([cls._entry(FOUND, line_id=line.id)])
        session.action_check_all()
        session.action_submit()
        split = env["stock.count.split"].create({"line_id": line.id})
        partner = env["res.partner"].create({"name": SECRET, **company})
        reason = env["stock.count.reason"].create(
            {"name": SECRET, "code": "ABR", **company}
        )
        records = (
            *(cls.abroad, warehouse, location, product, product.product_tmpl_id),
            *(session, line, line.last_entry_id, session.approval_id, split),
            *(partner, reason),
        )
        cls.theirs = {record._name: record.with_env(cls.env) for record in records}
        cls.session, cls.line = session.with_env(cls.env), line.with_env(cls.env)

    @contextmanager
    def _refused(self, *what):
        with (
            self.subTest(" ".join(map(str, what))),
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(UserError) as caught,
            self.env.cr.savepoint(),
        ):
            yield
        self.assertNotIn(SECRET, str(getattr(caught, "exception", "")))
        self.assertNotIn(str(FOUND), str(getattr(caught, "exception", "")))

    def _naming_fields(self, transient=None):
        """Each field of our models that a user may set, and whose record is theirs."""
        for name in sorted(self.registry):
            model = self.env[name].with_user(self.manager)
            if (
                not name.startswith("stock.count.")
                or model._abstract
                or not model.has_access("create")
                or (transient and not model._transient)
            ):
                continue
            for field in model._fields.values():
                settable = field.store and field.name not in ("create_uid", "write_uid")
                if settable and field.comodel_name in self.theirs:
                    yield model, field, self.theirs[field.comodel_name]

    def _value(self, field, record):
        many = field.type != "many2one"
        return [Command.set(record.ids)] if many else record.id

    def test_a_form_is_told_nothing_of_what_it_may_not_name(self):
        """Z2: `onchange` computes in sudo mode, as a value and as a default."""
        fields_ = list(self._naming_fields())
        self.assertGreater(len(fields_), 20)
        for model, field, record in fields_:
            spec = {name: {} for name in model._fields if name != "id"}
            values = {field.name: self._value(field, record)}
            with self._refused(field, "value"):
                self._rpc(self.manager, model, "onchange", values, [field.name], spec)
            defaults = {f"default_{field.name}": values[field.name]}
            with self._refused(field, "default"):
                self._rpc(
                    self.manager, model, "onchange", {}, [], spec, context=defaults
                )

    def test_a_dialog_is_not_made_about_another_company_s_count(self):
        """Z2: create, write and defaults of all dialogs."""
        dialogs = list(self._naming_fields(transient=True))
        self.assertGreater(len(dialogs), 8)
        for model, field, record in dialogs:
            values = {field.name: self._value(field, record)}
            with self._refused(field, "create"):
                self._rpc(self.manager, model, "create", values)
            with self._refused(field, "default"):
                defaults = {f"default_{name}": v for name, v in values.items()}
                self._rpc(self.manager, model, "create", {}, context=defaults)
            with self._refused(field, "write"):
                self._rpc(self.manager, model.create(self._own(model)), "write", values)

    def _own(self, model):
        """Values of a dialog about counts of one's own."""
        if model._name == "stock.count.part":
            split = self.env["stock.count.split"].with_user(self.manager)
            mine = split.create(self._own(split))
            return {"split_id": mine.id, "qty": 1, "uom_id": self.screw.uom_id.id}
        if model._name == "stock.count.split":
            line = self._line(self.count, self.screw, self.bin_a)
            return {"line_id": (line or self._own_line()).id}
        if model._name == "stock.count.answer":
            return {"approval_id": self._own_approval().id}
        return {}

    def _own_line(self):
        return self._count(self.count, self.screw, self.bin_a, 1)

    def _own_approval(self):
        self._own_line()
        self.count.action_check_all()
        self.count.action_submit()
        return self.count.approval_id

    def test_a_line_takes_no_reason_of_another_company(self):
        """Z2, P17: nor by who works in both."""
        line = self._own_line()
        reason = self.theirs["stock.count.reason"]
        with self._refused("write"):
            self._rpc(self.manager, line, "write", {"reason_id": reason.id})
        both = {"allowed_company_ids": (self.company | self.abroad).ids}
        with self.assertRaises(UserError):
            line.with_context(**both).reason_id = reason

    def test_methods_that_take_ids_answer_for_no_other_company(self):
        """Z2: what the app, reports and the dashboard are asked for."""
        line, session = self.line, self.session
        app = self.env["stock.count.app"]
        report = self.env["report.stock_count.report_review_document"]
        board = self.env["stock.count.dashboard"]
        warehouse = self.theirs["stock.warehouse"]
        filters = {"session_ids": session.ids}
        entry = self._entry(1, line_id=line.id)
        for model, method, args in (
            (app, "load_catalogue", [session.id]),
            (app, "sync", [session.id, {"entries": [entry]}]),
            (app, "resolve", [session.id, SECRET]),
            (app, "search_items", [session.id, SECRET]),
            (app, "attach_evidence", [session.id, {"uuid": "x", "note": "y"}]),
            (app, "serial_list", [session.id, line.product_id.id, line.location_id.id]),
            (app, "submit_count", [session.id]),
            (app, "load_documents", [session.id]),
            (app, "answer_document", [session.id, "stock.picking,1", "happened"]),
            (report, "get_screen", [filters]),
            (report, "get_rows", [filters]),
            (report, "action_excel", [filters]),
            (report, "action_open_row", [line.id]),
            (board, "read_dashboard", [{"warehouse_id": warehouse.id}]),
            (board, "read_coverage", [{"warehouse_id": warehouse.id}]),
            (board, "open_records", ["counted", {"warehouse_id": warehouse.id}]),
            (session, "record_entries", [[entry]]),
            (session, "get_documents", []),
            (session, "message_post", []),
            (line, "action_withdraw_count", []),
            (line, "action_split", []),
        ):
            with self._refused(model._name, method):
                self._rpc(self.manager, model, method, *args)
        self.assertEqual(line.found_qty, FOUND)

    def test_an_entry_at_home_counts_no_line_abroad(self):
        """Z2: a line is looked for in the count that is named."""
        line = self.line
        [answer] = self._rpc(
            self.manager,
            self.count,
            "record_entries",
            [self._entry(1, line_id=line.id)],
        )
        self.assertEqual(answer["status"], "refused")
        self.assertNotIn(SECRET, answer["message"])
        filters = {"location_ids": line.location_id.ids}
        report = self.env["report.stock_count.report_review_document"]
        self.assertFalse(self._rpc(self.manager, report, "get_rows", filters))

    def test_nobody_changes_shared_reasons_for_other_companies(self):
        """Z2, P17: renamed, translated, archived, deleted, shared or taken."""
        shared = self.env.ref("stock_count.reason_miscount")
        own = self.env["stock.count.reason"].with_user(self.manager)
        own = own.create({"name": "Own", "code": "OWN"})
        self.assertEqual(own.company_id, self.company)
        own.name = "Renamed"
        for records, method, args in (
            (shared, "write", [{"name": "Mine"}]),
            (shared, "write", [{"active": False}]),
            (shared, "write", [{"company_id": self.company.id}]),
            (shared, "unlink", []),
            (shared, "web_save", [{"name": "Mine"}, {}]),
            (shared, "update_field_translations", ["name", {"en_US": "Mine"}]),
            (own, "write", [{"company_id": False}]),
            (own, "create", [{"name": "x", "code": "x", "company_id": False}]),
        ):
            with self._refused(records, method):
                self._rpc(self.manager, records, method, *args)
        self.manager.company_ids = self.env["res.company"].search([])
        self._rpc(self.manager, shared, "write", {"name": "Ours"})
        self.assertEqual(shared.name, "Ours")

    def test_a_company_has_no_default_reason_of_another(self):
        """Z2, P17."""
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.company.count_shortage_reason_id = self.theirs["stock.count.reason"]
