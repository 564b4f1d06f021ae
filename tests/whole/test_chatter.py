import json
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import CountCommon

LEAD = "stock_count.group_count_lead"
# What the log says, and nothing else does.
SECRET = "needle 79137"
ROUTES = (
    ("/mail/thread/messages", {"thread_model": True, "thread_id": True}),
    ("/mail/thread/recipients", {"thread_model": True, "thread_id": True}),
    ("/mail/thread/subscribe", {"res_model": True, "res_id": True, "partner_ids": []}),
)


class ChatterCommon(CountCommon):
    """A blind count with a log, an activity and a tracked change that tell a secret."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counter = cls._create_user(
            "chat_counter", "stock_count.group_count_counter"
        )
        cls.other_lead = cls._create_user("chat_other", LEAD)
        cls.lead = cls._create_user("chat_lead", LEAD)
        cls._book(cls.screw, cls.bin_a, 12)
        cls.count = cls._create_session(
            cls.bin_a, blind=True, counter_ids=[Command.set(cls.counter.ids)]
        )
        cls.count._log_action(SECRET)
        cls.message = cls.count.message_ids.filtered(lambda m: SECRET in m.body)
        cls.me = cls.counter.partner_id

    @contextmanager
    def _refused(self, what=None):
        with (
            self.subTest(what),
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.http"),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            yield

    def _told(self):
        """What the counter was notified of, and follows."""
        theirs = [("res_partner_id", "=", self.me.id)]
        return (
            self.env["mail.notification"].search_count(theirs),
            self.me in self.count.message_partner_ids,
        )


@tagged("post_install", "-at_install")
class TestChatterOfBlindCounts(ChatterCommon):
    """Counters read nothing of a count's log, and are notified of nothing (M13)."""

    def _track(self, **values):
        """Change a count as people do: tests track nothing unless they say so."""
        told = {"tracking_disable": False, "mail_notrack": False}
        self.count.with_context(**told).write(values)
        self.env.cr.flush()

    def _try(self, records, method, *args, **kwargs):
        """What a counter gets; a refusal is an answer, too."""
        try:
            with self.env.cr.savepoint():
                return self._rpc(self.counter, records, method, *args, **kwargs)
        except UserError:
            return None

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_a_counter_does_not_follow_a_count_by_any_door(self):
        """M13: nor does anybody else who is no lead, whoever tries."""
        note = self.env.ref("mail.mt_note").ids
        follower = {
            "res_model": self.count._name,
            "res_id": self.count.id,
            "partner_id": self.me.id,
        }
        edit = {"res_model": self.count._name, "res_ids": str(self.count.ids)}
        doors = (
            (self.count, "message_subscribe", self.me.ids, note),
            (self.count, "message_subscribe", self.me.ids),
            (self.count, "write", {"message_partner_ids": [Command.link(self.me.id)]}),
            (
                self.count,
                "write",
                {"message_follower_ids": [Command.create(follower)]},
            ),
            (self.env["mail.followers"], "create", follower),
            (
                self.env["mail.followers.edit"],
                "create",
                {**edit, "partner_ids": self.me.ids},
            ),
        )
        for user in (self.counter, self.lead, self.env.user):
            for records, method, *args in doors:
                try:
                    with self.env.cr.savepoint():
                        made = self._rpc(user, records, method, *args)
                        if records._name == "mail.followers.edit":
                            wizard = records.browse(made).with_user(user)
                            wizard.edit_followers()
                except UserError:
                    pass
                with self.subTest(f"{records} {method}", user=user.login):
                    self.env.invalidate_all()
                    self.assertFalse(self._told()[1])

    def test_leads_follow_as_ever(self):
        """The guard is in nobody's way."""
        self._rpc(self.lead, self.count, "message_subscribe", self.lead.partner_id.ids)
        self.assertIn(self.lead.partner_id, self.count.message_partner_ids)
        self.count.with_user(self.lead).message_post(
            body="Look", subtype_xmlid="mail.mt_comment"
        )
        self._rpc(
            self.other_lead,
            self.count,
            "message_post",
            body="Seen",
            subtype_xmlid="mail.mt_comment",
        )
        partner = self.lead.partner_id
        self.assertIn(partner, self.count.message_ids[0].notified_partner_ids)

    def test_a_follower_who_is_no_lead_any_more_gets_nothing(self):
        """M13: nor one from an older version."""
        self.env["mail.followers"].flush_model()
        self.env.cr.execute(
            "INSERT INTO mail_followers (res_model, res_id, partner_id)"
            " VALUES ('stock.count.session', %s, %s) RETURNING id",
            [self.count.id, self.me.id],
        )
        [row] = self.env.cr.fetchone()
        subtypes = self.env.ref("mail.mt_comment") | self.env.ref("mail.mt_note")
        self.env["mail.followers"].sudo().browse(row).invalidate_recordset()
        for subtype in subtypes:
            self.env.cr.execute(
                "INSERT INTO mail_followers_mail_message_subtype_rel VALUES (%s, %s)",
                [row, subtype.id],
            )
        self.env.invalidate_all()
        for xml_id in ("mail.mt_comment", "mail.mt_note"):
            self.count.message_post(body=SECRET, subtype_xmlid=xml_id)
        self.count._log_action(SECRET)
        self.assertFalse(self._told()[0])

    def test_logs_notify_nobody(self):
        """M13: nor leads who follow every note."""
        subtypes = self.env.ref("mail.mt_comment") | self.env.ref("mail.mt_note")
        self.count.message_subscribe(self.lead.partner_id.ids, subtypes.ids)
        self.count._log_action(SECRET)
        self._track(description=SECRET, blind=False)
        self.assertFalse(self.count.message_ids.notified_partner_ids)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_a_counter_reads_no_message_activity_or_change(self):
        """M13: read, searched, grouped, found by, through the count and by id."""
        self.count.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=SECRET,
            note=SECRET,
            user_id=self.lead.id,
        )
        for text in (SECRET, False):
            self._track(description=text)
        self.assertTrue(self.count.message_ids.sudo().tracking_value_ids)
        told = [
            self._try(self.count, "read"),
            self._try(
                self.count, "web_read", {"message_ids": {"fields": {"body": {}}}}
            ),
            self._try(self.count, "web_read", {"activity_summary": {}}),
            self._try(self.count, "message_get_followers"),
            self._try(self.count, "export_data", ["message_ids/body"]),
        ]
        for name in (
            "mail.message",
            "mail.activity",
            "mail.tracking.value",
            "mail.notification",
            "mail.mail",
        ):
            records = self.env[name].search([])
            told.append(self._try(records, "read"))
            told.append(self._try(records.browse(), "search_read", []))
        self.assertNotIn(SECRET, str(told))
        for domain in (
            [("message_ids.body", "ilike", SECRET)],
            [("activity_ids.summary", "ilike", SECRET)],
            [("activity_summary", "ilike", SECRET)],
        ):
            with self.subTest(domain):
                found = self._try(self.count.browse(), "search", domain)
                self.assertFalse(found)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_a_counter_posts_nothing_and_is_told_nothing_for_it(self):
        """M13, Z7."""
        subject = {"body": "Hello", "partner_ids": self.me.ids}
        self.assertFalse(self._try(self.count, "message_post", **subject))
        reply = {**subject, "parent_id": self.message.id}
        self.assertFalse(self._try(self.count, "message_post", **reply))

    def test_a_task_is_for_leads(self):
        """M13: what the addon itself schedules names quantities."""
        self.count._give_task(self.counter, note=SECRET)
        self.assertFalse(self.count.activity_ids)
        self.count._give_task(self.lead, note=SECRET)
        self.assertEqual(self.count.activity_ids.user_id, self.lead)

    def test_owning_a_count_tells_a_counter_nothing(self):
        """M13: an owner is subscribed by Odoo."""
        self._track(user_id=self.counter.id)
        self.assertEqual(self._told(), (0, False))


@tagged("post_install", "-at_install")
class TestChatterRoutes(ChatterCommon, HttpCase):
    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_rule")
    def test_no_route_of_mail_tells_a_counter_the_log(self):
        """M13: over HTTP."""
        self.authenticate("chat_counter", "chat_counter")
        for url, names in ROUTES:
            params = {
                name: {"res_id": self.count.id, "thread_id": self.count.id}.get(
                    name, self.count._name
                )
                if value is True
                else self.me.ids
                for name, value in names.items()
            }
            with self.subTest(url):
                answer = self.url_open(
                    url,
                    json.dumps({"jsonrpc": "2.0", "params": params}),
                    headers={"Content-Type": "application/json"},
                )
                self.assertNotIn(SECRET, answer.text)
        self.assertEqual(self._told(), (0, False))
