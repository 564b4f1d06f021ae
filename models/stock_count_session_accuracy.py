from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..domain.accuracy import measure_accuracy
from .stock_count_entry import LEAD


class StockCountSession(models.Model):
    """The accuracy of a count is that of a sample, so it has an interval."""

    _inherit = "stock.count.session"

    accuracy_interval = fields.Char(
        string="95% Sure",
        compute="_compute_accuracy_interval",
        groups=LEAD,
        help="Between these the accuracy of all such lines lies, as far as the counted"
        " ones can tell. Of lines drawn by lot it is that of the whole scope.",
    )

    # === COMPUTE METHODS === #

    @api.depends("counted_count", "discrepancy_count")
    def _compute_accuracy_interval(self):
        for session in self:
            matching = session.counted_count - session.discrepancy_count
            accuracy = measure_accuracy(matching, session.counted_count)
            session.accuracy_interval = bool(accuracy.counted) and self.env._(
                "%(low)s %% to %(high)s %%",
                low=formatLang(self.env, 100 * accuracy.low, digits=1),
                high=formatLang(self.env, 100 * accuracy.high, digits=1),
            )
