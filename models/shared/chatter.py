from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import LEAD
from ...rights import leads_of

# By what a client could keep a change out of the log.
QUIET = {"mail_notrack", "tracking_disable"}
# What a client may say of a message it posts; its type is that of a person's message.
SAID = {"email_add_signature", "subtype_xmlid"}


class StockCountChatter(models.AbstractModel):
    """The log and activities of a record of counts: for leads, and sealed.

    A log names quantities, so counters of a blind count must not read it, be notified
    of it or find records by it. ``docs/evidence.md`` says what is sealed.
    """

    _name = "stock.count.chatter"
    _description = "Chatter of Counts"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    # What Odoo's own models ask, see ``mail.message`` and ``mail.followers``.
    _count_chatter = True

    message_ids = fields.One2many(groups=LEAD)
    message_follower_ids = fields.One2many(groups=LEAD)
    message_partner_ids = fields.Many2many(groups=LEAD)
    activity_ids = fields.One2many(groups=LEAD)
    activity_type_id = fields.Many2one(groups=LEAD)
    activity_type_icon = fields.Char(groups=LEAD)
    activity_user_id = fields.Many2one(groups=LEAD)
    activity_summary = fields.Char(groups=LEAD)
    activity_state = fields.Selection(groups=LEAD)
    activity_date_deadline = fields.Date(groups=LEAD)
    my_activity_date_deadline = fields.Date(groups=LEAD)
    activity_exception_decoration = fields.Selection(groups=LEAD)
    activity_exception_icon = fields.Char(groups=LEAD)

    # === CRUD METHODS === #

    def write(self, vals):
        """Log what a client changes, whatever its context says."""
        if self.env.su or not QUIET & self.env.context.keys():
            return super().write(vals)
        heard = self.with_context(**dict.fromkeys(QUIET, False))
        return super(StockCountChatter, heard).write(vals)

    # === BUSINESS METHODS - READING === #

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Let only leads read, write and post: it names quantities."""
        return dict.fromkeys(self, "write")

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """Let only leads follow, and be told that a record is theirs."""
        found = super()._message_auto_subscribe_followers(
            updated_values, default_subtype_ids
        )
        leads = leads_of(self.env["res.partner"].browse(row[0] for row in found))
        return [row for row in found if row[0] in leads.ids]

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Notify no follower who is no lead (any more). Whom a lead names in a message
        gets it."""
        found = super()._notify_get_recipients(message, msg_vals, **kwargs)
        named = (msg_vals or {}).get("partner_ids", message.sudo().partner_ids.ids)
        followers = self.env["res.partner"].browse(
            row["id"] for row in found if row["id"] and row["id"] not in named
        )
        silent = followers - leads_of(followers)
        return [row for row in found if row["id"] not in silent.ids]

    # === BUSINESS METHODS - WRITING === #

    def _log_action(self, text, **values):
        """Log what this user did. Nobody is notified.

        :param str text: plain text, or Markup
        :param values: further arguments of ``_message_log``
        """
        for record in self:
            record.sudo()._message_log(
                body=text, author_id=self.env.user.partner_id.id, **values
            )

    def _give_task(self, user, *, kind="mail.mail_activity_data_todo", **values):
        """Schedule an activity, unless the user is no lead: it names quantities.

        :param str kind: XML id of the activity's type
        :param values: further arguments of ``activity_schedule``; ``note`` is plain
            text, or Markup
        """
        if leads_of(user.partner_id):
            note = escape(values.pop("note", ""))
            self.activity_schedule(kind, user_id=user.id, note=note, **values)

    @api.model
    def _get_allowed_message_params(self):
        return super()._get_allowed_message_params() & SAID

    def _check_can_update_message_content(self, messages):
        """Refuse to change or empty a message: the log is evidence.

        :raise UserError: always
        """
        raise UserError(
            self.env._(
                "What was said of a count is evidence and stays as it is: write another"
                " message."
            )
        )
