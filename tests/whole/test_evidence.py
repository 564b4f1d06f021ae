import base64
import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import CountCommon

ROLES = {
    "lead": "stock_count.group_count_lead",
    "approver": "stock_count.group_count_approver",
    "manager": "stock.group_stock_manager",
    "administrator": "stock.group_stock_manager,base.group_system",
}
TEXT = "forged"
# What is sealed (the rows of docs/evidence.md): values that nobody of these roles may
# write. Nobody deletes the record or makes another one of it either.
SEALED = {
    "entry": ({"qty": 1}, {"note": TEXT}, {"counted_at": "2020-01-01"}),
    "event": ({"note": TEXT}, {"attachment_ids": [Command.clear()]}),
    "photo": ({"datas": "AAAA"}, {"name": TEXT}, {"res_id": 0}, {"raw": "x"}),
    "posted line": ({"posted_qty": 9}, {"state": "to_count"}, {"reason_id": True}),
    "remarked line": (),
    "noted line": (),
    "session": ({"state": "open"}, {"name": TEXT}, {"posted_at": "2020-01-01"}),
    "remarked session": (),
    "approval": ({"comment": TEXT}, {"state": "void"}, {"approver_id": True}),
    "covered line": ({"digest": TEXT}, {"found_qty": 1}, {"refused": True}),
    "log": (
        {"body": TEXT},
        {"date": "2020-01-01"},
        {"author_id": True},
        {"res_id": 0},
        {"model": "res.partner"},
        {"message_type": "comment"},
        {"attachment_ids": [Command.clear()]},
        {"tracking_value_ids": [Command.clear()]},
        {"subject": TEXT},
    ),
    "comment": ({"body": TEXT}, {"attachment_ids": [Command.clear()]}),
    "file of a comment": ({"datas": "AAAA"}, {"name": TEXT}, {"res_id": 0}),
    "tracked change": ({"old_value_char": TEXT}, {"new_value_char": TEXT}),
    "move": ({"date": "2020-01-01"}, {"reference": TEXT}, {"state": "cancel"}),
    "move line": ({"date": "2020-01-01"}, {"quantity": 1}),
    "history": ({"variance_qty": 0},),
    "kept report": ({"digest": TEXT}, {"excel": "AAAA"}),
    "setting log": (
        {"new_value": TEXT},
        {"user_id": True},
        {"changed_at": "2020-01-01"},
    ),
    "exception": ({"evidence": TEXT}, {"impact_value": 0}, {"kind": "overdue_count"}),
}
# Copying these forges nothing: it makes a new count, a count in one's own name, a
# transfer or message or file as any other.
COPIED = {
    "comment",
    "file of a comment",
    "move",
    "noted line",
    "posted line",
    "remarked line",
    "remarked session",
    "session",
}


class EvidenceCommon(CountCommon):
    """A count with each kind of evidence, made the way people make it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_require_approval = True
        cls.users = {
            role: cls._create_user(f"evidence_{role}", groups)
            for role, groups in ROLES.items()
        }
        cls.reason = cls.env["stock.count.reason"].create({"name": "R", "code": "R"})
        for place in (cls.bin_a, cls.bin_b):
            cls._book(cls.screw, place, 10)
        cls._book(cls.drill, cls.bin_b, 1, cls._create_lot(cls.drill, "D1"))
        cls.count = cls._create_session(cls.bin_a | cls.bin_b)
        cls.line = cls._line(cls.count, cls.screw, cls.bin_a)
        cls._count_and_post()
        cls.things = cls._find_things()

    @classmethod
    def _count_and_post(cls):
        cls.count.record_entries([cls._entry(8, line_id=cls.line.id)])
        cls.count.action_check_all()
        cls.count.action_submit()
        cls.company.count_segregation = False
        cls.count.with_user(cls.users["approver"]).action_approve("Seen")
        cls.count.action_post()
        # Tests track nothing unless they say so.
        told = {"tracking_disable": False, "mail_notrack": False}
        cls.count.with_context(**told).description = "Changed"
        cls.env.cr.flush()

    @classmethod
    def _attach(cls, session, line):
        photo = base64.b64encode(b"\xff\xd8\xff photo").decode()
        cls.env["stock.count.app"].attach_evidence(
            session.id,
            {"uuid": f"photo {line.id}", "line_id": line.id, "photo": photo},
        )
        return cls.env["stock.count.event"].search([("line_id", "=", line.id)])

    @classmethod
    def _find_things(cls):
        env, count = cls.env, cls.count
        remarked = cls._line(count, cls.drill, cls.bin_b)
        noted = cls._line(count, cls.screw, cls.bin_b)
        noted.note = "Wet"
        event = cls._attach(count, remarked)
        second = cls._create_session(cls.bin_b)
        cls._attach(second, second.line_ids[0])
        lead = cls.users["lead"]
        file = env["ir.attachment"].with_user(lead).create({"name": "f", "raw": b"x"})
        comment = count.with_user(lead).message_post(
            body="Mine", message_type="comment", attachment_ids=file.ids
        )
        count.sudo()._log_action("Logged", attachment_ids=[])
        log = count.message_ids.filtered(lambda m: "Logged" in m.body)
        tracked = count.message_ids.sudo().tracking_value_ids.filtered(
            lambda value: value.new_value_char == "Changed"
        )
        exception = env["stock.count.exception"].sudo().search([], limit=1)
        return {
            "entry": cls.line.entry_ids,
            "event": event,
            "photo": event.attachment_ids,
            "posted line": cls.line,
            "remarked line": remarked,
            "noted line": noted,
            "session": count,
            "remarked session": second,
            "approval": count.approval_id,
            "covered line": count.approval_id.line_ids[:1],
            "log": log,
            "comment": comment.with_env(env),
            "file of a comment": file.with_env(env),
            "tracked change": tracked,
            "move": cls.line.move_ids,
            "move line": cls.line.move_ids.move_line_ids,
            "history": env["stock.count.history"].search(
                [("line_id", "=", cls.line.id)]
            ),
            "kept report": env["stock.count.kept.report"]
            .sudo()
            .create({"session_id": count.id, "last_move_id": 1}),
            "setting log": env["stock.count.setting.log"].search([], limit=1),
            "exception": exception or cls._raise_exception(),
        }

    @classmethod
    def _raise_exception(cls):
        values = {
            "name": "Odd",
            "kind": "overdue_count",
            "key": "evidence",
            "next_action": "open_session",
            "company_id": cls.company.id,
            "session_id": cls.count.id,
        }
        return cls.env["stock.count.exception"].sudo().create(values)


@tagged("post_install", "-at_install")
class TestSealedRecords(EvidenceCommon):
    """Evidence stays, whoever tries (Z7, P7, A5)."""

    def test_each_row_has_a_record(self):
        """The table and the records are complete."""
        self.assertEqual(self.things.keys(), SEALED.keys())
        for name, record in self.things.items():
            with self.subTest(name):
                self.assertEqual(len(record), 1)

    def _calls(self, name, record):
        for values in SEALED[name]:
            # True stands for the id of another record.
            yield (
                "write",
                {
                    key: self._another(record, key) if value is True else value
                    for key, value in values.items()
                },
            )
        yield ("unlink",)
        if name not in COPIED:
            yield ("copy",)

    def _another(self, record, key):
        field = record._fields[key]
        if field.type == "boolean":
            return True
        if key == "reason_id":
            return self.reason.id
        return self.env[field.comodel_name].search([], limit=1).id

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_nobody_changes_deletes_or_doubles_evidence(self):
        """Z7, P7: model × operation × role."""
        for name, record in self.things.items():
            for role, user in self.users.items():
                for method, *args in self._calls(name, record):
                    self.env.flush_all()
                    with (
                        self.subTest(f"{name} {method} {args}", role=role),
                        self.assertRaises(UserError),
                        self.env.cr.savepoint(),
                    ):
                        self._rpc(user, record, method, *args)
                        self.env.flush_all()

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_messages_are_not_changed_through_their_record(self):
        """Z7: x2many commands."""
        log, values = self.things["log"], {"body": TEXT}
        for records in (self.count, self.things["exception"]):
            for command in (
                Command.delete(log.id),
                Command.update(log.id, values),
                Command.unlink(log.id),
                Command.clear(),
            ):
                with self.subTest(command, model=records._name):
                    try:
                        with self.env.cr.savepoint():
                            self._rpc(
                                self.users["administrator"],
                                records,
                                "write",
                                {"message_ids": [command]},
                            )
                    except UserError:
                        pass
                    self.env.invalidate_all()
                    self.assertEqual(log.res_id, self.count.id)
                    self.assertIn("Logged", log.body)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_a_message_is_of_now_and_in_one_s_own_name(self):
        """Z7: neither by values nor by defaults, nor moved to a count afterwards."""
        lead, partner = self.users["lead"], self.users["approver"].partner_id
        message = self.env["mail.message"]
        about = {"model": self.count._name, "res_id": self.count.id, "body": TEXT}
        forged = {"author_id": partner.id}
        for records, method, args, context in (
            (message, "create", [{**about, **forged}], {}),
            (message, "create", [{**about, "date": "2020-01-01"}], {}),
            (message, "create", [about], {"default_author_id": partner.id}),
            (message, "create", [about], {"default_date": "2020-01-01"}),
        ):
            with (
                self.subTest(args, context=context),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                self._rpc(lead, records, method, *args, context=context)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._rpc(lead, self.count, "message_post", body=TEXT, **forged)
        # Odoo lets administrators move messages.
        boss = self.users["administrator"]
        own = self._rpc(boss, message, "create", {"body": TEXT})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._rpc(boss, message.browse(own), "write", about)

    def test_what_a_person_writes_is_no_log(self):
        """Z7: the log's type is the addon's."""
        lead = self.users["lead"]
        self._rpc(lead, self.count, "message_post", body="Approved")
        said = self.count.message_ids[0]
        self.assertEqual(
            (said.message_type, said.author_id.name), ("comment", lead.name)
        )
        self.assertEqual(self.things["log"].message_type, "notification")

    def test_a_refusal_says_why(self):
        """Z7: in words."""
        for name, words in (
            ("remarked line", "photos or remarks"),
            ("noted line", "photos or remarks"),
            ("remarked session", "photos and remarks"),
            ("log", "evidence"),
        ):
            record = self.things[name]
            with self.subTest(name), self.assertRaisesRegex(UserError, words):
                record.with_user(self.users["manager"]).unlink()

    def test_what_is_no_evidence_goes(self):
        """The guards are in nobody's way."""
        user = self.users["manager"]
        session = self._create_session(self.bin_a)
        session.line_ids.with_user(user).unlink()
        session.with_user(user).unlink()
        message = user.partner_id.message_post(body="x", message_type="comment")
        message.with_user(user).write({"pinned_at": "2026-01-01"})
        file = self.env["ir.attachment"].with_user(user).create({"name": "x"})
        file.name = "y"
        file.unlink()


@tagged("post_install", "-at_install")
class TestSealedOverHttp(EvidenceCommon, HttpCase):
    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_rule")
    def test_no_route_of_mail_changes_a_message_or_its_file(self):
        """Z7: these routes work in sudo mode."""
        comment, file = self.things["comment"], self.things["file of a comment"]
        for role in ("lead", "administrator"):
            self.authenticate(f"evidence_{role}", f"evidence_{role}")
            for url, params in (
                (
                    "/mail/message/update_content",
                    {"message_id": comment.id, "update_data": {"body": TEXT}},
                ),
                (
                    "/mail/message/update_content",
                    {
                        "message_id": comment.id,
                        "update_data": {"body": "", "attachment_ids": []},
                    },
                ),
                (
                    "/mail/attachment/delete",
                    {
                        "attachment_id": file.id,
                        "access_token": file._get_ownership_token(),
                    },
                ),
            ):
                with self.subTest(url, role=role):
                    answer = self.url_open(
                        url,
                        json.dumps({"jsonrpc": "2.0", "params": params}),
                        headers={"Content-Type": "application/json"},
                    )
                    self.assertIn("error", answer.json())
                    self.env.invalidate_all()
                    self.assertIn("Mine", comment.body)
                    self.assertTrue(file.exists())
