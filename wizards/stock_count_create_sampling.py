from odoo import api, fields, models

from ..domain.sampling import margin_of, sample_size

# The recommended margin of error, as a share of 1.
MARGIN = 0.03


class StockCountCreate(models.TransientModel):
    """A random count is a sample, whose margin of error depends on its size."""

    _inherit = "stock.count.create"

    sample_hint = fields.Char(compute="_compute_sample_hint")

    # === COMPUTE METHODS === #

    @api.depends("line_count")
    def _compute_sample_hint(self):
        for wizard in self:
            is_sample = wizard.count_type == "random" and wizard.line_count
            wizard.sample_hint = is_sample and wizard._describe_sample()

    def _describe_sample(self):
        """The margin of error of the sample, and how many lines would be enough."""
        _, drawn = self.env._, self.line_count
        population = self._count_population()
        if drawn >= population:
            return _("All %s lines of the scope: the accuracy is exact.", population)
        return _(
            "%(drawn)s of %(all)s lines tell the accuracy of all within ±%(margin)s"
            " points, 95%% sure; ±%(wanted)s points take %(needed)s lines.",
            drawn=drawn,
            all=population,
            margin=round(100 * margin_of(drawn, population), 1),
            wanted=round(100 * MARGIN),
            needed=sample_size(MARGIN, population),
        )

    def _count_population(self):
        """Number of lines of the whole scope."""
        values = {**self._prepare_session(), "count_type": "full", "lots_to_count": 0}
        session = self.env["stock.count.session"].new(values)
        return self.env["stock.count.generator"]._count_scope(session)
