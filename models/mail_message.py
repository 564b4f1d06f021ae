from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

# What a message of a count says, where, when and in whose name.
SEALED = {
    "attachment_ids",
    "author_id",
    "author_guest_id",
    "body",
    "date",
    "email_from",
    "mail_activity_type_id",
    "message_type",
    "model",
    "parent_id",
    "record_name",
    "res_id",
    "subject",
    "subtype_id",
    "tracking_value_ids",
}
# The types of messages in a log.
LOG_TYPES = ("notification", "auto_comment")
JUST_NOW = timedelta(minutes=5)


class MailMessage(models.Model):
    """The messages of counts are evidence: nobody edits, deletes or invents them.

    Odoo's code and ours write them in sudo mode.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "stock.count.unlinking"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if not self.env.su:
            ours = messages._count_sealed()
            ours._count_refuse_forged()
            ours._count_mark_as_said()
        return messages

    def write(self, vals):
        guarded = not self.env.su and SEALED & vals.keys()
        if guarded:
            self._count_refuse_change()
        result = super().write(vals)
        if guarded:
            # It may have been moved to a count.
            self._count_refuse_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_evidence(self):
        if not self.env.su:
            self._count_refuse_change()

    # === BUSINESS METHODS === #

    def _count_sealed(self):
        """Those of these messages that are about counts, in sudo mode."""
        Followers = self.env["mail.followers"]
        return self.sudo().filtered(lambda m: Followers._count_is_chatter(m.model))

    def _count_refuse_change(self):
        """Refuse to change the messages of counts.

        :raise AccessError: when one is a count's
        """
        if self._count_sealed():
            raise AccessError(
                self.env._(
                    "What was said of a count is evidence and stays as it is: write"
                    " another message."
                )
            )

    def _count_mark_as_said(self):
        """Tell what a person writes from the log, which Odoo's code and ours write."""
        logs = self.filtered(lambda m: m.message_type in LOG_TYPES)
        logs.filtered(lambda m: not m.mail_activity_type_id).message_type = "comment"

    def _count_refuse_forged(self):
        """Refuse a message in another name or of another day.

        :raise AccessError: when one is
        """
        now = fields.Datetime.now()
        for message in self:
            is_mine = message.author_id == self.env.user.partner_id
            if not is_mine or abs(now - message.date) > JUST_NOW:
                raise AccessError(
                    self.env._(
                        "Write to the log of a count in your own name, as a message of"
                        " now."
                    )
                )


class MailMail(models.Model):
    _name = "mail.mail"
    _inherit = ["mail.mail", "stock.count.unlinking"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse mails about counts in another name: a mass mailing and a template
        write them to the log in sudo mode."""
        mails = super().create(vals_list)
        if self.env.uid != SUPERUSER_ID:
            for mail, vals in zip(mails, vals_list, strict=True):
                if not vals.get("mail_message_id"):
                    mail.mail_message_id._count_sealed()._count_refuse_forged()
        return mails


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    # === BUSINESS METHODS === #

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Take no mails for the log of a count: anybody may write anything as their
        sender, and any user may hand one in."""
        if route and self.env["mail.followers"]._count_is_chatter(route[0]):
            reason = self.env._("the log of a count takes no mails")
            self._routing_warn(reason, message_dict["message_id"], route, False)
            return False
        return super()._routing_check_route(
            message, message_dict, route, raise_exception
        )


class MailTrackingValue(models.Model):
    """What changed, in a message of a count, stays as it is."""

    _name = "mail.tracking.value"
    _inherit = ["mail.tracking.value", "stock.count.unlinking"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values._count_refuse_change()
        return values

    def write(self, vals):
        self._count_refuse_change()
        result = super().write(vals)
        self._count_refuse_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_evidence(self):
        self._count_refuse_change()

    # === BUSINESS METHODS === #

    def _count_refuse_change(self):
        if not self.env.su:
            self.sudo().mail_message_id.sudo(False)._count_refuse_change()
