from odoo import api, models


class StockCountPoster(models.AbstractModel):
    """Posts a part of a count, in a transaction of its own."""

    _inherit = "stock.count.poster"

    @api.model
    def _post_some(self, session, line_ids):
        """Post those of the lines that are still checked and counted.

        What was unchecked, withdrawn or posted since the job was started is left.

        :return: Counter of what became of them
        """
        domain = [*self._postable_domain(session), ("id", "in", line_ids)]
        names = ["location_id", "lot_id", "lot_name"]
        lines = self.env["stock.count.line"].search_fetch(domain, names)
        outcome = self._post_lines(lines)
        self._finish_lines(session, lines, outcome)
        return outcome.counts
