from odoo import api, models


class StockCountPoster(models.AbstractModel):
    """Posting writes the history."""

    _inherit = "stock.count.poster"

    @api.model
    def _post_variances(self, lines, verdicts, outcome):
        differing = lines.browse(
            i for i in lines.ids if verdicts[i][1].variance or i in outcome.moved
        )
        # Before: what is posted explains itself no more.
        found = self.env["stock.count.cause"]._read_causes(differing)
        causes = {i: best[0].code for i, best in found.items() if best}
        result = super()._post_variances(lines, verdicts, outcome)
        self.env["stock.count.history"]._record(lines, causes)
        return result
