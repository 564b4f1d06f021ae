from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# What a file is, and to what it belongs. Odoo renames files and counts links to them.
SEALED = {"datas", "raw", "db_datas", "store_fname", "url", "type", "name", "mimetype"}
PLACED = {"res_model", "res_id", "res_field"}
# Records whose files are all evidence.
EVIDENCE = ("stock.count.event", "stock.count.kept.report")


class IrAttachment(models.Model):
    _name = "ir.attachment"
    _inherit = ["ir.attachment", "stock.count.unlinking"]

    # === CRUD METHODS === #

    def write(self, vals):
        if (SEALED | PLACED) & vals.keys():
            self._count_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_evidence(self):
        self._count_refuse_change()

    # === BUSINESS METHODS === #

    def _delete_and_notify(self, message=None):
        # A client deletes files of messages in sudo mode.
        self._count_refuse_evidence()
        return super()._delete_and_notify(message)

    def _count_refuse_change(self):
        """Refuse to change evidence, but for code in sudo mode."""
        if not self.env.su:
            self._count_refuse_evidence()

    def _count_refuse_evidence(self):
        """Refuse to touch photos of counters, kept reports, and files in messages of
        counts.

        :raise AccessError: when one of these files is one
        """
        files = self.sudo()
        if any(file.res_model in EVIDENCE for file in files) or files._count_in_log():
            raise AccessError(
                self.env._(
                    "This file is evidence of a count and stays as it is: add another"
                    " one."
                )
            )

    def _count_in_log(self):
        """Whether one of these files is in a message of a count."""
        self.env["mail.message"].flush_model(["attachment_ids", "model"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT message.model FROM message_attachment_rel rel
                  JOIN mail_message message ON message.id = rel.message_id
                 WHERE rel.attachment_id = ANY(%s)
                """,
                self.ids,
            )
        )
        Followers = self.env["mail.followers"]
        return any(Followers._count_is_chatter(model) for [model] in rows)

    @api.model
    def _index(self, bin_data, mimetype, checksum=None):
        """Do not index the files of imports.

        Indexing would unpack files that are not to be trusted, and keep a second copy
        of each file in the database.
        """
        if self.env.context.get("count_unindexed"):
            return None
        return super()._index(bin_data, mimetype, checksum=checksum)
