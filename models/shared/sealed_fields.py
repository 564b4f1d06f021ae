from odoo import api, models
from odoo.exceptions import AccessError


class StockCountEvidence(models.AbstractModel):
    """Fields that only the addon itself writes, in sudo mode.

    Whoever transfers stock reads thousands of fields of moves, so this looks at what is
    written instead of asking for every field, see stock.count.guard.
    """

    _name = "stock.count.evidence"
    _description = "Count Evidence"

    _count_evidence = frozenset()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_evidence(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_evidence(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _refuse_evidence(self, vals):
        if self.env.su or not self._count_evidence & vals.keys():
            return
        raise AccessError(
            self.env._(
                "What a count has done to stock is written by counting alone: %s.",
                ", ".join(
                    self._fields[name].string
                    for name in sorted(self._count_evidence & vals.keys())
                ),
            )
        )
