from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, mimetype, checksum=None):
        """Do not index the files of imports.

        Indexing would unpack files that are not to be trusted, and keep a second copy
        of each file in the database.
        """
        if self.env.context.get("count_unindexed"):
            return None
        return super()._index(bin_data, mimetype, checksum=checksum)
