from datetime import timedelta

from odoo import api, fields, models
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

    _inherit = "mail.message"

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


class MailTrackingValue(models.Model):
    """What changed, in a message of a count, stays as it is."""

    _inherit = "mail.tracking.value"

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
