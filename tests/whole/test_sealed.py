from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CountCommon

# Something of each type that a forger could give a field.
FORGED = {
    "boolean": True,
    "char": "forged",
    "date": "2020-01-01",
    "datetime": "2020-01-01 00:00:00",
    "float": 77,
    "integer": 77,
    "monetary": 77,
    "text": "forged",
}


@tagged("post_install", "-at_install")
class TestSealedFields(CountCommon):
    """What counts write on Odoo's own records is forged through no door (Z7, P7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user(
            "forger", "stock.group_stock_manager,stock_count.group_count_lead"
        )
        cls._create_package("PACK1")
        cls._book(cls.screw, cls.bin_a, 10)
        cls.count = cls._create_session(cls.bin_a)
        cls.line = cls.count.line_ids
        cls.count.record_entries([cls._entry(8, line_id=cls.line.id)])
        cls.count.action_check_all()
        cls.count.action_post()
        cls.move = cls.line.move_ids

    def _forge(self, field):
        """A value for a field that it does not have by itself."""
        if field.type == "many2one":
            return self.env[field.comodel_name].search([], limit=1).id
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        if field.type in ("one2many", "many2many"):
            return [Command.set([])]
        return FORGED[field.type]

    def _sealed(self, model):
        records = self.env[model]
        return [records._fields[name] for name in sorted(records._count_sealed)]

    def _move_values(self):
        return {
            "product_id": self.screw.id,
            "product_uom_qty": 1,
            "location_id": self.bin_a.id,
            "location_dest_id": self.customers.id,
            "company_id": self.company.id,
        }

    def _line_values(self):
        picking = self._create_transfer(self.screw, 1, self.bin_a, self.customers)
        return {
            "move_id": picking.move_ids.id,
            "product_id": self.screw.id,
            "product_uom_id": self.screw.uom_id.id,
            "quantity": 1,
            "location_id": self.bin_a.id,
            "location_dest_id": self.customers.id,
        }

    @contextmanager
    def _refused(self, what):
        with (
            self.subTest(what),
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            yield

    def test_a_value_is_refused(self):
        """Z7: create and write, every sealed field."""
        for model, values in (
            ("stock.move", self._move_values()),
            ("stock.move.line", self._line_values()),
        ):
            records = self.env[model]
            for field in self._sealed(model):
                vals = {field.name: self._forge(field)}
                with self._refused(f"create {field}"):
                    self._rpc(self.user, records, "create", [{**values, **vals}])
                some = records.search([], limit=1)
                with self._refused(f"write {field}"):
                    self._rpc(self.user, some, "write", vals)

    def test_a_default_of_the_context_changes_nothing(self):
        """Z7: nor where Odoo's own code creates the record in sudo mode."""
        for model, values in (
            ("stock.move", self._move_values()),
            ("stock.move.line", self._line_values()),
        ):
            fields_ = self._sealed(model)
            context = {f"default_{f.name}": self._forge(f) for f in fields_}
            forged = self.env[model].with_user(self.user).with_context(**context)
            for records in (forged, forged.sudo()):
                record = records.create([values])
                for field in fields_:
                    with self.subTest(field, su=records.env.su):
                        self.assertNotEqual(
                            field.convert_to_write(record[field.name], record),
                            context[f"default_{field.name}"],
                        )

    def test_a_copy_has_none_of_it(self):
        """Z7."""
        copy = self.move.copy()
        for field in self._sealed("stock.move"):
            with self.subTest(field):
                self.assertFalse(copy[field.name])

    def test_stock_is_not_made_by_a_default_of_the_context(self):
        """Z7, P16: with Option 170 on, by a plain Inventory user."""
        self.company.count_require_approval = True
        user = self._create_user("plain", "stock.group_stock_user")
        quants = self.env["stock.quant"].with_user(user)
        context = {"default_quantity": 77, "default_reserved_quantity": 77}
        quant = quants.with_context(**context).create(
            {"product_id": self.glue.id, "location_id": self.bin_b.id}
        )
        self.assertFalse(quant.quantity)
        self.assertFalse(quant.reserved_quantity)

    def test_a_posted_move_stays_as_it_is(self):
        """Z7: its date, reference, state and quantities, by any user."""
        lines = self.move.move_line_ids
        for record in (self.move, lines):
            for name in sorted(record._count_sealed_when_posted):
                field = record._fields[name]
                vals = {name: self._forge(field)}
                with self._refused(field):
                    self._rpc(self.user, record, "write", vals)

    def test_a_posted_move_takes_no_other_line(self):
        """Z7, P16: a new line of a done move would make stock at once, unapproved."""
        self.company.count_require_approval = True
        user = self._create_user("keen", "stock.group_stock_user")
        vals = {**self._line_values(), "quantity": 77}
        lines = self.env["stock.move.line"]
        picking = self._create_transfer(self.screw, 1, self.bin_a, self.customers)
        other = picking.move_ids.move_line_ids or lines.create(self._line_values())
        with self._refused("create"):
            self._rpc(user, lines, "create", [{**vals, "move_id": self.move.id}])
        with self._refused("create, by default"):
            del vals["move_id"]
            vals["company_id"] = self.company.id
            forger = lines.with_user(user).with_context(default_move_id=self.move.id)
            forger.create([vals])
        with self._refused("write"):
            self._rpc(user, other, "write", {"move_id": self.move.id})
        for command in ((4, other.id), (0, 0, vals)):
            with self._refused(f"command {command[0]}"):
                self._rpc(user, self.move, "write", {"move_line_ids": [command]})
        with self._refused("a transfer takes it over"):
            self._rpc(user, picking, "write", {"move_ids": [(4, self.move.id)]})

    def test_nobody_claims_to_uninstall(self):
        """Z7: Odoo skips what forbids deleting while an addon is uninstalled."""
        note = self.count.message_post(body="Evidence")
        reason = self.env["stock.count.reason"].create(
            {"name": "Gone", "code": "GONE", "company_id": self.company.id}
        )
        logs = self.env["stock.count.setting.log"]
        before = logs.search_count([])
        for record in (self.move, note, self.line):
            with self._refused(record):
                forger = record.with_user(self.user).with_context(_force_unlink=True)
                forger.unlink()
        manager = self._create_user("boss", "stock_count.group_count_manager")
        reason.with_user(manager).with_context(_force_unlink=True).unlink()
        self.assertGreater(logs.search_count([]), before, "it is in the log")

    def test_no_mail_in_another_name(self):
        """Z7: neither by a mass mailing nor through the mail gateway."""
        boss = self.env.ref("base.partner_admin")
        messages = self.count.message_ids
        composer = self.env["mail.compose.message"].with_user(self.user)
        with self._refused("mass mailing"):
            composer.create(
                {
                    "model": self.count._name,
                    "res_ids": str(self.count.ids),
                    "author_id": boss.id,
                    "body": "I approve",
                    "composition_mode": "mass_mail",
                    "auto_delete": False,
                }
            ).action_send_mail()
        mail = (
            f"From: {boss.email}\nTo: nobody@example.com\nSubject: Re\n"
            f"Message-Id: <forged@example.com>\nIn-Reply-To: {messages[0].message_id}"
            "\nContent-Type: text/plain\n\nI approve"
        )
        thread = self.env["mail.thread"].with_user(self.user)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            thread.message_process(None, mail)
            with self.assertRaises(ValueError):
                thread.message_process(
                    self.count._name, mail.replace("In-Reply-To", "X-None"), None
                )
        self.assertEqual(self.count.message_ids, messages)

    def test_the_log_is_kept_whatever_the_context_says(self):
        """Z7: a client asks Odoo not to track its changes."""
        count = self._create_session(self.bin_b)
        self.env.cr.flush()
        before = count.message_ids
        loud = {"tracking_disable": True, "mail_notrack": True}
        count.with_user(self.user).with_context(**loud).write({"blind": True})
        self.env.cr.flush()
        self.assertGreater(len(count.message_ids), len(before))

    def test_a_move_of_nobody_s_count_changes_as_ever(self):
        """Z7: what is not a count's is not sealed."""
        picking = self._create_transfer(self.screw, 1, self.bin_a, self.customers)
        move = picking.move_ids.with_user(self.user)
        move.write({"date": "2026-01-01 00:00:00", "origin": "SO1"})
        self.assertEqual(move.origin, "SO1")

    def test_a_session_takes_no_default_for_what_verbs_write(self):
        """Z7: every stored field that a form shows as readonly."""
        Session = self.env["stock.count.session"]
        names = sorted(Session._readonly_names() - {"company_id", "seed"})
        fields_ = [
            Session._fields[name]
            for name in names
            if Session._fields[name].store
            and Session._fields[name].type not in ("one2many", "many2many")
        ]
        context = {f"default_{f.name}": self._forge(f) for f in fields_}
        context["default_name"] = "CC-FORGED"
        session = Session.with_user(self.user).with_context(**context)
        session = session.create(
            {
                "warehouse_id": self.warehouse.id,
                "location_ids": [Command.set(self.bin_b.ids)],
            }
        )
        self.assertEqual(session.state, "open")
        for field in fields_:
            with self.subTest(field):
                self.assertNotEqual(
                    field.convert_to_write(session[field.name], session),
                    context[f"default_{field.name}"],
                )
