from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, mimetype, checksum=None):
        """Files of counts are never searched for words: that would unpack what is not
        to be trusted, and keep a second copy of each in the database."""
        if self.env.context.get("count_unindexed"):
            return None
        return super()._index(bin_data, mimetype, checksum=checksum)
