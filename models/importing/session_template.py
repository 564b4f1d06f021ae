from odoo import models

from ...rights import check_lead


class StockCountSession(models.Model):
    """Exports the lines of a session as a file to be filled in and imported."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    def action_export_template(self, extension="xlsx"):
        """Download the lines of this session as a file to be filled in and imported.

        :param str extension: ``xlsx`` or ``csv``
        :return: action
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        self.env["stock.count.import"]._check_extension(extension)
        url = f"/stock_count/import/template/{self.id}.{extension}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}
